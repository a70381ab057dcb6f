//! Data sets and shifts: what holds for all of them, and what each must give. One program.
#![allow(clippy::unwrap_used)] // Helpers of tests are tests, too.

mod check;
mod corruption_statistics;
mod corruptions_golden;
mod dataset_contract;
mod formats;
mod industrial_shifts;
mod layouts;
mod shift_contract;
mod weather_statistics;

// A plugin crate that nothing names is not linked, and what is not linked does not register.
use datasets as _;

use std::fs;
use std::path::Path;

/// Copies a folder with everything below it.
fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
