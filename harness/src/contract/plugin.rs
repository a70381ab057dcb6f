//! A chosen plugin.

use crate::contract::options::Resolved;
use serde::{Deserialize, Serialize};

/// A plugin with everything that identifies its behaviour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plugin {
    /// Registered name.
    pub name: String,
    /// Code revision.
    pub revision: u32,
    /// Every option.
    pub options: Resolved,
}
