//! Images that are replaced while a run reads them, and put back.

use crate::campaign::{Campaign, Fault, Try, anywhere, errors, finish};
use crate::support::{folder_suite, mvtec_like, scores, shiftbench, text};
use rand::RngExt;
use std::fs;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

pub const CHANGED: Fault =
    Fault { name: "changed images", tries: [40, 5], attempt: change, hits: None, impossible: anywhere };

fn change(_: &Campaign, try_: &mut Try) -> Result<(), String> {
    let place = try_.folder.clone();
    let category = mvtec_like(&place);
    let suite = folder_suite(&place);
    let start = |out: &str| -> Child {
        let out = place.join(out);
        let mut command = shiftbench(&["bench", text(&suite), "--out", text(&out), "--jobs", "1"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let clock = Instant::now();
    finish(start("calm"))?;
    let duration = clock.elapsed();
    let expected = scores(&place.join("calm"));

    let run = start("rough");
    sleep(duration.mul_f64(try_.random.random_range(0.0..0.9)));
    let names = ["train/good/001.png", "test/good/000.png", "test/crack/002.png"];
    let image = category.join(names[try_.number % names.len()]);
    let whole = fs::read(&image).unwrap();
    fs::copy(category.join("test/crack/001.png"), &image).unwrap();
    sleep(Duration::from_millis(try_.random.random_range(0..60)));
    fs::write(&image, whole).unwrap();
    let output = finish(run)?;
    let found = scores(&place.join("rough"));
    match output.status.code() {
        Some(0) if found == expected => {}
        Some(0) => return Err("other scores stand under the key of the unchanged data".into()),
        Some(3 | 100) => {
            try_.count("named");
            if found.iter().any(|(name, bytes)| expected.get(name) != Some(bytes)) {
                // What was planned with the changed image has the changed image's key.
                try_.count("planned with the change");
            }
        }
        other => return Err(format!("ended with {other:?}: {}", errors(&output))),
    }
    let output = finish(start("rough"))?;
    if output.status.success() && scores(&place.join("rough")) == expected {
        return Ok(());
    }
    Err(format!("the next run did not mend it: {}", errors(&output)))
}
