//! What papers printed, to stand beside what was measured.
//!
//! `assets/published.csv` holds every number with its paper and table; `assets/published-names.ron` says what the
//! papers call our data sets, methods and metrics, and `assets/published-setups.ron` how they measured.

mod citation;
mod names;
mod rows;
mod setup;

pub use citation::{Citation, Paper};
pub use rows::{Published, published};

pub(crate) use names::sources;
pub(crate) use setup::deviations;

#[cfg(test)]
mod tests {
    use super::rows::read;
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_number_is_read_and_has_its_source() {
        let rows = read().unwrap();
        assert_eq!((rows.len(), published().len()), (359, 359));
        for row in &rows {
            assert!(!row.paper.is_empty() && !row.table.is_empty(), "{row:?}");
            assert!((0.0..=100.0).contains(&row.value), "{row:?}");
        }
        let conditions: std::collections::BTreeSet<_> = rows.iter().map(|row| row.condition()).collect();
        let known = ["art_painting", "brightness-3", "brightness-5", "cartoon", "contrast-3", "contrast-5"];
        let more =
            ["defocus_blur-3", "defocus_blur-5", "gaussian_noise-3", "gaussian_noise-5", "id", "sketch"];
        let expected = known.into_iter().chain(more).map(|label| Some(label.to_owned()));
        assert_eq!(conditions, std::iter::once(None).chain(expected).collect());
    }

    /// From GNL's two decimals where FiCo quotes it with one. The largest gap is 0.075.
    #[test]
    fn averages_are_those_that_the_papers_print() {
        let rows = read().unwrap();
        let mut averages = 0;
        for average in rows.iter().filter(|row| row.condition().is_none()) {
            let mut cells: BTreeMap<_, f64> = BTreeMap::new();
            let of_method = |row: &&Published| {
                (&row.paper, &row.table, &row.method) == (&average.paper, &average.table, &average.method)
            };
            for row in rows.iter().filter(of_method).filter(|row| row.condition().is_some()) {
                let finer = names::quoted(&row.paper, &row.method).and_then(|(paper, method)| {
                    rows.iter().find(|other| {
                        (&other.paper, &other.method) == (paper, method)
                            && (&other.dataset, &other.setting) == (&row.dataset, &row.setting)
                    })
                });
                cells.insert(row.condition(), finer.unwrap_or(row).value);
            }
            assert!((4..=5).contains(&cells.len()), "{average:?}");
            let mean = cells.values().sum::<f64>() / cells.len() as f64;
            assert!((mean - average.value).abs() < 0.08, "{mean} {average:?}");
            averages += 1;
        }
        assert_eq!(averages, 35);
    }

    #[test]
    fn quotations_at_one_decimal_are_roundings() {
        let rows = read().unwrap();
        let mut quoted = 0;
        for row in rows.iter().filter(|row| row.paper == "FiCo-AAAI2025") {
            let original = names::quoted(&row.paper, &row.method).and_then(|(paper, method)| {
                rows.iter().find(|other| {
                    (&other.paper, &other.method) == (paper, method)
                        && (&other.dataset, &other.setting) == (&row.dataset, &row.setting)
                })
            });
            if let Some(original) = original {
                assert!((row.value - original.value).abs() < 0.05 + 1e-9, "{row:?} {original:?}");
                quoted += 1;
            }
        }
        assert_eq!(quoted, 50);
    }
}
