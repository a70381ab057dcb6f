//! A case as one picture: the image and every method's heat map, a row per condition.

use super::{Case, Shot, cell, drawn_rows};
use crate::figure::condition_label;
use crate::{Comparison, Group, GroupScores, Picture, ReportError, Scale, Strip, contact_sheet, heat_map};
use harness::contract::detector::AnomalyMap;
use harness::metrics::threshold_at_fpr;
use harness::results::{Exhibit, RunFolder, Shown};
use image::imageops::{FilterType, resize};
use image::{ImageBuffer, ImageFormat, Luma, Rgb, RgbImage};
use std::io::Cursor;

/// Side of a tile in pixels.
const TILE: u32 = 176;
/// Width of its frame.
const FRAME: u32 = 5;
/// Round what is flagged: vermillion, told from the rest with any colour vision.
const ALARM: Rgb<u8> = Rgb([0xD5, 0x5E, 0x00]);
/// Round what is not.
const QUIET: Rgb<u8> = Rgb([0xFF, 0xFF, 0xFF]);
/// Along the edge of a defect; no colour of the heat maps.
const CONTOUR: Rgb<u8> = Rgb([0x00, 0xE5, 0xFF]);

/// A tile before it has its colours.
struct Tile {
    shown: Shown,
    map: AnomalyMap,
    alarm: bool,
}

impl Case {
    /// The picture of this case: on the left the image as the network sees it, then every method's heat
    /// map over its own view of the image. Each method has one colour scale for all rows.
    ///
    /// # Errors
    /// When a picture of the case was not kept, or a file of the run cannot be read.
    pub fn draw(
        &self,
        folder: &RunFolder,
        comparison: &Comparison,
        group: &Group,
        scores: &GroupScores,
    ) -> Result<Picture, ReportError> {
        let rows: Vec<_> = drawn_rows(group).collect();
        let mut columns: Vec<Vec<Option<Tile>>> = Vec::new();
        for (row, _) in &rows {
            let tiles = self.shots.iter().map(|shot| tile(folder, comparison, group, scores, *row, shot));
            columns.push(tiles.collect::<Result<_, _>>()?);
        }
        let scales: Vec<Scale> = columns
            .iter()
            .map(|tiles| {
                tiles.iter().flatten().fold(Scale::EMPTY, |scale, tile| scale.with(&tile.map.values))
            })
            .collect();
        let strips: Vec<Strip> = (self.shots.iter().enumerate())
            .map(|(line, shot)| {
                let image = columns.iter().find_map(|tiles| tiles[line].as_ref());
                let image = image.map_or_else(blank, |tile| framed(&tile.shown.picture, &tile.shown, false));
                let maps = columns.iter().zip(&scales).map(|(tiles, scale)| match &tiles[line] {
                    Some(tile) => framed(&tile.heat(*scale), &tile.shown, tile.alarm),
                    None => blank(),
                });
                Strip { name: shot.label(group), pictures: std::iter::once(image).chain(maps).collect() }
            })
            .collect();
        let labels: Vec<&str> = rows.iter().map(|(_, row)| row.method.as_str()).collect();
        let heads: Vec<&str> = std::iter::once("image").chain(labels).collect();
        let name = format!("{}-{}", group.dataset, self.name);
        let failed = |reason: String| ReportError::Draw { figure: name.clone(), reason };
        let sheet = contact_sheet(&heads, &strips, TILE, 1).map_err(failed)?;
        let mut png = Cursor::new(Vec::new());
        sheet.write_to(&mut png, ImageFormat::Png).map_err(|error| failed(error.to_string()))?;
        Ok(Picture { caption: self.caption(group, scores), name, png: png.into_inner() })
    }

    fn caption(&self, group: &Group, scores: &GroupScores) -> String {
        let mut images: Vec<String> = Vec::new();
        for shot in &self.shots {
            let category = &group.categories[shot.category];
            let lines = scores
                .iter()
                .find(|(place, _)| (place.condition, place.category) == (shot.condition, shot.category));
            let line = lines.and_then(|(_, lines)| lines.iter().find(|line| line.image == shot.image));
            let kind = if line.is_some_and(|line| line.anomalous == 1) { "anomalous" } else { "normal" };
            let name = format!("{category}/{} ({kind})", shot.image);
            if !images.contains(&name) {
                images.push(name);
            }
        }
        format!(
            "{} Shown: {}. Dark is normal, light is anomalous, one scale per method over all rows; the \
             frame is orange where the image's score is above the threshold that 5 % of the normal ID \
             images exceed; the cyan line is the edge of the defect's mask, where there is one. First seed, \
             first reference image.",
            self.why,
            images.join(", ")
        )
    }
}

