//! What differs between two runs: which results, by how much, whether beyond noise, and why that may be.

mod configuration;
mod matching;
mod table;

use crate::format::{Format, Terminal, wrapped};
use crate::{Comparison, ReportError, Table};
use matching::{Match, Matches, Run};
use std::collections::BTreeMap;

/// What differs between run A and run B.
#[derive(Clone, Debug)]
pub struct Changes {
    /// Results that both runs have.
    pub compared: usize,
    /// Those of them with another score or metric.
    pub changed: usize,
    /// In what the rules of the two runs differ, a sentence each.
    pub rules: Vec<String>,
    /// The changed results of each data set that has any.
    pub tables: Vec<Table>,
    /// What differs in the configuration of changed methods, a line each.
    pub configuration: Vec<String>,
    /// Results that one run alone has, a sentence for each run.
    pub one_sided: Vec<String>,
}

/// Compares the results of run `b` with those of run `a`, cell by cell: the same data set, category, method
/// label, test-time setting, condition, seed and reference image. With `pairs` of a method of B and one of A,
/// those methods are compared with each other, and no others. Where only one of two methods uses reference
/// images, its result with each of them is compared with the one of the other.
///
/// # Errors
/// When the runs have metrics of different versions, or a run does not have a method of `pairs`.
pub fn changes(a: Run, b: Run, pairs: &[(String, String)]) -> Result<Changes, ReportError> {
    same_metrics(a.0, b.0)?;
    let Matches { matches, only_a, only_b } = matching::matches(a, b, pairs)?;
    let changed = matches.iter().filter(|found| found.changed()).count();
    let mut datasets: Vec<&str> = Vec::new();
    for found in &matches {
        if !datasets.contains(&found.dataset) {
            datasets.push(found.dataset);
        }
    }
    let tables = datasets.iter().filter_map(|dataset| {
        let of_dataset: Vec<&Match> = matches.iter().filter(|found| found.dataset == *dataset).collect();
        table::table(dataset, &of_dataset)
    });
    let one_sided = [("A", only_a), ("B", only_b)];
    Ok(Changes {
        compared: matches.len(),
        changed,
        rules: rules(a.0, b.0),
        tables: tables.collect(),
        configuration: configuration::differences(&matches),
        one_sided: one_sided.into_iter().filter_map(|(run, labels)| only_in(run, &labels)).collect(),
    })
}

impl Changes {
    /// As text for a terminal; the first line begins with `N of M results changed`.
    pub fn terminal(&self) -> String {
        let mut text = format!("{} of {} results changed\n", self.changed, self.compared);
        self.rules.iter().for_each(|sentence| text += &wrapped(sentence, ""));
        self.tables.iter().for_each(|table| text += &format!("\n{}", Terminal.table(table)));
        if self.changed > 0 {
            text += "\nWhat differs in their configuration:\n";
            self.configuration.iter().for_each(|line| text += &wrapped(line, "  "));
        }
        self.one_sided.iter().for_each(|sentence| text += &wrapped(sentence, ""));
        text
    }
}

/// Numbers of different metric definitions have nothing to say about each other.
fn same_metrics(a: &Comparison, b: &Comparison) -> Result<(), ReportError> {
    let version = |run: &Comparison| {
        let records = run.groups.iter().flat_map(|group| group.records());
        records.map(|(_, record)| record.metrics_version).next()
    };
    match (version(a), version(b)) {
        (Some(of_a), Some(of_b)) if of_a != of_b => Err(ReportError::OtherMetrics { of_a, of_b }),
        _ => Ok(()),
    }
}

fn rules(a: &Comparison, b: &Comparison) -> Vec<String> {
    let mut sentences = Vec::new();
    if a.protocol != b.protocol {
        sentences
            .push(format!("Not under the same rules: protocol {} in A, {} in B.", a.protocol, b.protocol));
    }
    if a.image_size != b.image_size {
        sentences.push(format!("Not the same input: {} px in A, {} px in B.", a.image_size, b.image_size));
    }
    sentences
}

/// Of results that one run alone has, how many of which method.
fn only_in(run: &str, labels: &[String]) -> Option<String> {
    const MOST: usize = 8;
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    labels.iter().for_each(|label| *counts.entry(label).or_default() += 1);
    let listed = counts.iter().take(MOST).map(|(label, count)| format!("{count} of {label}"));
    let mut listed: Vec<String> = listed.collect();
    if counts.len() > MOST {
        listed.push(format!("others of {} more", counts.len() - MOST));
    }
    let results = if labels.len() == 1 { "result" } else { "results" };
    (!labels.is_empty())
        .then(|| format!("Only in {run}: {} {results} ({}).", labels.len(), listed.join(", ")))
}
