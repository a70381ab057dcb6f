//! Pictures and masks of every format, told by their content.
#![no_main]

use harness::contract::picture::{decode_mask, decode_rgb};
use libfuzzer_sys::fuzz_target;
use std::path::Path;

fuzz_target!(|bytes: &[u8]| {
    let path = Path::new("picture");
    if let Ok(picture) = decode_rgb(path, bytes) {
        assert!(picture.width() > 0 && picture.height() > 0);
        let _ = decode_mask(path, bytes, picture.dimensions());
    }
});
