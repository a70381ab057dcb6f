//! What a run leaves on disk: the layout of its folder, records bound by hashes, scores, maps and pictures.
//!
//! This room alone writes below a run folder. It knows neither plans nor suites.

mod claim;
mod exhibit;
mod failure;
mod files;
mod identity;
mod index;
mod job_folder;
mod key;
mod map_sheet;
pub mod name;
mod pack;
mod record;
mod run_folder;
mod sealed;
mod shared;
mod state;

pub use claim::Claim;
pub use exhibit::{Exhibit, Shown};
pub use failure::{Failure, FailureKind};
pub use files::{StoreError, remove_file, write};
pub use identity::{Length, MetricsIdentity, References, TeacherIdentity, TestIdentity, TrainingIdentity};
pub use index::{Index, IndexEntry};
pub use job_folder::{JobFolder, Unfinished};
pub use key::{SCHEMA, hash};
pub use map_sheet::MapSheet;
pub use pack::Packed;
pub use record::{CellRecord, JobRecord, MetricValue, Phase, Provenance, ScoredImage};
pub use run_folder::RunFolder;
pub use state::State;
