//! Names in plain words.

use crate::Tested;
use harness::contract::condition::Condition;

/// A condition in words; a severity stays on the line of its shift.
pub(crate) fn condition_label(tested: &Tested) -> String {
    match tested.condition {
        Condition::Id => "ID".into(),
        _ => plain_words(&tested.label).replace('-', "\u{a0}").replace('+', " + "),
    }
}

/// A name of several words without underscores.
pub(super) fn plain_words(name: &str) -> String {
    name.replace('_', " ")
}
