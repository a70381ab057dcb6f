//! How far every pixel is from the nearest marked one.

use crate::shift::filter::wide::wide;

/// Lengths of the steps to a direct neighbour, to a diagonal one, and of a knight's move: with these a path
/// is at most 2 % longer or shorter than the straight line (Borgefors 1986).
const STEPS: [f32; 3] = [1.0, 1.4, 2.1969];

/// Distances in pixels, measured along steps, at most `largest`.
pub(super) fn distances(marked: &[bool], width: usize, largest: f32) -> Vec<f32> {
    let height = marked.len() / width;
    // A border of two keeps all steps inside.
    let stride = width + 4;
    let mut distances = vec![largest; stride * (height + 4)];
    for (y, row) in marked.chunks(width).enumerate() {
        for (distance, marked) in distances[(y + 2) * stride + 2..].iter_mut().zip(row) {
            *distance = if *marked { 0.0 } else { largest };
        }
    }
    // Down from the rows above and the left, then up from the rows below and the right.
    let row = |y: usize| (y + 2) * stride;
    for y in 0..height {
        let (before, rest) = distances.split_at_mut(row(y));
        let (far, near) = before[row(y) - 2 * stride..].split_at(stride);
        pass(&mut rest[..stride], near, far);
        along(rest[2..width + 2].iter_mut(), largest);
    }
    for y in (0..height).rev() {
        let (rest, after) = distances.split_at_mut(row(y + 1));
        let here = &mut rest[row(y)..];
        let (near, far) = after[..2 * stride].split_at(stride);
        pass(here, near, far);
        along(here[2..width + 2].iter_mut().rev(), largest);
    }
    let mut inside = Vec::with_capacity(marked.len());
    for y in 0..height {
        inside.extend_from_slice(&distances[row(y) + 2..][..width]);
    }
    inside
}

/// Lowers distances by steps from one to the next.
fn along<'a>(row: impl Iterator<Item = &'a mut f32>, mut near: f32) {
    for distance in row {
        near = distance.min(near + STEPS[0]);
        *distance = near;
    }
}

/// Lowers distances by steps from the row beside them and from the one beyond.
fn pass(here: &mut [f32], near: &[f32], far: &[f32]) {
    let inner = here.len() - 4;
    let [direct, diagonal, knight] = STEPS;
    wide(
        #[inline(always)]
        || {
            let (here, near, far) = (&mut here[2..][..inner], &near[..inner + 4], &far[..inner + 4]);
            for (x, distance) in here.iter_mut().enumerate() {
                let straight = near[x + 2] + direct;
                let slanting = near[x + 1].min(near[x + 3]) + diagonal;
                let jumping = near[x].min(near[x + 4]).min(far[x + 1]).min(far[x + 3]) + knight;
                *distance = distance.min(straight).min(slanting).min(jumping);
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_straight_line_within_two_percent() {
        let mut marked = vec![false; 31 * 25];
        marked[12 * 31 + 15] = true;
        for (index, distance) in distances(&marked, 31, 14.0).into_iter().enumerate() {
            let (x, y) = ((index % 31) as f32 - 15.0, (index / 31) as f32 - 12.0);
            let straight = x.hypot(y).min(14.0);
            assert!((distance - straight).abs() <= 0.022 * straight, "{x} {y}: {distance} {straight}");
        }
    }
}
