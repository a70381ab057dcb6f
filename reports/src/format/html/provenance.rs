//! Where the numbers come from: configuration, shifts, data, versions and machines.

use super::options;
use super::words::count;
use crate::Comparison;
use harness::results::{Provenance, SCHEMA};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// The chapter.
pub(super) fn chapter(comparison: &Comparison) -> Markup {
    let origins = Origins::of(comparison);
    html! {
        section #provenance {
            h2 { "Provenance" }
            @for warning in origins.warnings() { p.hole { (warning) } }
            h3 { "Configuration" }
            (configuration(comparison))
            h3 { "Shifts" }
            (shifts(comparison))
            h3 { "Data" }
            (data(comparison))
            h3 { "Versions and machines" }
            (origins.table())
        }
    }
}

/// Who computed the results, where and with what, and how many each.
pub(super) struct Origins<'a>(Vec<(&'a Provenance, usize)>);

impl<'a> Origins<'a> {
    /// Of every record, in table order.
    pub fn of(comparison: &'a Comparison) -> Self {
        let mut found: Vec<(&Provenance, usize)> = Vec::new();
        for (_, record) in comparison.groups.iter().flat_map(|group| group.records()) {
            match found.iter_mut().find(|(known, _)| **known == record.provenance) {
                Some((_, count)) => *count += 1,
                None => found.push((&record.provenance, 1)),
            }
        }
        Self(found)
    }

    /// What is mixed that should be one.
    pub fn warnings(&self) -> Vec<String> {
        let mixed = |what: &str, of: &dyn Fn(&Provenance) -> String| {
            let found: BTreeSet<String> = self.0.iter().map(|(origin, _)| of(origin)).collect();
            let found: Vec<String> = found.into_iter().collect();
            (found.len() > 1)
                .then(|| format!("Mixed {what}: results were computed with {}.", found.join(", ")))
        };
        let libraries = |origin: &Provenance| {
            origin
                .libraries
                .iter()
                .map(|(name, version)| format!("{name} {version}"))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let kinds = [
            mixed("versions of shiftbench", &|origin| format!("{} ({})", origin.version, origin.revision)),
            mixed("libraries", &libraries),
            mixed("devices", &|origin| origin.device.to_string()),
            mixed("processors", &|origin| origin.cpu.clone()),
        ];
        kinds.into_iter().flatten().collect()
    }

    fn table(&self) -> Markup {
        html! {
            @if self.0.is_empty() { p { "No result is there yet." } }
            @for (origin, results) in &self.0 {
                dl.facts {
                    dt { "Results" } dd { (results) }
                    dt { "shiftbench" } dd { (origin.version) ", source revision " code { (origin.revision) } }
                    dt { "Libraries" }
                    dd { @for (name, version) in &origin.libraries { (name) " " (version) " " } }
                    dt { "Device" } dd { (origin.device.to_string()) }
                    dt { "Processor" } dd { (origin.cpu) ", " (count(origin.threads, "thread")) " per process" }
                }
            }
        }
    }
}

fn configuration(comparison: &Comparison) -> Markup {
    let records = || comparison.groups.iter().flat_map(|group| group.records()).map(|(_, record)| record);
    let teachers: BTreeSet<(&str, &str)> = comparison
        .jobs
        .values()
        .filter_map(|job| job.teacher.as_ref())
        .map(|teacher| (teacher.choice.name.as_str(), teacher.weights_hash.as_str()))
        .collect();
    let seeds: BTreeSet<u64> = records().map(|record| record.seed).collect();
    let data_seeds: BTreeSet<u64> = records().map(|record| record.identity.data_seed).collect();
    let metrics: BTreeSet<u32> = records().map(|record| record.metrics_version).collect();
    let schemas: BTreeSet<u32> = comparison.jobs.values().map(|job| job.identity.schema).collect();
    html! {
        dl.facts {
            dt { "Suite" } dd { (comparison.suite) }
            dt { "Protocol" } dd { (comparison.protocol.to_string()) }
            dt { "Network input" } dd { (comparison.image_size) " px" }
            dt { "Teacher" }
            dd {
                @if teachers.is_empty() { "none" }
                @else { ul { @for (name, hash) in teachers { li { (name) ", weights " code { (hash) } } } } }
            }
            dt { "Seeds of trainings" } dd { (join(seeds)) }
            dt { "Seeds of corruptions" } dd { (join(data_seeds)) }
            dt { "Metrics" } dd { "version " (join(metrics)) }
            dt { "Records" } dd { "form " (join(schemas)) "; this report reads form " (SCHEMA) }
        }
    }
}

fn shifts(comparison: &Comparison) -> Markup {
    let records = comparison.groups.iter().flat_map(|group| group.records());
    let links = records.flat_map(|(_, record)| record.condition.links());
    let mut found: BTreeMap<(&str, u32, String), BTreeSet<String>> = BTreeMap::new();
    for link in links {
        let key = (link.shift.name.as_str(), link.shift.revision, options::line(&link.shift.options));
        found.entry(key).or_default().insert(link.severity.to_string());
    }
    html! {
        @if found.is_empty() { p { "No synthetic shift." } }
        @else {
            ul {
                @for ((name, revision, options), severities) in found {
                    li {
                        code { (name) } ", revision " (revision) ", severity " (join(severities))
                        @if !options.is_empty() { " (" (options) ")" }
                    }
                }
            }
        }
    }
}

/// A row per category and state of its data; usually one per category.
fn data(comparison: &Comparison) -> Markup {
    type Row<'a> = (&'a str, String, [usize; 3], String);
    let mut rows: Vec<Row<'_>> = Vec::new();
    for group in &comparison.groups {
        for (place, file) in &group.files {
            let Some(job) = comparison.jobs.get(&file.job) else { continue };
            let images = [job.images.train, job.images.test, job.images.domains];
            let row = (
                group.dataset.as_str(),
                group.categories[place.category].clone(),
                images,
                job.identity.data.clone(),
            );
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
    }
    let order = |(dataset, category, ..): &Row<'_>| {
        let group = comparison.groups.iter().position(|group| group.dataset == *dataset);
        let place =
            group.and_then(|at| comparison.groups[at].categories.iter().position(|name| name == category));
        (group, place)
    };
    rows.sort_by_key(order);
    html! {
        (data_sets(comparison))
        div.scroll tabindex="0" role="region" aria-label="Data" {
            table {
                thead { tr {
                    @for heading in ["category", "training images", "test images, ID", "test images, domains", "fingerprint"] {
                        th scope="col" { (heading) }
                    }
                } }
                tbody {
                    @for (dataset, category, images, fingerprint) in &rows {
                        tr {
                            th scope="row" { (dataset) "/" (category) }
                            @for count in images { td { (count) } }
                            td { code { (fingerprint) } }
                        }
                    }
                }
            }
        }
    }
}

/// Data sets with revision and options.
fn data_sets(comparison: &Comparison) -> Markup {
    let mut found: Vec<(&str, String)> = Vec::new();
    for job in comparison.jobs.values() {
        let plugin = &job.identity.dataset;
        let options = options::line(&plugin.options);
        let options = if options.is_empty() { String::new() } else { format!(", {options}") };
        let entry = (plugin.name.as_str(), format!("revision {}{options}", plugin.revision));
        if !found.contains(&entry) {
            found.push(entry);
        }
    }
    html! { ul { @for (name, text) in found { li { code { (name) } ", " (text) } } } }
}

fn join(items: impl IntoIterator<Item = impl ToString>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if items.is_empty() { "none".into() } else { items.join(", ") }
}
