//! The orders that tiles can have.

use std::sync::LazyLock;

/// Tiles along a side.
pub const GRID: usize = 3;
/// Tiles of a picture.
pub const TILES: usize = GRID * GRID;
/// Orders to tell apart; the first is that of the picture.
pub const ORDERS: usize = 31;

/// For every place, row by row, the tile that lies there: a permutation of 0 to 8.
pub type Order = [u8; TILES];

/// The tiles where they belong.
const IN_ORDER: Order = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/// All [`ORDERS`] of them, as far apart as choosing one after the other can bring them.
///
/// Each next one is, of all 9! permutations, the one whose least Hamming distance to those before is largest, the
/// first in lexicographic order of several. It begins with the picture's own, so that no other order resembles it.
/// The published set (JiGen) is drawn once and stored in a file; only its kind is the same.
pub fn orders() -> &'static [Order] {
    static FOUND: LazyLock<Vec<Order>> = LazyLock::new(|| far_apart(ORDERS));
    &FOUND
}

/// Places at which two orders differ.
fn distance(a: &Order, b: &Order) -> u8 {
    a.iter().zip(b).map(|(a, b)| u8::from(a != b)).sum()
}

fn far_apart(count: usize) -> Vec<Order> {
    let candidates = permutations();
    let mut nearest = vec![TILES as u8; candidates.len()];
    let mut chosen = vec![IN_ORDER];
    while chosen.len() < count {
        let last = chosen[chosen.len() - 1];
        let mut best = (0, IN_ORDER);
        for (candidate, nearest) in candidates.iter().zip(&mut nearest) {
            *nearest = (*nearest).min(distance(candidate, &last));
            if *nearest > best.0 {
                best = (*nearest, *candidate);
            }
        }
        chosen.push(best.1);
    }
    chosen
}

/// All permutations in lexicographic order.
fn permutations() -> Vec<Order> {
    let mut order = IN_ORDER;
    let mut found = vec![order];
    // The next one: raise the last place that can be raised, by as little as possible, and sort what follows.
    while let Some(place) = (1..TILES).rev().find(|&place| order[place - 1] < order[place]) {
        let raised = (place..TILES).rev().find(|&other| order[other] > order[place - 1]).unwrap_or(place);
        order.swap(place - 1, raised);
        order[place..].reverse();
        found.push(order);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn orders_are_permutations_far_apart_and_only_the_first_is_in_order() {
        let orders = orders();
        assert_eq!((orders.len(), orders[0]), (31, IN_ORDER));
        for (index, order) in orders.iter().enumerate() {
            assert_eq!(order.iter().copied().collect::<BTreeSet<u8>>(), IN_ORDER.into());
            assert!(orders[..index].iter().all(|other| distance(order, other) >= 4), "{order:?}");
        }
    }

    #[test]
    fn all_permutations_come_once_in_lexicographic_order() {
        let all = permutations();
        assert_eq!(all.len(), 362_880);
        assert!(all.is_sorted_by(|a, b| a < b));
    }
}
