//! Claims by numbered files, `.claim-N`: the highest number holds the folder.
//!
//! To claim is to create the number above the highest, if that one is free or stale. At most one wins:
//!
//! - Files are created exclusively, so a number has one creator; and the highest number is never removed, so no
//!   number is used twice while a higher one stands for it.
//! - Who has created a number looks again, and gives way if there is a higher one by now. So of two that judged the same
//!   claim stale only one creates the next number, and one that judged long ago, and fills a number that was
//!   removed since, finds the higher one that it was removed for.
//! - A claim says itself that it is free. It is stale when its process is gone, which can be told on the same machine
//!   since the same start, or, elsewhere, when its file has not changed for [`PACE`]'s `stale`: a thread of the
//!   holder writes into it all the time. Both times are the file server's, so that clocks may differ.
//! - A holder that stood still for so long, and was taken over, sees the higher number and [is lost](Numbered::is_lost).

use crate::results::claim::holder::{host_name, process_is_gone, process_space, process_start};
use crate::results::files::SCRATCH;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How claim files begin; the number follows.
const PREFIX: &str = ".claim-";
/// Last byte of the claim of a run that goes on, and of one that has ended.
const HELD: u8 = b'+';
const FREE: u8 = b'-';

/// How often a claim is refreshed, and how old it counts as left behind.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    beat: Duration,
    stale: Duration,
}

/// Every ten seconds; two minutes.
pub(super) const PACE: Pace = Pace { beat: Duration::from_secs(10), stale: Duration::from_secs(120) };

/// Who claims: the first line of a claim file.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Holder {
    host: String,
    process: u32,
    /// When the process began, where that is known.
    start: Option<u64>,
    /// Where that number means this process.
    space: String,
}

/// A claim that is held. When dropped it is free.
pub(super) struct Numbered {
    path: PathBuf,
    lost: Arc<AtomicBool>,
    heart: Option<(Sender<()>, JoinHandle<()>)>,
}

/// Claims `folder`; the inner error says who has it.
pub(super) fn take(folder: &Path, pace: Pace) -> io::Result<Result<Numbered, String>> {
    loop {
        let highest = highest(folder)?;
        if let Some(number) = highest
            && let Some(holder) = held(folder, number, pace.stale)?
        {
            return Ok(Err(holder));
        }
        let number = highest.map_or(0, |number| number + 1);
        if fill(folder, number)? {
            return Ok(Ok(Numbered::hold(folder, number, pace.beat)));
        }
    }
}

/// Creates claim `number`; `false` if somebody was faster, with this number or a higher one.
fn fill(folder: &Path, number: u64) -> io::Result<bool> {
    let path = path(folder, number);
    match File::options().write(true).create_new(true).open(&path) {
        Ok(mut file) => {
            if let Err(reason) = file.write_all(&own_words()).and_then(|()| file.sync_all()) {
                // It held nothing yet.
                let _ = fs::remove_file(&path);
                return Err(reason);
            }
        }
        Err(reason) if reason.kind() == ErrorKind::AlreadyExists => return Ok(false),
        Err(reason) => return Err(reason),
    }
    if highest(folder)? != Some(number) {
        fs::remove_file(&path)?;
        return Ok(false);
    }
    // What is left of earlier claims only takes room.
    for older in numbers(folder)?.into_iter().filter(|&older| older < number) {
        let _ = fs::remove_file(self::path(folder, older));
    }
    Ok(true)
}

impl Numbered {
    fn hold(folder: &Path, number: u64, beat: Duration) -> Self {
        let (stop, stopped) = mpsc::channel();
        let lost = Arc::new(AtomicBool::new(false));
        let (folder, flag) = (folder.to_owned(), Arc::clone(&lost));
        let path = path(&folder, number);
        let heart = thread::spawn(move || keep_fresh(&folder, number, beat, &stopped, &flag));
        Self { path, lost, heart: Some((stop, heart)) }
    }

    /// Whether another run took the folder over.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::SeqCst)
    }
}

impl Drop for Numbered {
    fn drop(&mut self) {
        if let Some((stop, heart)) = self.heart.take() {
            drop(stop);
            // It never panics, and if it did the claim would be freed all the same.
            let _ = heart.join();
        }
        // A claim that cannot be freed turns stale.
        let _ = mark(&self.path, FREE);
    }
}

fn keep_fresh(folder: &Path, number: u64, beat: Duration, stopped: &Receiver<()>, lost: &AtomicBool) {
    while stopped.recv_timeout(beat) == Err(RecvTimeoutError::Timeout) {
        if matches!(highest(folder), Ok(Some(highest)) if highest != number) {
            lost.store(true, Ordering::SeqCst);
            return;
        }
        // A server that does not answer now may do so at the next beat.
        let _ = mark(&path(folder, number), HELD);
    }
}

/// Rewrites the last byte, which also makes the file new. Nothing is created: the file may be gone for good.
fn mark(path: &Path, state: u8) -> io::Result<()> {
    let mut file = File::options().write(true).open(path)?;
    file.seek(SeekFrom::End(-1))?;
    file.write_all(&[state])?;
    file.sync_all()
}

fn own_words() -> Vec<u8> {
    let process = std::process::id();
    let holder = Holder { host: host_name(), process, start: process_start(process), space: process_space() };
    let mut words = serde_json::to_vec(&holder).unwrap_or_default();
    words.extend([b'\n', HELD]);
    words
}

/// Who holds claim `number` of `folder`; `None` if it is free, stale or gone.
fn held(folder: &Path, number: u64, stale: Duration) -> io::Result<Option<String>> {
    let mut file = match File::open(path(folder, number)) {
        Err(reason) if reason.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    if bytes.last() == Some(&FREE) {
        return Ok(None);
    }
    // A claim whose words are not written yet has an age like every other.
    let holder: Option<Holder> =
        bytes.split(|&byte| byte == b'\n').next().and_then(|line| serde_json::from_slice(line).ok());
    let in_words =
        holder.as_ref().map_or("unknown".into(), |holder| format!("{} on {}", holder.process, holder.host));
    if let Some(holder) = holder.filter(|holder| !holder.space.is_empty() && holder.space == process_space())
    {
        return Ok((!process_is_gone(holder.process, holder.start)).then_some(in_words));
    }
    // A file made just now shows the server's time.
    let now =
        tempfile::Builder::new().prefix(SCRATCH).tempfile_in(folder)?.as_file().metadata()?.modified()?;
    let age = now.duration_since(file.metadata()?.modified()?).unwrap_or_default();
    Ok((age < stale).then_some(in_words))
}

fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{PREFIX}{number}"))
}

fn highest(folder: &Path) -> io::Result<Option<u64>> {
    Ok(numbers(folder)?.into_iter().max())
}

fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        numbers.extend(name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.parse::<u64>().ok()));
    }
    Ok(numbers)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
