//! `check`: a data set looked over before anything learns from it.

use crate::cli;
use crate::exit::{DATA, Exit, USAGE};
use crate::out::show;
use harness::check::{Checked, Counted, Finding, Problem, check};
use harness::contract::dataset::{Count, DataContext};
use harness::contract::registry::{self, DatasetEntry};
use harness::contract::text;
use harness::suite::set_options;
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
        let lines = lines(findings);
        let shown = if all { lines.len() } else { lines.len().min(SHOWN) };
        lines[..shown].iter().for_each(|line| show!("{problem:17} {line}"));
        if shown < lines.len() {
            show!("{:17} ... and {} more: --all shows them", "", lines.len() - shown);
        }
    }
    let number = |of: &[&Finding]| of.iter().map(|finding| finding.images).sum::<usize>();
    let numbers: Vec<String> =
        kinds.iter().map(|(problem, of)| format!("{} {problem}", number(of))).collect();
    let numbers = if numbers.is_empty() { "nothing found".into() } else { numbers.join(", ") };
    let summary = format!("{images} images checked: {numbers}");
    if kinds.keys().any(|problem| problem.is_error()) {
        return Err(Exit::new(DATA, summary));
    }
    show!("{summary}");
    Ok(())
}

/// One line for all images of which the same is said, in whatever categories they are.
fn lines(findings: &[&Finding]) -> Vec<String> {
    let mut by_message: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        by_message.entry(&finding.message).or_default().push(finding);
    }
    let mut told: Vec<(&Finding, String)> = Vec::new();
    for (message, of) in by_message {
        // About a category, or a single image: the place itself.
        if of[0].file.is_empty() || of.len() == 1 && of[0].images == 1 {
            let line = |finding: &&Finding| {
                let place =
                    if finding.file.is_empty() { String::new() } else { format!(" {}", finding.file) };
                format!("{}{place}: {message}", finding.category)
            };
            told.extend(of.iter().map(|finding| (*finding, line(finding))));
            continue;
        }
        let images: usize = of.iter().map(|finding| finding.images).sum();
        let categories =
            if of.len() > 1 { format!("{} categories", of.len()) } else { of[0].category.clone() };
        let first =
            if of.len() > 1 { format!("{} {}", of[0].category, of[0].file) } else { of[0].file.clone() };
        told.push((of[0], format!("{categories}: {images} images: {message}; the first is {first}")));
    }
    told.sort_by_key(|(finding, _)| *finding);
    told.into_iter().map(|(_, line)| text::line(&line)).collect()
}

/// Findings of one kind that are shown without `--all`.
const SHOWN: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(category: &str, file: &str, images: usize, message: &str) -> Finding {
        let problem = Problem::Converted;
        Finding { category: category.into(), problem, file: file.into(), message: message.into(), images }
    }

    #[test]
    fn the_same_said_of_many_images_is_one_line() {
        let all = [
            finding("bolt", "a.png", 1, "grey"),
            finding("nut", "b.png", 22, "grey"),
            finding("nut", "c.png", 3, "deep"),
            finding("nut", "d.png", 1, "alpha"),
            finding("nut", "", 1, "no test images"),
        ];
        let expected = [
            "2 categories: 23 images: grey; the first is bolt a.png",
            "nut: no test images",
            "nut: 3 images: deep; the first is c.png",
            "nut d.png: alpha",
        ];
        assert_eq!(lines(&all.iter().collect::<Vec<_>>()), expected);
    }
}
