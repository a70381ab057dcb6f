//! The corruptions that draw random numbers against statistics of imagecorruptions 1.1.2; its NumPy generator
//! is not ours. See `tests/fixtures/corruptions`.

use harness::contract::picture::open_rgb;
use harness::contract::registry::find;
use harness::contract::seed::Root;
use harness::prelude::*;
use std::fs;
use std::path::PathBuf;

/// Draws of ours that one draw of the library is compared with.
const DRAWS: u64 = 12;

/// What counts as far off, in standard deviations of one draw.
const DEVIATIONS: f64 = 5.0;

/// What may differ in any case: levels (truncation of what is almost an integer), and numbers of values.
const FLOOR: (f64, f64) = (0.05, 3.0);

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/corruptions")
}

/// Mean and standard deviation of the output (means over the channels), mean absolute difference from the
/// input, mean and standard deviation of the difference, and shares of values at 0 and at 255.
fn statistics(before: &RgbImage, after: &RgbImage) -> [f64; 7] {
    let count = before.len() as f64;
    let moments = |values: &mut dyn Iterator<Item = f64>| {
        let (mut number, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for value in values {
            (number, sum, squares) = (number + 1.0, sum + value, squares + value * value);
        }
        let mean: f64 = sum / number;
        [mean, (squares / number - mean * mean).max(0.0).sqrt()]
    };
    let channels = [0, 1, 2]
        .map(|channel| moments(&mut after.iter().skip(channel).step_by(3).map(|&value| f64::from(value))));
    let average = |index: usize| channels.iter().map(|moments| moments[index]).sum::<f64>() / 3.0;
    let pairs = || before.iter().zip(after.iter());
    let [mean, deviation] = moments(&mut pairs().map(|(a, b)| f64::from(*b) - f64::from(*a)));
    let distance = pairs().map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / count;
    let share = |level: u8| after.iter().filter(|&&value| value == level).count() as f64 / count;
    [average(0), average(1), distance, mean, deviation, share(0), share(255)]
}

#[test]
fn random_corruptions_have_the_statistics_of_the_library() {
    let mut compared = 0;
    let mut unequal = Vec::new();
    for file in fs::read_dir(fixtures()).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        if !name.starts_with("statistics") || !name.ends_with(".csv") {
            continue;
        }
        let mut table = csv::Reader::from_path(fixtures().join(&name)).unwrap();
        let columns: Vec<String> = table.headers().unwrap().iter().skip(3).map(str::to_owned).collect();
        for row in table.records() {
            let row = row.unwrap();
            let expected: Vec<f64> = row.iter().skip(3).map(|cell| cell.parse().unwrap()).collect();
            let before = open_rgb(&fixtures().join(format!("{}.png", &row[0]))).unwrap();
            let severity = Severity::try_from(row[2].parse::<u8>().unwrap()).unwrap();
            let entry = find::<ShiftEntry>(&row[1]).unwrap();
            let shift = (entry.build)(&(entry.card.resolve)(&[]).unwrap()).unwrap();
            let draws: Vec<[f64; 7]> = (0..DRAWS)
                .map(|seed| {
                    let mut stream = Root::new(seed, "statistics", "").stream("shift", "");
                    let sample = Sample { image: before.clone(), mask: None };
                    statistics(&before, &shift.apply(sample, severity, &mut stream).unwrap().image)
                })
                .collect();
            for (index, expected) in expected.into_iter().enumerate() {
                let values = draws.iter().map(|draw| draw[index]);
                let mean = values.clone().sum::<f64>() / DRAWS as f64;
                let variance = values.map(|value| (value - mean).powi(2)).sum::<f64>() / (DRAWS - 1) as f64;
                // The library's value is one draw; ours is the mean of several.
                let deviation = (variance * (1.0 + 1.0 / DRAWS as f64)).sqrt();
                let floor = if index < 5 { FLOOR.0 } else { FLOOR.1 / before.len() as f64 };
                let bound = DEVIATIONS * deviation + floor;
                if (mean - expected).abs() > bound {
                    let [image, corruption, severity] = [&row[0], &row[1], &row[2]];
                    let column = &columns[index];
                    unequal.push(format!(
                        "{corruption} {severity} of {image}: {column} is {mean:.4}, not {expected:.4} within {bound:.4}"
                    ));
                }
            }
            compared += 1;
        }
    }
    assert!(compared >= 70, "only {compared} rows found");
    assert!(unequal.is_empty(), "{unequal:#?}");
}
