//! What Dinomaly lets one choose.

use harness::contract::schedule::{Budget, Schedule};
use harness::options;

options! {
    /// The default is the published setting for one class.
    pub struct Options {
        /// Optimisation steps.
        pub steps: usize = 5000 => length().at_least(1).small("1"),
        /// Pictures per step. An epoch ends with its last whole batch.
        pub batch: usize = 16 => length().at_least(1),
        /// The highest step size.
        pub learning_rate: f64 = 2e-3 => training().above(0),
        /// The step size at the end, reached along a half cosine.
        pub final_rate: f64 = 2e-4 => training().at_least(0),
        /// Share of the steps in which the step size rises, in equal parts from 0 in the first.
        pub warm_up: f64 = 0.02 => training().at_least(0).below(1),
        /// Share of the values that are dropped before, between and behind the bottleneck's layers.
        pub dropout: f64 = 0.2 => training().at_least(0).below(1),
        /// Share of the points whose gradients are damped in the end.
        pub damped: f64 = 0.9 => training().share(),
        /// Share of the steps in which that share grows from 0.
        pub ramp: f64 = 0.2 => training().share(),

        /// Whether only the central seven eighths of a picture are seen.
        pub crop: bool = true => training(),
        /// Standard deviation of the smoothing of the map of 256 pixels by a kernel of 5 by 5, in its pixels; 0 for none.
        pub sigma: f64 = 4.0 => test().at_least(0).at_most(1000),
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
