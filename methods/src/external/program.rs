//! A program that is running: lines to it, lines from it, and its end.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

/// How lines begin that are meant for us; all others are the program's log.
const MARK: &[u8] = b"@@SHIFTBENCH ";
/// Longest line that is taken, in bytes: a program that writes without end costs no memory.
const LONGEST: u64 = 1 << 20;
/// Most of a program's log that is passed on, in bytes.
const MOST_LOG: usize = 4 << 20;
/// Lines that may wait to be read; a program that says more waits.
const QUEUE: usize = 64;
/// How long it may take to end when it is told to.
const LAST_BREATH: Duration = Duration::from_secs(2);

/// A running program. When dropped it is told to end, and then killed.
pub struct Program {
    child: Child,
    stdin: Option<ChildStdin>,
    said: Receiver<String>,
}

/// Why nothing was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// It said nothing in time.
    Overdue,
    /// It has closed its standard output, or ended.
    Ended,
}

impl Program {
    /// Starts `command`. Its log goes to this process's standard error, up to a limit.
    ///
    /// # Errors
    /// When there is no such program, or it cannot be started.
    pub fn start(command: &[String]) -> io::Result<Self> {
        let Some((program, arguments)) = command.split_first() else {
            return Err(io::Error::other("no program is named"));
        };
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (sender, said) = mpsc::sync_channel(QUEUE);
        if let Some(output) = child.stdout.take() {
            thread::spawn(move || listen(output, Some(&sender)));
        }
        if let Some(errors) = child.stderr.take() {
            thread::spawn(move || listen(errors, None));
        }
        let stdin = child.stdin.take();
        Ok(Self { child, stdin, said })
    }

    /// Says one line.
    ///
    /// # Errors
    /// When it does not listen any more.
    pub fn say(&mut self, line: &str) -> io::Result<()> {
        let stdin = self.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        stdin.write_all(line.as_bytes())?;
        stdin.write_all(b"\n")?;
        stdin.flush()
    }

    /// The next line that is meant for us, without its mark.
    ///
    /// # Errors
    /// When there is none within `patience`.
    pub fn hear(&self, patience: Duration) -> Result<String, Silence> {
        self.said.recv_timeout(patience).map_err(|error| match error {
            RecvTimeoutError::Timeout => Silence::Overdue,
            RecvTimeoutError::Disconnected => Silence::Ended,
        })
    }

    /// How it ended, in words, if it has.
    pub fn fate(&mut self) -> String {
        let start = Instant::now();
        while start.elapsed() < LAST_BREATH {
            match self.child.try_wait() {
                Ok(Some(status)) => return format!("it ended with {status}"),
                Ok(None) => thread::sleep(Duration::from_millis(20)),
                Err(_) => break,
            }
        }
        "it has closed its standard output".into()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Nobody listens perhaps; then it is killed below.
        let _ = self.say(r#"{"quit":{}}"#);
        self.stdin = None;
        let start = Instant::now();
        while start.elapsed() < LAST_BREATH {
            match self.child.try_wait() {
                Ok(None) => thread::sleep(Duration::from_millis(20)),
                _ => return,
            }
        }
        // Whatever it started belongs to the group of the worker, which is killed as a whole.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads lines until the end. Those with the mark go to `marked`; of the others, the beginning to standard error.
fn listen(output: impl Read, marked: Option<&SyncSender<String>>) {
    let mut reader = BufReader::new(output);
    let mut log = BufWriter::new(io::stderr());
    let (mut room, mut line) = (MOST_LOG, Vec::new());
    loop {
        line.clear();
        match reader.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        match (line.strip_prefix(MARK), marked) {
            (Some(said), Some(marked)) => {
                let heard = marked.send(String::from_utf8_lossy(said).trim_end().to_owned());
                if heard.is_err() {
                    return;
                }
            }
            _ if room > 0 => {
                room = room.saturating_sub(line.len());
                // A log that nobody can keep is no reason to stop.
                let _ = log.write_all(&line);
                if room == 0 {
                    let _ = log.write_all(b"\n... the rest of the log is left out\n");
                }
            }
            _ => {}
        }
        // Whoever reads along sees what was written as soon as nothing more is there.
        if reader.buffer().is_empty() {
            let _ = log.flush();
        }
    }
}
