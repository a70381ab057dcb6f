//! Tables: typed columns, rows and cells. What a cell holds is text in [`format`](crate::format) alone.

mod beside;
mod categories;
mod column;
mod components;
mod content;
mod efficiency;
mod line;
mod metric;
mod notes;
mod rank;
mod references;
mod statistics;
mod value;

pub use column::{Column, Role};
pub use content::{Heading, METHOD, Table, TableKind};
pub use line::{Kind, Line};
pub use value::{Entry, Mark, Value};

use crate::{Comparison, Group};
use harness::metrics::Metric;

impl Table {
    /// Every table of one data set, as far as it has content: each reported metric, the spread over reference
    /// images, single categories, components and cost.
    pub fn of_group(comparison: &Comparison, group: &Group) -> Vec<Self> {
        let defined = |metric: &&'static Metric| {
            *metric == Metric::DEFAULT || metric.reported && Self::has_numbers(group, metric)
        };
        let metrics = Metric::all().into_iter().filter(defined);
        let mut tables: Vec<Self> = metrics.map(|metric| Self::new(comparison, group, metric)).collect();
        tables.extend(Self::over_references(comparison, group));
        tables.extend(categories::tables(comparison, group));
        tables.extend(components::table(comparison, group));
        tables.extend(efficiency::table(comparison, group));
        tables
    }
}
