//! What every plugin says about itself.

use crate::contract::options::{self, Class, Declared, Refusal, Resolved};
use crate::contract::plugin::Plugin;
use ron::error::SpannedError;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What every plugin says about itself.
#[derive(Clone, Copy)]
pub struct Card {
    /// Unique among plugins of its kind.
    pub name: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Paper or origin.
    pub source: &'static str,
    /// Raised when results may change.
    pub revision: u32,
    /// Declares its options.
    pub(super) declare: fn() -> Vec<Declared>,
    /// Resolves option texts over the plugin's defaults; see [`options::resolve`].
    pub resolve: fn(&[&str]) -> Result<Resolved, (usize, SpannedError)>,
    /// Checks what the options' types cannot: whether such values make sense, alone and together.
    pub check: fn(&Resolved) -> Result<(), Refusal>,
}

impl Card {
    /// The plugin with these options.
    pub fn plugin(&self, options: Resolved) -> Plugin {
        Plugin { name: self.name.into(), revision: self.revision, options }
    }

    /// Its options, declared once.
    pub fn options(&self) -> &'static [Declared] {
        static DECLARED: Mutex<BTreeMap<usize, &'static [Declared]>> = Mutex::new(BTreeMap::new());
        let mut declared = DECLARED.lock().unwrap_or_else(PoisonError::into_inner);
        // One entry a plugin, and plugins are there as long as the program.
        declared.entry(self.declare as usize).or_insert_with(|| Vec::leak((self.declare)()))
    }

    /// Options with which it is quick, where it has such, as a text.
    pub fn small(&self) -> String {
        options::small(self.options())
    }

    /// The names of its options of a class.
    pub fn of_class(&self, class: Class) -> impl Iterator<Item = &'static str> {
        options::of_class(self.options(), class)
    }

    /// Whether it has options of a class.
    pub fn has(&self, class: Class) -> bool {
        self.of_class(class).next().is_some()
    }

    /// Whether `name` is one of its options of a class.
    pub fn is(&self, name: &str, class: Class) -> bool {
        self.of_class(class).any(|option| option == name)
    }
}
