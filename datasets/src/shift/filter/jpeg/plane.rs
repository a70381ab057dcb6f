//! One component of a picture, padded to whole blocks.

/// 8-bit levels, row by row.
pub(super) struct Plane {
    /// Columns and rows that belong to the picture.
    pub size: (usize, usize),
    /// Levels from one row to the next: a multiple of 16, so that two chroma blocks make a luma block pair.
    pub stride: usize,
    /// A multiple of 8 rows.
    pub levels: Vec<u8>,
}

impl Plane {
    pub fn new((width, height): (usize, usize)) -> Self {
        let stride = width.next_multiple_of(16);
        Self { size: (width, height), stride, levels: vec![0; stride * height.next_multiple_of(8)] }
    }

    #[inline(always)]
    pub fn row(&self, y: usize) -> &[u8] {
        &self.levels[y * self.stride..][..self.stride]
    }

    #[inline(always)]
    pub fn row_mut(&mut self, y: usize) -> &mut [u8] {
        &mut self.levels[y * self.stride..][..self.stride]
    }

    /// Repeats the last row of the picture down to the last row of its blocks.
    #[inline(always)]
    pub fn extend_down(&mut self) {
        let last = (self.size.1 - 1) * self.stride;
        for start in (last + self.stride..self.levels.len()).step_by(self.stride) {
            self.levels.copy_within(last..last + self.stride, start);
        }
    }
}
