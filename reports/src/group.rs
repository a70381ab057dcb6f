//! The cells of one data set, by their place in a table.

use harness::contract::condition::Condition;
use harness::contract::detector::REFERENCE;
use harness::contract::options::Resolved;
use harness::results::{CellRecord, Failure, IndexEntry};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The results on one data set. Everything is in index order, which is the suite's.
#[derive(Clone, Debug)]
pub struct Group {
    /// Data set name.
    pub dataset: String,
    /// Its categories.
    pub categories: Vec<String>,
    /// What it was tested under, ID first.
    pub conditions: Vec<Tested>,
    /// Methods, each followed by its other test-time settings.
    pub rows: Vec<Row>,
    /// Every cell the index names.
    pub cells: BTreeMap<Place, Outcome>,
    /// Where each of them lies.
    pub files: BTreeMap<Place, CellFile>,
    /// Jobs that failed.
    pub failures: Vec<FailedJob>,
    /// The categories tested under each condition, by whatever row.
    pub tested: Vec<BTreeSet<usize>>,
}

/// A condition with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// Name in tables and paths.
    pub label: String,
    /// What happened to the test images.
    pub condition: Condition,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Method label.
    pub method: String,
    /// Test-time options that differ from the method's own. Which reference image scored is no setting: a table shows
    /// the mean over them.
    pub settings: Resolved,
    /// Whether it is a trivial baseline.
    pub baseline: bool,
    /// Seeds it should have been trained with.
    pub seeds: BTreeSet<u64>,
    /// Reference images it should have been scored with; only `None` if it uses none.
    pub references: BTreeSet<Option<usize>>,
}

/// Where a cell stands in its [`Group`]: indices into its lists, the seed, and which reference image
/// scored it, if one did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Place {
    pub row: usize,
    pub condition: usize,
    pub category: usize,
    pub seed: u64,
    pub reference: Option<usize>,
}

/// Where a cell lies on disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellFile {
    /// Job folder below the run folder.
    pub job: String,
    /// Cell label.
    pub cell: String,
}

/// What became of a cell.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A valid record.
    Done(Box<CellRecord>),
    /// Its job failed before it got there.
    Failed(Failure),
    /// There is no record that counts.
    Hole(Hole),
}

/// Why no record counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hole {
    /// There is none.
    Missing,
    /// It was computed from other inputs than the index expects.
    Outdated,
    /// It, or something it rests on, is not what was written; in words.
    Damaged(String),
}

/// A job that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedJob {
    /// Its folder below the run folder.
    pub job: String,
    /// Why, in one line.
    pub reason: String,
}

impl Tested {
    /// What stands above its column.
    pub fn heading(&self) -> &str {
        if self.condition == Condition::Id { "ID" } else { &self.label }
    }
}

impl Row {
    /// Name in tables: `gnl`, `gnl @alpha=0.25`.
    pub fn label(&self) -> String {
        if self.settings.is_empty() {
            self.method.clone()
        } else {
            format!("{} @{}", self.method, self.setting())
        }
    }

    /// Its settings in words: `alpha=0.25`, `alpha=0.25, k=2`; empty for none.
    pub fn setting(&self) -> String {
        let word = |(option, value): (&String, &Value)| match value {
            Value::String(text) => format!("{option}={text}"),
            other => format!("{option}={other}"),
        };
        self.settings.iter().map(word).collect::<Vec<_>>().join(", ")
    }
}

