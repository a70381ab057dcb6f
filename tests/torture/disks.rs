//! Disks that are full at some moment of the run.

use crate::campaign::{Campaign, Fault, Try, errors, finish};
use crate::kills::nothing_torn;
use std::path::{Path, PathBuf};
use std::process::Command;

pub const SPACE: Fault =
    Fault { name: "full disks", tries: [28, 4], attempt: fill, hits: Some("full"), impossible: no_mounts };

/// A file system that is unmounted in the end.
pub struct Mount(pub PathBuf);

impl Mount {
    pub fn new(folder: &Path, arguments: &[&str]) -> Result<Self, String> {
        std::fs::create_dir_all(folder).map_err(|reason| reason.to_string())?;
        let output = Command::new("mount")
            .args(arguments)
            .arg(folder)
            .output()
            .map_err(|reason| reason.to_string())?;
        if output.status.success() { Ok(Self(folder.into())) } else { Err(errors(&output).trim().to_owned()) }
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(&self.0).output();
        if !unmounted.is_ok_and(|output| output.status.success()) {
            // A process of the run may still be ending.
            let _ = Command::new("umount").arg("-l").arg(&self.0).output();
        }
    }
}

/// Why nothing can be mounted here.
pub fn no_mounts() -> Option<String> {
    let folder = tempfile::tempdir().ok()?;
    let mount = Mount::new(&folder.path().join("probe"), &["-t", "tmpfs", "none"]);
    mount.err().map(|reason| format!("nothing can be mounted ({reason})"))
}

fn fill(campaign: &Campaign, try_: &mut Try) -> Result<(), String> {
    let files = crate::support::files(&campaign.calm.join("tiny")).into_iter();
    let used: usize =
        files.filter(|(name, _)| !name.starts_with("paper")).map(|(_, bytes)| bytes.len()).sum();
    let size = used * (try_.number + 1) / (try_.of + 1);
    let out = try_.folder.join("disk");
    // Every other disk runs out of names instead.
    let option = if try_.number % 4 == 3 {
        format!("nr_inodes={}", 4 + 3 * try_.number)
    } else {
        format!("size={size}")
    };
    let mount = Mount::new(&out, &["-t", "tmpfs", "-o", &option, "none"])?;
    let output = finish(campaign.start(&out, &[]))?;
    match output.status.code() {
        Some(0) => try_.count("fitted"),
        Some(code @ (6 | 100)) => {
            try_.count("full");
            let said = errors(&output);
            if !said.contains("No space left") && !said.contains("cannot write") {
                return Err(format!("ended with {code} without saying that the disk is full: {said}"));
            }
        }
        other => return Err(format!("ended with {other:?}: {}", errors(&output))),
    }
    if errors(&output).contains("panicked at") {
        return Err(format!("panicked: {}", errors(&output)));
    }
    let more = Command::new("mount").args(["-o", "remount,size=64m,nr_inodes=100k"]).arg(&out).output();
    more.map_err(|reason| reason.to_string())?;
    nothing_torn(&out.join("tiny"))?;
    campaign.recovers(&out)?;
    drop(mount);
    Ok(())
}
