//! Suites, images, checkpoints and archives with random changes: an answer in one sentence, and no panic.

use crate::campaign::{Campaign, Fault, Try, anywhere, ask};
use crate::support::{mvtec_like, text};
use rand::RngExt;
use std::fs;
use std::path::{Path, PathBuf};

pub const MUTATIONS: Fault = Fault {
    name: "mutated inputs",
    tries: [400, 40],
    attempt: mutate,
    hits: Some("refused"),
    impossible: anywhere,
};

/// Exit codes that a bad input may have.
const DOCUMENTED: [i32; 6] = [0, 2, 3, 4, 6, 100];

fn mutate(campaign: &Campaign, try_: &mut Try) -> Result<(), String> {
    let path = try_.folder.join("input");
    let arguments: Vec<String> = match try_.number % 4 {
        0 => {
            let path = try_.folder.join("suite.ron");
            let suites = ["quick", "smoke", "paper-mvtec", "paper-pacs", "severity", "alpha"];
            let name = suites[try_.random.random_range(0..suites.len())];
            let original = format!("{}/xtask/shiftbench/suites/{name}.ron", env!("CARGO_MANIFEST_DIR"));
            change(Path::new(&original), &path, try_);
            let nowhere = try_.folder.join("nowhere");
            ["bench", text(&path), "--dry-run", "--data-root", text(&nowhere)].map(str::to_owned).to_vec()
        }
        1 => {
            let category = mvtec_like(&try_.folder);
            let image = category.join("test/good/000.png");
            if try_.random.random_bool(0.5) {
                image::open(&image).unwrap().save(image.with_extension("jpg")).unwrap();
                fs::remove_file(&image).unwrap();
                change(&image.with_extension("jpg"), &image.with_extension("jpg"), try_);
            } else {
                change(&image, &image, try_);
            }
            let option = format!("path={}", text(&category));
            ["check", "folder", "--set", &option].map(str::to_owned).to_vec()
        }
        2 => {
            let state = campaign.calm.join("tiny/synthetic/stripes/rd/seed0/model/student.safetensors");
            let path = path.with_extension("safetensors");
            change(&state, &path, try_);
            let images = mvtec_like(&try_.folder).join("test");
            [
                "score",
                "--method",
                "rd",
                "--backbone",
                "tiny",
                "--checkpoint",
                text(&path),
                "--images",
                text(&images),
            ]
            .map(str::to_owned)
            .to_vec()
        }
        _ => {
            let archive = concat!(env!("CARGO_MANIFEST_DIR"), "/harness/tests/fixtures/tiny.tar.xz");
            change(Path::new(archive), &path, try_);
            let root = try_.folder.join("root");
            [
                "fetch",
                "mvtec",
                "--from",
                text(&path),
                "--any-version",
                "--accept-licence",
                "--data-root",
                text(&root),
            ]
            .map(str::to_owned)
            .to_vec()
        }
    };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (code, said) = ask(&arguments)?;
    match code {
        Some(0) => try_.count("accepted"),
        Some(code) if DOCUMENTED.contains(&code) => try_.count("refused"),
        other => return Err(format!("{arguments:?} ended with {other:?}: {said}")),
    }
    Ok(())
}

/// Copies a file with one to four random changes: a byte, a cut, a repeated or a removed piece.
fn change(from: &Path, to: &PathBuf, try_: &mut Try) {
    let mut bytes = fs::read(from).unwrap();
    let random = &mut try_.random;
    for _ in 0..random.random_range(1..=4) {
        if bytes.is_empty() {
            break;
        }
        let place = random.random_range(0..bytes.len());
        let end = (place + random.random_range(1..=16)).min(bytes.len());
        match random.random_range(0..4) {
            0 => bytes[place] = random.random(),
            1 => bytes.truncate(place.max(1)),
            2 => {
                let piece = bytes[place..end].to_vec();
                bytes.splice(place..place, piece.repeat(random.random_range(1..200)));
            }
            _ => drop(bytes.drain(place..end)),
        }
    }
    fs::write(to, bytes).unwrap();
}