impl Group {
    /// Sorts `cells` of one data set into their places.
    pub(crate) fn new(dataset: &str, cells: Vec<(&IndexEntry, Outcome)>) -> Self {
        let (mut categories, mut conditions) = (Vec::new(), Vec::new());
        let (mut methods, mut rows) = (Vec::new(), Vec::<Row>::new());
        for (entry, _) in &cells {
            let settings = settings(entry);
            position(&mut categories, entry.category.clone());
            let label = entry.condition.label();
            if !conditions.iter().any(|known: &Tested| known.label == label) {
                conditions.push(Tested { label, condition: entry.condition.clone() });
            }
            position(&mut methods, entry.method.clone());
            match rows.iter_mut().find(|row| row.method == entry.method && row.settings == settings) {
                Some(row) => {
                    row.seeds.insert(entry.seed);
                    row.references.insert(entry.reference);
                }
                None => rows.push(Row {
                    method: entry.method.clone(),
                    settings,
                    baseline: false,
                    seeds: BTreeSet::from([entry.seed]),
                    references: BTreeSet::from([entry.reference]),
                }),
            }
        }
        conditions.sort_by_key(|tested| tested.condition != Condition::Id);
        rows.sort_by_key(|row| methods.iter().position(|method| *method == row.method));
        let mut group = Self {
            dataset: dataset.into(),
            categories,
            tested: vec![BTreeSet::new(); conditions.len()],
            conditions,
            rows,
            cells: BTreeMap::new(),
            files: BTreeMap::new(),
            failures: Vec::new(),
        };
        for (entry, outcome) in cells {
            group.insert(entry, outcome);
        }
        group
    }

    fn insert(&mut self, entry: &IndexEntry, outcome: Outcome) {
        if let Outcome::Failed(failure) = &outcome {
            position(&mut self.failures, FailedJob { job: entry.job.clone(), reason: one_line(failure) });
        }
        let (settings, label) = (settings(entry), entry.condition.label());
        let same_row = |row: &Row| row.method == entry.method && row.settings == settings;
        let same_condition = |tested: &Tested| tested.label == label;
        let place = Place {
            row: self.rows.iter().position(same_row).unwrap_or_default(),
            condition: self.conditions.iter().position(same_condition).unwrap_or_default(),
            category: position(&mut self.categories, entry.category.clone()),
            seed: entry.seed,
            reference: entry.reference,
        };
        self.tested[place.condition].insert(place.category);
        self.files.insert(place, CellFile { job: entry.job.clone(), cell: entry.cell.clone() });
        self.cells.insert(place, outcome);
    }

    /// Rows as tables show them: methods, then trivial baselines.
    pub fn rows_in_order(&self) -> impl Iterator<Item = (usize, &Row)> {
        let of_kind =
            |baseline| self.rows.iter().enumerate().filter(move |(_, row)| row.baseline == baseline);
        of_kind(false).chain(of_kind(true))
    }

    /// The shifted conditions.
    pub fn shifted(&self) -> Range<usize> {
        usize::from(self.has_id())..self.conditions.len()
    }

    /// Whether the distribution trained on was tested too.
    pub fn has_id(&self) -> bool {
        self.conditions.first().is_some_and(|tested| tested.condition == Condition::Id)
    }

    /// Every place that should hold a result: a row's seeds and references times the categories of each
    /// condition.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        (0..self.rows.len()).flat_map(move |row| {
            let of_row = move |condition| {
                let seeds = self.rows[row].seeds.iter();
                seeds.flat_map(move |&seed| self.places_of(row, condition, seed))
            };
            (0..self.conditions.len()).flat_map(of_row)
        })
    }

    /// Those of one seed of a row under a condition.
    pub fn places_of(&self, row: usize, condition: usize, seed: u64) -> impl Iterator<Item = Place> {
        let of_reference = move |&reference: &Option<usize>| {
            let place = move |&category: &usize| Place { row, condition, category, seed, reference };
            self.tested[condition].iter().map(place)
        };
        self.rows[row].references.iter().flat_map(of_reference)
    }

    /// The records that count.
    pub fn records(&self) -> impl Iterator<Item = (&Place, &CellRecord)> {
        self.cells.iter().filter_map(|(place, outcome)| match outcome {
            Outcome::Done(record) => Some((place, &**record)),
            _ => None,
        })
    }
}

/// The settings of a cell as a row of a table has them.
fn settings(entry: &IndexEntry) -> Resolved {
    let others = entry.settings.iter().filter(|(option, _)| *option != REFERENCE);
    others.map(|(option, value)| (option.clone(), value.clone())).collect()
}

/// A failure's sentence without line breaks.
pub(crate) fn one_line(failure: &Failure) -> String {
    failure.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where `item` stands in `list`, at its end if it is new.
fn position<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    list.iter().position(|known| *known == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}
