//! `list`: every registered plugin, and the built-in suites.

use crate::cli::{self, Kind};
use crate::exit::Exit;
use crate::out::show;
use crate::suites;
use harness::contract::backbone::BackboneEntry;
use harness::contract::registry::{self, Card, DatasetEntry, DetectorEntry, ShiftEntry};
use harness::suite::Suite;

pub fn run(options: &cli::List) -> Result<(), Exit> {
    let wanted = |kind| options.kind.is_none_or(|wanted| wanted == kind);
    if wanted(Kind::Methods) {
        show!("methods");
        registry::all::<DetectorEntry>().into_iter().for_each(method);
    }
    if wanted(Kind::Datasets) {
        show!("datasets");
        registry::all::<DatasetEntry>().iter().for_each(|entry| card(&entry.card));
    }
    if wanted(Kind::Shifts) {
        show!("shifts (severities 1 to 5)");
        registry::all::<ShiftEntry>().iter().for_each(|entry| card(&entry.card));
    }
    if wanted(Kind::Backbones) {
        show!("backbones");
        for entry in registry::all::<BackboneEntry>() {
            show!("  {:<18} {}", entry.name, entry.summary);
            let weights = match entry.resource {
                Some(resource) => format!("cargo xtask fetch {}", resource.name),
                None if entry.weights_file.is_empty() => "random only".into(),
                None => format!("put {} into the data root's folder weights", entry.weights_file),
            };
            show!("  {:<18}   {}; weights: {weights}", "", entry.source);
        }
    }
    if wanted(Kind::Suites) {
        show!("suites");
        for (name, text) in suites::BUILT_IN {
            let suite = Suite::parse(name, &format!("suite {name}"), text, &[])?;
            show!("  {name:<18} {}", suite.summary);
            show!("  {:<18}   protocol {}", "", suite.protocol);
        }
    }
    Ok(())
}

fn method(entry: &DetectorEntry) {
    card(&entry.card);
    let teacher = match entry.own_backbone {
        Some(name) => format!("{name}, its own"),
        None if entry.needs_backbone => "the suite's".into(),
        None => "none".into(),
    };
    show!("  {:<18}   cost: {}; weights: {teacher}; keeps: {}", "", entry.cost, entry.state);
}

fn card(card: &Card) {
    show!("  {:<18} {}", card.name, card.summary);
    show!("  {:<18}   {}", "", card.source);
    let options = (card.resolve)(&[]).unwrap_or_default();
    if !options.is_empty() {
        let words: Vec<String> = options.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        show!("  {:<18}   options: {}", "", words.join(", "));
    }
}
