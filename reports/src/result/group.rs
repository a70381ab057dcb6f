//! The cells of one data set, by their place in a table.

use super::cell::{CellFile, FailedJob, Outcome, Place, one_line};
use super::row::{Row, Tested};
use harness::contract::condition::Condition;
use harness::contract::detector::REFERENCE;
use harness::contract::options::Resolved;
use harness::results::{CellRecord, IndexEntry};
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
                    random_teacher: false,
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

    /// Those of methods with their own settings; sweeps over test-time options are shown apart.
    pub fn methods(&self) -> impl Iterator<Item = (usize, &Row)> {
        self.rows_in_order().filter(|(_, row)| row.settings.is_empty())
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

    /// The one that a picture shows of a row: its first seed and, where it has reference images, the first of them.
    pub fn first_place(&self, row: usize, condition: usize, category: usize) -> Option<Place> {
        let seed = *self.rows[row].seeds.first()?;
        let reference = *self.rows[row].references.first()?;
        Some(Place { row, condition, category, seed, reference })
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

/// Where `item` stands in `list`, at its end if it is new.
fn position<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    list.iter().position(|known| *known == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}
