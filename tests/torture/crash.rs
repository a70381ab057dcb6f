//! Crashes of the machine: a file system whose journal is cut off at a random moment, and mounted anew. Every other run
//! goes on for a while on what is read-only then.

use crate::campaign::{Campaign, Fault, Try, errors, finish, quiet};
use crate::disks::Mount;
use std::path::Path;
use std::process::Command;

pub const CRASHES: Fault = Fault {
    name: "crashed file systems",
    tries: [20, 3],
    attempt: crash,
    hits: Some("under way"),
    impossible: no_loop,
};

fn no_loop() -> Option<String> {
    let folder = tempfile::tempdir().ok()?;
    disk(folder.path()).err().map(|reason| format!("no ext4 on a loop device ({reason})"))
}

/// An ext4 file system in a file, mounted.
fn disk(folder: &Path) -> Result<Mount, String> {
    let image = folder.join("image");
    let file = std::fs::File::create(&image).map_err(|reason| reason.to_string())?;
    file.set_len(64 << 20).map_err(|reason| reason.to_string())?;
    let made =
        Command::new("mkfs.ext4").arg("-q").arg(&image).output().map_err(|reason| reason.to_string())?;
    if !made.status.success() {
        return Err(errors(&made));
    }
    mount(&image, &folder.join("disk"))
}

fn mount(image: &Path, place: &Path) -> Result<Mount, String> {
    Mount::new(place, &["-o", "loop,commit=1", crate::support::text(image)])
}

fn crash(campaign: &Campaign, try_: &mut Try) -> Result<(), String> {
    let mounted = disk(&try_.folder)?;
    let out = mounted.0.join("runs");
    let mut run = campaign.start(&out, &[]);
    campaign.at_work(&out, &mut run, &mut try_.random);
    // From here on nothing reaches the disk, as if the power had gone.
    let cut = Command::new("mount").args(["-o", "remount,abort"]).arg(&mounted.0).output();
    let cut = cut.is_ok_and(|output| output.status.success());
    if run.try_wait().unwrap().is_none() {
        try_.count("under way");
    }
    if try_.number.is_multiple_of(2) {
        let _ = run.kill();
    }
    let output = finish(run)?;
    if !cut {
        return Err("the journal could not be cut off".into());
    }
    if !matches!(output.status.code(), None | Some(0 | 6 | 100)) {
        return Err(format!("on a read-only disk it ended with {}: {}", output.status, errors(&output)));
    }
    quiet(&out)?;
    drop(mounted);
    let mounted = mount(&try_.folder.join("image"), &try_.folder.join("disk"))?;
    let recovered = campaign.recovers(&out);
    drop(mounted);
    recovered
}
