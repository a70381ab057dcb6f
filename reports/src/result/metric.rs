//! The metrics a table can show.

use crate::ReportError;

/// A metric of the records, as tables show it.
#[derive(Debug, PartialEq, Eq)]
pub struct Metric {
    /// Name in records.
    pub name: &'static str,
    /// Name above tables.
    pub heading: &'static str,
    /// Which way is better.
    pub direction: Direction,
    /// Whether it compares a shifted condition with ID, so that ID itself has none.
    pub across_conditions: bool,
    /// What it says, in one line.
    pub explanation: &'static str,
    /// Whether a report prints it, where it is defined; the others are in its CSV file.
    pub reported: bool,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Direction {
    HigherIsBetter,
    LowerIsBetter,
}

impl Direction {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::HigherIsBetter => "higher is better",
            Self::LowerIsBetter => "lower is better",
        }
    }
}

const fn metric(name: &'static str, heading: &'static str, explanation: &'static str) -> Metric {
    Metric {
        name,
        heading,
        direction: Direction::HigherIsBetter,
        across_conditions: false,
        explanation,
        reported: true,
    }
}

impl Metric {
    /// Every metric, in the order of reports; the first is the one papers print. All that reports know of a metric
    /// stands here.
    pub const ALL: [Self; 8] = [
        metric("image_auroc", "image AUROC", "chance that an anomalous image scores above a normal one"),
        Self {
            direction: Direction::LowerIsBetter,
            across_conditions: true,
            ..metric(
                "fpr_at_id_threshold",
                "false alarms at the ID threshold",
                "share of shifted normal images above the threshold that 5 % of the normal ID images exceed",
            )
        },
        Self {
            across_conditions: true,
            ..metric(
                "mixed_auroc",
                "mixed AUROC",
                "image AUROC over ID and shifted images ranked together, as a detector in use sees them",
            )
        },
        metric("pixel_auroc", "pixel AUROC", "chance that a defective pixel scores above a normal one"),
        metric("aupro", "AUPRO", "overlap with each defect, averaged over false-positive rates up to 0.3"),
        Self {
            reported: false,
            ..metric(
                "image_ap",
                "image average precision",
                "mean precision over the recall of anomalous images",
            )
        },
        Self {
            reported: false,
            ..metric(
                "image_f1_max",
                "image F1 max",
                "F1 at the threshold best for the test labels: an upper bound",
            )
        },
        Self {
            reported: false,
            direction: Direction::LowerIsBetter,
            ..metric(
                "image_fpr_at_95_tpr",
                "image FPR at 95 % TPR",
                "share of normal images flagged where 95 % of the anomalous ones are found",
            )
        },
    ];

    /// What papers compare.
    pub const DEFAULT: &Self = &Self::ALL[0];

    /// The metric of this name.
    pub fn named(name: &str) -> Result<&'static Self, ReportError> {
        const ALL: &[Metric] = &Metric::ALL;
        ALL.iter().find(|metric| metric.name == name).ok_or_else(|| ReportError::UnknownMetric {
            name: name.into(),
            known: ALL.iter().map(|metric| metric.name).collect::<Vec<_>>().join(", "),
        })
    }

    /// Whether `a` is better than `b`.
    pub fn better(&self, a: f64, b: f64) -> bool {
        match self.direction {
            Direction::HigherIsBetter => a > b,
            Direction::LowerIsBetter => a < b,
        }
    }
}
