//! One table as CSV: the lines as shown, the numbers as precise as they are known.

use crate::{Kind, Table};
use harness::contract::text;

/// A line per row: label, what its numbers are, then each column; where a column shows spreads, they follow in a
/// column of their own. What is no number is given as it is shown.
pub fn table_csv(table: &Table) -> String {
    let columns = 0..table.header.len().saturating_sub(1);
    let spread: Vec<bool> = columns
        .clone()
        .map(|column| table.lines.iter().any(|line| line.entries[column].spread.is_some()))
        .collect();
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let name = |text: &str| text::name(text).into_owned();
    let mut header = vec![name(&table.header[0]), "kind".into()];
    for column in columns.clone() {
        header.push(name(&table.header[column + 1]));
        header.extend(spread[column].then(|| format!("{} std", name(&table.header[column + 1]))));
    }
    writer.write_record(&header).expect("strings can be written to memory");
    for line in &table.lines {
        let mut record = vec![name(&line.label), kind(line.kind).to_owned()];
        for column in columns.clone() {
            let entry = &line.entries[column];
            record.push(entry.value.map_or_else(|| text::line(&entry.text), number));
            if spread[column] {
                record.push(entry.spread.map_or_else(String::new, number));
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

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Measured => "measured",
        Kind::Baseline => "baseline",
        Kind::Published => "published",
        Kind::Difference => "difference",
    }
}
