//! What differs in how two results came about.

use super::matching::{Match, Side};
use crate::statistics::listed;
use harness::results::{Provenance, TestIdentity};
use serde_json::{Map, Value, json};

/// More differences of one method, or methods with the same differences, are counted.
const MOST: usize = 10;

/// For every method with a changed result, what differs in its training, its tests or the machine, in the
/// order of the tables; those with the same differences share a line.
pub(super) fn differences(matches: &[Match]) -> Vec<String> {
    let mut methods: Vec<(String, Vec<String>)> = Vec::new();
    for found in matches.iter().filter(|found| found.changed()) {
        let label = format!("{} on {}", found.label, found.dataset);
        let known = methods.iter().position(|(known, _)| *known == label);
        let position = known.unwrap_or_else(|| {
            methods.push((label, Vec::new()));
            methods.len() - 1
        });
        let lines = &mut methods[position].1;
        for line in of_match(found) {
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    let mut shared: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for (label, lines) in methods {
        match shared.iter_mut().find(|(_, known)| *known == lines) {
            Some((labels, _)) => labels.push(label),
            None => shared.push((vec![label], lines)),
        }
    }
    let line = |(labels, lines): (Vec<String>, Vec<String>)| {
        let said = match lines.len() {
            0 => "nothing on record".into(),
            count if count > MOST => format!("{}; {} more", lines[..MOST].join("; "), count - MOST),
            _ => lines.join("; "),
        };
        format!("{}: {said}", listed(&labels, MOST))
    };
    shared.into_iter().map(line).collect()
}

fn of_match(found: &Match) -> Vec<String> {
    let mut lines = Vec::new();
    match (found.a.job, found.b.job) {
        (Some(a), Some(b)) => {
            walk("", &json!(a.identity), &json!(b.identity), &mut lines);
            walk("", &machine(&a.provenance), &machine(&b.provenance), &mut lines);
        }
        _ if found.a.record.identity.training != found.b.record.identity.training => {
            lines.push("another training, whose configuration is no longer on record".into());
        }
        _ => {}
    }
    walk("", &test(&found.a), &test(&found.b), &mut lines);
    if found.a.record.teacher != found.b.record.teacher {
        let name = |side: &Side| side.record.teacher.clone().unwrap_or_else(|| "none".into());
        lines.push(format!("teacher {} in A, {} in B", name(&found.a), name(&found.b)));
    }
    walk("", &machine(&found.a.record.provenance), &machine(&found.b.record.provenance), &mut lines);
    lines
}

/// What a test depends on besides its training. Protocols are compared as a whole, for the whole run.
fn test(side: &Side) -> Value {
    let TestIdentity { condition, settings, data_seed, metrics, .. } = &side.record.identity;
    json!({"condition": condition, "settings": settings, "data_seed": data_seed, "metrics": metrics})
}

/// What may change the last bits of a result.
fn machine(provenance: &Provenance) -> Value {
    json!({
        "version": provenance.version,
        "source revision": provenance.revision,
        "libraries": provenance.libraries,
        "device": provenance.device.to_string(),
        "processor": provenance.cpu,
    })
}

/// Adds a line for every leaf that differs.
fn walk(path: &str, a: &Value, b: &Value, lines: &mut Vec<String>) {
    if a == b {
        return;
    }
    let empty = Map::new();
    match (a, b) {
        (Value::Object(_), Value::Object(_) | Value::Null) | (Value::Null, Value::Object(_)) => {
            let (a, b) = (a.as_object().unwrap_or(&empty), b.as_object().unwrap_or(&empty));
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let side = |map: &Map<String, Value>| map.get(key).cloned().unwrap_or_default();
                walk(&inner, &side(a), &side(b), lines);
            }
        }
        _ => lines.push(format!("{} {} in A, {} in B", words(path), value(a), value(b))),
    }
}

/// A place in a record, in the words of a suite.
fn words(path: &str) -> String {
    for options in ["method.options.", "settings."] {
        if let Some(option) = path.strip_prefix(options) {
            return option.into();
        }
    }
    match path {
        "data" => "fingerprint of the data".into(),
        "backbone.name" => "backbone".into(),
        "backbone.weights" => "hash of the teacher's weights".into(),
        _ => path.replace('.', " "),
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => "none".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_that_differ_are_named_as_in_a_suite() {
        let a = json!({"method": {"name": "gnl", "options": {"sigma": 0.5, "k": 1}}, "backbone": null});
        let b = json!({"method": {"name": "gnl", "options": {"sigma": 1.0, "k": 1}}, "backbone": {"name": "tiny"}});
        let mut lines = Vec::new();
        walk("", &a, &b, &mut lines);
        assert_eq!(lines, ["backbone none in A, tiny in B", "sigma 0.5 in A, 1.0 in B"]);
    }
}
