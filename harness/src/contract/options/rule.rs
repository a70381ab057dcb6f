//! What a plugin says of one of its options besides its name, type and meaning.

use serde_json::Value;
use std::fmt;

/// What an option acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// How long to train and in what batches: a protocol of equal steps replaces it.
    Length,
    /// The training: another value needs another training.
    Training,
    /// Scores only: the trained state stays.
    Test,
    /// What a data set delivers, or what a shift does.
    Data,
    /// Where files lie, whose content is in the data's fingerprint, or how long something may take: no result depends on it.
    Place,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "length of training",
            Self::Training => "training",
            Self::Test => "test",
            Self::Data => "data",
            Self::Place => "place",
        })
    }
}

/// Class, range and small value of an option.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// What it acts on.
    pub class: Class,
    /// A value with which the plugin is quick, as RON, for rehearsals and tests; the default where there is none.
    pub small: Option<&'static str>,
    least: Option<Bound>,
    most: Option<Bound>,
    /// Whole multiples of the first, and the second more.
    step: Option<(u64, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Bound {
    value: f64,
    included: bool,
}

/// An option of [`Class::Length`].
pub fn length() -> Rule {
    Rule::of(Class::Length)
}

/// An option of [`Class::Training`].
pub fn training() -> Rule {
    Rule::of(Class::Training)
}

/// An option of [`Class::Test`].
pub fn test() -> Rule {
    Rule::of(Class::Test)
}

/// An option of [`Class::Data`].
pub fn data() -> Rule {
    Rule::of(Class::Data)
}

/// An option of [`Class::Place`].
pub fn place() -> Rule {
    Rule::of(Class::Place)
}

impl Rule {
    fn of(class: Class) -> Self {
        Self { class, small: None, least: None, most: None, step: None }
    }

    /// The smallest number it may be.
    pub fn at_least(self, value: impl Into<f64>) -> Self {
        Self { least: Some(Bound { value: value.into(), included: true }), ..self }
    }

    /// A number that it must exceed.
    pub fn above(self, value: impl Into<f64>) -> Self {
        Self { least: Some(Bound { value: value.into(), included: false }), ..self }
    }

    /// The largest number it may be.
    pub fn at_most(self, value: impl Into<f64>) -> Self {
        Self { most: Some(Bound { value: value.into(), included: true }), ..self }
    }

    /// A number that it must not reach.
    pub fn below(self, value: impl Into<f64>) -> Self {
        Self { most: Some(Bound { value: value.into(), included: false }), ..self }
    }

    /// A number from 0 to 1.
    pub fn share(self) -> Self {
        self.at_least(0).at_most(1)
    }

    /// An odd number.
    pub fn odd(self) -> Self {
        Self { step: Some((2, 1)), ..self }
    }

    /// A multiple of `number`.
    pub fn multiple_of(self, number: u64) -> Self {
        Self { step: Some((number, 0)), ..self }
    }

    /// A value with which the plugin is quick, as RON.
    pub fn small(self, ron: &'static str) -> Self {
        Self { small: Some(ron), ..self }
    }

    /// Whether every number in `value` is in range.
    pub fn admits(&self, value: &Value) -> bool {
        match value {
            Value::Number(number) => {
                let fits = |(step, rest)| number.as_u64().is_some_and(|number| number % step == rest);
                number.as_f64().is_some_and(|number| self.holds(number)) && self.step.is_none_or(fits)
            }
            Value::Array(values) => values.iter().all(|value| self.admits(value)),
            Value::Object(values) => values.values().all(|value| self.admits(value)),
            _ => true,
        }
    }

    fn holds(&self, number: f64) -> bool {
        let above = |bound: &Bound| number > bound.value || bound.included && number == bound.value;
        let below = |bound: &Bound| number < bound.value || bound.included && number == bound.value;
        self.least.as_ref().is_none_or(above) && self.most.as_ref().is_none_or(below)
    }

    /// The range in words, such as `0 to 1` or `odd, at least 1`; empty if there is none.
    pub fn range(&self) -> String {
        let step = self.step.map(|(step, rest)| match (step, rest) {
            (2, 1) => "odd".to_owned(),
            _ => format!("a multiple of {step}"),
        });
        let bounds = Some(self.bounds()).filter(|bounds| !bounds.is_empty());
        step.into_iter().chain(bounds).collect::<Vec<_>>().join(", ")
    }

    fn bounds(&self) -> String {
        let least = |bound: Bound| match bound.included {
            true => format!("at least {}", bound.value),
            false => format!("above {}", bound.value),
        };
        let most = |bound: Bound| match bound.included {
            true => format!("at most {}", bound.value),
            false => format!("below {}", bound.value),
        };
        match (self.least, self.most) {
            (None, None) => String::new(),
            (Some(bound), None) => least(bound),
            (None, Some(bound)) => most(bound),
            (Some(low), Some(high)) if low.included && high.included => {
                format!("{} to {}", low.value, high.value)
            }
            (Some(low), Some(high)) => format!("{} and {}", least(low), most(high)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ranges_are_told_as_they_hold() {
        let share = training().share();
        assert_eq!(share.range(), "0 to 1");
        assert!(share.admits(&json!(0)) && share.admits(&json!(1.0)) && !share.admits(&json!(1.01)));
        let decay = training().at_least(0).below(1);
        assert_eq!(decay.range(), "at least 0 and below 1");
        assert!(decay.admits(&json!(0.0)) && !decay.admits(&json!(1)));
        let count = length().at_least(1);
        assert_eq!(count.range(), "at least 1");
        assert!(!count.admits(&json!({"nut": 3, "bolt": 0})) && count.admits(&json!(null)));
        let patch = training().at_least(1).odd();
        assert_eq!(patch.range(), "odd, at least 1");
        assert!(patch.admits(&json!(3)) && !patch.admits(&json!(4)));
        let side = training().multiple_of(16).at_most(4096);
        assert_eq!(side.range(), "a multiple of 16, at most 4096");
        assert!(side.admits(&json!(64)) && !side.admits(&json!(40)));
        assert_eq!((test().above(0).range(), test().range()), ("above 0".into(), String::new()));
    }
}
