//! The options that somebody wrote down for a plugin, one by one.

use super::SuiteError;
use super::piece::Piece;
use crate::contract::options::{Entry, entries};

/// An option in a text such as `(epochs: 3, alpha: 0.5)`.
pub(super) struct Named<'a> {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub key: Piece<'a>,
    /// Its value.
    pub value: Piece<'a>,
}

/// Every option that `options` names, in the order of the text.
pub(super) fn named<'a>(options: Piece<'a>) -> Result<Vec<Named<'a>>, SuiteError> {
    let entries = entries(options.text).map_err(|error| options.ron_error(&error))?.into_iter();
    let place = |entry: Entry<'a>| Named {
        key: options.source.part(entry.key),
        name: entry.name,
        value: options.source.part(entry.value),
    };
    Ok(entries.map(place).collect())
}
