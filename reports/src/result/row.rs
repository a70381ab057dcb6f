//! What results are of: conditions, and methods with their settings.

use harness::contract::condition::Condition;
use harness::contract::options::Resolved;
use serde_json::Value;
use std::collections::BTreeSet;

/// A condition with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// Name in tables and paths.
    pub label: String,
    /// What happened to the test images.
    pub condition: Condition,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Method label.
    pub method: String,
    /// Test-time options that differ from the method's own. Which reference image scored is no setting: a table shows
    /// the mean over them.
    pub settings: Resolved,
    /// Whether it is a trivial baseline.
    pub baseline: bool,
    /// Whether its numbers rest on a teacher that was never trained.
    pub random_teacher: bool,
    /// Seeds it should have been trained with.
    pub seeds: BTreeSet<u64>,
    /// Reference images it should have been scored with; only `None` if it uses none.
    pub references: BTreeSet<Option<usize>>,
}

impl Tested {
    /// What stands above its column.
    pub fn heading(&self) -> &str {
        if self.condition == Condition::Id { "ID" } else { &self.label }
    }
}

impl Row {
    /// Name in tables: `gnl`, `gnl @alpha=0.25`.
    pub fn label(&self) -> String {
        if self.settings.is_empty() {
            self.method.clone()
        } else {
            format!("{} @{}", self.method, self.setting())
        }
    }

    /// Its settings in words: `alpha=0.25`, `alpha=0.25, k=2`; empty for none.
    pub fn setting(&self) -> String {
        let word = |(option, value): (&String, &Value)| match value {
            Value::String(text) => format!("{option}={text}"),
            other => format!("{option}={other}"),
        };
        self.settings.iter().map(word).collect::<Vec<_>>().join(", ")
    }
}
