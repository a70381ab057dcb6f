//! How a table cites a paper.

use serde::Deserialize;
use std::fmt;

/// A paper, as tables cite it: `GNL ICCV 2023`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// What it is known by.
    pub name: String,
    /// Where it appeared.
    pub venue: String,
}

/// A method of a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// As the paper calls it; `None` for the method that the paper is known by.
    pub method: Option<String>,
    /// The paper.
    pub paper: Paper,
}

impl Citation {
    /// A paper's own method is named by the paper, unless others ran it again.
    pub(super) fn new(method: &str, paper: &Paper) -> Self {
        let own = method.contains(&paper.name) && !method.contains("rerun");
        Self { method: (!own).then(|| method.into()), paper: paper.clone() }
    }
}

impl fmt::Display for Paper {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.name, self.venue)
    }
}

impl fmt::Display for Citation {
    /// `RD4AD, GNL ICCV 2023`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.method {
            Some(method) => write!(formatter, "{method}, {}", self.paper),
            None => self.paper.fmt(formatter),
        }
    }
}
