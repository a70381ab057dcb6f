//! What a file system says of the files of an image: while it says the same, they have the same bytes.

use std::fs::{self, Metadata};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// File systems keep time in steps of up to two seconds (FAT): a file that was changed less than that ago may change
/// again and keep its times.
const STEP: Duration = Duration::from_secs(2);

/// Paths, sizes, times and numbers of files. Equal stamps have equal hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// A hash of all of it, and of the image.
    pub hash: [u8; 32],
    /// Nanoseconds from 1970 to the last change of any of the files.
    changed: i128,
}

impl Stamp {
    /// That of the files of the image `id`; `None` if it has none, or one is not there.
    pub fn of(id: &str, files: &[PathBuf]) -> Option<Self> {
        let mut hasher = blake3::Hasher::new();
        // Hashes, not texts, keep the end of one apart from the start of the next.
        hasher.update(blake3::hash(id.as_bytes()).as_bytes());
        let mut changed = None;
        for path in files {
            let told = fs::metadata(path).ok()?;
            let (times, number) = (times(&told)?, number(&told));
            hasher.update(blake3::hash(path.as_os_str().as_encoded_bytes()).as_bytes());
            hasher.update(&told.len().to_le_bytes());
            for time in times {
                hasher.update(&time.to_le_bytes());
                changed = changed.max(Some(time));
            }
            hasher.update(&number.to_le_bytes());
        }
        Some(Self { hash: *hasher.finalize().as_bytes(), changed: changed? })
    }

    /// Whether a change at `now` or later gives another stamp.
    pub fn is_settled(&self, now: SystemTime) -> bool {
        let now = now.checked_sub(STEP).and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        now.is_some_and(|now| self.changed <= now.as_nanos() as i128)
    }
}

/// Nanoseconds from 1970 to when its content was written, which anybody can set, and to when anything about the file
/// changed, which nobody can.
#[cfg(unix)]
fn times(told: &Metadata) -> Option<[i128; 2]> {
    use std::os::unix::fs::MetadataExt;
    let time = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
    Some([time(told.mtime(), told.mtime_nsec()), time(told.ctime(), told.ctime_nsec())])
}

/// Nanoseconds from 1970 to when its content was written.
#[cfg(not(unix))]
fn times(told: &Metadata) -> Option<[i128; 1]> {
    let written = told.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some([written.as_nanos() as i128])
}

/// The file's number: another file at its place has another.
#[cfg(unix)]
fn number(told: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(told)
}

/// Systems that tell no number.
#[cfg(not(unix))]
fn number(_: &Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    #[test]
    fn any_change_shows_in_the_stamp() {
        let folder = tempfile::tempdir().unwrap();
        let [image, mask, other] = ["a.png", "mask.png", "b.png"].map(|name| folder.path().join(name));
        for path in [&image, &mask, &other] {
            fs::write(path, "1234").unwrap();
        }
        let of = |files: &[&PathBuf]| {
            Stamp::of("a", &files.iter().map(|path| (*path).clone()).collect::<Vec<_>>())
        };
        let before = of(&[&image, &mask]);
        assert!(before.is_some() && before == of(&[&image, &mask]));
        assert_ne!(before, of(&[&image]));
        assert_ne!(before, of(&[&mask, &image]));
        assert_ne!(before, Stamp::of("b", &[image.clone(), mask.clone()]));
        let long_ago = SystemTime::now() - Duration::from_secs(1000);
        let changes: [&dyn Fn(); 3] = [
            &|| fs::write(&mask, "12345").unwrap(),
            &|| File::options().write(true).open(&mask).unwrap().set_modified(long_ago).unwrap(),
            &|| fs::rename(&other, &mask).unwrap(),
        ];
        for change in changes {
            let before = of(&[&image, &mask]);
            change();
            assert_ne!(before, of(&[&image, &mask]));
        }
        fs::remove_file(&mask).unwrap();
        assert_eq!(of(&[&image, &mask]), None);
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn what_changed_just_now_or_in_the_future_is_not_settled() {
        let stamp = |changed: Duration| Stamp { hash: [0; 32], changed: changed.as_nanos() as i128 };
        let now = Duration::from_secs(1_000_000);
        let is_settled = |changed| stamp(changed).is_settled(UNIX_EPOCH + now);
        assert!(is_settled(now - STEP));
        assert!(!is_settled(now - STEP + Duration::from_nanos(1)));
        assert!(!is_settled(now) && !is_settled(now + STEP * 9));
        assert!(!stamp(Duration::ZERO).is_settled(UNIX_EPOCH));
    }
}
