//! Circles among modules: in every room of every crate, siblings name each other one way only.
//!
//! A room is a module with files of its own; its siblings are these files and what stands in the room's own `mod.rs`,
//! here called `.`. What a room re-exports counts as the file that it comes from.

use super::{root, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

type Place = Vec<String>;

/// The modules of a crate with what they name.
struct Crate {
    names: BTreeMap<Place, BTreeSet<Place>>,
    reexports: BTreeMap<(Place, String), Place>,
}

/// Text without comments, strings and tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// `a::{b, c::{d, e as f}}` as `a::b`, `a::c::d`, `a::c::e`.
fn leaves(tree: &str, found: &mut Vec<String>, before: &str) {
    let Some((head, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap().trim();
        found.push(format!("{before}{path}"));
        return;
    };
    let before = format!("{before}{}", head.trim());
    let (mut depth, mut item) = (0, String::new());
    for letter in rest.chars() {
        match letter {
            '}' if depth == 0 => break,
            ',' if depth == 0 => {
                leaves(&item, found, &before);
                item.clear();
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        item.push(letter);
    }
    if !item.trim().is_empty() {
        leaves(&item, found, &before);
    }
}

/// Paths that a text names: those of `use`, and whether they are passed on; and those inside the code.
fn paths(text: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    let mut rest = String::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let words = line.trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
        let words = words.trim_start_matches("pub ");
        if let Some(first) = words.strip_prefix("use ") {
            let mut tree = first.to_owned();
            while !tree.contains(';') {
                tree.push(' ');
                tree.push_str(lines.next().unwrap_or(";"));
            }
            let mut all = Vec::new();
            leaves(tree.split(';').next().unwrap(), &mut all, "");
            found.extend(all.into_iter().map(|path| (path, line.starts_with("pub"))));
        } else {
            rest.push_str(line);
            rest.push(' ');
        }
    }
    let part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let words = rest.split(|letter| !part(letter)).filter(|word| word.contains("::"));
    found.extend(words.map(|word| (word.trim_matches(':').to_owned(), false)));
    found
}

impl Crate {
    fn read(folder: &str) -> Self {
        let source = root().join(folder);
        let mut texts: BTreeMap<Place, String> = BTreeMap::new();
        for path in sources(folder) {
            let mut place: Place = path
                .strip_prefix(&source)
                .unwrap()
                .with_extension("")
                .iter()
                .map(|part| part.to_str().unwrap().to_owned())
                .collect();
            if ["mod", "lib", "main"].contains(&place.last().unwrap().as_str()) {
                place.pop();
            }
            if place.last().is_none_or(|last| last != "tests") {
                texts.insert(place, code(&path));
            }
        }
        let mut this = Self { names: BTreeMap::new(), reexports: BTreeMap::new() };
        let all: BTreeMap<&Place, Vec<(String, bool)>> =
            texts.iter().map(|(place, text)| (place, paths(text))).collect();
        for place in texts.keys() {
            this.names.insert(place.clone(), BTreeSet::new());
        }
        for (place, paths) in &all {
            for (path, _) in paths.iter().filter(|(_, passed_on)| *passed_on) {
                let parts: Place = path.split("::").map(str::to_owned).collect();
                let target = if this.is_inside(place, &parts[0]) {
                    [place.as_slice(), &parts].concat()
                } else {
                    this.absolute(place, &parts)
                };
                this.reexports.insert(((*place).clone(), parts.last().unwrap().clone()), target);
            }
        }
        for (place, paths) in all {
            for (path, _) in paths.iter().filter(|(_, passed_on)| !passed_on) {
                let parts: Place = path.split("::").map(str::to_owned).collect();
                let inside = this.is_inside(place, &parts[0]);
                if inside || ["crate", "super", "self"].contains(&parts[0].as_str()) {
                    let path = if inside {
                        [place.as_slice(), &parts].concat()
                    } else {
                        this.absolute(place, &parts)
                    };
                    let found = this.resolve(&path, 0);
                    this.names.get_mut(place).unwrap().insert(found);
                }
            }
        }
        this
    }

    fn is_inside(&self, place: &Place, name: &str) -> bool {
        self.names.contains_key(&[place.as_slice(), &[name.to_owned()]].concat())
    }

    /// A path from the root of the crate.
    fn absolute(&self, place: &Place, parts: &[String]) -> Place {
        let mut base = place.clone();
        let mut rest = parts;
        while let Some((first, others)) = rest.split_first() {
            match first.as_str() {
                "crate" => base.clear(),
                "super" => drop(base.pop()),
                "self" => {}
                _ => break,
            }
            rest = others;
        }
        [base.as_slice(), rest].concat()
    }

    /// The module that a path leads to.
    fn resolve(&self, path: &[String], depth: usize) -> Place {
        let mut here = Place::new();
        for (position, part) in path.iter().enumerate() {
            let inner = [here.as_slice(), std::slice::from_ref(part)].concat();
            if self.names.contains_key(&inner) {
                here = inner;
            } else if let Some(target) = self.reexports.get(&(here.clone(), part.clone()))
                && depth < 8
                && *target != path
            {
                let rest = &path[position + 1..];
                return self.resolve(&[target.as_slice(), rest].concat(), depth + 1);
            } else {
                break;
            }
        }
        here
    }

    /// Siblings that reach each other, room by room.
    fn circles(&self) -> Vec<String> {
        let rooms: BTreeSet<&[String]> =
            self.names.keys().filter_map(|place| place.split_last()).map(|(_, room)| room).collect();
        rooms.into_iter().filter_map(|room| self.circle(room)).collect()
    }

    fn circle(&self, room: &[String]) -> Option<String> {
        let sibling = |place: &[String]| {
            place.starts_with(room).then(|| place.get(room.len()).map_or(".", String::as_str).to_owned())
        };
        let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (place, named) in &self.names {
            let Some(from) = sibling(place) else { continue };
            let to = named.iter().filter_map(|other| sibling(other)).filter(|to| *to != from);
            arrows.entry(from.clone()).or_default().extend(to);
        }
        // What nothing points to, or what points to nothing, is in no circle.
        loop {
            let named: BTreeSet<&String> = arrows.values().flatten().collect();
            let ends = |name: &&String| {
                !named.contains(name) || !arrows[*name].iter().any(|to| arrows.contains_key(to))
            };
            let Some(end) = arrows.keys().find(ends).cloned() else { break };
            arrows.remove(&end);
            for to in arrows.values_mut() {
                to.remove(&end);
            }
        }
        let names: Vec<&str> = arrows.keys().map(String::as_str).collect();
        (!names.is_empty()).then(|| format!("{}: {}", room.join("::"), names.join(", ")))
    }
}

#[test]
fn modules_name_each_other_one_way() {
    let found: Vec<String> =
        ["harness/src", "methods/src", "datasets/src", "reports/src", "xtask/shiftbench"]
            .iter()
            .flat_map(|folder| {
                Crate::read(folder).circles().into_iter().map(move |circle| format!("{folder} {circle}"))
            })
            .collect();
    assert!(found.is_empty(), "circles:\n{}", found.join("\n"));
}
