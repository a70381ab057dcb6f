//! Findings in words.

use crate::exit::{DATA, Exit};
use crate::out::show;
use harness::check::{Checked, Finding, Problem};
use harness::contract::text;
use std::collections::BTreeMap;

/// Findings of one kind that are shown without `--all`.
const SHOWN: usize = 20;

/// Findings by kind, and how many of each. Hints alone are no failure: real data sets have odd images.
pub fn tell(checked: &Checked, all: bool) -> Result<(), Exit> {
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
        if of[0].file.is_empty() && of.len() > 1 {
            let line = format!("{} categories: {message}; the first is {}", of.len(), of[0].category);
            told.push((of[0], line));
            continue;
        }
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
