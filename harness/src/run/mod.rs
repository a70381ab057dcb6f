//! Running a plan: one process per job, one record per cell, everything resumable.

mod evaluate;
mod event;
mod exhibit;
mod failure;
mod files;
mod index;
mod machine;
mod map_sheet;
mod record;
mod references;
mod scheduler;
mod score;
mod store;
mod worker;

pub use event::{Event, Observer, WorkerEvent};
pub use exhibit::{Exhibit, Shown};
pub use failure::{Failure, FailureKind};
pub use files::StoreError;
pub use index::{Index, IndexEntry};
pub use machine::{cpu_name, memory_limit_mib, peak_memory_mib, reset_peak};
pub use map_sheet::MapSheet;
pub use record::{CellRecord, JobRecord, MetricValue, Phase, Provenance, ScoredImage};
pub use scheduler::{Launch, Summary, execute};
pub use score::score;
pub use store::{JobFolder, RunFolder, Todo};
pub use worker::work;
