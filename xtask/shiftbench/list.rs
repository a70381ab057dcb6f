//! `list`: every registered plugin and the built-in suites, or one plugin with every option explained.

use crate::command::{CommandEntry, Run};
use crate::exit::{Exit, USAGE};
use crate::out::show;
use crate::suites;
use clap::Parser;
use harness::contract::backbone::BackboneEntry;
use harness::contract::registry::{self, Card, DatasetEntry, DetectorEntry, ShiftEntry};
use harness::contract::resource::Source;
use harness::contract::text::nearest;
use harness::metrics::Metric;
use harness::suite::Suite;
use serde_json::Value;

/// What can be listed as a whole.
const KINDS: [&str; 6] = ["methods", "datasets", "shifts", "backbones", "metrics", "suites"];

/// Show what is there: methods, datasets, shifts, backbones, metrics, suites
#[derive(Parser)]
#[command(name = "list", display_order = 6)]
struct List {
    /// methods, datasets, shifts, backbones, metrics or suites; or the name of a method, data set or shift, to have every
    /// option explained [default: everything]
    what: Option<String>,
}

inventory::submit! { CommandEntry::of::<List>() }

impl Run for List {
    fn run(&self) -> Result<(), Exit> {
        if let Some(name) = self.what.as_deref().filter(|name| !KINDS.contains(name)) {
            return explain(name);
        }
        let wanted = |kind: &str| self.what.as_deref().is_none_or(|wanted| wanted == kind);
        if wanted("methods") {
            show!("methods");
            registry::all::<DetectorEntry>().into_iter().for_each(method);
        }
        if wanted("datasets") {
            show!("datasets");
            registry::all::<DatasetEntry>().iter().for_each(|entry| card(&entry.card));
        }
        if wanted("shifts") {
            show!("shifts (severities 1 to 5)");
            registry::all::<ShiftEntry>().iter().for_each(|entry| card(&entry.card));
        }
        if wanted("backbones") {
            show!("backbones");
            for entry in registry::all::<BackboneEntry>() {
                show!("  {:<18} {}", entry.name, entry.summary);
                show!("  {:<18}   {}; weights: {}", "", entry.source, weights(entry));
            }
            show!(
                "weights of your own: --set 'backbone.weights=file(\"...\")', .pth or .safetensors as published; they may lack the"
            );
            show!("classifier and what lies after stride 16, and have norms folded into convolutions");
        }
        if wanted("metrics") {
            show!("metrics");
            for metric in Metric::all() {
                show!("  {:<19} {} ({})", metric.name, metric.explanation, metric.direction.words());
            }
        }
        if ["methods", "datasets", "shifts"].into_iter().any(wanted) {
            show!("`cargo xtask list NAME` explains every option of one of these");
        }
        if wanted("suites") {
            show!("suites");
            for (name, text) in suites::BUILT_IN {
                let suite = Suite::parse(name, &format!("suite {name}"), text, &[])?;
                show!("  {name:<18} {}", suite.summary);
                show!("  {:<18}   protocol {}", "", suite.protocol);
            }
        }
        Ok(())
    }
}

/// Everything about one plugin.
fn explain(name: &str) -> Result<(), Exit> {
    let methods = registry::all::<DetectorEntry>();
    let datasets = registry::all::<DatasetEntry>();
    let shifts = registry::all::<ShiftEntry>();
    let cards = methods.iter().map(|entry| &entry.card).chain(datasets.iter().map(|entry| &entry.card));
    let cards: Vec<&Card> = cards.chain(shifts.iter().map(|entry| &entry.card)).collect();
    let Some(card) = cards.iter().find(|card| card.name == name) else {
        let known = cards.iter().map(|card| card.name).chain(KINDS);
        let hint = nearest(name, known).map_or_else(String::new, |name| format!(": did you mean '{name}'?"));
        let kinds = KINDS.join(", ");
        let message = format!("nothing is called '{name}'{hint} (or list one of {kinds})");
        return Err(Exit::new(USAGE, message));
    };
    match methods.iter().find(|entry| entry.card.name == name) {
        Some(entry) => method(entry),
        None => self::card(card),
    }
    let defaults = (card.resolve)(&[]).unwrap_or_default();
    for option in card.options() {
        let default = defaults.get(option.name).map_or_else(String::new, written);
        show!("\n  {}: {default}   [{}; {}]", option.name, option.rule.class, option.values());
        show!("      {}", option.meaning);
    }
    Ok(())
}

/// A value as suites write it.
fn written(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::String(word) if word.is_empty() => "\"\"".into(),
        Value::String(word) => word.clone(),
        other => other.to_string(),
    }
}

fn method(entry: &DetectorEntry) {
    card(&entry.card);
    show!("  {:<18}   cost: {}; weights: {}; keeps: {}", "", entry.cost, teacher(entry), entry.state);
}

/// Whose weights a method uses.
pub fn teacher(entry: &DetectorEntry) -> String {
    match entry.own_backbone {
        Some(name) => format!("{name}, its own"),
        None if entry.needs_backbone => "the suite's".into(),
        None => "none".into(),
    }
}

/// How to get a backbone's weights.
pub fn weights(entry: &BackboneEntry) -> String {
    match entry.resource {
        Some(resource) => {
            let files = if let Source::Files(files) = resource.source { files } else { &[] };
            let hashes = files.iter().flat_map(|file| file.sha256).map(|hash| format!(" (SHA-256 {hash})"));
            format!("cargo xtask fetch {}{}", resource.name, hashes.collect::<String>())
        }
        None if entry.weights_file.is_empty() => "random only".into(),
        None => format!("put {} into the data root's folder weights", entry.weights_file),
    }
}

fn card(card: &Card) {
    show!("  {:<18} {}", card.name, card.summary);
    show!("  {:<18}   {}", "", card.source);
}
