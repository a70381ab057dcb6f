//! Methods as points in a plane, named where there is room for the name.

use super::axes::Panel;
use super::scene::{LETTER, Point, Scene, TYPE};
use super::series::whisker;
use super::style::{MARKER, Style};
use plotters::prelude::BLACK;
use plotters::style::text_anchor::HPos;

/// Size of names beside points.
const SCALE: f64 = 0.85;
/// Half the height they take, in units.
const HALF: f64 = 0.45 * TYPE;
/// How far names stay away from other points.
const NEAR: f64 = 9.0;

/// A method.
pub(super) struct Dot {
    pub label: String,
    pub style: Style,
    pub x: f64,
    pub y: f64,
    /// Half the lengths of its error bars.
    pub x_std: Option<f64>,
    /// See there.
    pub y_std: Option<f64>,
}

/// A rectangle: left, top, right, bottom.
type Area = (f64, f64, f64, f64);

/// Draws the points; says for each whether its name found room beside it. Names keep off the line between
/// the ends of `line` where they can.
pub(super) fn draw(scene: &mut Scene, panel: &Panel, dots: &[Dot], line: (Point, Point)) -> Vec<bool> {
    let places: Vec<Point> = dots.iter().map(|dot| panel.at(dot.x, dot.y)).collect();
    let radius = MARKER + 3.0;
    let square = |(x, y): Point, half: f64| (x - half, y - half, x + half, y + half);
    let mut taken: Vec<Area> = places.iter().map(|place| square(*place, radius)).collect();
    for dot in dots {
        let level = dot.x_std.map(|std| [-std, std].map(|std| panel.at(dot.x + std, dot.y)));
        let upright = dot.y_std.map(|std| [std, -std].map(|std| panel.at(dot.x, dot.y + std)));
        for [from, to] in [level, upright].into_iter().flatten() {
            taken.push((from.0 - 5.0, from.1 - 5.0, to.0 + 5.0, to.1 + 5.0));
            whisker(scene, from, to, dot.style.colour);
        }
    }
    dots.iter().zip(&places).for_each(|(dot, place)| dot.style.mark(scene, *place));
    let of_line = (0..=400).map(|step| {
        let share = f64::from(step) / 400.0;
        let along = |from: f64, to: f64| from + share * (to - from);
        let (x, y) = (along(line.0.0, line.1.0), along(line.0.1, line.1.1));
        (x - 1.0, y - 1.0, x + 1.0, y + 1.0)
    });
    let line: Vec<Area> = of_line.collect();
    let inside = (panel.left, panel.top, panel.left + panel.width, panel.top + panel.height);
    let mut name = |(dot, &(x, y)): (&Dot, &Point)| {
        let width = SCALE * LETTER * dot.label.chars().count() as f64;
        let (aside, over) = (radius + 3.0, radius + HALF + 1.0);
        let beside = [(HPos::Left, x + aside, y), (HPos::Right, x - aside, y)];
        let upright = [y - over, y + over]
            .into_iter()
            .flat_map(|y| [(HPos::Center, x, y), (HPos::Left, x + 2.0, y), (HPos::Right, x - 2.0, y)]);
        let area = |anchor, x: f64, y: f64| {
            let left = match anchor {
                HPos::Left => x,
                HPos::Center => x - width / 2.0,
                HPos::Right => x - width,
            };
            (left, y - HALF, left + width, y + HALF)
        };
        // A name too near to another point would seem to be that point's, unless both are one spot.
        let apart = |other: &&Point| (other.0 - x).hypot(other.1 - y) > radius;
        let foreign: Vec<Area> = places.iter().filter(apart).map(|at| square(*at, radius + NEAR)).collect();
        let free = |&(anchor, x, y): &(HPos, f64, f64)| {
            let area = area(anchor, x, y);
            within(area, inside) && !taken.iter().chain(&foreign).any(|other| overlap(area, *other))
        };
        let places = || beside.into_iter().chain(upright.clone()).filter(free);
        let clear = |&(anchor, x, y): &(HPos, f64, f64)| {
            let area = area(anchor, x, y);
            !line.iter().any(|other| overlap(area, *other))
        };
        let Some((anchor, x, y)) = places().find(clear).or_else(|| places().next()) else { return false };
        taken.push(area(anchor, x, y));
        scene.text(&dot.label, (x, y), anchor, SCALE, BLACK);
        true
    };
    dots.iter().zip(&places).map(&mut name).collect()
}

fn overlap(a: Area, b: Area) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

fn within(a: Area, b: Area) -> bool {
    a.0 >= b.0 && a.1 >= b.1 && a.2 <= b.2 && a.3 <= b.3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::axes::Axis;

    #[test]
    fn names_of_points_on_one_spot_go_to_the_legend() {
        let panel = Panel {
            left: 100.0,
            top: 50.0,
            width: 600.0,
            height: 400.0,
            x: Axis::linear("", 0.0, 1.0),
            y: Axis::linear("", 0.0, 1.0),
        };
        let dot = |x: f64| Dot {
            label: "reverse-distillation".into(), // 252 units, points 240 units apart
            style: Style::new(0, false),
            x,
            y: 0.5,
            x_std: None,
            y_std: None,
        };
        let named =
            |dots: &[Dot]| draw(&mut Scene::new(800.0, 500.0), &panel, dots, ((0.0, 0.0), (0.0, 0.0)));
        assert_eq!(named(&[dot(0.5)]), [true]);
        assert_eq!(named(&[0.3, 0.7].map(dot)), [true; 2], "above and below where there is no room aside");
        let crowd: Vec<Dot> = (0..20).map(|_| dot(0.5)).collect();
        let named = named(&crowd);
        assert!(named[0] && !named[19], "{named:?}");
    }
}
