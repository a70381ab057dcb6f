//! What happens to test images before a detector sees them.

use crate::contract::dataset::{Item, Split};
use crate::contract::plugin::Plugin;
use crate::contract::shift::Severity;
use serde::{Deserialize, Serialize};

/// One shift of a chain, with everything that identifies its result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The shift.
    pub shift: Plugin,
    /// How strong.
    pub severity: Severity,
}

/// The distribution test images come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// In distribution: as trained on.
    Id,
    /// A synthetic shift of the in-distribution test images.
    Shift(Link),
    /// Several of them, one after another.
    Chain(Vec<Link>),
    /// Test images of another natural domain.
    Domain(String),
}

impl Condition {
    /// These shifts, in their order.
    pub fn of(mut links: Vec<Link>) -> Self {
        match links.pop() {
            None => Self::Id,
            Some(only) if links.is_empty() => Self::Shift(only),
            Some(last) => {
                links.push(last);
                Self::Chain(links)
            }
        }
    }

    /// The synthetic shifts that test images go through, in order.
    pub fn links(&self) -> &[Link] {
        match self {
            Self::Shift(link) => std::slice::from_ref(link),
            Self::Chain(links) => links,
            Self::Id | Self::Domain(_) => &[],
        }
    }

    /// Name in tables and paths: `id`, `contrast-3`, `contrast-3+gaussian_noise-2`, `art_painting`.
    pub fn label(&self) -> String {
        let link = |link: &Link| format!("{}-{}", link.shift.name, link.severity);
        match self {
            Self::Id => "id".into(),
            Self::Domain(name) => name.clone(),
            _ => self.links().iter().map(link).collect::<Vec<_>>().join("+"),
        }
    }

    /// Whether `item` is tested under this condition.
    pub fn selects(&self, item: &Item) -> bool {
        let domain = match self {
            Self::Domain(name) => Some(name),
            _ => None,
        };
        item.split == Split::Test && item.domain.as_ref() == domain
    }
}
