//! Shifts one after another, as real changes come: `contrast(3) + gaussian_noise(2)`.

use crate::contract::condition::Link;
use crate::contract::dataset::Sample;
use crate::contract::error::ShiftError;
use crate::contract::registry::{self, ShiftEntry};
use crate::contract::seed::Root;
use crate::contract::shift::{Severity, Shift};

/// Names and severities in `text`, such as `contrast(3) + gaussian_noise(2)`. A name without a severity
/// takes `default`, if there is one.
///
/// # Errors
/// What is wrong, in words.
pub fn parse(text: &str, default: Option<Severity>) -> Result<Vec<(&str, Severity)>, String> {
    text.split('+').map(|part| parse_link(part.trim(), default)).collect()
}

fn parse_link(part: &str, default: Option<Severity>) -> Result<(&str, Severity), String> {
    let written =
        part.split_once('(').and_then(|(name, rest)| Some((name.trim_end(), rest.strip_suffix(')')?)));
    let Some((name, severity)) = written else {
        let severity = default.ok_or_else(|| format!("'{part}' has no severity: write it as contrast(3)"));
        return Ok((part, severity?));
    };
    let number = severity.trim().parse::<u8>();
    let number = number.map_err(|_| format!("'{part}': a severity is a number from 1 to 5"))?;
    Ok((name, Severity::try_from(number)?))
}

/// Shifts, ready to be applied in order.
pub struct Chain(Vec<Built>);

struct Built {
    shift: Box<dyn Shift>,
    severity: Severity,
    /// Purpose of its random stream.
    purpose: String,
}

impl Chain {
    /// Builds every shift. No links leave samples as they are.
    ///
    /// # Errors
    /// When a name is not registered or options do not suit it.
    pub fn build(links: &[Link]) -> Result<Self, String> {
        let build = |(index, link): (usize, &Link)| {
            let name = &link.shift.name;
            let entry = registry::find::<ShiftEntry>(name).map_err(|error| error.to_string())?;
            let shift = (entry.build)(&link.shift.options).map_err(|error| error.to_string())?;
            // A shift draws the same alone and in a chain; the second of a name draws anew.
            let before = links[..index].iter().filter(|other| other.shift.name == *name).count();
            let purpose = match before {
                0 => format!("shift/{name}"),
                _ => format!("shift/{name}/{}", before + 1),
            };
            Ok(Built { shift, severity: link.severity, purpose })
        };
        links.iter().enumerate().map(build).collect::<Result<_, String>>().map(Self)
    }

    /// `sample` after all shifts. Draws come from streams of `root` named after the shifts and `item`.
    ///
    /// # Errors
    /// As [`Shift::apply`].
    pub fn apply(&self, sample: Sample, root: &Root, item: &str) -> Result<Sample, ShiftError> {
        self.0.iter().try_fold(sample, |sample, built| {
            built.shift.apply(sample, built.severity, &mut root.stream(&built.purpose, item))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn severity(level: u8) -> Severity {
        Severity::try_from(level).unwrap()
    }

    #[test]
    fn chains_are_read_as_they_are_written() {
        let chain = parse("contrast(3) + gaussian_noise( 2 )", None).unwrap();
        assert_eq!(chain, [("contrast", severity(3)), ("gaussian_noise", severity(2))]);
        assert_eq!(parse("fog", Some(severity(4))).unwrap(), [("fog", severity(4))]);
        assert_eq!(parse("fog(1)", Some(severity(4))).unwrap(), [("fog", severity(1))]);
    }

    #[test]
    fn mistakes_are_told_with_the_way_out() {
        let message = |text| parse(text, None).unwrap_err();
        assert_eq!(message("fog"), "'fog' has no severity: write it as contrast(3)");
        assert_eq!(message("fog(strong)"), "'fog(strong)': a severity is a number from 1 to 5");
        assert_eq!(message("fog(6)"), "severity 6 is not in 1..=5");
        assert!(message("fog(3) +").contains("no severity"));
    }
}
