//! Locks of the operating system.

use std::io;

/// Whether a lock failed because there are none here: some network file systems have no other answer.
pub(crate) fn knows_no_locks(reason: &io::Error) -> bool {
    #[cfg(unix)]
    {
        use nix::errno::Errno;
        let known = [Errno::ENOLCK, Errno::ENOSYS, Errno::EOPNOTSUPP, Errno::ENOTSUP, Errno::EINVAL];
        if known.iter().any(|&errno| reason.raw_os_error() == Some(errno as i32)) {
            return true;
        }
    }
    reason.kind() == io::ErrorKind::Unsupported
}
