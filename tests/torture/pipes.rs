//! Output that nobody reads, or that a full device takes.

use crate::campaign::{Campaign, Fault, Try, anywhere, finish};
use crate::support::{shiftbench, text};
use std::fs::File;
use std::process::Stdio;

pub const PIPES: Fault =
    Fault { name: "lost output", tries: [10, 5], attempt: lose, hits: None, impossible: anywhere };

fn lose(campaign: &Campaign, try_: &mut Try) -> Result<(), String> {
    let mut command =
        shiftbench(&["bench", text(&campaign.suite), "--out", text(&try_.folder), "--jobs", "2"]);
    let full =
        || File::options().write(true).open("/dev/full").map(Stdio::from).unwrap_or_else(|_| Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let (what, expected): (&str, &[i32]) = match try_.number % 5 {
        0 => (command.stdout(Stdio::piped()), ("a reader that leaves", &[0][..])).1,
        1 => (command.stdout(full()), ("a full standard output", &[7][..])).1,
        2 => (command.stderr(full()), ("a full standard error", &[0][..])).1,
        3 => (command.stderr(Stdio::piped()), ("a standard error that nobody reads", &[0][..])).1,
        _ => (command.stdout(full()).stderr(full()), ("both full", &[7][..])).1,
    };
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    drop(child.stderr.take());
    let output = finish(child)?;
    match output.status.code() {
        Some(code) if expected.contains(&code) => {}
        other => return Err(format!("{what}: ended with {other:?}")),
    }
    campaign.is_whole(&try_.folder).map_err(|reason| format!("{what}: {reason}"))
}
