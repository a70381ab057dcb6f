//! The shifts of a suite.

use super::once::{Once, members, some};
use super::piece::Piece;
use super::resolve::{Mention, Resolver};
use super::written::WrittenShift;
use super::{ShiftChoice, SuiteError};
use crate::contract::chain;
use crate::contract::plugin::Plugin;
use crate::contract::registry::{self, ShiftEntry};
use crate::contract::shift::Severity;
use crate::results::name::check_as_file;

impl<'a> Resolver<'a> {
    pub fn shifts(&self, list: Option<Piece<'a>>) -> Result<Vec<ShiftChoice>, SuiteError> {
        let mut known = Once::new("shift", "leave one out");
        let list = list.map_or(Ok(Vec::new()), |list| some("shifts", list))?;
        let shift = |member: Piece<'a>| {
            let (choice, places) = self.shift(member)?;
            for (condition, place) in choice.conditions().zip(places) {
                let label = condition.label();
                check_as_file(&label).map_err(|reason| place.error(format!("shift {label} {reason}")))?;
                known.add(&label, place)?;
            }
            Ok(choice)
        };
        list.into_iter().map(shift).collect()
    }

    /// One shift with its severities, or several in one string such as `"contrast(3) + gaussian_noise(2)"`; and where
    /// each condition is written.
    fn shift(&self, member: Piece<'a>) -> Result<(ShiftChoice, Vec<Piece<'a>>), SuiteError> {
        if !member.text.starts_with('(') {
            let text: String = member.read()?;
            let chain = chain::parse(&text, None).map_err(|error| member.error(error))?;
            let (names, severities): (Vec<_>, Vec<_>) = chain.into_iter().unzip();
            let shifts = names.into_iter().map(|name| {
                let entry = registry::find::<ShiftEntry>(name);
                self.plugin(entry.map_err(|error| member.error(error))?, member, None)
            });
            let shifts = shifts.collect::<Result<_, _>>()?;
            return Ok((ShiftChoice { shifts, severities: vec![severities] }, vec![member]));
        }
        let written: WrittenShift<'a> = member.borrow()?;
        let name = self.source.piece(written.name);
        let shift = self.plugin(self.find(name)?, name, self.piece(written.options))?;
        let list = self.settings.value("severities").unwrap_or(self.source.piece(written.severities));
        let places = members("severities", list)?;
        let severities: Vec<Vec<Severity>> =
            places.iter().map(|place| Ok(vec![place.read()?])).collect::<Result<_, SuiteError>>()?;
        Ok((ShiftChoice { shifts: vec![shift], severities }, places))
    }

    fn plugin(
        &self,
        entry: &ShiftEntry,
        place: Piece<'a>,
        written: Option<Piece<'a>>,
    ) -> Result<Plugin, SuiteError> {
        let card = &entry.card;
        let options =
            self.options(Mention { kind: "shifts", label: card.name, place, written }, card, &[])?;
        Ok(Plugin { name: card.name.into(), revision: card.revision, options })
    }
}
