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
            // A column of numbers underlines none: so as text, which stands on the right like the numbers, with the
            // room that shorter uncertainties leave.
            Mark::Second => format!("{{{}}}", self.underlined(shown)),
        }
    }

    fn underlined(&self, shown: Shown<'_>) -> String {
        let uncertainty = |pad: usize, spread: &str| {
            let pad = if pad == 0 { String::new() } else { format!(r"\hphantom{{{}}}", "0".repeat(pad)) };
            format!(r"${{}}\pm{{}}${pad}\num{{{spread}}}")
        };
        let value = shown.value;
        match shown.spread {
            Some(spread) => {
                let after = uncertainty(self.spread.len() - spread.len(), spread);
                format!(r"\underline{{\num{{{value}}}{after}}}")
            }
            None if self.spread.is_empty() => format!(r"\underline{{\num{{{value}}}}}"),
            None => {
                format!(r"\underline{{\num{{{value}}}}}\hphantom{{{}}}", uncertainty(0, &self.spread))
            }
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
    #[test]
    fn columns_reserve_what_their_numbers_need_and_second_best_is_aligned_by_hand() {
        let entry = |text: &str, mark| Entry { text: text.into(), value: None, spread: None, mark };
        let line = |text: &str| crate::Line {
            label: String::new(),
            kind: crate::Kind::Measured,
            entries: vec![entry(text, Mark::None)],
        };
        let mut table = Table {
            name: String::new(),
            heading: String::new(),
            title: String::new(),
            header: Vec::new(),
            shifted: 0..0,
            lines: ["98.25", "-0.5 ±0.7", "failed"].map(line).into(),
            notes: Vec::new(),
        };
        assert_eq!(Format::of(&table, 0).unwrap().specification(), "S[table-format=+2.2(1)]");
        table.lines.push(line("100.0 ±12.5"));
        let format = Format::of(&table, 0).unwrap();
        assert_eq!(format.specification(), "S[table-format=+3.2(3)]");
        let cell = |text: &str, mark| format.cell(&entry(text, mark), Shown::of(text).unwrap());
        assert_eq!(cell("98.2 ±0.7", Mark::Best), r"\bfseries 98.2 +- 0.7");
        let second = r"{\underline{\num{98.2}${}\pm{}$\hphantom{0}\num{0.7}}}";
        assert_eq!(cell("98.2 ±0.7", Mark::Second), second);
        assert_eq!(cell("98.2", Mark::Second), r"{\underline{\num{98.2}}\hphantom{${}\pm{}$\num{12.5}}}");
        table.lines = vec![line("failed")];
        assert_eq!(Format::of(&table, 0), None);
    }
}
