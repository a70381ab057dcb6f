//! Classified pictures as anomaly detection: one class is normal, every other is an anomaly.
//!
//! The protocol of both papers for PACS, CIFAR-10 and MNIST: a category is a class; the detector learns from that
//! class's training pictures and is tested on pictures of all classes.

use crate::files::SampleFiles;
use harness::contract::seed::Root;
use harness::prelude::*;
use rand::seq::SliceRandom;
use std::path::PathBuf;

/// Where the pictures of one part come from.
pub(crate) trait Pictures: Send + Sync {
    /// The class of each picture, as an index.
    fn labels(&self) -> &[u8];

    /// Its name within its part, unique and stable, such as `00042` or `pic_003.jpg`.
    fn name(&self, index: usize) -> String {
        format!("{index:05}")
    }

    /// The picture.
    fn picture(&self, index: usize) -> Result<RgbImage, DataError>;

    /// Where it lies, if it is a file of its own: fingerprints then hash the file and decode nothing.
    fn file(&self, _index: usize) -> Option<PathBuf> {
        None
    }
}

/// Pictures that are used for one purpose.
pub(crate) struct Part {
    /// First element of its pictures' identifiers: `train`, `test`, `sketch`.
    pub name: &'static str,
    pub split: Split,
    /// The natural shift they show, if they do not come from the distribution trained on.
    pub domain: Option<&'static str>,
    pub pictures: Box<dyn Pictures>,
}

/// A picture whose class is in dispute.
#[derive(Clone, Debug)]
pub(crate) struct Contradiction {
    /// The classes it may belong to, as indices. For every other class it is an anomaly in any case.
    pub classes: Vec<usize>,
    /// What contradicts what, with the file.
    pub message: String,
}

/// How many pictures to take, of those there are. The choice depends on nothing but class and part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Training pictures of the normal class; all if `None`.
    pub train: Option<usize>,
    /// Test pictures of every class, in every distribution; all if `None`.
    pub test_per_class: Option<usize>,
}

/// The data set.
pub(crate) struct OneVsRest {
    dataset: &'static str,
    classes: Vec<String>,
    parts: Vec<Part>,
    /// Pictures in use, sorted by identifier.
    entries: Vec<Entry>,
    published: Vec<Count>,
    contradictions: Vec<Contradiction>,
    /// What to do about contradictions, where they must not be passed over.
    way_out: Option<&'static str>,
}

struct Entry {
    id: String,
    part: usize,
    index: usize,
    class: usize,
}

