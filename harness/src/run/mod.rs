//! Running a plan: one process per job, one record per cell, everything resumable.

mod cause;
mod claim;
mod deadline;
mod evaluate;
mod event;
mod exhibit;
mod failure;
mod files;
mod group;
mod index;
mod machine;
mod map_sheet;
mod process;
mod record;
mod references;
mod scheduler;
mod score;
mod store;
#[cfg(test)]
mod toy;
mod vanished;
mod worker;

pub use claim::Claim;
pub(crate) use claim::knows_no_locks;
pub use deadline::Deadline;
pub use event::{Event, Observer, WorkerEvent};
pub use exhibit::{Exhibit, Shown};
pub use failure::{Failure, FailureKind};
pub use files::StoreError;
pub use group::{continue_when_parent_ends, end_group};
pub use index::{Index, IndexEntry};
pub use machine::{cpu_name, memory_limit_mib, peak_memory_mib, reset_peak};
pub use map_sheet::MapSheet;
pub use record::{CellRecord, JobRecord, MetricValue, Phase, Provenance, ScoredImage};
pub use scheduler::{Launch, Summary, execute};
pub use score::score;
pub use store::{JobFolder, RunFolder, Todo};
pub use worker::work;
