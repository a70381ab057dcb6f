//! What end-to-end tests share.

pub mod finished;
#[cfg(target_os = "linux")]
pub mod process;
#[path = "../../support/mod.rs"]
mod shared;
pub mod toy;

pub use shared::{files, folder_suite, mvtec_like, scores, shiftbench, text};

use std::process::Output;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What every wait is bounded by: far above what it takes, far below for ever.
pub const LONG: Duration = Duration::from_secs(120);

/// Polls until `look` sees something.
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(start.elapsed() < LONG, "no {what} within {LONG:?}");
        sleep(Duration::from_millis(2));
    }
}

/// Standard output of a command that must succeed.
pub fn succeed(arguments: &[&str]) -> String {
    let output = shiftbench(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?} ended with {}:\n{}", output.status, errors(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Exit code and standard error of a command that must fail, in one sentence and without a panic.
pub fn fail(arguments: &[&str]) -> (i32, String) {
    let output = shiftbench(arguments).output().unwrap();
    let errors = errors(&output);
    assert!(!output.status.success(), "{arguments:?} succeeded");
    assert!(!errors.contains("panicked"), "{arguments:?} panicked:\n{errors}");
    (output.status.code().unwrap_or(-1), errors)
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Names that the program lists of a kind, such as `methods`, in its order. Plugins of tests are not among them.
pub fn listed(kind: &str) -> Vec<String> {
    let output = succeed(&["list", kind]);
    let names = output.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}
