//! `fetch`: bring a data set or weights into the data root.

use crate::cli;
use crate::exit::{Exit, USAGE};
use harness::fetch::{Resource, fetch};
use harness::registry::{self, BackboneEntry, DatasetEntry, nearest};

pub fn run(options: &cli::Fetch) -> Result<(), Exit> {
    let data_root = options.data_root.path();
    let resources = resources();
    let Some(name) = &options.name else {
        for resource in resources {
            let state = if resource.is_present(&data_root) { "present" } else { "missing" };
            println!("  {:<20} {state}, {} MB: {}", resource.name, resource.megabytes, resource.summary);
        }
        println!("data root: {}", data_root.display());
        return Ok(());
    };
    let resource = resources.iter().find(|resource| resource.name == name).ok_or_else(|| {
        let names = || resources.iter().map(|resource| resource.name);
        let hint =
            nearest(name, names()).map_or_else(String::new, |name| format!(": did you mean '{name}'?"));
        let known: Vec<&str> = names().collect();
        Exit::new(USAGE, format!("nothing to fetch is called '{name}'{hint} (known: {})", known.join(", ")))
    })?;
    println!("{}: {}", resource.name, resource.summary);
    println!("licence: {}", resource.licence);
    let folder = fetch(resource, &data_root, options.from.as_deref())?;
    println!("in {}", folder.display());
    Ok(())
}

/// Everything any plugin can fetch.
pub fn resources() -> Vec<&'static Resource> {
    let datasets = registry::all::<DatasetEntry>().into_iter().filter_map(|entry| entry.resource);
    datasets.chain(registry::all::<BackboneEntry>().into_iter().filter_map(|entry| entry.resource)).collect()
}
