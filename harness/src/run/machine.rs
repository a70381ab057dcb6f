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
