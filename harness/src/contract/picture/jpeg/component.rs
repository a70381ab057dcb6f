//! One component of a picture: its coefficients, and the levels they stand for.

use super::dct;

/// Largest coefficient of the mean that a block of 8-bit levels can have, and as much again for coarse steps.
const MOST_MEAN: i32 = 2 * 8 * 128;

/// A component, of which blocks of 8 x 8 coefficients are read.
#[derive(Clone, Debug)]
pub(super) struct Component {
    pub id: u8,
    /// Samples along a row and a column for each of the least finely sampled component's.
    pub sampling: [usize; 2],
    /// Which quantisation table it uses.
    pub table: usize,
    /// Its columns and rows that belong to the picture.
    pub size: [usize; 2],
    /// Blocks along a row and a column that hold them.
    pub blocks: [usize; 2],
    /// Blocks in memory: as many as whole minimum coded units have.
    pub padded: [usize; 2],
    /// Quantised, row by row of blocks, each row by row.
    pub coefficients: Vec<[i16; 64]>,
    /// Quantisation steps, as they were when its first scan came; row by row.
    pub steps: Option<[u16; 64]>,
    /// By place in a block: bits that later scans still have to bring; `None` before the first.
    pub pending: [Option<u8>; 64],
}

impl Component {
    /// Its levels; an error where a block is brighter or darker than levels can be.
    pub fn levels(&self) -> Result<Levels, String> {
        let steps = self.steps.ok_or("a component has no picture data: the file is cut off or damaged")?;
        let steps = steps.map(i32::from);
        let stride = 8 * self.padded[0];
        let mut levels = vec![0; 8 * self.padded[1] * stride];
        let mut row = vec![[[0; 8]; 8]; self.padded[0]];
        let rows = self.coefficients.chunks_exact(self.padded[0]);
        for (coefficients, levels) in rows.zip(levels.chunks_exact_mut(8 * stride)) {
            for (block, coefficients) in row.iter_mut().zip(coefficients) {
                for ((value, coefficient), step) in
                    block.as_flattened_mut().iter_mut().zip(coefficients).zip(&steps)
                {
                    *value = i32::from(*coefficient) * step;
                }
                if block[0][0].abs() > MOST_MEAN + steps[0] {
                    return Err(
                        "a block is brighter than white or darker than black: the file is damaged".into()
                    );
                }
            }
            dct::inverse(&mut row);
            for (y, levels) in levels.chunks_exact_mut(stride).enumerate() {
                for (block, levels) in row.iter().zip(levels.as_chunks_mut::<8>().0) {
                    *levels = block[y].map(|value| value.saturating_add(128).clamp(0, 255) as u8);
                }
            }
        }
        Ok(Levels { size: self.size, stride, levels })
    }
}

/// 8-bit levels of a component, row by row.
pub(super) struct Levels {
    /// Columns and rows that belong to the picture.
    pub size: [usize; 2],
    stride: usize,
    levels: Vec<u8>,
}

impl Levels {
    /// A row, without what lies beyond the picture.
    pub fn row(&self, y: usize) -> &[u8] {
        &self.levels[y * self.stride..][..self.size[0]]
    }
}
