//! Every printed number.

use serde::Deserialize;
use std::sync::LazyLock;

/// The category of rows that are means over all of them.
pub(super) const ALL_CATEGORIES: &str = "avg";

/// One printed number.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Short name of the paper and its year.
    pub paper: String,
    /// Which of its tables.
    pub table: String,
    /// Data set, as the paper calls it.
    pub dataset: String,
    /// Method, as the paper calls it; `(rerun)` where its authors ran another paper's code.
    pub method: String,
    /// `ID` (with the domain, if it has a name), a shift, a natural domain, or `Avg_ID+OOD`.
    pub setting: String,
    /// Category; `avg` for the mean over all.
    pub category: String,
    /// Severity of a synthetic shift.
    pub severity: Option<u8>,
    /// Metric, as the paper calls it.
    pub metric: String,
    /// The number, in %.
    pub value: f64,
}

impl Published {
    /// The label of the condition that it was measured under (`id`, `contrast-3`, `sketch`); `None` for an
    /// average over conditions.
    pub fn condition(&self) -> Option<String> {
        match (self.setting.as_str(), self.severity) {
            ("Avg_ID+OOD", _) => None,
            (setting, _) if setting.starts_with("ID") => Some("id".into()),
            (setting, Some(severity)) => Some(format!("{setting}-{severity}")),
            (setting, None) => Some(setting.into()),
        }
    }
}

/// Every printed number, in the order of the file.
pub fn published() -> &'static [Published] {
    // A test reads the file that is built in, so that it cannot fail here.
    static ROWS: LazyLock<Vec<Published>> = LazyLock::new(|| read().unwrap_or_default());
    &ROWS
}

pub(super) fn read() -> Result<Vec<Published>, ::csv::Error> {
    let text = include_str!("../../assets/published.csv");
    ::csv::Reader::from_reader(text.as_bytes()).deserialize().collect()
}
