//! The command line of shiftbench: what `cargo xtask` becomes.
//!
//! A library of one function, so that a program elsewhere can run it with plugins of its own linked beside ours; see
//! `tests/out-of-tree`.

// What commands are made of.
mod arguments;
mod cli;
mod command;
mod cores;
mod exhibits;
mod exit;
mod export;
mod exported;
mod finished;
mod images;
mod import;
mod out;
mod progress;
mod signals;
mod suites;

// The commands. Each registers itself.
mod bench;
mod check;
mod compare;
mod conform;
mod corrupt;
mod doctor;
mod fetch;
mod gallery;
mod generate;
mod job;
mod list;
mod make;
mod new;
mod pack;
mod paper;
mod perf;
mod rehearse;
mod report;
mod score;
mod unpack;
mod verify;

// A plugin crate that nothing names is not linked, and what is not linked does not register.
use crate::out::say;
use datasets as _;
use methods as _;

use clap::Parser;
use cli::Arguments;
use command::Run;
use exit::Exit;
use harness::contract::registry;
use harness::metrics::Metric;
use std::process::ExitCode;

/// Runs the command that the arguments of this process name, with every plugin that is linked into the program, and
/// gives its exit code. Workers are this program again: `main` must do nothing else before or after.
pub fn main() -> ExitCode {
    signals::survive_large_files();
    work_in_this_thread_too();
    let arguments = Arguments::parse();
    let filter = if arguments.verbose { tracing::Level::DEBUG } else { tracing::Level::WARN };
    tracing_subscriber::fmt().with_max_level(filter).with_writer(|| out::Errors).without_time().init();
    let mut twice = registry::duplicates();
    twice.extend(registry::duplicates_of::<Metric>());
    if !twice.is_empty() {
        say!("error: {}; give one of them another name", twice.join("; "));
        return ExitCode::from(exit::USAGE);
    }
    match arguments.command.run().and_then(|()| out::delivered()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Exit { code, message }) => {
            if !message.is_empty() {
                say!("error: {}", harness::contract::text::message(&message));
            }
            ExitCode::from(code)
        }
    }
}

/// Makes this thread one of the pool's. Otherwise every parallel loop hands its work to another thread and waits,
/// which costs two switches per loop.
fn work_in_this_thread_too() {
    // It fails if a pool exists already, and then everything is as it would have been.
    let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
}
