//! Running a plan: one process per job, one record per cell, everything resumable.

mod cause;
mod deadline;
mod evaluate;
mod event;
mod exhibit;
mod export;
mod frames;
mod group;
mod machine;
mod planned;
mod process;
mod references;
mod rescore;
mod scheduler;
mod score;
mod source;
mod tested;
mod todo;
#[cfg(test)]
mod toy;
mod vanished;
mod verify;
mod worker;

pub use deadline::Deadline;
pub use event::{Event, Observer, WorkerEvent};
pub use export::{Exported, TRAIN, export};
pub use group::{continue_when_parent_ends, end_group};
pub use machine::{cpu_name, memory_limit_mib, peak_memory_mib, reset_peak};
pub use rescore::{Rescored, rescore};
pub use scheduler::{Launch, Summary, execute};
pub use score::score;
pub use todo::Todo;
pub use verify::{Finding, Verified, verify};
pub use worker::work;
