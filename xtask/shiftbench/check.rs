//! `check`: a data set looked over before anything learns from it.

mod findings;

use crate::arguments::DataRoot;
use crate::command::{CommandEntry, Run};
use crate::exit::{DATA, Exit, USAGE};
use crate::out::show;
use clap::Parser;
use harness::check::{Counted, check};
use harness::contract::dataset::{Count, DataContext};
use harness::contract::registry::{self, DatasetEntry};
use harness::contract::text;
use harness::suite::set_options;
use indicatif::{ProgressBar, ProgressStyle};
use tabled::builder::Builder;
use tabled::settings::{Alignment, Style, object::Columns};

/// Look over a data set: counts, unreadable and odd images, masks, duplicates, labels
#[derive(Parser)]
#[command(name = "check", display_order = 9)]
struct Check {
    /// Name of a data set (see `list datasets`)
    dataset: String,
    /// These categories only
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    categories: Option<Vec<String>>,
    /// Set one option of the data set, such as path=/where/it/is (repeatable)
    #[arg(long = "set", value_name = "OPTION=VALUE")]
    settings: Vec<String>,
    /// Show every finding
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    data_root: DataRoot,
}

inventory::submit! { CommandEntry::of::<Check>() }

impl Run for Check {
    fn run(&self) -> Result<(), Exit> {
        let entry = registry::find::<DatasetEntry>(&self.dataset).map_err(|error| Exit::new(USAGE, error))?;
        let defaults = (entry.card.resolve)(&[]).unwrap_or_default();
        let resolved = set_options(&entry.card, &defaults, &self.settings)?;
        let bad = |error: &dyn ToString| Exit::new(DATA, error.to_string());
        let context = DataContext { data_root: self.data_root.path() };
        let dataset = (entry.open)(&resolved, &context).map_err(|error| bad(&error))?;
        let available = dataset.categories().map_err(|error| bad(&error))?;
        let categories = match &self.categories {
            Some(wanted) => wanted.clone(),
            None => available,
        };
        let bar = ProgressBar::no_length();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} images, {per_sec}") {
            bar.set_style(style);
        }
        let checked = check(dataset.as_ref(), &categories, &|| bar.inc(1)).map_err(|error| bad(&error))?;
        bar.finish_and_clear();
        show!("{}", counts(&checked.counts));
        findings::tell(&checked, self.all)
    }
}

/// Numbers of images, with the published ones in brackets where they differ.
fn counts(counts: &[Counted]) -> String {
    let mut table = Builder::default();
    table.push_record(["category", "distribution", "train", "test normal", "test anomalous", "published"]);
    for Counted { found, published } in counts {
        let number = |of: fn(&Count) -> usize| match published {
            Some(published) if of(published) != of(found) => format!("{} ({})", of(found), of(published)),
            _ => of(found).to_string(),
        };
        let verdict = match published {
            Some(published) if published == found => "equal",
            Some(_) => "DIFFERS",
            None => "-",
        };
        table.push_record([
            text::name(&found.category).into_owned(),
            found.domain.clone().unwrap_or_else(|| "id".into()),
            number(|count| count.train),
            number(|count| count.normal),
            number(|count| count.anomalous),
            verdict.into(),
        ]);
    }
    let mut table = table.build();
    table.with(Style::rounded()).modify(Columns::new(2..5), Alignment::right());
    table.to_string()
}
