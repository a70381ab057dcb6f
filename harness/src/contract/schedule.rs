//! How long a method trains.

/// Who decides how long a method trains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// The method's own options, which may depend on the category.
    Own {
        /// Name of the category trained on. It serves published schedules that depend on it, nothing else.
        category: String,
    },
    /// The protocol: the same for every method and category.
    Equal {
        /// Optimisation steps.
        steps: usize,
        /// Pictures per step; the last step of an epoch may have fewer.
        batch: usize,
    },
}

/// How long one training is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Optimisation steps. The last epoch is cut where they end.
    pub steps: usize,
    /// Pictures per step; the last step of an epoch may have fewer.
    pub batch: usize,
}

impl Schedule {
    /// What it means for `pictures` training pictures and a method that on its own would train for
    /// `epochs` (given the category) in batches of `batch`.
    pub fn budget(&self, pictures: usize, batch: usize, epochs: impl FnOnce(&str) -> usize) -> Budget {
        match self {
            Self::Own { category } => {
                let batch = batch.max(1);
                Budget { steps: epochs(category) * pictures.div_ceil(batch), batch }
            }
            Self::Equal { steps, batch } => Budget { steps: *steps, batch: *batch },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_steps_are_eight_epochs_where_eight_epochs_are_as_long() {
        let own = Schedule::Own { category: "mono".into() };
        let equal = Schedule::Equal { steps: 104, batch: 16 };
        let budget = Budget { steps: 104, batch: 16 };
        assert_eq!(own.budget(200, 16, |_| 8), budget);
        assert_eq!(equal.budget(200, 8, |_| 20), budget);
        assert_eq!(equal.budget(60, 16, |_| 20), budget);
        let longer = |category: &str| if category == "mono" { 40 } else { 20 };
        assert_eq!(own.budget(9, 8, longer), Budget { steps: 80, batch: 8 });
    }
}
