//! A column of a table.

use crate::{Average, Group, Scope};

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What stands above it, without its unit.
    pub heading: String,
    /// Its unit, where it is not that of the whole table.
    pub unit: Option<&'static str>,
    /// What it is in the table.
    pub role: Role,
}

/// What a column is in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// In distribution.
    Id,
    /// One of the shifted conditions.
    Shifted,
    /// One of the categories.
    Category,
    /// What sums up a row.
    Average(Average),
    /// What else there is to say of a row.
    Fact,
}

impl Column {
    /// Of a number over conditions.
    pub(crate) fn of(scope: Scope, group: &Group) -> Self {
        let role = match scope {
            Scope::Condition(condition) if group.shifted().contains(&condition) => Role::Shifted,
            Scope::Condition(_) => Role::Id,
            Scope::Average(average) => Role::Average(average),
        };
        Self { heading: scope.heading(group), unit: None, role }
    }

    /// Of something said in words, checks or numbers without a unit.
    pub(crate) fn fact(heading: &str) -> Self {
        Self { heading: heading.into(), unit: None, role: Role::Fact }
    }

    /// The same in a unit.
    pub(crate) fn in_unit(heading: &str, unit: &'static str) -> Self {
        Self { unit: Some(unit), ..Self::fact(heading) }
    }

    /// What stands above it.
    pub fn title(&self) -> String {
        self.unit.map_or_else(|| self.heading.clone(), |unit| format!("{} ({unit})", self.heading))
    }

    /// Whether it is one of many alike, which an average sums up.
    pub fn is_single(&self) -> bool {
        matches!(self.role, Role::Shifted | Role::Category)
    }
}
