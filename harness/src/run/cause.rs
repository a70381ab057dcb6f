//! What a worker died of that could not say so itself.

use crate::results::JobFolder;
use crate::results::{Failure, FailureKind};
use crate::run::process::End;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::process::ExitStatus;

/// Bytes of a log that are read: its end.
const TAIL: i64 = 1 << 18;
/// The signal that ends a process whatever it does.
const KILL: i32 = 9;
/// Exit code of a Rust program that panicked.
const PANIC: i32 = 101;
const LESS_MEMORY: &str = "use a smaller batch or image_size, or fewer jobs side by side";

/// The failure of a worker that ended with `left` of its records unwritten.
pub(super) fn cause(end: End, folder: &JobFolder, left: usize) -> Failure {
    let log = tail(folder);
    let place = folder.log().display().to_string();
    let failure = |kind, words: String| Failure::new(kind, format!("{words} (see {place})"));
    if let Some(words) = said(&log).find(|line| is_about_memory(line)) {
        return failure(FailureKind::OutOfMemory, format!("{}; {LESS_MEMORY}", sentence(words)));
    }
    let End::Exit(status) = end else {
        return failure(FailureKind::NoRecord, "the worker ended, nobody saw how".into());
    };
    if let Some(signal) = signal(status) {
        let why = match (signal, said(&log).last()) {
            (KILL, _) => format!("; somebody killed it, or the system was out of memory: then {LESS_MEMORY}"),
            (_, Some(words)) => format!("; its last words: {}", sentence(words)),
            (_, None) => String::new(),
        };
        return failure(FailureKind::Signal, format!("the worker ended with {status}{why}"));
    }
    if status.code() == Some(PANIC) {
        let words = panic(&log).or_else(|| said(&log).last()).unwrap_or("no message");
        return failure(FailureKind::Panic, sentence(words).into());
    }
    if status.success() {
        return failure(FailureKind::NoRecord, format!("the worker ended without {left} of its records"));
    }
    failure(FailureKind::NoRecord, format!("the worker ended with {status}"))
}

/// The end of the log: a worker may have filled a disk with it.
fn tail(folder: &JobFolder) -> String {
    let read = || {
        let mut file = File::open(folder.log())?;
        let length = i64::try_from(file.metadata()?.len()).unwrap_or(i64::MAX);
        file.seek(SeekFrom::End(-length.min(TAIL)))?;
        let mut bytes = Vec::new();
        file.take(TAIL.unsigned_abs()).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
}

/// The lines of a log that say something: no backtrace, no notes about backtraces.
fn said(log: &str) -> impl Iterator<Item = &str> {
    let is_frame = |line: &str| {
        let number = line.trim_start().split(':').next().unwrap_or("");
        let numbered =
            line.starts_with(' ') && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        numbered || line.starts_with("  ") && line.trim_start().starts_with("at ")
    };
    let empty = |line: &str| line.is_empty() || line == "stack backtrace:" || line.starts_with("note:");
    log.lines().filter(move |line| !is_frame(line) && !empty(line.trim())).map(str::trim)
}

/// What the last panic said: the line below the one that says where.
fn panic(log: &str) -> Option<&str> {
    let lines: Vec<&str> = said(log).collect();
    let place = lines.iter().rposition(|line| line.contains("panicked at"))?;
    lines.get(place + 1).copied()
}

fn is_about_memory(line: &str) -> bool {
    let line = line.to_lowercase();
    line.contains("out of memory") || line.contains("memory allocation of")
}

/// Words without the end of their sentence: another follows.
fn sentence(words: &str) -> &str {
    words.trim_end_matches(['.', ':', ';', ' '])
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    /// The cause of the end `status` (as `wait` gives it) after `log`.
    fn after(log: &str, status: i32) -> Failure {
        let root = tempfile::tempdir().unwrap();
        let folder = JobFolder::at(root.path());
        std::fs::write(folder.log(), log).unwrap();
        let failure = cause(End::Exit(ExitStatus::from_raw(status)), &folder, 2);
        assert!(!failure.message.contains('\n') && failure.message.contains("job.log"), "{failure}");
        assert!(!failure.message.contains("backtrace"), "{failure}");
        failure
    }

    const PANICKED: i32 = PANIC << 8;

    #[test]
    fn a_panic_is_told_by_its_message_and_not_by_its_backtrace() {
        let log = "\nthread 'main' (7) panicked at methods/src/x.rs:3:9:\nthe bank is empty\nstack backtrace:\n   0: __rustc::rust_begin_unwind\n             at ./library/std/src/panicking.rs:689:5\n  12: main\nnote: Some details are omitted\n";
        let failure = after(log, PANICKED);
        assert_eq!(failure.kind, FailureKind::Panic);
        assert!(failure.message.starts_with("the bank is empty (see "), "{failure}");
        assert!(after("", PANICKED).message.starts_with("no message"));
    }

    #[test]
    fn memory_is_told_by_the_line_that_speaks_of_it() {
        let allocation =
            "memory allocation of 99 bytes failed\nstack backtrace:\n   0: std::alloc::rust_oom\n  1: main\n";
        let panicked = "thread 'main' panicked at x.rs:1:1:\nCUDA error: out of memory.\nstack backtrace:\n  0: out of memory\nnote: run with `RUST_BACKTRACE=1`\n";
        for (log, words) in [
            (allocation, "memory allocation of 99 bytes failed; use a smaller batch"),
            (panicked, "CUDA error: out of memory; use a smaller batch"),
        ] {
            let failure = after(log, PANICKED);
            assert_eq!(failure.kind, FailureKind::OutOfMemory);
            assert!(failure.message.starts_with(words), "{failure}");
        }
    }

    #[test]
    fn a_signal_from_outside_is_a_signal_and_a_kill_may_be_for_memory() {
        let killed = after("WARN something\n", 9);
        assert_eq!(killed.kind, FailureKind::Signal);
        assert!(
            killed.message.contains("out of memory") && killed.message.contains("image_size"),
            "{killed}"
        );
        let crashed = after("", 11);
        let told = after("thread 'main' has overflowed its stack\nfatal runtime error: stack overflow\n", 6);
        assert!(
            told.message.contains("; its last words: fatal runtime error: stack overflow (see "),
            "{told}"
        );
        assert_eq!(crashed.kind, FailureKind::Signal);
        assert!(!crashed.message.contains("memory"), "{crashed}");
    }

    #[test]
    fn an_end_without_records_is_no_success() {
        let failure = after("", 0);
        assert_eq!(failure.kind, FailureKind::NoRecord);
        assert!(failure.message.contains("without 2 of its records"), "{failure}");
        assert_eq!(after("", 3 << 8).kind, FailureKind::NoRecord);
    }

    #[test]
    fn only_the_end_of_an_endless_log_is_read() {
        let log = "x".repeat(3 << 20) + "\nthread 'main' panicked at x.rs:1:1:\nboom\n";
        assert!(after(&log, PANICKED).message.starts_with("boom"));
    }
}
