//! The terms of a resource, and that someone agreed to them.

use super::FetchError;
use crate::contract::resource::Resource;
use std::io::{BufRead, Write};

/// A resource whose licence was accepted. Nothing is fetched without one.
#[derive(Clone, Copy, Debug)]
pub struct Accepted {
    pub(super) resource: &'static Resource,
    /// How, for the note beside the data.
    pub(super) how: &'static str,
}

impl Accepted {
    /// Accepted beforehand, by a flag or a program.
    pub fn beforehand(resource: &'static Resource) -> Self {
        Self { resource, how: "--accept-licence" }
    }

    /// Asks the person at a terminal; only `y` or `yes` accepts.
    ///
    /// # Errors
    /// When the answer is no.
    pub fn ask(
        resource: &'static Resource,
        input: &mut dyn BufRead,
        output: &mut dyn Write,
    ) -> Result<Self, FetchError> {
        let mut answer = String::new();
        let asked = write!(output, "Do you accept this licence? [y/N] ").and_then(|()| output.flush());
        // A terminal that cannot be written or read has not agreed.
        let heard = asked.and_then(|()| input.read_line(&mut answer));
        match answer.trim().to_lowercase().as_str() {
            "y" | "yes" if heard.is_ok() => Ok(Self { resource, how: "yes on a terminal" }),
            _ => Err(Self::missing(resource)),
        }
    }

    /// The error of those who cannot be asked.
    pub fn missing(resource: &'static Resource) -> FetchError {
        FetchError::Licence { name: resource.name, licence: resource.licence }
    }
}