impl OneVsRest {
    /// One category per class.
    ///
    /// # Errors
    /// When a label is no class.
    pub fn new(
        dataset: &'static str,
        classes: &[&str],
        parts: Vec<Part>,
        limits: Limits,
    ) -> Result<Self, DataError> {
        let mut entries = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let mut by_class: Vec<Vec<usize>> = vec![Vec::new(); classes.len()];
            for (index, &label) in part.pictures.labels().iter().enumerate() {
                let class = by_class.get_mut(usize::from(label)).ok_or_else(|| {
                    let (name, most) = (part.pictures.name(index), classes.len() - 1);
                    DataError::Other(format!(
                        "{dataset}: {}/{name} has label {label}, but labels are 0 to {most}: the files are not those \
                         of {dataset}",
                        part.name
                    ))
                })?;
                class.push(index);
            }
            for (class, mut indices) in by_class.into_iter().enumerate() {
                let limit = match part.split {
                    Split::Train => limits.train,
                    Split::Test => limits.test_per_class,
                };
                if let Some(limit) = limit.filter(|limit| *limit < indices.len()) {
                    indices.shuffle(&mut Root::new(0, dataset, classes[class]).stream("subset", part.name));
                    indices.truncate(limit);
                }
                entries.extend(indices.into_iter().map(|index| Entry {
                    id: format!("{}/{}/{}", part.name, classes[class], part.pictures.name(index)),
                    part: number,
                    index,
                    class,
                }));
            }
        }
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        let classes = classes.iter().map(|class| (*class).to_owned()).collect();
        let (published, contradictions) = (Vec::new(), Vec::new());
        Ok(Self { dataset, classes, parts, entries, published, contradictions, way_out: None })
    }

    /// With what contradicts itself. Where there is a `way_out`, a category that is concerned cannot be used, and the
    /// error says it.
    pub fn with_contradictions(
        self,
        contradictions: Vec<Contradiction>,
        way_out: Option<&'static str>,
    ) -> Self {
        Self { contradictions, way_out, ..self }
    }

    /// With what was published of each part: its number of pictures of every class. To be left out where limits
    /// apply.
    pub fn with_counts(self, published: &[(&str, Vec<usize>)]) -> Self {
        let of = |name: &str| published.iter().find(|(part, _)| *part == name).map(|(_, counts)| counts);
        let mut counts = Vec::new();
        for (class, category) in self.classes.iter().enumerate() {
            let mut by_domain: Vec<Count> = Vec::new();
            for part in &self.parts {
                let Some(of_classes) = of(part.name) else { continue };
                let domain = part.domain.map(str::to_owned);
                let place = by_domain.iter().position(|count| count.domain == domain);
                let place = place.unwrap_or_else(|| {
                    let empty = Count { category: category.clone(), domain, ..Count::default() };
                    by_domain.push(empty);
                    by_domain.len() - 1
                });
                let normal = of_classes.get(class).copied().unwrap_or(0);
                match part.split {
                    Split::Train => by_domain[place].train += normal,
                    Split::Test => {
                        by_domain[place].normal += normal;
                        by_domain[place].anomalous += of_classes.iter().sum::<usize>() - normal;
                    }
                }
            }
            counts.extend(by_domain);
        }
        Self { published: counts, ..self }
    }

    fn concerning(&self, class: usize) -> impl Iterator<Item = &str> {
        let concerned = self.contradictions.iter().filter(move |found| found.classes.contains(&class));
        concerned.map(|found| found.message.as_str())
    }

    fn entry(&self, item: &Item) -> Result<&Entry, DataError> {
        let found = self.entries.binary_search_by(|entry| entry.id.as_str().cmp(&item.id));
        let missing = |_| DataError::Other(format!("{} has no picture {}", self.dataset, item.id));
        Ok(&self.entries[found.map_err(missing)?])
    }

    /// Where the picture of `item` comes from.
    fn picture(&self, item: &Item) -> Result<(&dyn Pictures, usize), DataError> {
        let Entry { part, index, .. } = self.entry(item)?;
        Ok((&*self.parts[*part].pictures, *index))
    }

    fn class(&self, category: &str) -> Result<usize, DataError> {
        let found = self.classes.iter().position(|class| class == category);
        found.ok_or_else(|| DataError::UnknownCategory {
            dataset: self.dataset.into(),
            category: category.into(),
            known: self.classes.clone(),
        })
    }
}

impl Dataset for OneVsRest {
    fn categories(&self) -> Result<Vec<String>, DataError> {
        Ok(self.classes.clone())
    }

    fn items(&self, category: &str) -> Result<Vec<Item>, DataError> {
        let normal = self.class(category)?;
        if let (Some(way_out), Some(message)) = (self.way_out, self.concerning(normal).next()) {
            return Err(DataError::Other(format!("{message}; {way_out}")));
        }
        let item = |entry: &Entry| {
            let part = &self.parts[entry.part];
            let anomalous = entry.class != normal;
            let domain = part.domain.map(str::to_owned);
            match part.split {
                Split::Train if anomalous => None,
                split => Some(Item { id: entry.id.clone(), split, anomalous, domain }),
            }
        };
        let mut items: Vec<Item> = self.entries.iter().filter_map(item).collect();
        items.sort_by(|a, b| (a.split, &a.id).cmp(&(b.split, &b.id)));
        for (split, what) in [(Split::Train, "training images"), (Split::Test, "test images")] {
            if items.iter().all(|item| item.split != split) {
                return Err(DataError::Empty {
                    dataset: self.dataset.into(),
                    category: category.into(),
                    what,
                    way_out: "complete its files, or raise option train or test_per_class".into(),
                });
            }
        }
        Ok(items)
    }

    fn load(&self, category: &str, item: &Item) -> Result<Sample, DataError> {
        Ok(self.read(category, item)?.0)
    }

    fn file(&self, _: &str, item: &Item) -> Option<PathBuf> {
        let (pictures, index) = self.picture(item).ok()?;
        pictures.file(index)
    }

    fn read(&self, _: &str, item: &Item) -> Result<(Sample, blake3::Hash), DataError> {
        let (pictures, index) = self.picture(item)?;
        match pictures.file(index) {
            Some(path) => SampleFiles::image(path).read(),
            None => {
                let sample = Sample { image: pictures.picture(index)?, mask: None };
                let digest = sample.digest();
                Ok((sample, digest))
            }
        }
    }

    fn digest(&self, category: &str, item: &Item) -> Result<blake3::Hash, DataError> {
        let (pictures, index) = self.picture(item)?;
        match pictures.file(index) {
            Some(path) => SampleFiles::image(path).digest(),
            None => Ok(self.read(category, item)?.1),
        }
    }

