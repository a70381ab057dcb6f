//! Matrix products on slices.

use gemm::Parallelism;

/// A matrix inside a slice.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// `rows` x `columns`, stored row after row, `stride` values from one row to the next.
    pub fn new(values: &'a [f32], rows: usize, columns: usize, stride: usize) -> Self {
        assert!(
            columns <= stride && values.len() >= extent(rows, columns, stride),
            "matrix beyond its slice"
        );
        Self { values, rows, columns, row_stride: stride, column_stride: 1 }
    }

    /// Values in a row.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The same values with rows and columns exchanged.
    pub fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }
}

/// What a product does to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// Replaces it.
    Replace,
    /// Adds to it.
    Add,
}

/// Writes `a * b` into `target`, row after row with `stride` values between rows.
///
/// With `parallel` all threads of the pool share the work; the result does not depend on their number.
pub fn multiply(
    (target, stride): (&mut [f32], usize),
    a: Matrix<'_>,
    b: Matrix<'_>,
    write: Write,
    parallel: bool,
) {
    assert_eq!(a.columns, b.rows, "matrices that do not fit each other");
    let (rows, columns) = (a.rows, b.columns);
    assert!(columns <= stride && target.len() >= extent(rows, columns, stride), "product beyond its slice");
    let beta = if write == Write::Add { 1.0 } else { 0.0 };
    let parallelism =
        if parallel && rayon::current_num_threads() > 1 { Parallelism::Rayon(0) } else { Parallelism::None };
    let step = |stride: usize| stride as isize;
    // SAFETY: `Matrix::new` and the assertion above bound every index that the product touches, the target is
    // borrowed exclusively and `f32` has no invalid values.
    #[allow(unsafe_code)]
    unsafe {
        gemm::gemm(
            rows,
            columns,
            a.columns,
            target.as_mut_ptr(),
            1,
            step(stride),
            write == Write::Add,
            a.values.as_ptr(),
            step(a.column_stride),
            step(a.row_stride),
            b.values.as_ptr(),
            step(b.column_stride),
            step(b.row_stride),
            beta,
            1.0,
            false,
            false,
            false,
            parallelism,
        );
    }
}

/// Values from the first to the last of a matrix.
fn extent(rows: usize, columns: usize, stride: usize) -> usize {
    if rows == 0 || columns == 0 { 0 } else { (rows - 1) * stride + columns }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_replace_and_add() {
        let (a, b) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0, 0.0, 1.0, 0.0, 1.0, 1.0]);
        let (a, b) = (Matrix::new(&a, 2, 3, 3), Matrix::new(&b, 3, 2, 2));
        let mut target = [9.0; 5];
        multiply((&mut target, 3), a, b, Write::Replace, false);
        assert_eq!(target, [6.0, 3.0, 9.0, 15.0, 6.0]);
        multiply((&mut target, 3), a, b, Write::Add, true);
        assert_eq!(target, [12.0, 6.0, 9.0, 30.0, 12.0]);
        let mut turned = [0.0; 9];
        multiply((&mut turned, 3), a.transposed(), a, Write::Replace, false);
        assert_eq!(turned, [17.0, 22.0, 27.0, 22.0, 29.0, 36.0, 27.0, 36.0, 45.0]);
    }
}
