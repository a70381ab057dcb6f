//! Measurements as lines of a table.

use super::measure::{Measurement, Phase, Work};

/// The names of the columns.
pub const HEAD: &str = "\
work                                        seconds     cpu s  images/s   MiB |  PyTorch  ratio   MiB | released  ratio   MiB";

/// What was done, on what.
pub fn name(work: &Work) -> String {
    let phase = match work.phase {
        Phase::Train => "step",
        Phase::Score => "score",
    };
    format!("{} {phase} {} {} px x{}", work.method, work.backbone, work.side, work.batch)
}

/// One row: ours beside PyTorch's, with the same arithmetic and as released.
pub fn line(
    work: &Work,
    ours: Measurement,
    theirs: Option<Measurement>,
    released: Option<Measurement>,
) -> String {
    let other = |other: Option<Measurement>| match other {
        Some(other) => {
            format!("{:9.3} {:5.2}x {:>6}", other.seconds, other.seconds / ours.seconds, other.peak_mib)
        }
        None => format!("{:>9} {:>6} {:>6}", "-", "-", "-"),
    };
    format!(
        "{:<41} {:9.3} {:9.3} {:9.1} {:>5} | {} | {}",
        name(work),
        ours.seconds,
        ours.cpu_seconds,
        work.batch as f64 / ours.seconds,
        ours.peak_mib,
        other(theirs),
        other(released),
    )
}
