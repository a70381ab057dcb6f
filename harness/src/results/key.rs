//! Keys: what recognises a result when it is done.

use serde_json::Value;

/// Raised when records change their form, keys their meaning, or pictures the way they reach detectors.
pub const SCHEMA: u32 = 3;

/// A short hash of a canonical (key-sorted) JSON value.
pub fn hash(identity: &Value) -> String {
    blake3::hash(identity.to_string().as_bytes()).to_hex()[..16].to_string()
}
