//! The folder that is being filled, and what it refuses.

use super::trouble::Trouble;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// Most files of one archive.
const MOST_FILES: usize = 1_000_000;

/// Bytes of content for a byte of archive: pictures hardly shrink, raw digits five times.
const MOST_RATIO: u64 = 20;

/// Content that is never too much.
const ALWAYS_ALLOWED: u64 = 64 << 20;

/// The target of an archive.
pub(super) struct Folder<'a> {
    path: &'a Path,
    members: &'a Path,
    files: usize,
    /// Content that may still come.
    left: u64,
    allowed: u64,
    show: &'a mut dyn FnMut(usize),
}

impl<'a> Folder<'a> {
    /// For an archive of `size` bytes.
    pub fn new(path: &'a Path, members: &'a str, size: u64, show: &'a mut dyn FnMut(usize)) -> Self {
        let allowed = size.saturating_mul(MOST_RATIO).max(ALWAYS_ALLOWED);
        Self { path, members: Path::new(members), files: 0, left: allowed, allowed, show }
    }

    /// Files so far.
    pub fn files(&self) -> usize {
        self.files
    }

    /// Most bytes that may come out of the archive.
    pub fn allowed(&self) -> u64 {
        self.allowed
    }

    /// That more than [`Folder::allowed`] came.
    pub fn overflow(&self) -> Trouble {
        Trouble::Archive(format!(
            "unpacks to more than {} bytes, far more than its size explains",
            self.allowed
        ))
    }

    /// Writes a regular file, if it is among the members.
    pub fn write(&mut self, name: &str, content: impl Read) -> Result<(), Trouble> {
        let Some(path) = self.place(name)? else { return Ok(()) };
        if self.files == MOST_FILES {
            return Err(Trouble::Archive(format!("holds more than {MOST_FILES} files")));
        }
        let parent = path.parent().map_or(Ok(()), fs::create_dir_all);
        let mut file = match parent.and_then(|()| File::create_new(&path)) {
            Ok(file) => file,
            Err(reason) => {
                return Err(match reason.kind() {
                    io::ErrorKind::AlreadyExists
                    | io::ErrorKind::NotADirectory
                    | io::ErrorKind::IsADirectory => Trouble::Archive(format!(
                        "holds '{name}' twice, or under names this disk cannot tell apart"
                    )),
                    _ => Trouble::Disk(reason),
                });
            }
        };
        let written = copy(&mut content.take(self.left + 1), &mut file, name)?;
        if written > self.left {
            return Err(self.overflow());
        }
        self.left -= written;
        self.files += 1;
        (self.show)(self.files);
        Ok(())
    }

    /// Where a member goes; nothing if it is not wanted.
    fn place(&self, name: &str) -> Result<Option<PathBuf>, Trouble> {
        let mut path = PathBuf::new();
        for part in Path::new(name).components() {
            match part {
                Component::Normal(part) => path.push(part),
                Component::CurDir => {}
                _ => return Err(Trouble::Archive(format!("member '{name}' would leave the target folder"))),
            }
        }
        if name.contains(['\\', '\0']) {
            return Err(Trouble::Archive(format!(
                "member '{}' has a name no file should have",
                name.escape_debug()
            )));
        }
        let inside = path.strip_prefix(self.members).ok().filter(|inside| !inside.as_os_str().is_empty());
        Ok(inside.map(|inside| self.path.join(inside)))
    }
}

/// Copies, and tells a broken archive from a full disk.
fn copy(content: &mut impl Read, file: &mut File, name: &str) -> Result<u64, Trouble> {
    let mut buffer = vec![0; 1 << 16];
    let mut written = 0;
    loop {
        let read = match content.read(&mut buffer) {
            Ok(0) => return Ok(written),
            Ok(read) => read,
            Err(reason) if reason.kind() == io::ErrorKind::Interrupted => continue,
            Err(reason) => {
                return Err(Trouble::Archive(format!("member '{name}' cannot be read ({reason})")));
            }
        };
        io::Write::write_all(file, &buffer[..read]).map_err(Trouble::Disk)?;
        written += read as u64;
    }
}
