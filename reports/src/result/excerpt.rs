//! Few of many conditions, for what has room for few.

use crate::Group;
use harness::contract::condition::Condition;

/// The shift of a condition and its severity, from 1 to 5; `None` for ID, natural domains, several shifts
/// at once and conditions without a record.
pub(crate) fn severity(group: &Group, condition: usize) -> Option<(&str, u8)> {
    group.records().find(|(place, _)| place.condition == condition)?;
    match &group.conditions[condition].condition {
        Condition::Shift(link) => Some((&link.shift.name, link.severity.get())),
        Condition::Id | Condition::Chain(_) | Condition::Domain(_) => None,
    }
}

/// At most `most` of `conditions`, in their order. If they are more, each shift has its highest severity
/// only.
pub(crate) fn excerpt(group: &Group, conditions: &[usize], most: usize) -> Vec<usize> {
    if conditions.len() <= most {
        return conditions.to_vec();
    }
    let of: Vec<_> = conditions.iter().map(|&condition| severity(group, condition)).collect();
    let strongest = |one: Option<(&str, u8)>| {
        let of_shift = of.iter().flatten().filter(|(shift, _)| one.is_some_and(|(name, _)| name == *shift));
        one.is_none_or(|(_, severity)| of_shift.map(|(_, severity)| *severity).max() == Some(severity))
    };
    let kept =
        conditions.iter().zip(&of).filter(|(_, one)| strongest(**one)).map(|(condition, _)| *condition);
    kept.take(most).collect()
}
