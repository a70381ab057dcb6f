//! Who holds a claim: a process on a host.

use std::fs;

/// This machine's name on its network; empty where unknown.
pub fn host_name() -> String {
    fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned()
}

/// What gives process numbers their meaning: this start of this machine, and the container. Empty where unknown.
pub fn process_space() -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let container = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    if boot.is_empty() { boot } else { format!("{} {}", boot.trim(), container.display()) }
}

/// When the process of this number began, in the clock ticks of its machine; `None` if there is none, or where that
/// is unknown.
pub fn process_start(number: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    // The name, in brackets, may hold anything; the start is the 20th word after it.
    text.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

/// Whether the process of this number that began at `start`, if that is known, has ended.
pub fn process_is_gone(number: u32, start: Option<u64>) -> bool {
    #[cfg(unix)]
    if let Ok(number) = i32::try_from(number) {
        use nix::errno::Errno;
        use nix::sys::signal::kill;
        // Signal "none" asks only whether it is there; one of another user's answers that it may not be asked.
        if kill(nix::unistd::Pid::from_raw(number), None) == Err(Errno::ESRCH) {
            return true;
        }
    }
    // Another process may have got its number.
    matches!((start, process_start(number)), (Some(then), Some(now)) if then != now)
}
