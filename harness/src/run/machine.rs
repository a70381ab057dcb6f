//! What this machine is and how much memory a process took.

use std::fs;

/// Peak resident memory of this process since the last [`reset_peak`], in MiB; 0 where unknown.
pub fn peak_memory_mib() -> u64 {
    status_kib("/proc/self/status", "VmHWM:").unwrap_or(0) / 1024
}

/// Starts a new measurement of the peak.
pub fn reset_peak() {
    // Linux: writing 5 resets the high-water mark. Elsewhere the peak simply covers the whole life.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// Memory of this machine in MiB; `None` where unknown.
pub fn memory_limit_mib() -> Option<u64> {
    Some(status_kib("/proc/meminfo", "MemTotal:")? / 1024)
}

fn status_kib(path: &str, key: &str) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The processor's name.
pub fn cpu_name() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(':')).map(|(_, name)| name.trim().to_owned());
    name.unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

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
