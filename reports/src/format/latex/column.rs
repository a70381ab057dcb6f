//! How a column of numbers is aligned on its decimal points.

use crate::format::shown::{Fixed, Shown};
use crate::table::{Mark, Table};

/// What the numbers of a column need.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Alignment {
    signed: bool,
    /// Digits before the decimal point.
    integer: usize,
    /// Digits after it.
    decimals: usize,
    /// The longest uncertainty.
    spread: Option<Fixed>,
}

/// In siunitx's words.
fn source(number: Fixed, spread: Option<Fixed>) -> String {
    spread.map_or_else(|| number.to_string(), |spread| format!("{number} +- {spread}"))
}

fn length(number: Fixed) -> usize {
    number.to_string().len()
}

impl Alignment {
    /// Of the column at this position; `None` where it holds no number.
    pub fn of(table: &Table, column: usize) -> Option<Self> {
        let cells = table.lines.iter().map(|line| Shown::of(&line.entries[column].value));
        cells.fold(None, |alignment: Option<Self>, cell| {
            let Shown::Number(number, spread) = cell else { return alignment };
            let mut alignment = alignment.unwrap_or_default();
            alignment.signed |= number.has_sign();
            alignment.integer = alignment.integer.max(number.integer_digits());
            alignment.decimals = alignment.decimals.max(number.decimals());
            let longest = alignment.spread.map_or(0, length);
            alignment.spread = spread.filter(|spread| length(*spread) > longest).or(alignment.spread);
            Some(alignment)
        })
    }

    /// As a column of a tabular.
    pub fn specification(&self) -> String {
        let sign = if self.signed { "+" } else { "" };
        let decimals = if self.decimals > 0 { format!(".{}", self.decimals) } else { String::new() };
        // An uncertainty is counted in units of the last decimal.
        let spread =
            self.spread.map_or_else(String::new, |spread| format!("({})", spread.significant_digits()));
        format!("S[table-format={sign}{}{decimals}{spread}]", self.integer)
    }

    /// The source of a number of this column.
    pub fn cell(&self, number: Fixed, spread: Option<Fixed>, mark: Mark) -> String {
        match mark {
            Mark::None => source(number, spread),
            Mark::Best => format!(r"\bfseries {}", source(number, spread)),
            // A column of numbers underlines none: so as text, which stands on the right like the numbers, with the
            // room that shorter uncertainties leave.
            Mark::Second => format!("{{{}}}", self.underlined(number, spread)),
        }
    }

    fn underlined(&self, number: Fixed, spread: Option<Fixed>) -> String {
        let uncertainty = |pad: usize, spread: Fixed| {
            let pad = if pad == 0 { String::new() } else { format!(r"\hphantom{{{}}}", "0".repeat(pad)) };
            format!(r"${{}}\pm{{}}${pad}\num{{{spread}}}")
        };
        match (spread, self.spread) {
            (Some(spread), longest) => {
                let pad = longest.map_or(0, length).saturating_sub(length(spread));
                format!(r"\underline{{\num{{{number}}}{}}}", uncertainty(pad, spread))
            }
            (None, None) => format!(r"\underline{{\num{{{number}}}}}"),
            (None, Some(longest)) => {
                format!(r"\underline{{\num{{{number}}}}}\hphantom{{{}}}", uncertainty(0, longest))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Entry, Heading, Kind, Line, TableKind, Value};
    use crate::{Estimate, Gap};

    fn score(mean: f64, std: Option<f64>) -> Value {
        Value::Score(Estimate { mean, std, seeds: 2, planned: 2 })
    }

    fn table(values: &[Value]) -> Table {
        let line = |value: &Value| Line {
            method: String::new(),
            kind: Kind::Measured,
            entries: vec![Entry::from(value.clone())],
        };
        Table {
            kind: TableKind::Efficiency,
            heading: Heading::plain("", ""),
            title: String::new(),
            columns: Vec::new(),
            lines: values.iter().map(line).collect(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn columns_reserve_what_their_numbers_need_and_second_best_is_aligned_by_hand() {
        let failed = Value::Gap(Gap::Failed);
        let few = [Value::Number { value: 98.25, decimals: 2 }, score(-0.005, Some(0.007)), failed.clone()];
        assert_eq!(Alignment::of(&table(&few), 0).unwrap().specification(), "S[table-format=+2.2(1)]");
        let more = [&few[..], &[score(1.0, Some(0.125))]].concat();
        let alignment = Alignment::of(&table(&more), 0).unwrap();
        assert_eq!(alignment.specification(), "S[table-format=+3.2(3)]");
        let cell = |value: Value, mark| match Shown::of(&value) {
            Shown::Number(number, spread) => alignment.cell(number, spread, mark),
            Shown::Words(words) => panic!("{words}"),
        };
        assert_eq!(cell(score(0.982, Some(0.007)), Mark::Best), r"\bfseries 98.2 +- 0.7");
        let second = r"{\underline{\num{98.2}${}\pm{}$\hphantom{0}\num{0.7}}}";
        assert_eq!(cell(score(0.982, Some(0.007)), Mark::Second), second);
        let alone = r"{\underline{\num{98.2}}\hphantom{${}\pm{}$\num{12.5}}}";
        assert_eq!(cell(score(0.982, None), Mark::Second), alone);
        assert_eq!(Alignment::of(&table(&[failed]), 0), None);
    }
}