    fn published(&self) -> Vec<Count> {
        self.published.clone()
    }

    fn contradictions(&self, category: &str) -> Result<Vec<String>, DataError> {
        Ok(self.concerning(self.class(category)?).map(str::to_owned).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    struct Flat(Vec<u8>);

    impl Pictures for Flat {
        fn labels(&self) -> &[u8] {
            &self.0
        }

        fn picture(&self, index: usize) -> Result<RgbImage, DataError> {
            Ok(RgbImage::from_pixel(2, 2, Rgb([index as u8; 3])))
        }
    }

    fn toy(train: &[u8], limits: Limits) -> Result<OneVsRest, DataError> {
        let part = |name, split, domain, labels: &[u8]| Part {
            name,
            split,
            domain,
            pictures: Box::new(Flat(labels.to_vec())),
        };
        let parts = vec![
            part("train", Split::Train, None, train),
            part("test", Split::Test, None, &[0, 1, 1, 0]),
            part("sketch", Split::Test, Some("sketch"), &[1, 0]),
        ];
        OneVsRest::new("toy", &["cat", "dog"], parts, limits)
    }

    #[test]
    fn one_class_is_learnt_and_all_are_tested() {
        let toy = toy(&[0, 1, 0], Limits::default()).unwrap();
        let items = toy.items("cat").unwrap();
        let said: Vec<_> =
            items.iter().map(|item| (item.id.as_str(), item.anomalous, item.domain.as_deref())).collect();
        let expected = [
            ("train/cat/00000", false, None),
            ("train/cat/00002", false, None),
            ("sketch/cat/00001", false, Some("sketch")),
            ("sketch/dog/00000", true, Some("sketch")),
            ("test/cat/00000", false, None),
            ("test/cat/00003", false, None),
            ("test/dog/00001", true, None),
            ("test/dog/00002", true, None),
        ];
        assert_eq!(said, expected);
        assert_eq!(toy.load("cat", &items[7]).unwrap().image.get_pixel(0, 0).0, [2; 3]);
        assert!(toy.items("cow").unwrap_err().to_string().contains("it has: cat, dog"));
    }

    #[test]
    fn limits_take_some_of_every_class_and_always_the_same() {
        let limits = Limits { train: Some(1), test_per_class: Some(1) };
        let ids = |limits| toy(&[0, 1, 0], limits).unwrap().items("dog").unwrap();
        assert_eq!(ids(limits).len(), 1 + 2 + 2);
        assert_eq!(ids(limits), ids(limits));
    }

    #[test]
    fn published_numbers_are_those_of_every_category() {
        let counted = toy(&[0, 1, 0], Limits::default()).unwrap();
        let counted =
            counted.with_counts(&[("train", vec![2, 1]), ("test", vec![2, 2]), ("sketch", vec![1, 1])]);
        let cat = |domain: Option<&str>, train, normal, anomalous| Count {
            category: "cat".into(),
            domain: domain.map(str::to_owned),
            train,
            normal,
            anomalous,
        };
        assert_eq!(counted.published()[..2], [cat(None, 2, 2, 2), cat(Some("sketch"), 0, 1, 1)]);
    }

    #[test]
    fn a_disputed_class_concerns_the_categories_that_claim_the_picture() {
        let dispute = || vec![Contradiction { classes: vec![1], message: "list: line 3".into() }];
        let disputed =
            |way_out| toy(&[0, 1, 0], Limits::default()).unwrap().with_contradictions(dispute(), way_out);
        let strict = disputed(Some("correct it"));
        assert_eq!(strict.items("dog").unwrap_err().to_string(), "list: line 3; correct it");
        assert_eq!(strict.contradictions("dog").unwrap(), ["list: line 3"]);
        assert!(strict.items("cat").is_ok() && strict.contradictions("cat").unwrap().is_empty());
        let lenient = disputed(None);
        assert!(lenient.items("dog").is_ok());
        assert_eq!(lenient.contradictions("dog").unwrap().len(), 1);
    }

    #[test]
    fn a_category_without_pictures_says_so() {
        let none = toy(&[0, 0], Limits::default()).unwrap().items("dog").unwrap_err().to_string();
        assert!(none.starts_with("category 'dog' of toy has no training images; complete"), "{none}");
    }

    #[test]
    fn a_label_beyond_the_classes_is_named() {
        let message = toy(&[0, 7], Limits::default()).err().unwrap().to_string();
        assert!(message.contains("train/00001 has label 7, but labels are 0 to 1"), "{message}");
    }
}
