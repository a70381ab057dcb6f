//! Methods as points in a plane, named where there is room for the name.

use super::axes::Panel;
use super::scene::{LETTER, Point, Scene, TYPE};
use super::series::whisker;
use super::style::{MARKER, Style};
use plotters::prelude::BLACK;
use plotters::style::text_anchor::HPos;

/// Size of names beside points.
const SCALE: f64 = 0.85;

/// A method.
pub(super) struct Dot {
    pub label: String,
    pub style: Style,
    pub x: f64,
    pub y: f64,
    /// Half the height of an error bar.
    pub y_std: Option<f64>,
}

/// A rectangle: left, top, right, bottom.
type Area = (f64, f64, f64, f64);

/// Draws the points; says for each whether its name found room beside it.
pub(super) fn draw(scene: &mut Scene, panel: &Panel, dots: &[Dot]) -> Vec<bool> {
    let places: Vec<Point> = dots.iter().map(|dot| panel.at(dot.x, dot.y)).collect();
    let radius = MARKER + 3.0;
    let mut taken: Vec<Area> =
        places.iter().map(|(x, y)| (x - radius, y - radius, x + radius, y + radius)).collect();
    for dot in dots {
        if let Some(std) = dot.y_std {
            let (from, to) = (panel.at(dot.x, dot.y + std), panel.at(dot.x, dot.y - std));
            taken.push((from.0 - 5.0, from.1, to.0 + 5.0, to.1));
            whisker(scene, from, to, dot.style.colour);
        }
    }
    dots.iter().zip(&places).for_each(|(dot, place)| dot.style.mark(scene, *place));
    let inside = (panel.left, panel.top, panel.left + panel.width, panel.top + panel.height);
    let mut name = |(dot, &(x, y)): (&Dot, &Point)| {
        let width = SCALE * LETTER * dot.label.chars().count() as f64;
        let (aside, over) = (radius + 3.0, radius + 0.5 * SCALE * TYPE);
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
            (left, y - 0.45 * TYPE, left + width, y + 0.45 * TYPE)
        };
        let free = |&(anchor, x, y): &(HPos, f64, f64)| {
            let area = area(anchor, x, y);
            within(area, inside) && !taken.iter().any(|other| overlap(area, *other))
        };
        let Some((anchor, x, y)) = beside.into_iter().chain(upright).find(free) else { return false };
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
            label: "reverse-distillation".into(),
            style: Style::new(0, false),
            x,
            y: 0.5,
            y_std: None,
        };
        let named = |dots: &[Dot]| draw(&mut Scene::new(800.0, 500.0), &panel, dots);
        assert_eq!(named(&[dot(0.5)]), [true]);
        let crowd: Vec<Dot> = (0..20).map(|_| dot(0.5)).collect();
        let named = named(&crowd);
        assert!(named[0] && !named[19], "{named:?}");
    }
}
