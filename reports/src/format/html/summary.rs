//! What a reader sees first: what this is, what to beware of, and what came out.

use super::cells;
use super::finding::Finding;
use super::provenance::Origins;
use super::words::count;
use crate::result::{few_seeds, random_teacher};
use crate::{Comparison, Document};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// The head of the page.
pub(super) fn summary(document: &Document<'_>) -> Markup {
    let comparison = document.comparison;
    html! {
        header #summary {
            p.kind { "shiftbench report" }
            h1 { (comparison.suite) }
            p.lead {
                "Image anomaly detection under distribution shift: every method learns from normal images only \
                 and is tested on images as it knows them (ID) and on shifted ones."
            }
            (warnings(comparison))
            (findings(comparison))
            (facts(comparison))
        }
    }
}

/// What makes the numbers less than they seem; nothing if nothing does.
fn warnings(comparison: &Comparison) -> Markup {
    let tally = cells::tally(comparison);
    let mut found: Vec<String> = Vec::new();
    found.extend(comparison.groups.iter().find_map(random_teacher));
    if tally.holes() > 0 {
        found.push(format!(
            "Incomplete: {} of {} are not there ({}). What is missing is marked in every table and listed \
             below, under \u{201c}Completeness\u{201d}.",
            tally.holes(),
            count(tally.planned(), "result"),
            tally.words()
        ));
    }
    let few = comparison
        .groups
        .iter()
        .filter_map(|group| Some(format!("{}: {}", group.dataset, few_seeds(comparison, group)?)));
    found.extend(few);
    found.extend(Origins::of(comparison).warnings());
    html! {
        @if !found.is_empty() {
            div.warning role="note" {
                h2 { "Before you read the numbers" }
                ul { @for warning in &found { li { (warning) } } }
            }
        }
    }
}

/// The best method of each data set, and what came out in words.
fn findings(comparison: &Comparison) -> Markup {
    html! {
        h2 { "What came out" }
        p.context { "Image AUROC in %: the chance that an anomalous image scores above a normal one. 50 is chance, 100 is perfect." }
        div.findings {
            @for group in &comparison.groups {
                @let finding = Finding::of(group);
                article {
                    h3 { a href={ "#data-" (group.dataset.replace(char::is_whitespace, "-")) } { (group.dataset) } }
                    @if let Some((method, score)) = &finding.best {
                        p.best-method { strong { (method) } " " span.score { (score) " %" } }
                    }
                    @for sentence in &finding.sentences { p { (sentence) } }
                }
            }
        }
    }
}

/// What was run, in short.
fn facts(comparison: &Comparison) -> Markup {
    let tally = cells::tally(comparison);
    let methods = |baseline| {
        let groups = comparison.groups.iter().flat_map(|group| group.rows_in_order());
        let mut names: Vec<&str> = Vec::new();
        for (_, row) in groups.filter(|(_, row)| row.baseline == baseline) {
            if !names.contains(&row.method.as_str()) {
                names.push(&row.method);
            }
        }
        names.join(", ")
    };
    let seeds: BTreeSet<String> = comparison
        .groups
        .iter()
        .flat_map(|group| &group.rows)
        .flat_map(|row| row.seeds.iter().map(u64::to_string))
        .collect();
    let records = comparison.groups.iter().flat_map(|group| group.records());
    let teachers: BTreeSet<&str> = records.filter_map(|(_, record)| record.teacher.as_deref()).collect();
    let teachers =
        if teachers.is_empty() { "none".into() } else { teachers.into_iter().collect::<Vec<_>>().join(", ") };
    html! {
        h2 { "What was run" }
        dl.facts {
            dt { "Results" }
            dd {
                (tally.done()) " of " (tally.planned()) " done"
                @if tally.holes() > 0 { ", " span.hole { (tally.words()) } }
            }
            dt { "Data sets" }
            dd {
                ul {
                    @for group in &comparison.groups {
                        li { (group.dataset) ": " (group.categories.join(", ")) }
                    }
                }
            }
            dt { "Methods" }
            dd { (methods(false)) }
            @let baselines = methods(true);
            @if !baselines.is_empty() { dt { "Trivial baselines" } dd { (baselines) } }
            dt { "Protocol" }
            dd { a href="#protocol" { (comparison.protocol.to_string()) } }
            dt { "Teacher" }
            dd { (teachers) }
            dt { "Network input" }
            dd { (comparison.image_size) " × " (comparison.image_size) " px" }
            dt { "Seeds" }
            dd { (seeds.into_iter().collect::<Vec<_>>().join(", ")) }
        }
    }
}
