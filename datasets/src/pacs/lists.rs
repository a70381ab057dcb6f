//! The official lists of PACS: lines such as `photo/dog/056_0001.jpg 1`, labels counted from 1.

use super::original;
use crate::class_files::ClassFiles;
use crate::files;
use crate::one_vs_rest::Contradiction;
use harness::prelude::*;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The classes, in the order of the official labels.
pub(super) const CLASSES: [&str; 7] = ["dog", "elephant", "giraffe", "guitar", "horse", "house", "person"];

/// The domain trained on.
pub(super) const PHOTO: &str = "photo";

/// Where lists and pictures lie.
#[derive(Clone, Debug)]
pub(super) struct Lists {
    lists: PathBuf,
    pictures: PathBuf,
}

/// The file of a list.
pub(super) fn path(folder: &Path, domain: &str, list: &str) -> PathBuf {
    folder.join(format!("{domain}_{list}_kfold.txt"))
}

impl Lists {
    /// The lists in `folder` or one folder below; `None` where there are none.
    pub fn find(folder: &Path) -> Result<Option<Self>, DataError> {
        let below = files::folders_in(folder)?.into_iter().map(|name| folder.join(name));
        let places: Vec<PathBuf> = [folder.to_owned()].into_iter().chain(below).collect();
        let lists = places.iter().find(|place| path(place, PHOTO, "train").is_file());
        // The authors' archive has its domains in a folder `kfold`.
        let pictures = places.iter().find(|place| place.join(PHOTO).join(CLASSES[0]).is_dir());
        Ok(lists.map(|lists| Self {
            lists: lists.clone(),
            pictures: pictures.map_or_else(|| folder.to_owned(), PathBuf::clone),
        }))
    }

    /// The pictures of a list, labelled by their folders, and the lines that say otherwise.
    pub fn read(
        &self,
        domain: &str,
        list: &str,
        way_out: &str,
    ) -> Result<(ClassFiles, Vec<Contradiction>), DataError> {
        let list = path(&self.lists, domain, list);
        if !list.is_file() {
            return Err(DataError::Missing { path: list, way_out: way_out.into() });
        }
        let text = fs::read_to_string(&list).map_err(|error| DataError::unreadable(&list, error))?;
        let mut found = (ClassFiles::default(), Vec::new());
        let mut seen = HashSet::new();
        let original = original::hint(&list, text.as_bytes());
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let number = number + 1;
            let wrong = |reason| DataError::unreadable(&list, format!("line {number}: {reason}{original}"));
            let Line { file, class, name, label } = parse(line, domain).ok_or_else(|| {
                wrong(format!("'{}' is not '{domain}/<class>/<picture> <label>'", line.escape_debug()))
            })?;
            if !seen.insert(file) {
                return Err(wrong(format!("{file} is listed twice")));
            }
            let picture = self.pictures.join(file);
            if !files::is_there(&picture) {
                let place = self.pictures.display();
                return Err(wrong(format!("{file} is not below {place}; complete the pictures of PACS")));
            }
            if label != class + 1 {
                let mut classes = vec![class];
                classes.extend(label.checked_sub(1).filter(|labelled| *labelled < CLASSES.len()));
                let right = class + 1;
                let message = format!(
                    "{}: line {number}: {file} has label {label}, but its folder says {right}{original}",
                    list.display()
                );
                found.1.push(Contradiction { classes, message });
            }
            found.0.push(picture, name.to_owned(), class as u8);
        }
        Ok(found)
    }
}

/// A line of a list.
#[derive(Debug, PartialEq)]
struct Line<'a> {
    file: &'a str,
    /// By the folder, from 0.
    class: usize,
    name: &'a str,
    /// As it stands there, from 1 if it is right.
    label: usize,
}

fn parse<'a>(line: &'a str, domain: &str) -> Option<Line<'a>> {
    let (file, label) = line.trim().rsplit_once(char::is_whitespace)?;
    let [of, class, name] = file.trim().split('/').collect::<Vec<_>>()[..] else { return None };
    let class = CLASSES.iter().position(|known| *known == class)?;
    let plain = of == domain && !name.contains('\\') && !name.starts_with('.');
    plain.then_some(Line { file: file.trim(), class, name, label: label.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_domain_class_picture_and_label() {
        let line = Line { file: "photo/elephant/a b.jpg", class: 1, name: "a b.jpg", label: 2 };
        assert_eq!(parse("photo/elephant/a b.jpg 2\r", PHOTO), Some(line));
        for bad in [
            "photo/elephant/a.jpg",
            "photo/elephant/a.jpg two",
            "photo/cow/a.jpg 2",
            "sketch/elephant/a.jpg 2",
            "photo/elephant/../a.jpg 2",
            "photo/elephant/.. 2",
            "/photo/elephant/a.jpg 2",
            "elephant/a.jpg 2",
        ] {
            assert_eq!(parse(bad, PHOTO), None, "{bad}");
        }
    }
}
