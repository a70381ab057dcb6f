//! The only way to standard output and standard error. Neither can end the program: a reader may leave, a disk may
//! be full, and hours of work must not be lost over a line of text.

use crate::exit::{Exit, OUTPUT};
use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

/// What became of standard output.
enum State {
    Fine,
    /// Its reader left, as `head` does: there is nobody to miss anything.
    Left,
    /// What was asked for could not be written.
    Lost(io::Error),
}

static STATE: Mutex<State> = Mutex::new(State::Fine);

/// Writes on standard output: what a command was asked for. `show!("{x}")` ends the line.
macro_rules! show {
    ($($words:tt)*) => { $crate::out::put(format_args!("{}\n", format_args!($($words)*))) };
}

/// Writes a line on standard error: what a command tells besides.
macro_rules! say {
    ($($words:tt)*) => { $crate::out::tell(format_args!($($words)*)) };
}

pub(crate) use {say, show};

/// Writes on standard output, as long as that works.
pub fn put(words: Arguments<'_>) {
    write(|output| output.write_fmt(words));
}

/// Writes a line on standard error. Who does not read it is not told.
pub fn tell(words: Arguments<'_>) {
    // In one piece, or lines of processes that share it would mix.
    let _ = io::stderr().write_all(format!("{words}\n").as_bytes());
}

/// Whether everything shown arrived, or its reader did not want more.
///
/// # Errors
/// Exit code [`OUTPUT`], with the reason.
pub fn delivered() -> Result<(), Exit> {
    write(Write::flush);
    match &*STATE.lock().unwrap_or_else(PoisonError::into_inner) {
        State::Fine | State::Left => Ok(()),
        State::Lost(reason) => {
            let message = format!("standard output was lost: {reason}; everything else is done");
            Err(Exit::new(OUTPUT, message))
        }
    }
}

fn write(act: impl FnOnce(&mut io::StdoutLock<'static>) -> io::Result<()>) {
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    if matches!(*state, State::Fine)
        && let Err(reason) = act(&mut io::stdout().lock())
    {
        *state = if reason.kind() == ErrorKind::BrokenPipe { State::Left } else { State::Lost(reason) };
    }
}

/// Standard error for those who would panic, or report on standard error, if it could not be written.
pub struct Errors;

impl Write for Errors {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = io::stderr().write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
