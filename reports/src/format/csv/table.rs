//! One table as CSV: the lines as shown, the numbers as precise as they are known.

use crate::format::shown::Shown;
use crate::table::{METHOD, Table};
use harness::contract::text;

/// A line per row: label, what its numbers are, then each column; where a column shows spreads, they follow in a
/// column of their own. What is no number is given as it is shown.
pub fn table_csv(table: &Table) -> String {
    let columns = 0..table.columns.len();
    let spread: Vec<bool> = columns
        .clone()
        .map(|column| table.lines.iter().any(|line| line.entries[column].value.spread().is_some()))
        .collect();
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let name = |text: &str| text::name(text).into_owned();
    let mut header = vec![METHOD.to_owned(), "kind".into()];
    for column in columns.clone() {
        let title = name(&table.columns[column].title());
        header.push(title.clone());
        header.extend(spread[column].then(|| format!("{title} std")));
    }
    writer.write_record(&header).expect("strings can be written to memory");
    for line in &table.lines {
        let mut record = vec![name(&line.label()), line.kind.word().to_owned()];
        for column in columns.clone() {
            let value = &line.entries[column].value;
            record.push(value.number().map_or_else(|| text::line(&Shown::of(value).to_string()), number));
            if spread[column] {
                record.push(value.spread().map_or_else(String::new, number));
            }
        }
        writer.write_record(&record).expect("strings can be written to memory");
    }
    let bytes = writer.into_inner().expect("memory can be flushed");
    String::from_utf8(bytes).expect("strings are UTF-8")
}

/// Without the noise of binary fractions behind the ninth decimal.
fn number(value: f64) -> String {
    ((value * 1e9).round() / 1e9 + 0.0).to_string()
}
