//! Whether everything that a run produced is still there when it ends: somebody may have deleted it meanwhile.

use crate::plan::Plan;
use crate::results::RunFolder;
use crate::results::StoreError;
use std::collections::BTreeSet;

/// Checks that the index and every record of `plan` are in `folder`, except those of jobs that `failed`.
///
/// # Errors
/// [`StoreError::Vanished`], with how many are gone.
pub(super) fn check(plan: &Plan, folder: &RunFolder, failed: &BTreeSet<String>) -> Result<(), StoreError> {
    let whole = plan.jobs.iter().map(|job| (job, job.path())).filter(|(_, path)| !failed.contains(path));
    let gone = whole.map(|(job, path)| folder.job(&path).todo(job).cells.len()).sum();
    if gone > 0 || !folder.is_there() {
        return Err(StoreError::Vanished { path: folder.path().into(), gone });
    }
    Ok(())
}
