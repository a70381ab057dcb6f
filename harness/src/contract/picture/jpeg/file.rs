//! The segments of a file: tables, the frame and its components, and where scans begin; ITU-T T.81 (1992), annex B.

use super::component::Component;
use super::huffman::Table;
use super::scan::{Scan, ZIGZAG};

/// A file that is read from front to back.
#[derive(Debug)]
pub(super) struct File<'a> {
    bytes: &'a [u8],
    /// Where the next segment begins.
    pub at: usize,
    /// Columns and rows; none before the frame's header came.
    pub size: [usize; 2],
    pub components: Vec<Component>,
    progressive: bool,
    quantisation: [Option<[u16; 64]>; 4],
    /// Tables for means, and for other coefficients.
    pub huffman: [[Option<Table>; 4]; 2],
    /// Minimum coded units between two restart markers; 0 where there are none.
    pub interval: usize,
    /// Whether the marker of JFIF came.
    pub jfif: bool,
    /// The transform that Adobe's marker names, if it came.
    pub adobe: Option<u8>,
    /// What cameras write of a picture, if they did: a TIFF structure.
    pub exif: Option<&'a [u8]>,
}

impl<'a> File<'a> {
    /// The file in `bytes`, at its first segment.
    pub fn new(bytes: &'a [u8]) -> Result<Self, String> {
        if !bytes.starts_with(&[0xff, 0xd8]) {
            return Err("it does not begin as a JPEG file does".into());
        }
        Ok(Self {
            bytes,
            at: 2,
            size: [0; 2],
            components: Vec::new(),
            progressive: false,
            quantisation: [None; 4],
            huffman: Default::default(),
            interval: 0,
            jfif: false,
            adobe: None,
            exif: None,
        })
    }

    /// The code of the marker at the current place.
    pub fn marker(&mut self) -> Result<u8, String> {
        if self.bytes.get(self.at).is_some_and(|byte| *byte != 0xff) {
            return Err(format!("there is no marker at byte {}: the file is damaged", self.at));
        }
        while self.bytes.get(self.at) == Some(&0xff) {
            self.at += 1;
        }
        let code = *self.bytes.get(self.at).ok_or("it ends without an end marker: the file is cut off")?;
        self.at += 1;
        Ok(code)
    }

