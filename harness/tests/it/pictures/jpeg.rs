//! JPEG files of every kind, beside what Pillow makes of them; see `tests/reference/make_jpeg_fixture.py`.

use harness::contract::picture::{decode_rgb, open_rgb};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/jpeg")
}

/// Every JPEG file of the fixtures with its name.
pub fn files() -> Vec<(String, Vec<u8>)> {
    let list = fs::read_to_string(fixtures().join("pillow.txt")).unwrap();
    let names = list.lines().map(|line| line.rsplit_once(' ').unwrap().1.to_owned());
    names.map(|name| (name.clone(), fs::read(fixtures().join(name)).unwrap())).collect()
}

#[test]
fn every_byte_is_as_pillow_has_it() {
    let list = fs::read_to_string(fixtures().join("pillow.txt")).unwrap();
    let mut compared = 0;
    for line in list.lines() {
        let [digest, width, height, name] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let image = open_rgb(&fixtures().join(name)).unwrap();
        assert_eq!(
            (image.width(), image.height()),
            (width.parse().unwrap(), height.parse().unwrap()),
            "{name}"
        );
        let found = Sha256::digest(image.as_raw());
        let found: String = found.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, digest, "{name}");
        compared += 1;
    }
    assert_eq!(compared, 19);
}

#[test]
fn bytes_after_the_end_are_not_looked_at() {
    for (name, bytes) in files() {
        let whole = decode_rgb(Path::new(&name), &bytes).unwrap();
        let tailed = [&bytes[..], b"tail\xff\xd8\xff\xda\0"].concat();
        assert_eq!(decode_rgb(Path::new(&name), &tailed).unwrap(), whole, "{name}");
    }
}

/// Flips one bit of the picture data at a time. Many flips give another sound file; those that do not must be told.
#[test]
fn damage_in_the_picture_data_is_noticed_where_it_can_be() {
    let (mut flipped, mut noticed) = (0, 0);
    for (name, bytes) in files() {
        let data = bytes.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap() + 14;
        for place in (data..bytes.len() - 2).step_by(7) {
            let mut bytes = bytes.clone();
            bytes[place] ^= 1 << (place % 8);
            flipped += 1;
            match decode_rgb(Path::new(&name), &bytes) {
                Err(error) => {
                    assert!(error.to_string().starts_with(&format!("{name}: ")), "{error}");
                    noticed += 1;
                }
                Ok(image) => assert!(image.width() > 0),
            }
        }
    }
    println!("{noticed} of {flipped} flips noticed");
    assert!(3 * noticed > flipped, "{noticed} of {flipped}");
}

/// A header that claims what is not there costs neither memory nor time.
#[test]
fn claims_of_a_header_are_bounded() {
    let (_, mut bytes) = files().into_iter().find(|(name, _)| name == "420.jpg").unwrap();
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    let error = decode_rgb(Path::new("huge.jpg"), &bytes).unwrap_err().to_string();
    assert_eq!(error, "huge.jpg: it is 65535x65535 pixels, more than 16384 a side");
    bytes[frame + 5..frame + 9].copy_from_slice(&[0x40, 0, 0x40, 0]);
    let error = decode_rgb(Path::new("huge.jpg"), &bytes).unwrap_err().to_string();
    assert_eq!(error, "huge.jpg: it needs 1920 MiB of memory, more than 1024");
}

/// Refused by what they are, not as damaged.
#[test]
fn kinds_that_are_not_read_are_named() {
    let (_, bytes) = files().into_iter().find(|(name, _)| name == "420.jpg").unwrap();
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    for (code, word) in [(0xc3, "lossless"), (0xc9, "arithmetically coded"), (0xc5, "hierarchical")] {
        let mut bytes = bytes.clone();
        bytes[frame + 1] = code;
        let error = decode_rgb(Path::new("odd.jpg"), &bytes).unwrap_err().to_string();
        assert!(error.starts_with("odd.jpg: it is a ") && error.contains(word), "{error}");
    }
    let mut deep = bytes.clone();
    deep[frame + 4] = 12;
    let error = decode_rgb(Path::new("deep.jpg"), &deep).unwrap_err().to_string();
    assert_eq!(error, "deep.jpg: it has 12 bits a sample; save it with 8");
}
