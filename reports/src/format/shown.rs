//! What a cell says: a number with so many decimals, or words. Formats write it in their own way.

use crate::result::tenths;
use crate::statistics::{Interval, LEAST_P, p_value};
use crate::table::Value;
use crate::{Estimate, Gap};
use std::fmt;

/// What a cell says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shown {
    /// A number, and its uncertainty.
    Number(Fixed, Option<Fixed>),
    /// Anything else; empty for nothing.
    Words(String),
}

/// A number with a fixed count of decimals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fixed {
    value: f64,
    decimals: usize,
    /// Whether a plus is said.
    signed: bool,
}

impl Fixed {
    /// In percent, of tenths of a percent.
    fn tenths(tenths: i64) -> Self {
        Self { value: tenths as f64 / 10.0, decimals: 1, signed: false }
    }

    /// A share, in percent.
    fn share(share: f64) -> Self {
        Self::tenths(tenths(share))
    }

    /// Percent as they are.
    fn percent(value: f64) -> Self {
        Self::tenths((value * 10.0).round() as i64)
    }

    /// Whether it is written with a sign.
    pub fn has_sign(self) -> bool {
        self.value < 0.0 || self.signed && self.value > 0.0
    }

    /// Digits before the decimal point.
    pub fn integer_digits(self) -> usize {
        format!("{:.*}", self.decimals, self.value.abs()).len() - self.point() - self.decimals
    }

    /// Digits after it.
    pub fn decimals(self) -> usize {
        self.decimals
    }

    /// Digits from the first one that is not zero, which an uncertainty in units of the last decimal has; at least 1.
    pub fn significant_digits(self) -> usize {
        format!("{:.0}", self.value.abs() * 10f64.powi(self.decimals as i32)).len()
    }

    fn point(self) -> usize {
        usize::from(self.decimals > 0)
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.has_sign() {
            write!(formatter, "{:+.*}", self.decimals, self.value)
        } else {
            write!(formatter, "{:.*}", self.decimals, self.value)
        }
    }
}

impl Shown {
    /// What `value` says.
    pub fn of(value: &Value) -> Self {
        let number = |number| Self::Number(number, None);
        match value {
            Value::Score(estimate) => score(estimate),
            Value::Share(share) | Value::Spread(share) => number(Fixed::share(*share)),
            Value::Interval { estimate, interval, within_noise } => {
                let mark = if *within_noise { " n.s." } else { "" };
                Self::Words(format!("{} {}{mark}", Fixed::share(*estimate), range(interval)))
            }
            Value::Range(interval) => Self::Words(range(interval)),
            Value::Printed(value) => number(Fixed::percent(*value)),
            Value::Difference(value) => number(Fixed { signed: true, ..Fixed::percent(*value) }),
            Value::Probability(p) if *p < LEAST_P => Self::Words(p_value(*p)),
            Value::Probability(p) => number(Fixed { value: *p, decimals: 4, signed: false }),
            Value::Number { value, decimals } => {
                number(Fixed { value: *value, decimals: *decimals, signed: false })
            }
            Value::Count { of, all } => Self::Words(format!("{of} of {all}")),
            Value::Check(has) => Self::Words(if *has { "✓".into() } else { String::new() }),
            Value::Words(words) => Self::Words(words.clone()),
            Value::Gap(gap) => Self::Words(gap_word(*gap).into()),
            Value::Unknown => Self::Words("—".into()),
            Value::Blank => Self::Words(String::new()),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number, None) => number.fmt(formatter),
            Self::Number(number, Some(spread)) => write!(formatter, "{number} ±{spread}"),
            Self::Words(words) => formatter.write_str(words),
        }
    }
}

/// A mean over some of its seeds alone is no number among others.
fn score(estimate: &Estimate) -> Shown {
    let number = Shown::Number(Fixed::share(estimate.mean), estimate.std.map(Fixed::share));
    if estimate.seeds < estimate.planned {
        Shown::Words(format!("{number} ({}/{})", estimate.seeds, estimate.planned))
    } else {
        number
    }
}

/// In percent or points: `[88.1, 93.9]`.
fn range(interval: &Interval) -> String {
    format!("[{}, {}]", Fixed::share(interval.low), Fixed::share(interval.high))
}

fn gap_word(gap: Gap) -> &'static str {
    match gap {
        Gap::Missing => "—",
        Gap::Failed => "failed",
        Gap::Undefined => "undef.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_say_what_they_are() {
        let estimate = Estimate { mean: 0.8849, std: Some(0.0071), seeds: 2, planned: 2 };
        let text = |value: Value| Shown::of(&value).to_string();
        assert_eq!(text(Value::Score(estimate)), "88.5 ±0.7");
        assert_eq!(text(Value::Score(Estimate { planned: 3, ..estimate })), "88.5 ±0.7 (2/3)");
        assert_eq!(text(Value::Range(Interval { low: -0.0301, high: 0.0002 })), "[-3.0, 0.0]");
        assert_eq!(text(Value::Share(-0.0002)), "0.0");
        assert_eq!([0.04, 0.05, -1.25].map(|value| text(Value::Difference(value))), ["0.0", "+0.1", "-1.3"]);
        assert_eq!(text(Value::Probability(0.00001)), "< 0.0001");
        assert_eq!(text(Value::Gap(Gap::Undefined)), "undef.");
    }

    #[test]
    fn digits_are_counted_as_written() {
        let Shown::Number(number, Some(spread)) =
            Shown::of(&Value::Score(Estimate { mean: 1.0, std: Some(0.125), seeds: 2, planned: 2 }))
        else {
            panic!("no number")
        };
        assert_eq!((number.integer_digits(), number.decimals(), number.has_sign()), (3, 1, false));
        assert_eq!(spread.significant_digits(), 3);
        let steps = Fixed { value: 104.0, decimals: 0, signed: false };
        assert_eq!((steps.integer_digits(), steps.to_string().as_str()), (3, "104"));
        assert_eq!(Fixed::share(0.0).significant_digits(), 1);
    }
}
