//! Finding suites: built in, or a file.

use crate::exit::{Exit, USAGE};
use harness::contract::text::nearest;
use harness::suite::{Suite, read_text};
use std::path::Path;

/// Name and text of every suite in the folder `suites`, by name: the package's build script lists them.
pub const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/suites.rs"));

/// The suite called `name`, or in the file of that path, with `--set` overrides laid over it.
pub fn load(name: &str, settings: &[String]) -> Result<Suite, Exit> {
    if let Some((name, text)) = BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
        return Ok(Suite::parse(name, &format!("suite {name}"), text, settings)?);
    }
    let path = Path::new(name);
    if path.extension().is_none_or(|extension| extension != "ron") {
        let names: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        let hint = nearest(name, names.iter().copied())
            .map_or_else(String::new, |name| format!(": did you mean '{name}'?"));
        let known = names.join(", ");
        return Err(Exit::new(
            USAGE,
            format!("unknown suite '{name}'{hint} (known: {known}, or a .ron file)"),
        ));
    }
    let text = read_text(path)?;
    let stem = path.file_stem().map_or_else(|| name.into(), |stem| stem.to_string_lossy().into_owned());
    Ok(Suite::parse(&stem, name, &text, settings)?)
}
