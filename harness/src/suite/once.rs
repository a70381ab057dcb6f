//! What may stand in a suite only once, and how much of it.

use super::SuiteError;
use super::piece::Piece;
use crate::results::name::folded;
use std::collections::BTreeMap;

/// Most entries of any list of a suite: more is a slip of the pen.
const MOST: usize = 1000;

/// The members of the list `what`, at least one.
pub(super) fn members<'a>(what: &str, list: Piece<'a>) -> Result<Vec<Piece<'a>>, SuiteError> {
    match some(what, list)? {
        members if members.is_empty() => Err(list.error(format!("{what} is empty: name at least one"))),
        members => Ok(members),
    }
}

/// The members of the list `what`, if there are any.
pub(super) fn some<'a>(what: &str, list: Piece<'a>) -> Result<Vec<Piece<'a>>, SuiteError> {
    let members = list.list()?;
    if members.len() > MOST {
        return Err(list.error(format!("{what} has {} entries; the most is {MOST}", members.len())));
    }
    Ok(members)
}

/// Names of one kind, with the places where they stand.
pub(super) struct Once<'a> {
    what: &'static str,
    way_out: &'static str,
    known: BTreeMap<String, (String, Piece<'a>)>,
}

impl<'a> Once<'a> {
    /// Of no names yet. `what` they are (`method`), and the way out where one stands twice.
    pub fn new(what: &'static str, way_out: &'static str) -> Self {
        Self { what, way_out, known: BTreeMap::new() }
    }

    /// Notes that `name` stands at `place`.
    ///
    /// # Errors
    /// When it, or a name that differs from it in case alone, was there before; with both places.
    pub fn add(&mut self, name: &str, place: Piece<'a>) -> Result<(), SuiteError> {
        let Some((before, at)) = self.known.insert(folded(name), (name.into(), place)) else { return Ok(()) };
        let at =
            if at.place() == place.place() { String::new() } else { format!(", first at {}", at.place()) };
        let (what, way_out) = (self.what, self.way_out);
        Err(place.error(if before == name {
            format!("{what} '{name}' stands twice{at}: {way_out}")
        } else {
            format!(
                "{what} '{name}' differs from '{before}' in case alone{at}, and some file systems cannot tell them \
                 apart: {way_out}"
            )
        }))
    }
}
