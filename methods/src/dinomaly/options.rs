//! What Dinomaly lets one choose.

use crate::rules;
use harness::contract::error::DetectorError;
use harness::contract::schedule::{Budget, Schedule};
use serde::{Deserialize, Serialize};

/// The default is the published setting for one class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Optimisation steps; at least 1.
    pub steps: usize,
    /// Pictures per step; at least 1. An epoch ends with its last whole batch.
    pub batch: usize,
    /// The highest step size.
    pub learning_rate: f64,
    /// The step size at the end, reached along a half cosine.
    pub final_rate: f64,
    /// Share of the steps in which the step size rises, in equal parts from 0 in the first, below 1.
    pub warm_up: f64,
    /// Share of the values that are dropped before, between and behind the bottleneck's layers, below 1.
    pub dropout: f64,
    /// Share of the points whose gradients are damped in the end, 0 to 1.
    pub damped: f64,
    /// Share of the steps in which that share grows from 0, 0 to 1.
    pub ramp: f64,

    /// Whether only the central seven eighths of a picture are seen.
    pub crop: bool,
    /// Standard deviation of the smoothing of the map of 256 pixels by a kernel of 5 by 5, in its pixels; 0 for none.
    pub sigma: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            steps: 5000,
            batch: 16,
            learning_rate: 2e-3,
            final_rate: 2e-4,
            warm_up: 0.02,
            dropout: 0.2,
            damped: 0.9,
            ramp: 0.2,
            crop: true,
            sigma: 4.0,
        }
    }
}

impl Options {
    /// Steps and batch: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule) -> Budget {
        match *schedule {
            Schedule::Own { .. } => Budget { steps: self.steps, batch: self.batch },
            Schedule::Equal { steps, batch } => Budget { steps, batch },
        }
    }

    /// The step size of a step (from 0) among so many.
    pub fn rate(&self, step: usize, steps: usize) -> f64 {
        let (step, warm) = (step as f64, (steps as f64 * self.warm_up).floor());
        if step < warm {
            return self.learning_rate * step / (warm - 1.0).max(1.0);
        }
        let share = (step - warm) / (steps as f64 - warm).max(1.0);
        let cosine = (1.0 + (std::f64::consts::PI * share).cos()) / 2.0;
        self.final_rate + (self.learning_rate - self.final_rate) * cosine
    }

    /// The share of the points that are damped in a step (from 0) among so many.
    pub fn damped_in(&self, step: usize, steps: usize) -> f64 {
        let ramp = steps as f64 * self.ramp;
        if step as f64 >= ramp { self.damped } else { self.damped * step as f64 / ramp }
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first option that makes no sense, and what would.
    pub fn check(&self) -> Result<(), DetectorError> {
        let unit = |value: f64| (0.0..1.0).contains(&value);
        rules::check(&[
            ("steps", self.steps > 0, "must be at least 1"),
            ("batch", self.batch > 0, "must be at least 1"),
            ("learning_rate", self.learning_rate > 0.0, "must be above 0"),
            ("final_rate", self.final_rate >= 0.0, "must be at least 0"),
            ("warm_up", unit(self.warm_up), "must be at least 0 and below 1"),
            ("dropout", unit(self.dropout), "must be at least 0 and below 1"),
            ("damped", (0.0..=1.0).contains(&self.damped), "must be 0 to 1"),
            ("ramp", (0.0..=1.0).contains(&self.ramp), "must be 0 to 1"),
            ("sigma", (0.0..=1000.0).contains(&self.sigma), "must be 0 to 1000 pixels"),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_rises_and_falls_as_published() {
        let (options, steps) = (Options::default(), 5000);
        let near = |step: usize, expected: f64| assert!((options.rate(step, steps) - expected).abs() < 1e-9);
        near(0, 0.0);
        near(50, 2e-3 * 50.0 / 99.0);
        near(99, 2e-3);
        near(100, 2e-3);
        near(2550, 1.1e-3);
        assert!(options.rate(4999, steps) < 2.001e-4);
    }

    #[test]
    fn damping_grows_over_the_first_thousand_steps() {
        let shares = [0, 500, 1000, 4999].map(|step| Options::default().damped_in(step, 5000));
        assert_eq!(shares, [0.0, 0.45, 0.9, 0.9]);
        assert_eq!(Options { ramp: 0.0, ..Options::default() }.damped_in(0, 5), 0.9);
    }
}
