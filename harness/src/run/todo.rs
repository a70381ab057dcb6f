//! What a job still has to do, and why.

use crate::plan::{Cell, Job};
use crate::results::{JobFolder, JobRecord, Unfinished};
use serde_json::{Value, json};

/// What a job still has to do, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Todo {
    /// Positions of the cells to test. Those that rest on a training to be done again may turn out to hold, if it gives
    /// the same state.
    pub cells: Vec<usize>,
    /// Whether it has to be trained.
    pub train: bool,
    /// Why earlier results are not used, if there were any.
    pub reason: Option<String>,
}

impl Todo {
    /// Whether nothing is left to do.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty() && !self.train
    }
}

impl JobFolder {
    /// Compares what `job` wants with what is here. Everything that results rest on is read and compared with its hash:
    /// records, scores, maps and the trained state.
    pub fn todo(&self, job: &Job) -> Todo {
        let mut reason = None;
        let training = self.usable_training(job, &mut reason);
        // A state that is there must be the recorded one, also if no cell needs it now.
        let damaged = training.as_ref().and_then(|training| self.check_state(training).err());
        let mut train = damaged.is_some();
        reason = reason.or(damaged.map(|error| error.to_string()));
        let cells =
            job.cells.iter().enumerate().filter(|(_, cell)| match self.state(job, cell, training.as_ref()) {
                Ok(()) => false,
                Err(why) => {
                    reason = reason.take().or(why);
                    true
                }
            });
        let cells: Vec<usize> = cells.map(|(position, _)| position).collect();
        train |= match &training {
            None => !cells.is_empty(),
            Some(training) => self.lacks_state(training) && (job.keep_model || !cells.is_empty()),
        };
        if let Some(failure) = self.failure() {
            reason = reason.or(Some(format!("it failed before ({failure})")));
        }
        Todo { cells, train, reason }
    }

    /// The training on disk, if it is that of `job`; otherwise why not, if there is one.
    fn usable_training(&self, job: &Job, reason: &mut Option<String>) -> Option<JobRecord> {
        match self.training() {
            Ok(None) => None,
            Ok(Some(record)) if record.key == job.identity().key() => Some(record),
            Ok(Some(record)) => {
                *reason = Some(difference(&json!(record.identity), &json!(job.identity())));
                None
            }
            Err(error) => {
                *reason = Some(error.to_string());
                None
            }
        }
    }

    /// `Ok` for a finished cell; otherwise why an existing record does not count.
    fn state(&self, job: &Job, cell: &Cell, training: Option<&JobRecord>) -> Result<(), Option<String>> {
        let identity = job.cell_identity(cell);
        match self.finished(&cell.label(), &identity.key(), training) {
            Ok(_) => Ok(()),
            Err(Unfinished::Missing) => Err(None),
            Err(Unfinished::Outdated(old)) => Err(Some(difference(&json!(old), &json!(identity)))),
            Err(Unfinished::Damaged(why)) => Err(Some(why)),
        }
    }
}

/// The first few differences of two identities, in words.
pub(super) fn difference(old: &Value, new: &Value) -> String {
    fn walk(path: &str, old: &Value, new: &Value, found: &mut Vec<String>) {
        match (old, new) {
            (Value::Object(before), Value::Object(after)) => {
                let mut keys: Vec<_> = before.keys().chain(after.keys()).collect();
                keys.sort();
                keys.dedup();
                for key in keys {
                    let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    let side =
                        |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or_default();
                    walk(&inner, &side(before), &side(after), found);
                }
            }
            _ if old == new => {}
            _ => found.push(format!("{path} was {old}, is {new}")),
        }
    }
    let mut found = Vec::new();
    walk("", old, new, &mut found);
    found.truncate(3);
    if found.is_empty() { "the record was written by another version".into() } else { found.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_are_named_by_path() {
        let old = json!({"method": {"options": {"epochs": 8}}, "seed": 0});
        let new = json!({"method": {"options": {"epochs": 4}}, "seed": 0});
        assert_eq!(difference(&old, &new), "method.options.epochs was 8, is 4");
    }
}
