//! One scan: the coefficients it brings, in sequence or bit plane by bit plane; ITU-T T.81 (1992), annexes F and G.

use super::component::Component;
use super::huffman::{Bits, Table};

/// Places in a block, row by row, in the order in which coefficients are written.
pub(super) const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Most bits of a difference of means and of another coefficient, of 8-bit levels.
const MOST_BITS: [u8; 2] = [11, 10];

const TOO_MANY: &str = "a block has more coefficients than places: the file is damaged";
const NO_TABLE: &str = "a scan uses a Huffman table that is not there: the file is damaged";

/// What a scan says of itself.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    /// Components by their place in the picture, each with its tables for means and for other coefficients.
    pub components: Vec<(usize, [usize; 2])>,
    /// First and last coefficient, in the order of writing.
    pub band: [usize; 2],
    /// Bits of coefficients that came before, if any did, and that are left for later scans.
    pub bits: [u8; 2],
    /// Whether coefficients come bit by bit; else all at once.
    pub progressive: bool,
}

impl Scan {
    /// Notes which bits arrive.
    ///
    /// # Errors
    /// When they came already, or those before them did not.
    pub fn announce(&self, component: &mut Component) -> Result<(), String> {
        let [before, after] = self.bits;
        for pending in &mut component.pending[self.band[0]..=self.band[1]] {
            let fits = match *pending {
                None => before == 0,
                Some(left) => before == left && before == after + 1,
            };
            if !fits {
                return Err("its scans contradict each other: the file is damaged".into());
            }
            *pending = Some(after);
        }
        Ok(())
    }
}

/// Reads scans of one file.
pub(super) struct Reader<'a> {
    pub scan: &'a Scan,
    pub bits: Bits<'a>,
    /// Tables for means, and for other coefficients.
    pub tables: &'a [[Option<Table>; 4]; 2],
    /// The last mean of each component.
    means: [i32; 4],
    /// Blocks that are known to bring nothing more.
    empty: u32,
}

impl<'a> Reader<'a> {
    pub fn new(scan: &'a Scan, tables: &'a [[Option<Table>; 4]; 2], bits: Bits<'a>) -> Self {
        Self { scan, bits, tables, means: [0; 4], empty: 0 }
    }

    fn table(&self, kind: usize, index: usize) -> Result<&'a Table, String> {
        self.tables[kind][index].as_ref().ok_or_else(|| NO_TABLE.to_owned())
    }

    /// One block of the component that is `number`th in the scan.
    pub fn block(&mut self, number: usize, block: &mut [i16; 64]) -> Result<(), String> {
        let [means, others] = self.scan.components[number].1;
        let [before, _] = self.scan.bits;
        if !self.scan.progressive {
            self.mean(number, means, block)?;
            return self.sequence(others, block);
        }
        match (self.scan.band[0], before) {
            (0, 0) => self.mean(number, means, block),
            (0, _) => {
                block[0] |= (self.bits.number(1)? << self.scan.bits[1]) as i16;
                Ok(())
            }
            (_, 0) => self.first(others, block),
            _ => self.refine(others, block),
        }
    }

    fn size(&self, symbol: u8, kind: usize) -> Result<u32, String> {
        match symbol <= MOST_BITS[kind] {
            true => Ok(u32::from(symbol)),
            false => Err("a coefficient is too large for 8-bit levels: the file is damaged".into()),
        }
    }

    fn mean(&mut self, number: usize, table: usize, block: &mut [i16; 64]) -> Result<(), String> {
        let symbol = self.bits.symbol(self.table(0, table)?)?;
        let difference = self.bits.signed(self.size(symbol, 0)?)?;
        self.means[number] = (self.means[number] + difference).clamp(-(1 << 16), 1 << 16);
        let mean = i16::try_from(self.means[number] << self.scan.bits[1]);
        block[0] = mean.map_err(|_| "a block is far too bright or dark: the file is damaged")?;
        Ok(())
    }

    fn sequence(&mut self, table: usize, block: &mut [i16; 64]) -> Result<(), String> {
        let table = self.table(1, table)?;
        let mut place = 1;
        while place < 64 {
            let symbol = self.bits.symbol(table)?;
            let (zeros, size) = (usize::from(symbol >> 4), symbol & 15);
            match (zeros, size) {
                (15, 0) => place += 16,
                (0, 0) => break,
                _ => {
                    place += zeros;
                    let value = self.bits.signed(self.size(size, 1)?)?;
                    block[*ZIGZAG.get(place).ok_or(TOO_MANY)?] = value as i16;
                    place += 1;
                }
            }
        }
        if place > 64 { Err(TOO_MANY.into()) } else { Ok(()) }
    }

    /// The highest bits of a band.
    fn first(&mut self, table: usize, block: &mut [i16; 64]) -> Result<(), String> {
        if self.empty > 0 {
            self.empty -= 1;
            return Ok(());
        }
        let table = self.table(1, table)?;
        let [mut place, last] = self.scan.band;
        while place <= last {
            let symbol = self.bits.symbol(table)?;
            let (zeros, size) = (u32::from(symbol >> 4), symbol & 15);
            match (zeros, size) {
                (15, 0) => place += 16,
                (run, 0) => {
                    self.empty = (1 << run) - 1 + self.bits.number(run)? as u32;
                    return Ok(());
                }
                _ => {
                    place += zeros as usize;
                    let value = self.bits.signed(self.size(size, 1)?)? << self.scan.bits[1];
                    if place > last {
                        return Err(TOO_MANY.into());
                    }
                    block[ZIGZAG[place]] = value as i16;
                    place += 1;
                }
            }
        }
        if place > last + 1 { Err(TOO_MANY.into()) } else { Ok(()) }
    }

    /// One more bit of a band: of every coefficient that is not zero yet, and new ones (G.1.2.3).
    fn refine(&mut self, table: usize, block: &mut [i16; 64]) -> Result<(), String> {
        let table = self.table(1, table)?;
        let bit = 1i16 << self.scan.bits[1];
        let [mut place, last] = self.scan.band;
        while self.empty == 0 && place <= last {
            let symbol = self.bits.symbol(table)?;
            let (mut zeros, size) = (u32::from(symbol >> 4), symbol & 15);
            let new = match (zeros, size) {
                (15, 0) => 0,
                (run, 0) => {
                    // This block counts too: its known coefficients are refined below.
                    self.empty = (1 << run) + self.bits.number(run)? as u32;
                    break;
                }
                (_, 1) if self.bits.number(1)? == 1 => bit,
                (_, 1) => -bit,
                _ => return Err("a refined coefficient has more than one bit: the file is damaged".into()),
            };
            loop {
                if place > last {
                    return Err(TOO_MANY.into());
                }
                let value = &mut block[ZIGZAG[place]];
                place += 1;
                if *value != 0 {
                    refined(value, bit, &mut self.bits)?;
                } else if zeros > 0 {
                    zeros -= 1;
                } else {
                    *value = new;
                    break;
                }
            }
        }
        if self.empty > 0 {
            for &place in &ZIGZAG[place..=last] {
                if block[place] != 0 {
                    refined(&mut block[place], bit, &mut self.bits)?;
                }
            }
            self.empty -= 1;
        }
        Ok(())
    }
}

/// One more bit of a coefficient's magnitude.
fn refined(value: &mut i16, bit: i16, bits: &mut Bits) -> Result<(), String> {
    if bits.number(1)? == 1 && *value & bit == 0 {
        *value = value.wrapping_add(if *value > 0 { bit } else { -bit });
    }
    Ok(())
}
