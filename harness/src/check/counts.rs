//! How many images there are, beside how many were published.

use super::finding::{Finding, Problem};
use crate::contract::dataset::{Count, Item, Split};
use std::collections::BTreeMap;

/// What a check saw in a category, for one distribution, beside what was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What is there.
    pub found: Count,
    /// What should be, if anybody published it.
    pub published: Option<Count>,
}

impl Counted {
    /// Numbers that are not as published, and a test that cannot rank.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let Count { category, domain, train, normal, anomalous } = &self.found;
        let name = domain.as_deref().unwrap_or_default();
        let mut findings = Vec::new();
        if let Some(published) = self.published.as_ref().filter(|published| **published != self.found) {
            let numbers = [
                ("training", train, published.train),
                ("normal test", normal, published.normal),
                ("anomalous test", anomalous, published.anomalous),
            ];
            let different = numbers.into_iter().filter(|(_, found, published)| *found != published);
            let words = different
                .map(|(what, found, published)| format!("{found} {what} images, published are {published}"));
            let message = words.collect::<Vec<_>>().join("; ");
            findings.push(Finding::new(category, Problem::Count, name, message));
        }
        let lacking = match (normal, anomalous) {
            (0, 0) => "test images",
            (0, _) => "normal test images",
            (_, 0) => "anomalous test images",
            _ => return findings,
        };
        let message = format!("no {lacking}: AUROC, AP and F1 are undefined");
        findings.push(Finding::new(category, Problem::Odd, name, message));
        findings
    }
}

/// What there is of a category, per distribution, beside what was published of it.
pub(super) fn of(category: &str, items: &[Item], published: &[Count]) -> Vec<Counted> {
    let empty = |domain: &Option<String>| Count {
        category: category.into(),
        domain: domain.clone(),
        ..Count::default()
    };
    let published = || published.iter().filter(|count| count.category == category);
    // A whole distribution may be missing.
    let mut found: BTreeMap<Option<String>, Count> =
        published().map(|count| (count.domain.clone(), empty(&count.domain))).collect();
    for item in items {
        let count = found.entry(item.domain.clone()).or_insert_with(|| empty(&item.domain));
        match (item.split, item.anomalous) {
            (Split::Train, _) => count.train += 1,
            (Split::Test, false) => count.normal += 1,
            (Split::Test, true) => count.anomalous += 1,
        }
    }
    let beside = |found: Count| {
        let published = published().find(|count| count.domain == found.domain).cloned();
        Counted { found, published }
    };
    found.into_values().map(beside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(domain: Option<&str>, train: usize, normal: usize, anomalous: usize) -> Count {
        Count { category: "nut".into(), domain: domain.map(str::to_owned), train, normal, anomalous }
    }

    fn items(numbers: [usize; 3], domain: Option<&str>) -> Vec<Item> {
        let [train, normal, anomalous] = numbers;
        let tests = (0..normal).map(|_| false).chain((0..anomalous).map(|_| true));
        let tests =
            tests.map(|anomalous| Item { domain: domain.map(str::to_owned), ..Item::test("t", anomalous) });
        (0..train).map(|_| Item::train("t")).chain(tests).collect()
    }

    #[test]
    fn images_are_counted_per_distribution_beside_what_was_published() {
        let all = [items([3, 2, 1], None), items([0, 1, 4], Some("dark"))].concat();
        let published = [count(None, 3, 2, 1), Count { category: "bolt".into(), ..count(None, 9, 9, 9) }];
        let counts = of("nut", &all, &published);
        assert_eq!(counts[0], Counted { found: count(None, 3, 2, 1), published: Some(count(None, 3, 2, 1)) });
        assert_eq!(counts[1], Counted { found: count(Some("dark"), 0, 1, 4), published: None });
        assert!(counts.iter().all(|counted| counted.findings().is_empty()));
    }

    #[test]
    fn only_the_numbers_that_differ_are_told() {
        let counts =
            of("nut", &items([3, 2, 1], None), &[count(None, 4, 2, 7), count(Some("dark"), 0, 5, 5)]);
        let findings: Vec<Finding> = counts.iter().flat_map(Counted::findings).collect();
        assert_eq!(
            findings[0].message,
            "3 training images, published are 4; 1 anomalous test images, published are 7"
        );
        assert_eq!(findings[0].problem, Problem::Count);
        // Of the dark images there are none.
        assert_eq!((findings[1].problem, findings[1].file.as_str()), (Problem::Count, "dark"));
        assert_eq!(findings[2].message, "no test images: AUROC, AP and F1 are undefined");
        assert_eq!(findings.len(), 3);
    }

    #[test]
    fn a_test_of_one_label_is_odd() {
        for (numbers, lacking) in [([3, 0, 1], "no normal test"), ([3, 1, 0], "no anomalous test")] {
            let findings = of("nut", &items(numbers, None), &[])[0].findings();
            assert!(findings.len() == 1 && findings[0].message.starts_with(lacking), "{findings:?}");
            assert_eq!(findings[0].problem, Problem::Odd);
        }
    }
}
