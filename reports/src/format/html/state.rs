//! What became of results, counted.

use crate::{Group, Hole, Outcome, Place};
use std::collections::BTreeMap;

/// What became of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Done,
    /// Its like was run for other methods or conditions, but it was never asked for.
    NotPlanned,
    Missing,
    Outdated,
    Damaged,
    Failed,
}

impl State {
    /// The state of a place of `group`.
    pub fn of(group: &Group, place: &Place) -> Self {
        match group.cells.get(place) {
            None => Self::NotPlanned,
            Some(Outcome::Done(_)) => Self::Done,
            Some(Outcome::Failed(_)) => Self::Failed,
            Some(Outcome::Hole(Hole::Missing)) => Self::Missing,
            Some(Outcome::Hole(Hole::Outdated)) => Self::Outdated,
            Some(Outcome::Hole(Hole::Damaged(_))) => Self::Damaged,
        }
    }

    /// In a word or two.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NotPlanned => "not in the run",
            Self::Missing => "missing",
            Self::Outdated => "outdated",
            Self::Damaged => "damaged",
            Self::Failed => "failed",
        }
    }

    /// What it means and what to do.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Done => "A valid record is there.",
            Self::NotPlanned => "The run was started without it, such as with a filter.",
            Self::Missing => "Not run yet: the next run of the suite does it.",
            Self::Outdated => {
                "Computed from other inputs than the suite names now: the next run does it again."
            }
            Self::Damaged => {
                "Not what was written, or resting on a file that is not: the next run does it again."
            }
            Self::Failed => "Its job failed: the next run tries again.",
        }
    }
}

/// How many results are in which state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally(pub BTreeMap<State, usize>);

impl Tally {
    /// Of a data set.
    pub fn of(group: &Group) -> Self {
        Self::over(group, group.places())
    }

    /// Of these places.
    pub fn over(group: &Group, places: impl IntoIterator<Item = Place>) -> Self {
        let mut tally = Self::default();
        places.into_iter().for_each(|place| *tally.0.entry(State::of(group, &place)).or_default() += 1);
        tally
    }

    /// Both together.
    pub fn plus(mut self, other: Self) -> Self {
        other.0.into_iter().for_each(|(state, count)| *self.0.entry(state).or_default() += count);
        self
    }

    /// All.
    pub fn planned(&self) -> usize {
        self.0.values().sum()
    }

    /// Those that are there.
    pub fn done(&self) -> usize {
        self.0.get(&State::Done).copied().unwrap_or(0)
    }

    /// Those that are not.
    pub fn holes(&self) -> usize {
        self.planned() - self.done()
    }

    /// `2 failed, 1 missing`.
    pub fn words(&self) -> String {
        let holes = self.0.iter().rev().filter(|(state, _)| **state != State::Done);
        holes.map(|(state, count)| format!("{count} {}", state.word())).collect::<Vec<_>>().join(", ")
    }
}
