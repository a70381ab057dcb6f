//! `mod` lines: a file that no module names is not compiled, and what is in it does not register.

use super::files::{read, write};
use crate::exit::{Exit, FOLDER};
use std::fmt;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Folders of code, each with its `lib.rs`.
const CRATES: [&str; 5] = ["harness/src", "methods/src", "datasets/src", "reports/src", "xtask/shiftbench"];

/// A file that no module names.
pub struct Missing {
    /// Below the root.
    file: PathBuf,
    module: String,
    /// Where its line belongs.
    parent: PathBuf,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parent = self.parent.file_name().unwrap_or_default().display();
        write!(f, "{} has no `mod` line in its {parent}", self.file.display())
    }
}

impl Missing {
    /// Writes its line.
    ///
    /// # Errors
    /// When the module above it cannot be written.
    pub fn declare(&self) -> Result<(), Exit> {
        write(&self.parent, with_module(&read(&self.parent)?, &self.module))
    }
}

/// Every such file below `root`.
///
/// # Errors
/// When a folder cannot be read.
pub fn missing(root: &Path) -> Result<Vec<Missing>, Exit> {
    let mut found = Vec::new();
    for folder in CRATES {
        search(root, &root.join(folder), &root.join(folder).join("lib.rs"), &mut found)?;
    }
    Ok(found)
}

/// Looks through a folder whose modules `parent` names.
fn search(root: &Path, folder: &Path, parent: &Path, found: &mut Vec<Missing>) -> Result<(), Exit> {
    let text = read(parent)?;
    for path in
        entries(folder).map_err(|reason| Exit::new(FOLDER, format!("{}: {reason}", folder.display())))?
    {
        let Some(module) = path.file_stem().and_then(|name| name.to_str()) else { continue };
        if path.is_dir() {
            // A folder without a module file holds something else, such as suites.
            let inner = [path.join("mod.rs"), path.with_extension("rs")];
            let Some(inner) = inner.into_iter().find(|file| file.is_file()) else { continue };
            search(root, &path, &inner, found)?;
            if inner == path.with_extension("rs") {
                continue;
            }
        } else if path.extension().is_none_or(|ending| ending != "rs")
            || ["lib", "main", "mod", "build"].contains(&module)
        {
            continue;
        }
        if !names(&text, module) {
            let module = module.to_owned();
            let file = path.strip_prefix(root).unwrap_or(&path).to_owned();
            found.push(Missing { file, module, parent: parent.into() });
        }
    }
    Ok(())
}

/// What lies in a folder, by name.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut entries = entries.collect::<io::Result<Vec<PathBuf>>>()?;
    entries.sort();
    Ok(entries)
}

/// The module that a line declares, whoever may see it.
fn declared(line: &str) -> Option<&str> {
    let (seen_by, module) = line.trim_start().split_once("mod ")?;
    let seen_by = seen_by.trim_end();
    (seen_by.is_empty() || seen_by.starts_with("pub")).then(|| module.split([';', ' ']).next())?
}

fn names(text: &str, module: &str) -> bool {
    text.lines().any(|line| declared(line) == Some(module))
}

/// The text with `mod module;` in its place among the others.
pub fn with_module(text: &str, module: &str) -> String {
    let line = format!("mod {module};");
    let mut lines: Vec<&str> = text.lines().collect();
    let after = lines
        .iter()
        .rposition(|line| line.ends_with(';') && declared(line).is_some_and(|name| name < module));
    let first = lines.iter().position(|line| line.ends_with(';') && declared(line).is_some());
    lines.insert(after.map_or(first.unwrap_or(lines.len()), |position| position + 1), &line);
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_find_their_place() {
        let text = "//! Docs.\n\npub mod backbone;\nmod view;\n";
        assert_eq!(with_module(text, "knn"), "//! Docs.\n\npub mod backbone;\nmod knn;\nmod view;\n");
        assert_eq!(with_module(text, "a"), "//! Docs.\n\nmod a;\npub mod backbone;\nmod view;\n");
        assert_eq!(with_module(text, "z"), "//! Docs.\n\npub mod backbone;\nmod view;\nmod z;\n");
    }

    #[test]
    fn files_that_no_module_names_are_found_wherever_they_lie() {
        let root = tempfile::tempdir().unwrap();
        for folder in CRATES {
            fs::create_dir_all(root.path().join(folder).join("room")).unwrap();
            fs::write(root.path().join(folder).join("lib.rs"), "pub mod room;\n#[cfg(test)]\nmod tests {}\n")
                .unwrap();
            fs::write(root.path().join(folder).join("room/mod.rs"), "pub(crate) mod here;\n").unwrap();
            fs::write(root.path().join(folder).join("room/here.rs"), "").unwrap();
        }
        assert!(missing(root.path()).unwrap().is_empty());
        for file in ["methods/src/room/new.rs", "datasets/src/knn.rs", "xtask/shiftbench/build.rs"] {
            fs::write(root.path().join(file), "").unwrap();
        }
        let found = missing(root.path()).unwrap();
        let modules: Vec<&str> = found.iter().map(|file| file.module.as_str()).collect();
        assert_eq!(modules, ["new", "knn"]);
        found.iter().for_each(|file| file.declare().unwrap());
        assert!(missing(root.path()).unwrap().is_empty());
        let library = fs::read_to_string(root.path().join("datasets/src/lib.rs")).unwrap();
        assert_eq!(library, "mod knn;\npub mod room;\n#[cfg(test)]\nmod tests {}\n");
    }
}
