//! The page that lists every plugin, from what the plugins declare.

use crate::exit::Exit;
use crate::{command, list, suites};
use harness::contract::backbone::BackboneEntry;
use harness::contract::registry::{self, Card, DatasetEntry, DetectorEntry, ShiftEntry};
use harness::metrics::Metric;
use harness::suite::Suite;

/// What stands above the lists.
const HEAD: &str = "# What there is

Written by `cargo xtask generate` from what each file declares. `cargo xtask list NAME` explains every option of a method,
data set or shift.
";

/// The page, in Markdown.
///
/// # Errors
/// When a built-in suite cannot be read.
pub fn text() -> Result<String, Exit> {
    let mut page = HEAD.to_owned();
    let methods = registry::all::<DetectorEntry>().into_iter().map(|entry| {
        let [name, summary, source] = cells(&entry.card);
        [name, summary, source, entry.cost.to_string(), list::teacher(entry), entry.state.into()]
    });
    page += &table("Methods", ["name", "", "paper", "cost", "weights", "keeps"], methods);
    let datasets = registry::all::<DatasetEntry>().into_iter().map(|entry| cells(&entry.card));
    page += &table("Data sets", ["name", "", "source"], datasets);
    let shifts = registry::all::<ShiftEntry>().into_iter().map(|entry| cells(&entry.card));
    page += &table("Shifts", ["name", "", "source"], shifts);
    let backbones = registry::all::<BackboneEntry>().into_iter();
    let backbones = backbones
        .map(|entry| [code(entry.name), entry.summary.into(), entry.source.into(), list::weights(entry)]);
    page += &table("Backbones", ["name", "", "source", "weights"], backbones);
    let metrics = Metric::all().into_iter();
    let metrics =
        metrics.map(|metric| [code(metric.name), metric.explanation.into(), metric.direction.words().into()]);
    page += &table("Metrics", ["name", "", "direction"], metrics);
    let formats = reports::format::all().into_iter().map(|format| [code(format.name())]);
    page += &table("Report formats", ["name"], formats);
    let suites: Vec<[String; 3]> = suites::BUILT_IN.iter().map(suite).collect::<Result<_, Exit>>()?;
    page += &table("Suites", ["name", "", "protocol"], suites);
    let commands = command::all().into_iter().filter(|command| !command.is_hide_set());
    let about = |command: &clap::Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    page +=
        &table("Commands", ["name", ""], commands.map(|command| [code(command.get_name()), about(&command)]));
    Ok(page)
}

fn suite((name, text): &(&str, &str)) -> Result<[String; 3], Exit> {
    let suite = Suite::parse(name, &format!("suite {name}"), text, &[])?;
    Ok([code(name), suite.summary.clone(), suite.protocol.to_string()])
}

fn cells(card: &Card) -> [String; 3] {
    [code(card.name), card.summary.into(), card.source.into()]
}

fn code(name: &str) -> String {
    format!("`{name}`")
}

/// A section with a table.
fn table<const N: usize>(
    heading: &str,
    columns: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut text = format!("\n## {heading}\n\n{}", line(&columns.map(str::to_owned)));
    text += &format!("|{}\n", "---|".repeat(N));
    rows.into_iter().for_each(|row| text += &line(&row));
    text
}
