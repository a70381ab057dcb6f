//! The results of a run, and the numbers they give: means over categories, reference images and seeds.

mod caution;
mod cell;
mod comparison;
mod excerpt;
mod group;
mod row;
mod scope;
mod score;
mod scores;

pub use cell::{CellFile, FailedJob, Hole, Outcome, Place};
pub use comparison::Comparison;
pub use group::Group;
pub use row::{Row, Tested};
pub use scope::Scope;
pub use score::{Average, Estimate, Gap, Score, Spread};
pub use scores::{GroupScores, Scores};

pub(crate) use caution::{few_seeds, random_teacher};
pub(crate) use cell::one_line;
pub(crate) use excerpt::{excerpt, severity};
pub(crate) use score::tenths;
