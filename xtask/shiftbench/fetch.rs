//! `fetch`: bring a data set or weights into the data root.

use crate::cli;
use crate::exit::{Exit, USAGE};
use crate::out::{say, show};
use harness::contract::backbone::BackboneEntry;
use harness::contract::registry::{self, DatasetEntry};
use harness::contract::resource::{Resource, Source};
use harness::contract::text::nearest;
use harness::fetch::{Accepted, Delivery, FetchError, Step, Way, fetch};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, stderr, stdin};
use std::path::Path;

pub fn run(options: &cli::Fetch) -> Result<(), Exit> {
    let data_root = options.data_root.path();
    let resources = resources();
    let Some(name) = &options.name else {
        for resource in resources {
            let state = if resource.is_present(&data_root) { "present" } else { "missing" };
            let how = if matches!(resource.source, Source::ByHand { .. }) { ", by hand" } else { "" };
            show!("  {:<20} {state}{}{how}: {}", resource.name, resource.size(), resource.summary);
        }
        show!("data root: {}", data_root.display());
        return Ok(());
    };
    let resource = resources.iter().copied().find(|resource| resource.name == name).ok_or_else(|| {
        let names = || resources.iter().map(|resource| resource.name);
        let hint =
            nearest(name, names()).map_or_else(String::new, |name| format!(": did you mean '{name}'?"));
        let known: Vec<&str> = names().collect();
        Exit::new(USAGE, format!("nothing to fetch is called '{name}'{hint} (known: {})", known.join(", ")))
    })?;
    let way = Way { from: options.from.clone(), any_version: options.any_version, ..Way::default() };
    let delivery = bring(resource, &data_root, options.accept_licence, &way)?;
    show!("in {}", delivery.folder.display());
    Ok(())
}

/// Everything any plugin can fetch.
pub fn resources() -> Vec<&'static Resource> {
    let datasets = registry::all::<DatasetEntry>().into_iter().filter_map(|entry| entry.resource);
    datasets.chain(registry::all::<BackboneEntry>().into_iter().filter_map(|entry| entry.resource)).collect()
}

/// Shows the licence, has it accepted and fetches, with a progress bar.
pub fn bring(
    resource: &'static Resource,
    data_root: &Path,
    accept: bool,
    way: &Way,
) -> Result<Delivery, FetchError> {
    say!("{}: {}{}", resource.name, resource.summary, resource.size());
    say!("licence: {}", resource.licence);
    let accepted = if accept || resource.is_present(data_root) {
        Accepted::beforehand(resource)
    } else if stdin().is_terminal() && stderr().is_terminal() {
        Accepted::ask(resource, &mut stdin().lock(), &mut stderr())?
    } else {
        return Err(Accepted::missing(resource));
    };
    let bar = bar();
    let delivery = fetch(&accepted, data_root, way, &mut |step| show(&bar, step));
    bar.finish_and_clear();
    let delivery = delivery?;
    for (file, sha256) in &delivery.unverified {
        say!("warning: {file} has SHA-256 {sha256}, which nobody vouches for; it is noted beside the data");
    }
    Ok(delivery)
}

/// Hidden by itself where standard error is no terminal.
fn bar() -> ProgressBar {
    let template = "{msg} [{bar:30}] {bytes} of {total_bytes}, {bytes_per_sec}, {eta} to go";
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

fn show(bar: &ProgressBar, step: Step<'_>) {
    match step {
        Step::Waiting => bar.suspend(|| say!("another process fetches this; waiting for it")),
        Step::Downloading { file, done, total } => {
            bar.set_message(file.to_owned());
            bar.set_length(total.unwrap_or(done));
            bar.set_position(done);
        }
        Step::Retrying { reason } => bar.suspend(|| say!("{reason}")),
        Step::Checking { file } => bar.set_message(format!("{file}: checking")),
        Step::Unpacking { file, done } => bar.set_message(format!("{file}: unpacking, {done} files")),
    }
}
