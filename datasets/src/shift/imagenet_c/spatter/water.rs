//! Where drops of water shine.

use super::distance::distances;
use super::edge::outline;
use super::neighbourhood::{filter, sum};

/// Distances from the outline of drops are told apart up to so many pixels.
const FAR: f32 = 20.0;

/// How much every pixel shines, 0 to 1, given the depth of the liquid; none if there is no liquid.
///
/// The library's chain of filters: distance from the outline of the drops, smoothed, its histogram made
/// equal, its slope, smoothed, times the depth. Simplified: the outline (see [`outline`]), and the last bits of
/// distances.
pub(super) fn shine(depths: &[u8], width: usize) -> Option<Vec<f32>> {
    let far = distances(&outline(depths, width), width, FAR);
    let mean = filter(
        &far,
        width,
        #[inline(always)]
        |around| (sum(around) / 9.0) as i32 as u8,
    );
    // Light from the upper left: the slope along the diagonal, and the level itself.
    let slope = filter(
        &equalised(&mean),
        width,
        #[inline(always)]
        |[[a, b, _], [c, d, e], [_, f, g]]| {
            let step = |from: u8, to: u8| i32::from(to) - i32::from(from);
            (2 * step(a, g) + step(b, f) + step(c, e) + i32::from(d)).clamp(0, 255) as f32
        },
    );
    let light = filter(
        &slope,
        width,
        #[inline(always)]
        |around| (sum(around) / 9.0 + 0.5).floor(),
    );
    let shine: Vec<f32> = light.iter().zip(depths).map(|(light, &depth)| light * f32::from(depth)).collect();
    let most = shine.iter().copied().fold(0.0, f32::max);
    (most > 0.0).then(|| shine.into_iter().map(|shine| shine / most).collect())
}

/// The levels spread so that as many pixels have a level below any share of 255 as that share says. The
/// lowest level becomes 0.
fn equalised(levels: &[u8]) -> Vec<u8> {
    let mut counts = [0u32; 256];
    for &level in levels {
        counts[usize::from(level)] += 1;
    }
    let lowest = counts.iter().copied().find(|&count| count > 0).unwrap_or(0);
    let others = levels.len() as f32 - lowest as f32;
    if others == 0.0 {
        return levels.to_vec();
    }
    let mut below = 0;
    let table = counts.map(|count| {
        below += count;
        (below.saturating_sub(lowest) as f32 * (255.0 / others)).round() as u8
    });
    levels.iter().map(|&level| table[usize::from(level)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histograms_become_equal() {
        assert_eq!(equalised(&[7, 7, 8, 9, 9, 12]), [0, 0, 64, 191, 191, 255]);
        assert_eq!(equalised(&[7, 7]), [7, 7]);
    }

    #[test]
    fn a_drop_shines_inside_and_dry_glass_nowhere() {
        let inside = |index: usize| (index % 40).abs_diff(20).pow(2) + (index / 40).abs_diff(20).pow(2) < 100;
        let depths: Vec<u8> = (0..1600).map(|index| if inside(index) { 180 } else { 0 }).collect();
        let shine = shine(&depths, 40).unwrap();
        assert!(shine.iter().enumerate().all(|(index, shine)| *shine == 0.0 || inside(index)));
        assert_eq!(shine.iter().copied().fold(0.0, f32::max), 1.0);
        assert!(super::shine(&[0; 1600], 40).is_none());
    }
}
