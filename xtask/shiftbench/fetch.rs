//! `fetch`: bring a data set or weights into the data root.

use crate::arguments::DataRoot;
use crate::command::{CommandEntry, Run};
use crate::exit::{Exit, USAGE};
use crate::out::{say, show};
use clap::Parser;
use harness::contract::backbone::BackboneEntry;
use harness::contract::registry::{self, DatasetEntry};
use harness::contract::resource::{Resource, Source};
use harness::contract::text::nearest;
use harness::fetch::{Accepted, Delivery, FetchError, Step, Way, fetch};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeSet;
use std::io::{IsTerminal, stderr, stdin};
use std::path::Path;

/// Bring a data set or weights into the data root
#[derive(Parser)]
#[command(name = "fetch", display_order = 7)]
struct Fetch {
    /// What to fetch; without a name, what there is
    name: Option<String>,
    /// Take it from a local file (for several files, the folder that holds them) or another address
    #[arg(long, value_name = "PATH_OR_URL")]
    from: Option<String>,
    /// Also take a copy whose SHA-256 is not the known one; the hash is noted
    #[arg(long, requires = "from")]
    any_version: bool,
    /// Accept the licence, which is shown, without being asked
    #[arg(long)]
    accept_licence: bool,
    #[command(flatten)]
    data_root: DataRoot,
}

inventory::submit! { CommandEntry::of::<Fetch>() }

impl Run for Fetch {
    fn run(&self) -> Result<(), Exit> {
        let data_root = self.data_root.path();
        let resources = resources();
        let Some(name) = &self.name else {
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
            Exit::new(
                USAGE,
                format!("nothing to fetch is called '{name}'{hint} (known: {})", known.join(", ")),
            )
        })?;
        let way = Way { from: self.from.clone(), any_version: self.any_version, ..Way::default() };
        let delivery = bring(resource, &data_root, self.accept_licence, &way)?;
        show!("in {}", delivery.folder.display());
        Ok(())
    }
}

/// Everything any plugin can fetch, data first. Two data sets may need the same.
pub fn resources() -> Vec<&'static Resource> {
    let datasets =
        registry::all::<DatasetEntry>().into_iter().flat_map(|entry| entry.resources.iter().copied());
    let backbones = registry::all::<BackboneEntry>().into_iter().filter_map(|entry| entry.resource);
    let mut known = BTreeSet::new();
    datasets.chain(backbones).filter(|resource| known.insert(resource.name)).collect()
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
