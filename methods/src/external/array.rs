//! Arrays in files, as NumPy keeps them: version 1.0 of its format, in C order.
//!
//! A header of text, `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 8, 8), }`, in a whole number of 64 bytes with
//! what stands before it, then the values.

use harness::contract::error::DetectorError;
use harness::contract::state;
use image::RgbImage;
use std::fs;
use std::path::Path;

/// What a file of version 1.0 begins with; two bytes with the length of the header follow.
const MAGIC: &[u8; 8] = b"\x93NUMPY\x01\x00";

/// Writes pictures of one size as `[count, height, width, 3]`, 8 bits.
///
/// # Errors
/// When the file cannot be written.
pub fn write_pictures(path: &Path, pictures: &[RgbImage]) -> Result<(), DetectorError> {
    let (width, height) = pictures.first().map_or((0, 0), RgbImage::dimensions);
    let mut bytes = header("|u1", &[pictures.len(), height as usize, width as usize, 3]);
    pictures.iter().for_each(|picture| bytes.extend_from_slice(picture));
    state::write(path, &bytes)
}

/// Everything before the values.
fn header(kind: &str, shape: &[usize]) -> Vec<u8> {
    let shape: String = shape.iter().map(|size| format!("{size}, ")).collect();
    let mut text =
        format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({}), }}", shape.trim_end());
    let before = MAGIC.len() + 2;
    let whole = (before + text.len() + 1).next_multiple_of(64) - before;
    text = format!("{text:width$}\n", width = whole - 1);
    [MAGIC, &(whole as u16).to_le_bytes()[..], text.as_bytes()].concat()
}

/// Reads maps `[count, side, side]` of single precision, a vector for each.
///
/// # Errors
/// One sentence: what the file is instead.
pub fn read_maps(path: &Path, count: usize, side: u32) -> Result<Vec<Vec<f32>>, String> {
    let shape = [count, side as usize, side as usize];
    let wrong = |what: String| {
        let wanted = "float32 in C order, in a .npy file of version 1.0";
        format!("the maps in {} are {what} instead of {shape:?}, {wanted}", path.display())
    };
    let unreadable = |reason: std::io::Error| wrong(format!("not readable ({reason})"));
    let pixels = shape[1] * shape[2];
    let size = fs::metadata(path).map_err(unreadable)?.len();
    let values = count * pixels * size_of::<f32>();
    // Nobody reads a disk full of something else.
    if size > (values + (1 << 16) + MAGIC.len() + 2) as u64 {
        return Err(wrong(format!("{size} bytes")));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    let rest = bytes.strip_prefix(MAGIC).and_then(|rest| rest.split_first_chunk::<2>());
    let (length, rest) = rest.ok_or_else(|| wrong("something else".into()))?;
    let split = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)));
    let (text, content) = split.ok_or_else(|| wrong("cut off".into()))?;
    let text = String::from_utf8_lossy(text);
    if !says(&text, &shape) || content.len() != values {
        return Err(wrong(format!("{} with {} bytes", text.trim_end(), content.len())));
    }
    let (numbers, _) = content.as_chunks::<4>();
    let numbers: Vec<f32> = numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    Ok(numbers.chunks(pixels.max(1)).map(<[f32]>::to_vec).collect())
}

/// Whether a header says single precision, C order and this shape, in whatever order and with whatever spaces.
fn says(header: &str, shape: &[usize]) -> bool {
    let text: String = header.chars().filter(|letter| !letter.is_whitespace()).collect();
    let text = text.replace('"', "'");
    let sizes: Vec<String> = shape.iter().map(ToString::to_string).collect();
    let shapes = [format!("'shape':({})", sizes.join(",")), format!("'shape':({},)", sizes.join(","))];
    text.contains("'descr':'<f4'")
        && text.contains("'fortran_order':False")
        && shapes.iter().any(|shape| text.contains(shape.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(shape: &[usize], values: &[f32]) -> Vec<u8> {
        let mut bytes = header("<f4", shape);
        values.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
        bytes
    }

    #[test]
    fn maps_are_read_and_anything_else_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.npy");
        let good = array(&[2, 1, 1], &[0.5, 2.0]);
        fs::write(&path, &good).unwrap();
        assert_eq!(read_maps(&path, 2, 1).unwrap(), [[0.5], [2.0]]);
        assert!(read_maps(&path, 1, 1).unwrap_err().contains("(2, 1, 1,)"));
        let text = String::from_utf8_lossy(&good).into_owned();
        let mut bad: Vec<Vec<u8>> =
            vec![b"".to_vec(), MAGIC.to_vec(), good[..good.len() - 1].to_vec(), good[..60].to_vec()];
        bad.extend(
            [("<f4", ">f4"), ("False", "True_"), ("\u{1}", "\u{2}")]
                .map(|(from, to)| text.replace(from, to).into_bytes()),
        );
        for bytes in bad {
            fs::write(&path, &bytes).unwrap();
            assert!(read_maps(&path, 2, 1).unwrap_err().contains("m.npy"), "{bytes:?}");
        }
    }

    #[test]
    fn pictures_are_written_row_by_row_behind_a_whole_header() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.npy");
        let picture = RgbImage::from_fn(2, 1, |x, _| image::Rgb([x as u8, 7, 9]));
        write_pictures(&path, &[picture.clone(), picture]).unwrap();
        let bytes = fs::read(&path).unwrap();
        assert_eq!(bytes.len(), 128 + 12);
        assert_eq!(bytes[127], b'\n');
        assert!(String::from_utf8_lossy(&bytes[10..128]).contains("'shape': (2, 1, 2, 3,), }"));
        assert_eq!(bytes[128..], [0, 7, 9, 1, 7, 9, 0, 7, 9, 1, 7, 9]);
    }
}
