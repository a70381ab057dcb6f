//! A worker process as its parent sees it: started, listened to, killed with all that it started, and reaped.

use crate::run::event::WorkerEvent;
use crate::run::group;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

/// Longest line that is taken for an event, in bytes: a worker that writes without end costs no memory.
const LONGEST: u64 = 1 << 20;
/// How long the output of a worker that has ended is waited for: a process that left its group may hold it open.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How long a killed worker is waited for: one that the system cannot end now (it waits for a dead disk) will run
/// none of its own code any more.
const LAST_BREATH: Duration = Duration::from_secs(5);

/// What the reader of a worker's output passes on, with the number of its job.
pub(super) enum Message {
    Event(usize, WorkerEvent),
    /// The output was closed: nothing more will come.
    Closed(usize),
}

/// How a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Exit(ExitStatus),
    /// Killed, and not seen to end.
    Unknown,
}

/// A running worker. When dropped it is killed.
pub(super) struct WorkerProcess {
    child: Child,
    /// Its standard input stays open as long as this lives.
    _parent_lives: Sender<()>,
    closed: bool,
    killed: Option<Instant>,
    exit: Option<(Instant, End)>,
}

impl WorkerProcess {
    /// Starts `command` as the leader of a group of its own, writes `line` to its standard input, keeps that open, and
    /// sends what it reports as job `index`.
    pub fn start(
        mut command: Command,
        line: String,
        index: usize,
        sender: SyncSender<Message>,
    ) -> io::Result<Self> {
        group::lead(&mut command);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (parent_lives, receiver) = mpsc::channel();
        if let Some(stdin) = child.stdin.take() {
            // A worker that does not read must not hold its parent.
            thread::spawn(move || tell(stdin, &line, &receiver));
        }
        let closed = child.stdout.is_none();
        if let Some(stdout) = child.stdout.take() {
            thread::spawn(move || listen(stdout, index, &sender));
        }
        Ok(Self { child, _parent_lives: parent_lives, closed, killed: None, exit: None })
    }

    /// Its output was closed.
    pub fn close(&mut self) {
        self.closed = true;
    }

    /// Kills it and whatever it started, unless that was done before.
    pub fn kill(&mut self) {
        if self.killed.is_none() && self.exit.is_none() {
            self.killed = Some(Instant::now());
            group::kill(self.child.id());
            // Where there are no groups; already ended is as good as killed.
            let _ = self.child.kill();
        }
    }

    /// How it ended; `None` while it runs, or may still have something to say. Never waits.
    pub fn ended(&mut self) -> Option<End> {
        if self.exit.is_none() {
            let end = match self.child.try_wait() {
                Ok(Some(status)) => Some(End::Exit(status)),
                Ok(None) => self.killed.filter(|since| since.elapsed() > LAST_BREATH).map(|_| End::Unknown),
                // Somebody else reaped it.
                Err(_) => Some(End::Unknown),
            };
            if let Some(end) = end {
                self.exit = Some((Instant::now(), end));
                // What it started ends with it. Its number stays taken as long as its group has members.
                group::kill(self.child.id());
            }
        }
        let (since, end) = self.exit?;
        (self.closed || since.elapsed() > LAST_WORDS).then_some(end)
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        self.kill();
        // A zombie at most, and not for long: the run is over.
        let _ = self.child.try_wait();
    }
}

/// Writes the job, then holds the worker's input open until the parent lets go.
fn tell(mut stdin: ChildStdin, line: &str, parent_lives: &Receiver<()>) {
    // A worker that died before reading is noticed by its end.
    let _ = stdin.write_all(line.as_bytes()).and_then(|()| stdin.flush());
    let _ = parent_lives.recv();
}

/// Passes events on until the output is closed. Whatever else a worker writes there is skipped.
fn listen(stdout: ChildStdout, index: usize, sender: &SyncSender<Message>) {
    let mut reader = BufReader::new(stdout);
    let mut line = Vec::new();
    loop {
        line.clear();
        // The rest of a longer line comes as lines of its own, which are no events either.
        match reader.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
        if let Ok(event) = serde_json::from_slice(&line)
            && sender.send(Message::Event(index, event)).is_err()
        {
            break;
        }
    }
    // Nobody listens once the run is over.
    let _ = sender.send(Message::Closed(index));
}
