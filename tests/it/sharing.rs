//! One training for several methods, and one file for a run.

use crate::support::{fail, files, finished, scores, succeed, text};
use std::fs;
use std::path::Path;

/// A suite of two pairs that differ in test-time options alone.
const PAIRS: [&str; 2] = ["--filter", "method=rd,rd-atta,gnl,gnl-no-atta"];

fn bench(out: &Path, more: &[&str]) -> String {
    succeed(&[&["bench", "smoke", "--out", text(out)], more].concat())
}

fn job(out: &Path, method: &str) -> std::path::PathBuf {
    out.join(format!("smoke/synthetic/stripes/{method}/seed0"))
}

/// What a training took: no two take as long.
fn training(out: &Path, method: &str) -> String {
    let record: serde_json::Value =
        serde_json::from_slice(&fs::read(job(out, method).join("job.json")).unwrap()).unwrap();
    record["training"].to_string()
}

#[test]
fn methods_that_differ_in_test_time_options_alone_are_trained_once() {
    let root = tempfile::tempdir().unwrap();
    let (both, alone, lean) = (root.path().join("both"), root.path().join("alone"), root.path().join("lean"));
    let plan = bench(&both, &[&PAIRS[..], &["--dry-run"]].concat());
    assert!(plan.contains("to do: 2 trainings"), "{plan}");
    bench(&both, &[&PAIRS[..], &["--jobs", "2"]].concat());
    for (one, other) in [("rd", "rd-atta"), ("gnl", "gnl-no-atta")] {
        assert_eq!(training(&both, one), training(&both, other));
        assert_eq!(files(&job(&both, one).join("model")), files(&job(&both, other).join("model")));
    }
    assert_ne!(training(&both, "rd"), training(&both, "gnl"));

    // Trained for itself, a method scores the same.
    bench(&alone, &["--filter", "method=gnl-no-atta,rd-atta"]);
    assert_ne!(training(&alone, "rd-atta"), training(&both, "rd-atta"));
    for method in ["rd-atta", "gnl-no-atta"] {
        assert!(scores(&job(&alone, method)) == scores(&job(&both, method)));
    }
    // What is there already is not trained again for one more method.
    let plan = bench(&alone, &["--filter", "method=gnl", "--dry-run"]);
    assert!(plan.contains("trained alike") && plan.contains("to do: 0 trainings"), "{plan}");

    // Nor where no state is to stay, and then none stays.
    bench(&lean, &[&PAIRS[..], &["--jobs", "1", "--set", "keep_models=false"]].concat());
    assert_eq!(training(&lean, "gnl"), training(&lean, "gnl-no-atta"));
    assert!(!files(&lean).iter().any(|(path, _)| path.iter().any(|part| part == "model")));
    assert!(scores(&lean) == scores(&both));

    // A state that was damaged for both is found for both, and trained once.
    let (before, path) = (scores(&both), job(&both, "rd").join("model/student.safetensors"));
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    for method in ["rd", "rd-atta"] {
        fs::write(job(&both, method).join("model/student.safetensors"), &bytes).unwrap();
    }
    bench(&both, &PAIRS);
    assert_eq!(training(&both, "rd"), training(&both, "rd-atta"));
    assert!(scores(&both) == before);
}

#[test]
fn a_packed_run_is_the_run_without_its_states_and_maps() {
    let run = finished::few();
    let file = run.path().join("smoke.tar.xz");
    let pack = |to: &Path| succeed(&["pack", "smoke", "--out", text(run.path()), "--to", text(to)]);
    let said = pack(&file);
    assert!(said.contains("4 trainings"), "{said}");
    let bytes = fs::read(&file).unwrap();
    pack(&file);
    assert_eq!(fs::read(&file).unwrap(), bytes);

    let copy = run.path().join("copy");
    let unpack = ["unpack", text(&file), "--out", text(&copy)];
    succeed(&unpack);
    assert!(scores(&copy.join("smoke")) == scores(&run.path().join("smoke")));
    let table = |out: &Path| succeed(&["report", "smoke", "--out", text(out)]);
    assert_eq!(table(&copy), table(run.path()));
    // Nothing is left to do but what was left out on purpose.
    let plan = finished::smoke(&copy, &["--dry-run", "--set", "keep_models=false"]);
    assert!(plan.contains("to do: 0 trainings, 0 of"), "{plan}");
    let (code, message) = fail(&unpack);
    assert!(code == 2 && message.contains("is there already"), "{code} {message}");

    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let elsewhere = run.path().join("elsewhere");
    let (code, message) = fail(&["unpack", text(&file), "--out", text(&elsewhere)]);
    assert!(code == 3 && message.contains("smoke.tar.xz"), "{code} {message}");
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);

    // A damaged record is not packed.
    let scored = job(run.path(), "rd").join("cells/id.csv");
    fs::write(&scored, b"image,anomalous,score\n").unwrap();
    let (code, message) = fail(&["pack", "smoke", "--out", text(run.path()), "--to", text(&file)]);
    assert!(code == 6 && message.contains("id.csv"), "{code} {message}");
}
