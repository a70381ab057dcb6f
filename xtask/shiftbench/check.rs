//! `check`: a data set looked over before anything learns from it.

use crate::cli;
use crate::exit::{DATA, Exit, USAGE};
use crate::out::show;
use harness::check::{Checked, Counted, Finding, Problem, check};
use harness::dataset::{Count, DataContext};
use harness::registry::{self, DatasetEntry};
use harness::suite::set_options;
use harness::text;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use tabled::builder::Builder;
use tabled::settings::{Alignment, Style, object::Columns};

pub fn run(options: &cli::Check) -> Result<(), Exit> {
    let entry = registry::find::<DatasetEntry>(&options.dataset).map_err(|error| Exit::new(USAGE, error))?;
    let defaults = (entry.card.resolve)(&[]).unwrap_or_default();
    let resolved = set_options(&entry.card, &defaults, &options.settings)?;
    let bad = |error: &dyn ToString| Exit::new(DATA, error.to_string());
    let context = DataContext { data_root: options.data_root.path() };
    let dataset = (entry.open)(&resolved, &context).map_err(|error| bad(&error))?;
    let available = dataset.categories().map_err(|error| bad(&error))?;
    let categories = match &options.categories {
        Some(wanted) => wanted.clone(),
        None => available,
    };
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} images, {per_sec}") {
        bar.set_style(style);
    }
    let checked = check(dataset.as_ref(), &categories, &|| bar.inc(1)).map_err(|error| bad(&error))?;
    bar.finish_and_clear();
    show!("{}", counts(&checked.counts));
    tell(&checked, options.all)
}

/// Numbers of images, with the published ones in brackets where they differ.
fn counts(counts: &[Counted]) -> String {
    let mut table = Builder::default();
    table.push_record(["category", "distribution", "train", "test normal", "test anomalous", "published"]);
    for Counted { found, published } in counts {
        let number = |of: fn(&Count) -> usize| match published {
            Some(published) if of(published) != of(found) => format!("{} ({})", of(found), of(published)),
            _ => of(found).to_string(),
        };
        let verdict = match published {
            Some(published) if published == found => "equal",
            Some(_) => "DIFFERS",
            None => "-",
        };
        table.push_record([
            text::name(&found.category).into_owned(),
            found.domain.clone().unwrap_or_else(|| "id".into()),
            number(|count| count.train),
            number(|count| count.normal),
            number(|count| count.anomalous),
            verdict.into(),
        ]);
    }
    let mut table = table.build();
    table.with(Style::rounded()).modify(Columns::new(2..5), Alignment::right());
    table.to_string()
}

/// Findings by kind, and how many of each. Hints alone are no failure: real data sets have odd images.
fn tell(checked: &Checked, all: bool) -> Result<(), Exit> {
    let images: usize =
        checked.counts.iter().map(|c| c.found.train + c.found.normal + c.found.anomalous).sum();
    let mut kinds: BTreeMap<Problem, Vec<&Finding>> = BTreeMap::new();
    for finding in &checked.findings {
        kinds.entry(finding.problem).or_default().push(finding);
    }
    for (problem, findings) in &kinds {
        let shown = if all { findings.len() } else { findings.len().min(SHOWN) };
        for Finding { category, file, message, .. } in &findings[..shown] {
            let place = if file.is_empty() { String::new() } else { format!(" {}", text::name(file)) };
            show!("{problem:17} {}{place}: {}", text::name(category), text::line(message));
        }
        if shown < findings.len() {
            show!("{:17} ... and {} more: --all shows them", "", findings.len() - shown);
        }
    }
    let numbers: Vec<String> = kinds.iter().map(|(problem, of)| format!("{} {problem}", of.len())).collect();
    let numbers = if numbers.is_empty() { "nothing found".into() } else { numbers.join(", ") };
    let summary = format!("{images} images checked: {numbers}");
    if kinds.keys().any(|problem| problem.is_error()) {
        return Err(Exit::new(DATA, summary));
    }
    show!("{summary}");
    Ok(())
}

/// Findings of one kind that are shown without `--all`.
const SHOWN: usize = 20;
