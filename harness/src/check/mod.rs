//! Looking a data set over before anything learns from it.
//!
//! Every image and mask is read. What is found is either an error, which would stop a run or falsify its numbers,
//! or a hint: real data sets hold odd images that are no mistake.

mod counts;
mod finding;
mod images;

pub use counts::Counted;
pub use finding::{Finding, Problem};

use crate::contract::dataset::{Dataset, Item};
use crate::contract::error::DataError;
use crate::contract::picture::conversions;
use images::Seen;
use rayon::prelude::*;

/// The outcome of [`check`].
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// One entry per category and distribution.
    pub counts: Vec<Counted>,
    /// Sorted by category and kind.
    pub findings: Vec<Finding>,
}

/// Reads every image and mask of `categories`. `progress` is called once per image, from many threads.
///
/// A category whose files cannot even be listed is a finding, so that one does not hide the others.
///
/// # Errors
/// When the data set has no such category.
pub fn check(
    dataset: &dyn Dataset,
    categories: &[String],
    progress: &(dyn Fn() + Sync),
) -> Result<Checked, DataError> {
    let mut checked = Checked::default();
    let published = dataset.published();
    for category in categories {
        // First, because what contradicts itself may keep the rest from being listed. If even this cannot be read, the
        // listing says why.
        let contradictions = dataset.contradictions(category).unwrap_or_default();
        let contradicted = !contradictions.is_empty();
        let contradiction = |line| Finding::new(category, Problem::Contradiction, "", line);
        checked.findings.extend(contradictions.into_iter().map(contradiction));
        let items = match dataset.items(category) {
            Ok(items) => items,
            Err(unknown @ DataError::UnknownCategory { .. }) => return Err(unknown),
            Err(error) => {
                checked.counts.extend(counts::of(category, &[], &published));
                // Said already, where a contradiction is the reason.
                if !contradicted {
                    checked.findings.push(images::failed(category, "", &error));
                }
                continue;
            }
        };
        let load = |item: &Item| {
            let seen = dataset.load(category, item).and_then(|sample| {
                let converted = dataset.files(category, item).first().map(|path| conversions(path));
                Ok(Seen::of(&sample, converted.transpose()?.unwrap_or_default()))
            });
            progress();
            seen
        };
        let seen: Vec<_> = items.par_iter().map(load).collect();
        let counts = counts::of(category, &items, &published);
        checked.findings.extend(counts.iter().flat_map(Counted::findings));
        checked.findings.extend(images::findings(category, &items, &seen));
        checked.counts.extend(counts);
    }
    checked.findings.sort();
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::dataset::Sample;
    use image::{Rgb, RgbImage};
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A data set of which `lost` cannot be listed, and whose list and folders disagree.
    struct Toy;

    impl Dataset for Toy {
        fn categories(&self) -> Result<Vec<String>, DataError> {
            Ok(vec!["nut".into(), "lost".into()])
        }

        fn items(&self, category: &str) -> Result<Vec<Item>, DataError> {
            match category {
                "nut" => Ok(vec![Item::train("a"), Item::test("b", false), Item::test("c", true)]),
                "lost" => Err(DataError::Other("lost/list.txt: line 3 is empty".into())),
                _ => Err(DataError::UnknownCategory {
                    dataset: "toy".into(),
                    category: category.into(),
                    known: self.categories()?,
                }),
            }
        }

        fn load(&self, _: &str, item: &Item) -> Result<Sample, DataError> {
            let level = item.id.as_bytes()[0];
            let image = RgbImage::from_fn(40, 40, |x, y| Rgb([level, x as u8, y as u8]));
            Ok(Sample { image, mask: None })
        }

        fn contradictions(&self, category: &str) -> Result<Vec<String>, DataError> {
            self.items(category)?;
            Ok(vec!["art/dog/7.png: the list says 'cat'".into()])
        }
    }

    fn told(category: &str) -> Result<Vec<String>, DataError> {
        let findings = check(&Toy, &[category.into()], &|| ())?.findings;
        let line = |Finding { category, problem, file, message, .. }| {
            format!("{problem} {category} {file}: {message}")
        };
        Ok(findings.into_iter().map(line).collect())
    }

    #[test]
    fn every_image_is_read_and_contradictions_are_told() {
        let read = AtomicUsize::new(0);
        let count = || {
            read.fetch_add(1, Ordering::Relaxed);
        };
        let checked = check(&Toy, &["nut".into()], &count).unwrap();
        assert_eq!(read.into_inner(), 3);
        assert_eq!(checked.counts.len(), 1);
        assert_eq!(told("nut").unwrap(), ["contradiction nut : art/dog/7.png: the list says 'cat'"]);
    }

    #[test]
    fn a_category_that_cannot_be_listed_is_a_finding_and_an_unknown_one_an_error() {
        assert_eq!(told("lost").unwrap(), ["unreadable lost : lost/list.txt: line 3 is empty"]);
        let error = told("bolt").unwrap_err().to_string();
        assert_eq!(error, "toy has no category 'bolt'; it has: nut, lost");
    }

    #[test]
    fn all_but_hints_are_errors() {
        assert!(Problem::Count.is_error() && Problem::MaskContradicts.is_error());
        assert!(![Problem::Odd, Problem::Converted, Problem::MaskEmpty].into_iter().any(Problem::is_error));
    }
}
