//! Process groups: a worker and whatever it started live and end together.

use std::io;
use std::process::Command;

/// Makes the process of `command` the leader of a group of its own. The terminal's Ctrl-C does not reach it: the
/// parent decides what becomes of its workers.
pub(super) fn lead(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// Kills every process of the group that the process `leader` leads. Nothing happens if there is none left.
#[cfg(unix)]
pub(super) fn kill(leader: u32) {
    use nix::sys::signal::{Signal, killpg};
    // 0 and 1 would mean this process's own group and every process.
    if let Ok(leader @ 2..) = i32::try_from(leader) {
        // It may have ended by itself, which is as good.
        let _ = killpg(nix::unistd::Pid::from_raw(leader), Signal::SIGKILL);
    }
}

#[cfg(not(unix))]
pub(super) fn kill(_: u32) {}

/// Ends this process, and the group that it leads if it leads one.
pub fn end_group(code: u8) -> ! {
    #[cfg(unix)]
    if nix::unistd::getpid() == nix::unistd::getpgrp() {
        kill(std::process::id());
    }
    std::process::exit(i32::from(code))
}

/// Has the system continue this process when its parent ends: a stopped worker could not notice.
///
/// # Errors
/// When the system refuses. Where it knows no such thing nothing happens.
pub fn continue_when_parent_ends() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGCONT)?;
    Ok(())
}
