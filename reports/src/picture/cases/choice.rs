//! Choosing images.

use super::{Case, Shot, drawn_rows};
use crate::result::excerpt;
use crate::{Group, GroupScores, ReportError};
use harness::results::ScoredImage;
use std::collections::BTreeMap;

/// At most so many conditions of one image are shown.
const MOST_CONDITIONS: usize = 6;

/// What makes an image worth looking at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Missed,
    FalseAlarm,
    Disagreement,
}

/// The images of a data set that its methods get most wrong: the defect that they miss most, the normal
/// image that they take most for a defect, and the image that they disagree about most. How wrong a
/// method is about an image is the share of the other class's images of the same cell that it ranks on
/// the wrong side of it. Empty for a run without anomaly maps.
pub fn worst(group: &Group, scores: &GroupScores) -> Vec<Case> {
    let rows: Vec<usize> = drawn_rows(group).map(|(row, _)| row).collect();
    let families = families(group, scores, &rows);
    let case = |(why, name, text): (Why, &str, &str)| {
        let shots = families.iter().filter_map(|family| {
            let (category, image) = family.most(why, group, scores, &rows)?;
            let shot = |condition: usize| Shot { condition, category, image: image.clone() };
            Some(
                excerpt(group, &family.conditions, MOST_CONDITIONS).into_iter().map(shot).collect::<Vec<_>>(),
            )
        });
        let shots: Vec<Shot> = shots.flatten().collect();
        let several = if families.len() > 1 { " Each domain has images of its own." } else { "" };
        let why = format!("{text} of {}.{several}", group.dataset);
        (!shots.is_empty()).then(|| Case { name: name.into(), why, shots })
    };
    let kinds = [
        (Why::Missed, "missed", "The defect that the methods together miss most"),
        (Why::FalseAlarm, "false-alarm", "The normal image that the methods together take most for a defect"),
        (Why::Disagreement, "disagreement", "The image that the methods disagree about most"),
    ];
    if rows.is_empty() { Vec::new() } else { kinds.into_iter().filter_map(case).collect() }
}

/// The image that a reader names as `category/image` under every condition that tests it.
///
/// # Errors
/// When the data set has no such test image.
pub fn chosen(group: &Group, scores: &GroupScores, name: &str) -> Result<Case, ReportError> {
    let unknown = || ReportError::UnknownImage { name: name.into(), dataset: group.dataset.clone() };
    let (category, image) = name.split_once('/').ok_or_else(unknown)?;
    let category = group.categories.iter().position(|known| known == category).ok_or_else(unknown)?;
    let tested = |condition: &usize| {
        let mut cells = scores.iter();
        let of = |line: &ScoredImage| line.image == image;
        cells.any(|(at, lines)| (at.condition, at.category) == (*condition, category) && lines.iter().any(of))
    };
    let conditions: Vec<usize> = (0..group.conditions.len()).filter(tested).collect();
    let shot = |condition| Shot { condition, category, image: image.into() };
    let shots: Vec<Shot> = excerpt(group, &conditions, MOST_CONDITIONS).into_iter().map(shot).collect();
    if shots.is_empty() {
        return Err(unknown());
    }
    let stem: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    Ok(Case { name: format!("chosen-{stem}"), why: format!("{name} of {}.", group.dataset), shots })
}

/// Conditions that test the same images.
struct Family {
    conditions: Vec<usize>,
}

fn families(group: &Group, scores: &GroupScores, rows: &[usize]) -> Vec<Family> {
    let images = |condition: usize| -> BTreeMap<usize, Vec<&str>> {
        let of_category = |category: usize| {
            let mut cells = rows.iter().filter_map(|&row| group.first_place(row, condition, category));
            let lines = cells.find_map(|place| scores.get(&place))?;
            Some((category, lines.iter().map(|line| line.image.as_str()).collect()))
        };
        (0..group.categories.len()).filter_map(of_category).collect()
    };
    let mut found: Vec<(BTreeMap<usize, Vec<&str>>, Family)> = Vec::new();
    for condition in 0..group.conditions.len() {
        let images = images(condition);
        match found.iter_mut().find(|(known, _)| *known == images) {
            Some((_, family)) => family.conditions.push(condition),
            None if images.is_empty() => {}
            None => found.push((images, Family { conditions: vec![condition] })),
        }
    }
    found.into_iter().map(|(_, family)| family).collect()
}

