//! How long a job may be silent before it is taken for hung.

use crate::plan::Job;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// What every job may take without a sign of life.
const BASE: Duration = Duration::from_secs(6 * 3600);
/// What it may take besides for each image of its category.
const PER_IMAGE: Duration = Duration::from_secs(60);

/// The longest silence of a job: a worker that for so long reports no step of its training and no finished test is
/// killed.
///
/// Silence rather than a total, because only silence has a limit that holds for all: a job may take days and be
/// well, but nothing between two reports does more than look at every image of its category a few times. A job that
/// reports goes on towards its end, as both its steps and its tests are counted beforehand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deadline {
    /// Six hours, and a minute more for each image: methods that fill a memory bank learn in one piece, and the slowest
    /// processor must not fail for being slow.
    #[default]
    BySize,
    /// The same for every job.
    After(Duration),
    /// No limit.
    Never,
}

impl Deadline {
    /// The longest silence of `job`; `None` without a limit.
    pub fn of(self, job: &Job) -> Option<Duration> {
        let images = job.images.train + job.images.test + job.images.domains;
        match self {
            Self::BySize => Some(BASE + PER_IMAGE * u32::try_from(images).unwrap_or(u32::MAX)),
            Self::After(silence) => Some(silence),
            Self::Never => None,
        }
    }
}

impl FromStr for Deadline {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self::Never);
        }
        match humantime::parse_duration(text) {
            Ok(silence) if !silence.is_zero() => Ok(Self::After(silence)),
            Ok(_) => Err("a job must be given some time: 90m, 6h, or none for no limit".into()),
            Err(reason) => Err(format!("{reason}: write 90m, 6h, 1h 30m, or none for no limit")),
        }
    }
}

/// A duration in words, to the second: `1h 30m`.
pub(super) struct Spoken(pub Duration);

impl fmt::Display for Spoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = Duration::from_secs(self.0.as_secs());
        write!(f, "{}", humantime::format_duration(if whole.is_zero() { self.0 } else { whole }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::toy;

    #[test]
    fn durations_are_written_as_people_do() {
        let minutes = |minutes: u64| Ok(Deadline::After(Duration::from_secs(60 * minutes)));
        assert_eq!("90m".parse(), minutes(90));
        assert_eq!("1h 30m".parse(), minutes(90));
        assert_eq!("6h".parse(), minutes(360));
        assert_eq!("none".parse(), Ok(Deadline::Never));
        for wrong in ["", "6", "0s", "h6", "-1h", "soon"] {
            let message = wrong.parse::<Deadline>().unwrap_err();
            assert!(message.contains("90m") && message.contains("none"), "{wrong}: {message}");
        }
    }

    #[test]
    fn the_default_is_hours_and_grows_with_the_category() {
        let mut job = toy::job("a");
        let small = Deadline::default().of(&job).unwrap();
        assert!(small >= Duration::from_secs(6 * 3600));
        job.images.train = 5000;
        assert!(Deadline::default().of(&job).unwrap() >= small + Duration::from_secs(5000 * 60));
        assert_eq!(Deadline::Never.of(&job), None);
    }

    #[test]
    fn a_silence_is_said_in_words() {
        assert_eq!(Spoken(Duration::from_millis(5_400_700)).to_string(), "1h 30m");
        assert_eq!(Spoken(Duration::from_millis(200)).to_string(), "200ms");
    }
}
