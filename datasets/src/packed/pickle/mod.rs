//! Reads Python pickles of plain values and arrays, without Python and without running anything.
//!
//! A pickle is a program for a small stack machine. Here that machine knows only the instructions that files of
//! data use; where Python would look up and call a function, only the ways in which NumPy and Python spell arrays
//! and bytes are recognised (see `known.rs`), and any other name is an error. Every value has a number, and
//! containers hold numbers, so that nothing here recurses and a value may even contain itself.
//!
//! Source: `pickletools` of the Python library, which documents every instruction.

mod call;
mod known;
mod machine;
mod node;
mod value;

pub(crate) use value::Pickle;

use machine::Machine;

impl<'a> Pickle<'a> {
    /// Reads a whole file.
    ///
    /// # Errors
    /// In words, without the file's name.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        let mut machine = Machine::new(bytes);
        let root = machine.run().map_err(|reason| format!("{reason} (at byte {})", machine.at))?;
        Ok(Self { nodes: machine.nodes, root })
    }
}

#[cfg(test)]
mod tests;