impl Family {
    /// The image for which `why` holds most, over all conditions of the family, and its category. Of
    /// equals, the first.
    fn most(&self, why: Why, group: &Group, scores: &GroupScores, rows: &[usize]) -> Option<(usize, String)> {
        let mut best: Option<(f64, usize, String)> = None;
        for category in 0..group.categories.len() {
            let cell = |row, condition| scores.get(&group.first_place(row, condition, category)?);
            let cells = || rows.iter().flat_map(|&row| self.conditions.iter().map(move |&c| (row, c)));
            let Some(lines) = cells().find_map(|(row, condition)| cell(row, condition)) else { continue };
            let mut of_row: Vec<Vec<f64>> = vec![vec![0.0; lines.len()]; rows.len()];
            for (position, &row) in rows.iter().enumerate() {
                for wrong in
                    self.conditions.iter().filter_map(|&condition| Some(wrong(cell(row, condition)?)))
                {
                    let sums = of_row[position].iter_mut().zip(wrong);
                    sums.for_each(|(sum, wrong)| *sum += wrong / self.conditions.len() as f64);
                }
            }
            for (index, line) in lines.iter().enumerate() {
                let values = || of_row.iter().map(|row| row[index]);
                let mean = values().sum::<f64>() / rows.len() as f64;
                let spread = values().fold(0.0, f64::max) - values().fold(1.0, f64::min);
                let degree = match (why, line.anomalous) {
                    (Why::Missed, 1) | (Why::FalseAlarm, 0) => mean,
                    (Why::Disagreement, _) if rows.len() > 1 => spread,
                    _ => continue,
                };
                if best.as_ref().is_none_or(|(most, ..)| degree > *most) {
                    best = Some((degree, category, line.image.clone()));
                }
            }
        }
        best.map(|(_, category, image)| (category, image))
    }
}

/// For every image, the share of the other class that is ranked on the wrong side of it; equals count
/// half.
fn wrong(lines: &[ScoredImage]) -> Vec<f64> {
    let sorted = |anomalous: u8| {
        let of_class = lines.iter().filter(|line| line.anomalous == anomalous);
        let mut scores: Vec<f32> = of_class.map(|line| line.score).collect();
        scores.sort_by(f32::total_cmp);
        scores
    };
    let classes = [sorted(0), sorted(1)];
    let of_line = |line: &ScoredImage| {
        let others = &classes[usize::from(line.anomalous == 0)];
        let below = others.partition_point(|other| *other < line.score) as f64;
        let not_above = others.partition_point(|other| *other <= line.score) as f64;
        let count = others.len().max(1) as f64;
        let below = (below + not_above) / 2.0 / count;
        // An anomaly is wrong about normal images above it, a normal image about anomalies below it.
        if line.anomalous == 0 { below } else { 1.0 - below }
    };
    lines.iter().map(of_line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrongness_averages_to_one_less_auroc() {
        let line = |score, anomalous| ScoredImage { image: String::new(), anomalous, score };
        let lines = [line(1.0, 0), line(2.0, 0), line(2.0, 1), line(3.0, 1), line(0.5, 1)];
        let wrong = wrong(&lines);
        assert_eq!(wrong, [1.0 / 3.0, 0.5, 0.25, 0.0, 1.0]);
        let mean = (wrong[2] + wrong[3] + wrong[4]) / 3.0;
        assert!((mean - (1.0 - 3.5 / 6.0)).abs() < 1e-12);
        assert!((mean - (wrong[0] + wrong[1]) / 2.0).abs() < 1e-12);
    }
}
