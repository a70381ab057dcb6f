//! Suites: whatever stands in one is answered, and what is accepted has a plan's worth of limits.
#![no_main]

use datasets as _;
use harness::suite::Suite;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    // The first line is a `--set`, the rest the file.
    let (setting, file) = text.split_once('\n').unwrap_or(("", &text));
    let settings: Vec<String> = (!setting.is_empty()).then(|| setting.to_owned()).into_iter().collect();
    match Suite::parse("fuzz", "fuzz.ron", file, &settings) {
        Ok(suite) => assert!(suite.image_size > 0 && !suite.methods.is_empty()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
