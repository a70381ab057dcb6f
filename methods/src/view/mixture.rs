//! The weighted sum of one channel of several pictures, looked up from their 8-bit levels.
//!
//! What tables made of the clean picture is a function of its level, so any number of such chains is one look-up.
//! What other operations made is looked up apart. Floats are rounded, and their order decides the last bit: only
//! chains before the first of the other kind share a table.

/// What a level adds to the sum.
pub type Shares = [f32; 256];

/// A sum over pictures in the order they were added.
pub struct Mixture<'a> {
    clean: &'a [u8],
    /// What chains add that depend on the clean picture's level only and came first.
    of_clean: Shares,
    /// Levels of the chains that came after that, and what they add.
    others: Vec<Other<'a>>,
}

/// The levels of one picture, and what each adds.
type Other<'a> = (&'a [u8], Shares);

impl<'a> Mixture<'a> {
    /// The empty sum; `clean` is a plane of the clean picture.
    pub fn new(clean: &'a [u8]) -> Self {
        Mixture { clean, of_clean: [0.0; 256], others: Vec::new() }
    }

    /// Adds a picture that tables made of the clean one, as shares by the clean picture's level.
    pub fn add_clean(&mut self, shares: Shares) {
        if !self.others.is_empty() {
            return self.add(self.clean, shares);
        }
        for (sum, share) in self.of_clean.iter_mut().zip(shares) {
            *sum += share;
        }
    }

    /// Adds a picture, as shares by the level of its `plane`.
    pub fn add(&mut self, plane: &'a [u8], shares: Shares) {
        self.others.push((plane, shares));
    }

    /// Appends `(1 - skip) clean + skip sum` to `view`, where `levels` are the normalised values of the clean
    /// picture's levels.
    pub fn write(&self, skip: f32, levels: &[f32; 256], view: &mut Vec<f32>) {
        let of_clean = std::array::from_fn(|level| [(1.0 - skip) * levels[level], self.of_clean[level]]);
        match self.others.as_slice() {
            [] => {
                let mixed = of_clean.map(|[clean, sum]| clean + skip * sum);
                view.extend(self.clean.iter().map(|&level| mixed[usize::from(level)]));
            }
            [one] => add_mixed(view, self.clean, &of_clean, skip, [one]),
            [one, two] => add_mixed(view, self.clean, &of_clean, skip, [one, two]),
            [one, two, three, ..] => add_mixed(view, self.clean, &of_clean, skip, [one, two, three]),
        }
    }
}

/// Looks up everything of a pixel at once; `of_clean` has the clean picture's own share and the sum to begin with.
fn add_mixed<const N: usize>(
    view: &mut Vec<f32>,
    clean: &[u8],
    of_clean: &[[f32; 2]; 256],
    skip: f32,
    others: [&Other<'_>; N],
) {
    let planes = others.map(|(plane, _)| &plane[..clean.len()]);
    let shares = others.map(|(_, shares)| shares);
    // Moved: what a loop only borrows is read from memory again for every pixel.
    view.extend(clean.iter().enumerate().map(move |(pixel, &level)| {
        let [clean, mut sum] = of_clean[usize::from(level)];
        for (plane, shares) in planes.iter().zip(shares) {
            sum += shares[usize::from(plane[pixel])];
        }
        clean + skip * sum
    }));
}
