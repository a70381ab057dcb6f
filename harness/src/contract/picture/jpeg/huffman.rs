//! Huffman codes and the bits they are read from; ITU-T T.81 (1992), annexes C and F.

/// What is said of picture data that stop before the picture does.
const CUT: &str = "the picture data end before the picture does: the file is cut off or damaged";

/// Codes of up to so many bits are looked up, which are nearly all.
const SHORT: u32 = 9;

/// The codes of one table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// By the next [`SHORT`] bits: the length of the code they begin with and its symbol; length 0 for longer ones.
    short: Vec<(u8, u8)>,
    /// By length from 1 bit: the first code beyond those of this length, aligned to 16 bits.
    ends: [u32; 16],
    /// By length: what to add to a code to get the place of its symbol.
    offsets: [i32; 16],
    symbols: Vec<u8>,
}

impl Table {
    /// From the number of codes of each length and their symbols in order; `None` where there are more codes than fit.
    pub fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut table = Self {
            short: vec![(0, 0); 1 << SHORT],
            ends: [0; 16],
            offsets: [0; 16],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut place) = (0u32, 0usize);
        for (index, &count) in counts.iter().enumerate() {
            let length = index as u32 + 1;
            table.offsets[index] = place as i32 - code as i32;
            for _ in 0..count {
                if code >> length != 0 {
                    return None;
                }
                if length <= SHORT {
                    let free = SHORT - length;
                    let first = (code as usize) << free;
                    table.short[first..first + (1 << free)].fill((length as u8, *symbols.get(place)?));
                }
                code += 1;
                place += 1;
            }
            table.ends[index] = code << (16 - length);
            code <<= 1;
        }
        (place == symbols.len()).then_some(table)
    }
}

/// Picture data up to the next marker, bit by bit.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The next bits, the very next one highest; zeros follow.
    waiting: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    /// Those that begin at `at`.
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, waiting: 0, count: 0 }
    }

    /// The next byte of data, unless a marker or nothing follows. A data byte of 255 is written with a zero after it.
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        if byte == 0xff && self.bytes.get(self.at + 1) != Some(&0) {
            return None;
        }
        self.at += if byte == 0xff { 2 } else { 1 };
        Some(byte)
    }

    fn refill(&mut self) {
        while self.count <= 56 {
            let Some(byte) = self.byte() else { return };
            self.waiting |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    fn skip(&mut self, bits: u32) -> Result<(), String> {
        if bits > self.count {
            return Err(CUT.into());
        }
        self.waiting <<= bits;
        self.count -= bits;
        Ok(())
    }

    /// The next `count` bits as a number, up to 16.
    pub fn number(&mut self, count: u32) -> Result<i32, String> {
        if count == 0 {
            return Ok(0);
        }
        if self.count < count {
            self.refill();
        }
        let number = (self.waiting >> (64 - count)) as i32;
        self.skip(count)?;
        Ok(number)
    }

    /// A signed number of `count` bits, whose first bit is its sign (F.2.2.1).
    pub fn signed(&mut self, count: u32) -> Result<i32, String> {
        let number = self.number(count)?;
        let negative = count > 0 && number < 1 << (count - 1);
        Ok(if negative { number - (1 << count) + 1 } else { number })
    }

    /// The next symbol.
    pub fn symbol(&mut self, table: &Table) -> Result<u8, String> {
        if self.count < 16 {
            self.refill();
        }
        let (length, symbol) = table.short[(self.waiting >> (64 - SHORT)) as usize];
        if length > 0 {
            self.skip(u32::from(length))?;
            return Ok(symbol);
        }
        let next = (self.waiting >> 48) as u32;
        for length in SHORT + 1..=16 {
            if next < table.ends[length as usize - 1] {
                self.skip(length)?;
                let place = (next >> (16 - length)) as i32 + table.offsets[length as usize - 1];
                let symbol = table.symbols.get(place as usize);
                return symbol.copied().ok_or_else(|| "a code that no table has: it is damaged".into());
            }
        }
        // Zeros that stand for missing bits can make a code that no table has.
        Err(if self.count < 16 { CUT } else { "a code that no table has: the file is damaged" }.into())
    }

    /// Where the marker after these data is. Zeros and ones may fill up the last bytes; anything else is what the
    /// decoder should have used.
    pub fn finish(mut self) -> Result<usize, String> {
        self.waiting <<= self.count % 8;
        self.count -= self.count % 8;
        let mut left = 0;
        while self.count > 0 {
            left += usize::from(!matches!(self.number(8)?, 0 | 0xff));
        }
        while let Some(byte) = self.byte() {
            left += usize::from(!matches!(byte, 0 | 0xff));
        }
        match left {
            0 => Ok(self.at),
            left => Err(format!("{left} bytes of picture data are left over: the file is damaged")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes 0, 10, 110 and one of 16 bits.
    fn table() -> Table {
        let mut counts = [0; 16];
        (counts[0], counts[1], counts[2], counts[15]) = (1, 1, 1, 1);
        Table::new(&counts, &[5, 6, 7, 8]).unwrap()
    }

    #[test]
    fn codes_of_every_length_are_read() {
        let bytes = [0b0101_1011, 0b1000_0000, 0b0000_0000, 0b0111_1111];
        let mut bits = Bits::new(&bytes, 0);
        let symbols: Vec<u8> = (0..4).map(|_| bits.symbol(&table()).unwrap()).collect();
        assert_eq!(symbols, [5, 6, 7, 8]);
        assert_eq!(bits.number(3), Ok(0));
    }

    #[test]
    fn tables_with_more_codes_than_fit_are_refused() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Table::new(&counts, &[1, 2, 3]).is_none());
    }

    #[test]
    fn numbers_have_the_sign_of_their_first_bit() {
        let mut bits = Bits::new(&[0b1010_1001], 0);
        assert_eq!([bits.signed(3), bits.signed(3), bits.signed(0)], [Ok(5), Ok(-5), Ok(0)]);
    }

    #[test]
    fn data_end_at_a_marker_and_fill_is_no_data() {
        let mut bits = Bits::new(&[0xff, 0, 0b1011_1111, 0xff, 0xd9], 0);
        assert_eq!(bits.number(8), Ok(255));
        assert_eq!(bits.number(2), Ok(2));
        assert_eq!(bits.finish(), Ok(3));
        let mut bits = Bits::new(&[7, 0xff, 0xd9], 0);
        assert!(bits.number(9).unwrap_err().contains("end before the picture"));
        assert!(Bits::new(&[7, 0, 0xff, 0xd9], 0).finish().unwrap_err().starts_with("1 bytes"));
    }
}
