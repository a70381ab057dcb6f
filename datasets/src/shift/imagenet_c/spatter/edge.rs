//! The outline of a picture's areas, one pixel wide.

use super::neighbourhood::filter;

/// Least strength of an edge, as the sum of both absolute Sobel responses.
const STRONG: i32 = 150;

/// Tangent of 22.5 degrees.
const TANGENT: f32 = 0.414_213_57;

/// Pixels that lie on an edge: those whose Sobel gradient is strong and largest across the edge.
///
/// This is Canny's detector without its lower threshold: next to a drop, the only place where the layer is
/// not almost flat, even the weakest response is above the upper one. The border is reflected, where the
/// library repeats the edge; only outlines on the outermost pixels differ.
pub(super) fn outline(levels: &[u8], width: usize) -> Vec<bool> {
    let height = levels.len() / width;
    let stride = width + 2;
    let gradients = filter(
        levels,
        width,
        #[inline(always)]
        |[[a, b, c], [d, _, e], [f, g, h]]| {
            let weighted = |a: u8, b: u8, c: u8| i32::from(a) + 2 * i32::from(b) + i32::from(c);
            [weighted(c, e, h) - weighted(a, d, f), weighted(f, g, h) - weighted(a, b, c)]
        },
    );
    // Magnitudes with a border of zeros.
    let mut strength = vec![0; stride * (height + 2)];
    for (y, row) in gradients.chunks_exact(width).enumerate() {
        for (strength, [across, down]) in strength[(y + 1) * stride + 1..].iter_mut().zip(row) {
            *strength = across.abs() + down.abs();
        }
    }
    let on_edge = |index: usize, [across, down]: [i32; 2]| {
        let here = strength[index];
        if here <= STRONG {
            return false;
        }
        let (flat, steep) = (across.abs() as f32, down.abs() as f32);
        if steep < flat * TANGENT {
            here > strength[index - 1] && here >= strength[index + 1]
        } else if steep > flat * (TANGENT + 2.0) {
            here > strength[index - stride] && here >= strength[index + stride]
        } else if (across < 0) == (down < 0) {
            here > strength[index - stride - 1] && here > strength[index + stride + 1]
        } else {
            here > strength[index - stride + 1] && here > strength[index + stride - 1]
        }
    };
    let mut edges = vec![false; levels.len()];
    let rows = edges.chunks_exact_mut(width).zip(gradients.chunks_exact(width));
    for ((edges, gradients), y) in rows.zip(1..) {
        for ((edge, gradient), x) in edges.iter_mut().zip(gradients).zip(1..) {
            *edge = on_edge(y * stride + x, *gradient);
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_outlined_once() {
        let levels: Vec<u8> = (0..64).map(|index| if index % 8 < 4 { 0 } else { 200 }).collect();
        let edges = outline(&levels, 8);
        // Both columns beside the step respond equally; the first in reading order wins.
        assert!(edges.iter().enumerate().all(|(index, edge)| *edge == (index % 8 == 3)));
    }

    #[test]
    fn what_is_almost_flat_has_no_outline() {
        let levels: Vec<u8> = (0..64).map(|index| 180 + index as u8 % 8).collect();
        assert!(!outline(&levels, 8).contains(&true));
    }
}
