//! `--filter method=gnl,rd`: running a part of a suite.

use crate::contract::text::nearest;

/// Which names of one kind to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// `method`, `dataset`, `category` or `shift`.
    pub kind: String,
    /// Names to keep.
    pub names: Vec<String>,
}

/// What can be filtered.
const KINDS: [&str; 4] = ["method", "dataset", "category", "shift"];

impl std::str::FromStr for Filter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, names) =
            text.split_once('=').ok_or_else(|| format!("'{text}': write a filter as method=gnl,rd"))?;
        if !KINDS.contains(&kind) {
            let hint =
                nearest(kind, KINDS).map_or_else(String::new, |name| format!(": did you mean '{name}'?"));
            return Err(format!("unknown filter '{kind}'{hint} (known: {})", KINDS.join(", ")));
        }
        let names = names.split(',').map(|name| name.trim().to_owned()).collect();
        Ok(Self { kind: kind.into(), names })
    }
}

impl Filter {
    /// Whether all `filters` of this kind keep `name`.
    pub fn keeps(filters: &[Filter], kind: &str, name: &str) -> bool {
        filters
            .iter()
            .filter(|filter| filter.kind == kind)
            .all(|filter| filter.names.iter().any(|n| n == name))
    }

    /// The first name asked for that nothing carries, as a sentence.
    pub fn unmatched(filters: &[Filter], kind: &str, known: &[&str]) -> Option<String> {
        let mut names = filters.iter().filter(|filter| filter.kind == kind).flat_map(|filter| &filter.names);
        let name = names.find(|name| !known.contains(&name.as_str()))?;
        let hint = nearest(name, known.iter().copied())
            .map_or_else(String::new, |name| format!(": did you mean '{name}'?"));
        Some(format!("this suite has no {kind} '{name}'{hint} (it has: {})", known.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_keep_what_they_name() {
        let filters = vec!["method=gnl,rd".parse::<Filter>().unwrap()];
        assert!(Filter::keeps(&filters, "method", "rd"));
        assert!(!Filter::keeps(&filters, "method", "fico"));
        assert!(Filter::keeps(&filters, "shift", "contrast"));
        assert_eq!(Filter::unmatched(&filters, "method", &["rd", "gnl"]), None);
        let message = Filter::unmatched(&filters, "method", &["rd", "gnl-no-atta"]).unwrap();
        assert!(message.contains("'gnl'"), "{message}");
        assert!("methd=gnl".parse::<Filter>().unwrap_err().contains("did you mean 'method'"));
    }
}
