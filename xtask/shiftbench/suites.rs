//! Finding suites: built in, or a file.

use crate::exit::{Exit, USAGE};
use harness::contract::text::nearest;
use harness::suite::{Suite, read_text};
use std::path::Path;

/// Name and text of every built-in suite.
pub const BUILT_IN: [(&str, &str); 10] = [
    ("ablation-pacs", include_str!("suites/ablation-pacs.ron")),
    ("alpha", include_str!("suites/alpha.ron")),
    ("elpv", include_str!("suites/elpv.ron")),
    ("paper-cifar10", include_str!("suites/paper-cifar10.ron")),
    ("paper-mnist-m", include_str!("suites/paper-mnist-m.ron")),
    ("paper-mvtec", include_str!("suites/paper-mvtec.ron")),
    ("paper-pacs", include_str!("suites/paper-pacs.ron")),
    ("quick", include_str!("suites/quick.ron")),
    ("severity", include_str!("suites/severity.ron")),
    ("smoke", include_str!("suites/smoke.ron")),
];

/// The suite called `name`, or in the file of that path, with `--set` overrides laid over it.
pub fn load(name: &str, settings: &[String]) -> Result<Suite, Exit> {
    if let Some((name, text)) = BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
        return Ok(Suite::parse(name, &format!("suite {name}"), text, settings)?);
    }
    let path = Path::new(name);
    if path.extension().is_none_or(|extension| extension != "ron") {
        let names = BUILT_IN.map(|(name, _)| name);
        let hint = nearest(name, names).map_or_else(String::new, |name| format!(": did you mean '{name}'?"));
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
