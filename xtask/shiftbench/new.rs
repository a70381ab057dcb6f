//! `new method NAME`: a method to start from, in one file.

use crate::command::{CommandEntry, Run};
use crate::exit::{Exit, USAGE};
use crate::generate::{read, with_module, write};
use crate::out::show;
use clap::{Parser, Subcommand};
use harness::contract::registry::{self, DetectorEntry};
use std::path::PathBuf;

/// The example of the README, whole.
const TEMPLATE: &str = include_str!("new/method.rs.txt");

/// Start a plugin of your own
#[derive(Parser)]
#[command(name = "new", display_order = 14)]
struct New {
    #[command(subcommand)]
    what: Kind,
}

/// What can be started.
#[derive(Subcommand)]
enum Kind {
    /// A method: one file in methods/src and its `mod` line
    Method {
        /// Name in suites and tables, such as my-method
        name: String,
    },
}

inventory::submit! { CommandEntry::of::<New>() }

impl Run for New {
    fn run(&self) -> Result<(), Exit> {
        let Kind::Method { name } = &self.what;
        let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if !name.starts_with(|letter: char| letter.is_ascii_lowercase()) || !name.chars().all(plain) {
            let message =
                format!("'{name}' is not a method name: use lower-case letters, digits and hyphens");
            return Err(Exit::new(USAGE, message));
        }
        if registry::find::<DetectorEntry>(name).is_ok() {
            return Err(Exit::new(USAGE, format!("there is a method '{name}' already: choose another name")));
        }
        let root = std::env::var_os("SHIFTBENCH_ROOT").map_or_else(PathBuf::new, PathBuf::from);
        let module = name.replace('-', "_");
        let file = root.join("methods/src").join(format!("{module}.rs"));
        if file.exists() {
            return Err(Exit::new(USAGE, format!("{} exists already", file.display())));
        }
        let library = root.join("methods/src/lib.rs");
        let text = read(&library)?;
        write(&file, TEMPLATE.replace("{name}", name).replace("{Type}", &type_name(name)))?;
        write(&library, with_module(&text, &module))?;
        show!("wrote {} and its `mod` line in {}", file.display(), library.display());
        show!(
            "it is now in `cargo xtask list methods` and in `cargo xtask bench smoke --filter method={name}`"
        );
        Ok(())
    }
}

/// `my-method` -> `MyMethod`.
fn type_name(name: &str) -> String {
    let words = name.split('-').filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_types() {
        assert_eq!(type_name("my-2nd-method"), "My2ndMethod");
    }
}
