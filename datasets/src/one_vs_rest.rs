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

    fn files(&self, _: &str, item: &Item) -> Vec<PathBuf> {
        let file = self.picture(item).ok().and_then(|(pictures, index)| pictures.file(index));
        file.into_iter().collect()
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
mod tests;
