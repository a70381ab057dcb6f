//! Unpacking what strangers packed: nothing leaves the target, is a link or a device, or fills the disk.

mod folder;
mod tar;
mod trouble;
mod zip;

use folder::Folder;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
pub(super) use trouble::Trouble;

/// Memory for unpacking .xz, in KiB: more than its strongest preset needs.
const XZ_MEMORY: u32 = 256 << 10;

/// Folders inside an archive that are searched for a landmark.
const MOST_FOLDERS: usize = 1000;

/// Writes the regular files below `members` ("" for all) into `target`, which is a new folder. Owners, permissions
/// and times are not taken over. `show` hears how many files there are.
pub(super) fn unpack(
    archive: &Path,
    members: &str,
    target: &Path,
    show: &mut dyn FnMut(usize),
) -> Result<(), Trouble> {
    let unreadable = |reason: io::Error| Trouble::Archive(reason.to_string());
    let mut file = File::open(archive).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let mut head = Vec::new();
    file.by_ref().take(512).read_to_end(&mut head).map_err(unreadable)?;
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let mut folder = Folder::new(target, members, size, show);
    let file = BufReader::new(file);
    match head.as_slice() {
        [b'P', b'K', 3 | 5, ..] => zip::unpack(file, &mut folder)?,
        [0x1f, 0x8b, ..] => tar::unpack(flate2::bufread::MultiGzDecoder::new(file), &mut folder)?,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
            tar::unpack(lzma_rust2::XzReader::new_mem_limit(file, true, XZ_MEMORY), &mut folder)?;
        }
        head if head.get(257..262) == Some(b"ustar") => tar::unpack(file, &mut folder)?,
        [b'<', ..] => return Err(Trouble::Archive("is a web page, not an archive".into())),
        _ => return Err(Trouble::Archive("is no zip, tar, tar.gz or tar.xz archive".into())),
    }
    match folder.files() {
        0 if members.is_empty() => Err(Trouble::Archive("holds no files".into())),
        0 => Err(Trouble::Archive(format!("holds no files below '{members}'"))),
        _ => Ok(()),
    }
}

/// Writes the regular files of an archive (zip, tar, tar.gz, tar.xz) into `target`, a new folder. Nothing leaves it.
///
/// # Errors
/// One sentence: what is wrong with the archive, or with the disk.
pub fn unpack_whole(archive: &Path, target: &Path) -> Result<(), String> {
    unpack(archive, "", target, &mut |_| {}).map_err(|trouble| match trouble {
        Trouble::Archive(reason) => format!("{}: {reason}", archive.display()),
        Trouble::Disk(reason) => format!("{}: {reason}", target.display()),
    })
}

/// The outermost folder below `root` that holds a file or folder called `landmark`.
pub(super) fn around(root: &Path, landmark: &str) -> Result<PathBuf, Trouble> {
    let mut waiting = VecDeque::from([root.to_owned()]);
    for _ in 0..MOST_FOLDERS {
        let Some(folder) = waiting.pop_front() else { break };
        if folder.join(landmark).exists() {
            return Ok(folder);
        }
        let entries: io::Result<Vec<_>> = fs::read_dir(&folder).and_then(Iterator::collect);
        let mut folders: Vec<PathBuf> =
            entries.map_err(Trouble::Disk)?.iter().map(fs::DirEntry::path).collect();
        folders.retain(|path| path.is_dir());
        folders.sort();
        waiting.extend(folders);
    }
    Err(Trouble::Archive(format!("holds nothing called '{landmark}'")))
}
