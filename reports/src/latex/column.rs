//! How a column of numbers is aligned on its decimal points.

use crate::{Entry, Mark, Table};

/// A cell's number as it is shown: value and uncertainty, such as `88.5` and `0.7`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shown<'a> {
    value: &'a str,
    spread: Option<&'a str>,
}

/// What the numbers of a column need.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Format {
    signed: bool,
    /// Digits before the decimal point.
    integer: usize,
    /// Digits after it.
    decimals: usize,
    /// The longest uncertainty.
    spread: String,
}

impl<'a> Shown<'a> {
    /// `None` for a cell that holds anything else.
    pub fn of(text: &'a str) -> Option<Self> {
        let (value, spread) = match text.split_once(" ±") {
            Some((value, spread)) => (value, Some(spread)),
            None => (text, None),
        };
        let number = |text: &str| {
            !text.is_empty()
                && text.chars().all(|c| c.is_ascii_digit() || c == '.')
                && text.parse::<f64>().is_ok()
        };
        let digits = value.strip_prefix(['+', '-']).unwrap_or(value);
        (number(digits) && spread.is_none_or(number)).then_some(Self { value, spread })
    }

    /// In siunitx's words.
    fn source(self) -> String {
        self.spread.map_or_else(|| self.value.into(), |spread| format!("{} +- {spread}", self.value))
    }
}

impl Format {
    /// Of the column at this position; `None` where it holds no number.
    pub fn of(table: &Table, column: usize) -> Option<Self> {
        let cells = table.lines.iter().filter_map(|line| Shown::of(&line.entries[column].text));
        cells.fold(None, |format: Option<Self>, cell| {
            let mut format = format.unwrap_or_default();
            let digits = cell.value.trim_start_matches(['+', '-']);
            let (integer, decimals) = digits.split_once('.').unwrap_or((digits, ""));
            format.signed |= digits.len() < cell.value.len();
            format.integer = format.integer.max(integer.len());
            format.decimals = format.decimals.max(decimals.len());
            if let Some(spread) = cell.spread.filter(|spread| spread.len() > format.spread.len()) {
                format.spread = spread.into();
            }
            Some(format)
        })
    }

    /// As a column of a tabular.
    pub fn specification(&self) -> String {
        let sign = if self.signed { "+" } else { "" };
        let decimals = if self.decimals > 0 { format!(".{}", self.decimals) } else { String::new() };
        // An uncertainty is counted in units of the last decimal.
        let digits = self.spread.replace('.', "");
        let digits = digits.trim_start_matches('0').len().max(1);
        let spread = if self.spread.is_empty() { String::new() } else { format!("({digits})") };
        format!("S[table-format={sign}{}{decimals}{spread}]", self.integer)
    }

    /// The source of a cell of this column.
    pub fn cell(&self, entry: &Entry, shown: Shown<'_>) -> String {
        match entry.mark {
            Mark::None => shown.source(),
            Mark::Best => format!(r"\bfseries {}", shown.source()),
            // A column of numbers underlines none: so as text, which stands on the right like the numbers, padded to
            // where theirs end.
            Mark::Second => format!(r"{{\underline{{\num{{{}}}}}{}}}", shown.source(), self.padding(shown)),
        }
    }

    fn padding(&self, shown: Shown<'_>) -> String {
        match shown.spread {
            None if self.spread.is_empty() => String::new(),
            None => format!(r"\hphantom{{${{}}\pm{{}}$\num{{{}}}}}", self.spread),
            Some(spread) => match self.spread.len() - spread.len() {
                0 => String::new(),
                missing => format!(r"\hphantom{{{}}}", "0".repeat(missing)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_words() {
        assert_eq!(Shown::of("88.5"), Some(Shown { value: "88.5", spread: None }));
        assert_eq!(Shown::of("-0.5 ±0.7"), Some(Shown { value: "-0.5", spread: Some("0.7") }));
        for words in ["—", "", "failed", "90.0 (1/2)", "90.0 ±0.1 (2/3)", "+", "±1", "1e5", "nan", "--1"]
        {
            assert_eq!(Shown::of(words), None, "{words}");
        }
    }
}