impl Shot {
    fn label(&self, group: &Group) -> String {
        let condition = condition_label(&group.conditions[self.condition]);
        if group.categories.len() > 1 {
            format!("{}\n{condition}", group.categories[self.category])
        } else {
            condition
        }
    }
}

impl Tile {
    /// The map in colour over the picture, in the picture's size.
    fn heat(&self, scale: Scale) -> RgbImage {
        // Resizing knows values from 0 to 1 only.
        let shares = self.map.values.iter().map(|&value| scale.share(value)).collect();
        let small: Option<ImageBuffer<Luma<f32>, Vec<f32>>> =
            ImageBuffer::from_raw(self.map.width, self.map.height, shares);
        let (width, height) = self.shown.picture.dimensions();
        let values = small.map(|small| resize(&small, width, height, FilterType::Triangle).into_raw());
        let map = AnomalyMap { width, height, values: values.unwrap_or_default() };
        heat_map(&self.shown.picture, &map, Scale { low: 0.0, high: 1.0 })
    }
}

/// What a method made of a shot; `None` where there is no result with maps.
fn tile(
    folder: &RunFolder,
    comparison: &Comparison,
    group: &Group,
    scores: &GroupScores,
    row: usize,
    shot: &Shot,
) -> Result<Option<Tile>, ReportError> {
    let Some((at, job, record)) = cell(comparison, group, row, shot) else { return Ok(None) };
    let lines = scores.get(&at).map_or(&[][..], Vec::as_slice);
    let Some(index) = lines.iter().position(|line| line.image == shot.image) else { return Ok(None) };
    let file = &group.files[&at];
    let maps = folder.job(&file.job).maps(&file.cell, record, &[index]).map_err(ReportError::Scores)?;
    let Some(map) = maps.and_then(|maps| maps.into_iter().next()) else { return Ok(None) };
    let exhibit = Exhibit { job, cell: record, image: &shot.image };
    let missing = || ReportError::NoExhibit { image: shot.image.clone(), dataset: group.dataset.clone() };
    let shown = folder.exhibit(&exhibit).map_err(ReportError::Scores)?.ok_or_else(missing)?;
    let alarm = id_threshold(group, scores, row, shot.category);
    let alarm = alarm.is_some_and(|threshold| f64::from(lines[index].score) > threshold);
    Ok(Some(Tile { shown, map, alarm }))
}

/// The score that 5 % of a category's normal ID images exceed.
fn id_threshold(group: &Group, scores: &GroupScores, row: usize, category: usize) -> Option<f64> {
    let id = group.has_id().then_some(0)?;
    let lines = scores.get(&group.first_place(row, id, category)?)?;
    let normal = lines.iter().filter(|line| line.anomalous == 0).map(|line| f64::from(line.score));
    threshold_at_fpr(&normal.collect::<Vec<_>>(), 0.05).ok()
}

/// `picture` as a tile with a frame and the contour of the mask.
fn framed(picture: &RgbImage, shown: &Shown, alarm: bool) -> RgbImage {
    let inner = TILE - 2 * FRAME;
    let mut tile = RgbImage::from_pixel(TILE, TILE, if alarm { ALARM } else { QUIET });
    let scaled = resize(picture, inner, inner, FilterType::Triangle);
    image::imageops::replace(&mut tile, &scaled, i64::from(FRAME), i64::from(FRAME));
    let Some(mask) = &shown.mask else { return tile };
    let (width, height) = shown.picture.dimensions();
    let defective = |x: u32, y: u32| mask[(y * height / inner * width + x * width / inner) as usize];
    for (x, y) in (0..inner).flat_map(|y| (0..inner).map(move |x| (x, y))) {
        let mut beside = [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)].into_iter();
        if defective(x, y) && beside.any(|(x, y)| x < inner && y < inner && !defective(x, y)) {
            tile.put_pixel(x + FRAME, y + FRAME, CONTOUR);
        }
    }
    tile
}

fn blank() -> RgbImage {
    RgbImage::from_pixel(TILE, TILE, Rgb([0xE2; 3]))
}