    /// What follows the current marker.
    fn segment(&mut self) -> Result<&'a [u8], String> {
        let cut = || "it ends within a header: the file is cut off or damaged".to_owned();
        let length = self.bytes.get(self.at..self.at + 2).ok_or_else(cut)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let segment = self.bytes.get(self.at + 2..self.at + length).ok_or_else(cut)?;
        self.at += length;
        Ok(segment)
    }

    /// Reads on to the next scan, behind its header; `None` at the end of the picture.
    pub fn scan(&mut self) -> Result<Option<Scan>, String> {
        loop {
            let code = self.marker()?;
            match code {
                0xd9 => return Ok(None),
                0xda => {
                    let segment = self.segment()?;
                    return self.scan_header(segment).map(Some);
                }
                0xc0..=0xc2 => {
                    let segment = self.segment()?;
                    self.frame(code == 0xc2, segment)?;
                }
                0xc4 => self.huffman_tables()?,
                0xc8 | 0xc3 | 0xc5..=0xc7 | 0xc9..=0xcf => return Err(unusual(code)),
                0xdb => self.quantisation_tables()?,
                0xdd => match *self.segment()? {
                    [high, low] => self.interval = usize::from(u16::from_be_bytes([high, low])),
                    _ => return Err(damaged("restart interval")),
                },
                0xe0 => self.jfif |= self.segment()?.starts_with(b"JFIF\0"),
                0xe1 => {
                    let exif = self.segment()?.strip_prefix(b"Exif\0\0");
                    self.exif = self.exif.or(exif);
                }
                0xee => {
                    let transform = self.segment()?.strip_prefix(b"Adobe").and_then(|rest| rest.get(6));
                    self.adobe = transform.copied().or(self.adobe);
                }
                0xe2..=0xed | 0xef | 0xfe => {
                    self.segment()?;
                }
                _ => return Err(format!("a marker {code:#04x} does not belong here: the file is damaged")),
            }
        }
    }

    fn quantisation_tables(&mut self) -> Result<(), String> {
        let bad = || damaged("quantisation table");
        let mut rest = self.segment()?;
        while let [head, steps @ ..] = rest {
            let width = 1 + usize::from(head >> 4);
            let table =
                self.quantisation.get_mut(usize::from(head & 15)).filter(|_| width < 3).ok_or_else(bad)?;
            let (written, after) = steps.split_at_checked(64 * width).ok_or_else(bad)?;
            let mut steps = [0; 64];
            for (&place, step) in ZIGZAG.iter().zip(written.chunks_exact(width)) {
                steps[place] = step.iter().fold(0, |step, &byte| step << 8 | u16::from(byte));
            }
            if steps.contains(&0) {
                return Err(bad());
            }
            *table = Some(steps);
            rest = after;
        }
        Ok(())
    }

    fn huffman_tables(&mut self) -> Result<(), String> {
        let bad = || damaged("Huffman table");
        let mut rest = self.segment()?;
        while let [head, after @ ..] = rest {
            let (counts, after) = after.split_first_chunk::<16>().ok_or_else(bad)?;
            let symbols: usize = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, after) = after.split_at_checked(symbols).ok_or_else(bad)?;
            let tables = self.huffman.get_mut(usize::from(head >> 4)).ok_or_else(bad)?;
            let table = tables.get_mut(usize::from(head & 15)).ok_or_else(bad)?;
            *table = Some(Table::new(counts, symbols).ok_or_else(bad)?);
            rest = after;
        }
        Ok(())
    }

    fn frame(&mut self, progressive: bool, segment: &[u8]) -> Result<(), String> {
        let bad = || damaged("frame header");
        let ([precision, h1, h0, w1, w0, count], components) = segment.split_first_chunk().ok_or_else(bad)?;
        if *precision != 8 {
            return Err(format!("it has {precision} bits a sample; save it with 8"));
        }
        let (height, width) = (u16::from_be_bytes([*h1, *h0]).into(), u16::from_be_bytes([*w1, *w0]).into());
        if !self.components.is_empty()
            || height == 0
            || width == 0
            || components.len() != 3 * usize::from(*count)
        {
            return Err(bad());
        }
        let sampling = |component: &[u8]| [component[1] >> 4, component[1] & 15].map(usize::from);
        let components = components.chunks_exact(3);
        let most = components.clone().fold([1, 1], |most: [usize; 2], component| {
            let sampling = sampling(component);
            [most[0].max(sampling[0]), most[1].max(sampling[1])]
        });
        for component in components {
            let (sampling, table) = (sampling(component), usize::from(component[2]));
            if table > 3 || sampling.iter().any(|factor| !(1..=4).contains(factor)) {
                return Err(bad());
            }
            let along = |axis: usize, size: usize| (size * sampling[axis]).div_ceil(most[axis]);
            let size = [along(0, width), along(1, height)];
            let units = |axis: usize, size: usize| size.div_ceil(8 * most[axis]) * sampling[axis];
            self.components.push(Component {
                id: component[0],
                sampling,
                table,
                size,
                blocks: size.map(|size| size.div_ceil(8)),
                padded: [units(0, width), units(1, height)],
                coefficients: Vec::new(),
                steps: None,
                pending: [None; 64],
            });
        }
        self.size = [width, height];
        self.progressive = progressive;
        Ok(())
    }

    fn scan_header(&mut self, segment: &[u8]) -> Result<Scan, String> {
        let bad = || damaged("scan header");
        let (count, rest) = segment.split_first().ok_or_else(bad)?;
        let (named, rest) = rest.split_at_checked(2 * usize::from(*count)).ok_or_else(bad)?;
        let [first, last, bits] = *rest else { return Err(bad()) };
        let mut components = Vec::new();
        for name in named.chunks_exact(2) {
            let place =
                self.components.iter().position(|component| component.id == name[0]).ok_or_else(bad)?;
            let tables = [name[1] >> 4, name[1] & 15].map(usize::from);
            if tables.iter().any(|table| *table > 3) || components.iter().any(|(other, _)| *other == place) {
                return Err(bad());
            }
            components.push((place, tables));
        }
        let (band, bits) = match self.progressive {
            true => ([first, last].map(usize::from), [bits >> 4, bits & 15]),
            false => ([0, 63], [0, 0]),
        };
        // Means come alone, other coefficients of one component at a time.
        let progression = match band {
            [0, 0] => true,
            [first, last] => first > 0 && last < 64 && first <= last && components.len() == 1,
        };
        if components.is_empty() || self.progressive && (!progression || bits[1] > 13) {
            return Err(bad());
        }
        for (place, _) in &components {
            let component = &mut self.components[*place];
            component.steps = component.steps.or(self.quantisation[component.table]);
        }
        Ok(Scan { components, band, bits, progressive: self.progressive })
    }
}

fn damaged(what: &str) -> String {
    format!("its {what} is damaged")
}

/// Kinds of JPEG that hardly any program writes.
fn unusual(code: u8) -> String {
    let kind = match code {
        0xc3 => "lossless",
        0xc9..=0xcb => "arithmetically coded",
        _ => "hierarchical",
    };
    format!("it is a {kind} JPEG, which is not read here; save it as a usual one or as PNG")
}
