//! Corruptions that draw random numbers against imagecorruptions 1.1.2, whose generator is not ours: mean
//! statistics over many draws on both sides; see `tests/fixtures/corruptions`.

use harness::contract::picture::open_rgb;
use harness::contract::registry::find;
use harness::contract::seed::Root;
use harness::prelude::*;
use std::path::PathBuf;

/// Draws of the library behind every row.
const THEIRS: f64 = 200.0;

/// Draws of ours for the small picture, and for the large one.
const OURS: [usize; 2] = [200, 40];

/// Columns behind image, corruption and severity.
const STATISTICS: [&str; 7] =
    ["out_mean", "out_std", "mean_abs_diff", "resid_mean", "resid_std", "frac0", "frac255"];

fn rows(name: &str) -> Vec<([String; 3], [f64; 7])> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/corruptions").join(name);
    let mut table = csv::Reader::from_path(path).unwrap();
    assert_eq!(table.headers().unwrap().iter().skip(3).collect::<Vec<_>>(), STATISTICS);
    let row = |row: csv::StringRecord| {
        (
            std::array::from_fn(|column| row[column].to_owned()),
            std::array::from_fn(|column| row[column + 3].parse().unwrap()),
        )
    };
    table.records().map(|record| row(record.unwrap())).collect()
}

fn mean_and_deviation(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    (mean, (values.map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt())
}

fn statistics(before: &RgbImage, after: &RgbImage) -> [f64; 7] {
    let channels = [0, 1, 2].map(|channel| {
        mean_and_deviation(after.iter().skip(channel).step_by(3).map(|&value| f64::from(value)))
    });
    let over_channels = |pick: fn(&(f64, f64)) -> f64| channels.iter().map(pick).sum::<f64>() / 3.0;
    let residuals = before.iter().zip(after.iter()).map(|(a, b)| f64::from(*b) - f64::from(*a));
    let (mean, deviation) = mean_and_deviation(residuals.clone());
    let count = before.len() as f64;
    let share = |level: u8| after.iter().filter(|&&value| value == level).count() as f64 / count;
    [
        over_channels(|channel| channel.0),
        over_channels(|channel| channel.1),
        residuals.map(f64::abs).sum::<f64>() / count,
        mean,
        deviation,
        share(0),
        share(255),
    ]
}

#[test]
fn weather_has_the_mean_statistics_of_the_library() {
    let mut unequal = Vec::new();
    for ((name, expected), (same, spread)) in
        rows("statistics_weather.csv").into_iter().zip(rows("weather_spread.csv"))
    {
        assert_eq!(name, same);
        let [image, corruption, severity] = &name;
        let path = format!("{}/../tests/fixtures/corruptions/{image}.png", env!("CARGO_MANIFEST_DIR"));
        let before = open_rgb(path.as_ref()).unwrap();
        let entry = find::<ShiftEntry>(corruption).unwrap();
        let shift = (entry.build)(&(entry.card.resolve)(&[]).unwrap()).unwrap();
        let severity = Severity::try_from(severity.parse::<u8>().unwrap()).unwrap();
        let mut found = [0.0; 7];
        let ours = OURS[usize::from(image == "chelsea225x300")];
        for draw in 0..ours {
            let mut stream = Root::new(5, "golden", "").stream("shift", &draw.to_string());
            let sample = Sample { image: before.clone(), mask: None };
            let after = shift.apply(sample, severity, &mut stream).unwrap().image;
            for (sum, value) in found.iter_mut().zip(statistics(&before, &after)) {
                *sum += value / ours as f64;
            }
        }
        for index in 0..STATISTICS.len() {
            // Four standard errors of the difference of two means of independent draws, plus a twentieth of
            // a level or a tenth of a per mille for what does not vary.
            let floor = if index < 5 { 0.05 } else { 1e-4 };
            let bound = 4.0 * spread[index] * (1.0 / THEIRS + 1.0 / ours as f64).sqrt() + floor;
            if (found[index] - expected[index]).abs() > bound {
                unequal.push(format!(
                    "{name:?} {}: {} and not {} +- {bound}",
                    STATISTICS[index], found[index], expected[index]
                ));
            }
        }
    }
    assert!(unequal.is_empty(), "{unequal:#?}");
}
