//! Which tiles were photographed in one go.
//!
//! Pictures are numbered as they were taken. Those whose numbers follow within 300 show the same or neighbouring tiles, one
//! exposure after another: were they on both sides of a split, a detector would be tested on what it learnt.

use super::release::NORMAL;
use std::collections::BTreeSet;

/// Numbers that are so far apart begin another session.
const GAP: u32 = 300;

/// Of three sessions without a defect, two are learnt from and the third is tested on.
const TESTED_OF: usize = 3;

/// A picture of a tile.
pub(super) struct Tile {
    /// Path below the release, such as `MT_Free/Imgs/exp3_num_10181.jpg`.
    pub id: String,
    /// 1 (darkest) to 6; 0 is none of them.
    pub exposure: u32,
    /// In the order in which pictures were taken.
    pub number: u32,
    pub defective: bool,
}

impl Tile {
    /// The tile that a file's name tells; `None` if it tells none.
    pub fn parse(kind: &str, name: &str) -> Option<Self> {
        let (exposure, number) = name.strip_prefix("exp")?.strip_suffix(".jpg")?.split_once("_num_")?;
        let (exposure, number) = (exposure.parse().ok()?, number.parse().ok()?);
        let defective = kind != NORMAL;
        Some(Self { id: format!("{kind}/Imgs/{name}"), exposure, number, defective })
    }
}

/// Numbers of the tiles that are learnt from: two of three sessions that saw no defect, in the order in which they were.
/// Sessions with a defect are tested on as a whole.
pub(super) fn for_training(tiles: &[Tile]) -> BTreeSet<u32> {
    let mut taken: Vec<&Tile> = tiles.iter().collect();
    taken.sort_by_key(|tile| tile.number);
    let sessions = taken.chunk_by(|a, b| b.number - a.number < GAP);
    let normal = sessions.filter(|session| session.iter().all(|tile| !tile.defective));
    let learnt = normal.enumerate().filter(|(rank, _)| rank % TESTED_OF != TESTED_OF - 1);
    learnt.flat_map(|(_, session)| session.iter().map(|tile| tile.number)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(kind: &str, number: u32) -> Tile {
        Tile::parse(kind, &format!("exp1_num_{number}.jpg")).unwrap()
    }

    #[test]
    fn sessions_stay_on_one_side_and_those_with_a_defect_are_tested() {
        let free = [100, 399, 698, 2000, 3000, 4000, 5000, 5299];
        let mut tiles: Vec<Tile> = free.into_iter().rev().map(|number| tile("MT_Free", number)).collect();
        tiles.push(tile("MT_Crack", 5598));
        // Sessions: 100 to 698, 2000, 3000 (the third), 4000, and one with a crack.
        assert_eq!(for_training(&tiles), BTreeSet::from([100, 399, 698, 2000, 4000]));
    }

    #[test]
    fn names_tell_exposure_and_number_or_nothing() {
        let tile = tile("MT_Free", 10181);
        assert_eq!(
            (tile.id.as_str(), tile.exposure, tile.number),
            ("MT_Free/Imgs/exp1_num_10181.jpg", 1, 10181)
        );
        assert!(!tile.defective);
        for name in ["exp1_num_.jpg", "exp1_num_2.png", "tile.jpg", "exp_num_2.jpg", "exp1_num_-2.jpg"] {
            assert!(Tile::parse("MT_Free", name).is_none(), "{name}");
        }
    }
}
