//! The rules of a comparison, as a suite names them.

use super::SuiteError;
use super::piece::Piece;
use crate::contract::protocol::Protocol;

/// How a protocol is written in a suite, for messages.
const FORMS: &str = "write `released` or `strict(steps: N, batch: N, references: N)`";

impl Protocol {
    /// The protocol in `piece`.
    pub(super) fn read(piece: Piece<'_>) -> Result<Self, SuiteError> {
        let protocol: Self = piece.read().map_err(|error| match error {
            SuiteError::At { place, message } => {
                SuiteError::At { place, message: format!("{message}; {FORMS}") }
            }
            other => other,
        })?;
        protocol.check().map(|()| protocol).map_err(|message| piece.error(message))
    }
}
