//! What signals do to the program.

use crate::exit::{Exit, INTERRUPTED, USAGE};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Makes a file that grows beyond the user's limit (`ulimit -f`) an error like a full disk, not the end of the program.
pub fn survive_large_files() {
    #[cfg(unix)]
    {
        // With a handler, whatever it does, the write fails instead; without one everything is as it would have been.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    }
}

/// How to stop the program: interrupt, termination, hang-up.
pub struct Stop {
    asked: Arc<AtomicBool>,
    at_once: Arc<AtomicBool>,
}

impl Stop {
    /// From now on the first signal only [asks](Self::asked) for the end, and the second ends the program.
    pub fn listen() -> Result<Self, Exit> {
        let stop = Self { asked: Arc::default(), at_once: Arc::default() };
        for signal in signals() {
            // In this order: the first signal finds nothing set.
            let now = Arc::clone(&stop.at_once);
            signal_hook::flag::register_conditional_shutdown(signal, i32::from(INTERRUPTED), now)
                .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&stop.at_once)))
                .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&stop.asked)))
                .map_err(|error| Exit::new(USAGE, format!("cannot listen for signal {signal}: {error}")))?;
        }
        Ok(stop)
    }

    /// Set by the first signal.
    pub fn asked(&self) -> &AtomicBool {
        &self.asked
    }

    /// From now on the first signal ends the program, as nobody listens any more.
    pub fn end_at_once(&self) {
        self.at_once.store(true, Ordering::SeqCst);
    }
}

/// Those that ask a program to end; the hang-up only where it would: `nohup` makes a program deaf to it.
fn signals() -> Vec<i32> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    #[allow(unused_mut)]
    let mut signals = vec![SIGINT, SIGTERM];
    #[cfg(unix)]
    if !is_ignored(signal_hook::consts::SIGHUP) {
        signals.push(signal_hook::consts::SIGHUP);
    }
    signals
}

/// Whether the program was started deaf to this signal; not where the system does not tell.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok()).unwrap_or(0);
    (mask >> (signal - 1)) & 1 == 1
}
