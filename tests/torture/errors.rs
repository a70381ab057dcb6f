//! System calls below the run folder that fail: by a small library that is loaded before the others.

use crate::campaign::{Campaign, Fault, Try, errors, finish};
use crate::kills::nothing_torn;
use crate::support::{shiftbench, text};
use rand::RngExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

pub const CALLS: Fault = Fault {
    name: "failing system calls",
    tries: [60, 8],
    attempt: fail_a_call,
    hits: Some("hit"),
    impossible: no_compiler,
};
pub const LOCKS: Fault = Fault {
    name: "no file locks",
    tries: [6, 2],
    attempt: without_locks,
    hits: None,
    impossible: no_compiler,
};

/// The library, compiled once; it stays until the process ends.
fn library() -> &'static Result<PathBuf, String> {
    static LIBRARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let folder = tempfile::tempdir().map_err(|reason| reason.to_string())?.keep();
        let path = folder.join("failing.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/torture/failing.c");
        let output = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&path)
            .arg(source)
            .arg("-ldl")
            .output();
        match output {
            Ok(output) if output.status.success() => Ok(path),
            Ok(output) => Err(errors(&output)),
            Err(reason) => Err(format!("no C compiler: {reason}")),
        }
    })
}

fn no_compiler() -> Option<String> {
    if cfg!(target_os = "linux") { library().as_ref().err().cloned() } else { Some("only for Linux".into()) }
}

fn run(campaign: &Campaign, try_: &Try, settings: &[(&str, String)]) -> Result<std::process::Output, String> {
    let arguments = ["bench", text(&campaign.suite), "--out", text(&try_.folder), "--jobs", "2"];
    let mut command = shiftbench(&arguments);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).stdin(Stdio::null());
    command.env("LD_PRELOAD", library().as_ref().unwrap()).env("FAIL_BELOW", &try_.folder);
    for (name, value) in settings {
        command.env(name, value);
    }
    finish(command.spawn().unwrap())
}

fn fail_a_call(campaign: &Campaign, try_: &mut Try) -> Result<(), String> {
    let call = ["write", "fsync", "rename", "open", "mkdir"][try_.number % 5];
    let at = try_.random.random_range(1..if call == "mkdir" { 6 } else { 30 });
    let error = if try_.random.random_bool(0.5) { "5" } else { "28" };
    let mark = try_.folder.with_extension("hit");
    let settings = [
        ("FAIL_CALL", call.to_owned()),
        ("FAIL_AT", at.to_string()),
        ("FAIL_ERROR", error.to_owned()),
        ("FAIL_MARK", text(&mark).to_owned()),
    ];
    let what = format!("{call} number {at} fails with {error}");
    let output = run(campaign, try_, &settings)?;
    let hit = mark.exists();
    if hit {
        try_.count("hit");
    }
    match output.status.code() {
        Some(0) if !hit => {}
        Some(6 | 100) if hit => {}
        other => return Err(format!("{what}: ended with {other:?}: {}", errors(&output))),
    }
    if errors(&output).contains("panicked at") {
        return Err(format!("{what}: panicked: {}", errors(&output)));
    }
    nothing_torn(&try_.folder.join("tiny")).map_err(|reason| format!("{what}: {reason}"))?;
    campaign.recovers(&try_.folder).map_err(|reason| format!("{what}: {reason}"))
}

fn without_locks(campaign: &Campaign, try_: &mut Try) -> Result<(), String> {
    let output = run(campaign, try_, &[("FAIL_LOCKS", "1".into())])?;
    if !output.status.success() || !errors(&output).contains("knows no locks") {
        return Err(format!("ended with {}: {}", output.status, errors(&output)));
    }
    campaign.is_whole(&try_.folder)
}
