//! What a command is. Each has a file of its own with its arguments, their words for `--help` and what it does, and
//! registers there.

use crate::exit::Exit;
use clap::error::ErrorKind;
use clap::{ArgMatches, Command, Error, FromArgMatches, Parser, Subcommand};

/// A command with the arguments that were typed.
pub trait Run {
    /// Does what it is for.
    ///
    /// # Errors
    /// The exit code, and what to tell the user.
    fn run(&self) -> Result<(), Exit>;
}

/// A registered command.
pub struct CommandEntry {
    /// Name, place in the list, arguments and their words.
    describe: fn() -> Command,
    /// Takes what was typed.
    read: fn(&ArgMatches) -> Result<Box<dyn Run>, Error>,
}

inventory::collect!(CommandEntry);

impl CommandEntry {
    /// The entry of command `C`.
    pub const fn of<C: Run + Parser + 'static>() -> Self {
        Self { describe: C::command, read: |typed| Ok(Box::new(C::from_arg_matches(typed)?)) }
    }
}

/// Descriptions of all commands. The linker knows no order, so they have one of their own: by `display_order`, then by
/// name; those without a `display_order` come last.
pub fn all() -> Vec<Command> {
    let mut all: Vec<_> = inventory::iter::<CommandEntry>().map(|entry| (entry.describe)()).collect();
    all.sort_by_key(|command| (command.get_display_order(), command.get_name().to_owned()));
    // clap would put those without one where it was told of them, among the others.
    all.into_iter().enumerate().map(|(place, command)| command.display_order(place)).collect()
}

/// The command that was asked for.
pub struct Chosen(Box<dyn Run>);

impl Run for Chosen {
    fn run(&self) -> Result<(), Exit> {
        self.0.run()
    }
}

impl Subcommand for Chosen {
    fn augment_subcommands(program: Command) -> Command {
        program.subcommands(all())
    }

    fn augment_subcommands_for_update(program: Command) -> Command {
        Self::augment_subcommands(program)
    }

    fn has_subcommand(name: &str) -> bool {
        all().iter().any(|command| command.get_name() == name)
    }
}

impl FromArgMatches for Chosen {
    fn from_arg_matches(typed: &ArgMatches) -> Result<Self, Error> {
        // clap lets through only what it was told of.
        let none = || Error::new(ErrorKind::MissingSubcommand);
        let (name, arguments) = typed.subcommand().ok_or_else(none)?;
        let mut entries = inventory::iter::<CommandEntry>();
        let entry = entries.find(|entry| (entry.describe)().get_name() == name).ok_or_else(none)?;
        (entry.read)(arguments).map(Self)
    }

    fn update_from_arg_matches(&mut self, typed: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(typed)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn commands_have_names_of_their_own_and_say_what_they_do() {
        let all = all();
        let names: BTreeSet<&str> = all.iter().map(Command::get_name).collect();
        assert!(names.contains("bench") && names.len() == all.len(), "one name twice in {names:?}");
        for command in &all {
            assert!(command.get_about().is_some(), "{} does not say what it does", command.get_name());
        }
    }
}
