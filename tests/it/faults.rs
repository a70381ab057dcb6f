//! What must hold when things go wrong: nothing torn, nothing lost, one clear sentence.

use crate::support::{
    fail, files, finished, folder_suite, mvtec_like, scores, shiftbench, succeed, text, wait_for,
};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Each kill comes later in the life of a run: as soon as a job is under way and so many more results are there.
#[cfg(target_os = "linux")]
#[test]
fn killed_runs_resume_to_the_bytes_of_an_undisturbed_one() {
    use crate::support::process::{Running, has_ended, workers};
    let out = tempfile::tempdir().unwrap();
    let bench = ["bench", "smoke", "--out", text(out.path()), "--jobs", "2"];
    for more in [0, 1, 3, 6, 10] {
        let mut run = Running::start(&bench, out.path());
        let killed = wait_for("job under way", || {
            assert!(run.child.try_wait().unwrap().is_none(), "nothing was left to kill: {}", run.errors());
            Some(workers(&run.child)).filter(|workers| run.results() >= more && !workers.is_empty())
        });
        run.child.kill().unwrap();
        run.child.wait().unwrap();
        // Workers end with their parent; the next run must not meet them.
        for worker in killed {
            wait_for("end of a worker", || has_ended(worker).then_some(()));
        }
    }
    succeed(&bench);
    let expected = scores(&finished::all().out);
    assert!(expected.len() > 10);
    assert_eq!(expected, scores(out.path()));
    let leftovers = files(out.path()).into_keys().filter(|path| path.to_string_lossy().contains(".part-"));
    assert_eq!(leftovers.count(), 0);
}

#[test]
fn the_number_of_jobs_and_threads_reaches_neither_scores_nor_states() {
    let read = |out: &Path| {
        let states = files(out).into_iter();
        let states: BTreeMap<_, _> =
            states.filter(|(path, _)| path.components().any(|part| part.as_os_str() == "model")).collect();
        (scores(out), states)
    };
    let out = tempfile::tempdir().unwrap();
    succeed(&["bench", "smoke", "--out", text(out.path()), "--jobs", "1"]);
    let (one, two) = (read(out.path()), read(&finished::all().out));
    assert_eq!(one.0, two.0);
    assert_eq!(one.1.keys().collect::<Vec<_>>(), two.1.keys().collect::<Vec<_>>());
    for (name, state) in &one.1 {
        assert!(two.1[name] == *state, "{}: the trained state has other bytes", name.display());
    }
}

#[test]
fn two_runs_on_one_folder_do_not_meet() {
    let out = tempfile::tempdir().unwrap();
    let folder = harness::results::RunFolder::new(out.path(), "smoke");
    let _held = folder.lock().unwrap();
    let (code, errors) = fail(&["bench", "smoke", "--out", text(out.path())]);
    assert_eq!(code, 6, "{errors}");
    assert!(errors.contains("another run is using") && errors.contains("--out"), "{errors}");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("file");
    fs::write(&file, "").unwrap();
    let (code, errors) = fail(&["bench", "smoke", "--out", text(&file)]);
    assert_eq!(code, 6, "{errors}");
    assert!(errors.contains("cannot write") && errors.contains("--out"), "{errors}");
}

/// Runs the folder suite after `damage`; the run must fail with `code` and one sentence about `words`.
fn after(damage: impl Fn(&Path), code: i32, words: &[&str]) {
    let root = tempfile::tempdir().unwrap();
    let category = mvtec_like(root.path());
    damage(&category);
    let suite = folder_suite(root.path());
    let (found, errors) = fail(&["bench", text(&suite), "--out", text(&root.path().join("runs"))]);
    assert_eq!(found, code, "{errors}");
    for word in words {
        assert!(errors.contains(word), "expected '{word}' in\n{errors}");
    }
}

#[test]
fn a_truncated_image_fails_its_jobs_by_name() {
    let cut = |category: &Path| {
        let path = category.join("test/crack/001.png");
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    };
    after(cut, 100, &["test/crack/001.png", "data:"]);
}

#[test]
fn an_empty_category_is_an_error_before_any_training() {
    let empty = |category: &Path| {
        fs::remove_dir_all(category.join("train")).unwrap();
        fs::create_dir_all(category.join("train/good")).unwrap();
    };
    after(empty, 3, &["train"]);
}

#[test]
fn a_mask_of_another_size_is_named() {
    let resize = |category: &Path| {
        image::GrayImage::new(7, 5).save(category.join("ground_truth/crack/000_mask.png")).unwrap();
    };
    after(resize, 100, &["000_mask.png", "7x5", "40x40"]);
}

#[test]
fn a_failed_job_is_tried_again_and_the_others_keep_their_results() {
    let root = tempfile::tempdir().unwrap();
    let category = mvtec_like(root.path());
    let suite = folder_suite(root.path());
    let out = root.path().join("runs");
    let path = category.join("test/good/002.png");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, b"not an image").unwrap();
    fail(&["bench", text(&suite), "--out", text(&out)]);
    assert!(out.join("folder/folder/tiles/mean-intensity/seed0/failed.json").exists());
    fs::write(&path, whole).unwrap();
    succeed(&["bench", text(&suite), "--out", text(&out)]);
    assert!(!out.join("folder/folder/tiles/mean-intensity/seed0/failed.json").exists());
}

#[test]
fn one_changed_pixel_makes_results_stale() {
    let root = tempfile::tempdir().unwrap();
    let category = mvtec_like(root.path());
    let suite = folder_suite(root.path());
    let out = root.path().join("runs");
    succeed(&["bench", text(&suite), "--out", text(&out)]);
    let path = category.join("test/good/000.png");
    let mut picture = image::open(&path).unwrap().into_rgb8();
    picture.put_pixel(0, 0, image::Rgb([1, 2, 3]));
    picture.save(&path).unwrap();
    let plan = succeed(&["bench", text(&suite), "--out", text(&out), "--dry-run"]);
    assert!(plan.contains("again: data was"), "{plan}");
}

#[test]
fn a_run_with_nothing_to_do_reads_no_image_and_a_changed_one_concerns_its_category() {
    let root = tempfile::tempdir().unwrap();
    let parts = root.path().join("tiles");
    fs::rename(mvtec_like(&parts), parts.join("bolts")).unwrap();
    let tiles = mvtec_like(&parts);
    let suite = folder_suite(root.path());
    let (out, cache) = (root.path().join("runs"), root.path().join("cache"));
    // What is printed, and how many of their ten images were hashed in both categories.
    let run = |more: &[&str]| {
        let bench = ["--verbose", "bench", text(&suite), "--out", text(&out), "--cache", text(&cache)];
        let output = shiftbench(&[&bench, more].concat()).output().unwrap();
        let [printed, errors] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        assert!(output.status.success(), "{errors}");
        let hashed = |category: &str| {
            let (_, rest) = errors.split_once(&format!("category \"{category}\": hashed ")).unwrap();
            rest.split_once(" of 10 images").unwrap().0.parse::<usize>().unwrap()
        };
        (printed, [hashed("bolts"), hashed("tiles")])
    };
    // A file that is younger is hashed every time.
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(run(&[]).1, [10, 10]);
    let before = files(&out);
    let (plan, hashed) = run(&["--dry-run"]);
    assert!(plan.contains("to do: 0 trainings, 0 of 8 cells"), "{plan}");
    assert_eq!(hashed, [0, 0]);
    assert_eq!(run(&[]).1, [0, 0]);

    let path = tiles.join("ground_truth/crack/000_mask.png");
    fs::copy(tiles.join("test/good/000.png"), &path).unwrap();
    let (plan, hashed) = run(&["--dry-run"]);
    assert!(plan.contains("to do: 2 trainings, 4 of 8 cells") && plan.contains("again: data was"), "{plan}");
    assert_eq!(hashed, [0, 1]);
    run(&[]);
    let after = files(&out);
    let records = before.iter().filter(|(name, _)| {
        name.ends_with("job.json") || name.parent().is_some_and(|folder| folder.ends_with("cells"))
    });
    for (name, bytes) in records.filter(|(name, _)| name.extension().is_some_and(|ending| ending == "json")) {
        let again = name.iter().any(|part| part == "tiles");
        assert_eq!(after[name] != *bytes, again, "{}", name.display());
    }
}

#[test]
fn damaged_records_do_not_count() {
    let root = tempfile::tempdir().unwrap();
    mvtec_like(root.path());
    let suite = folder_suite(root.path());
    let out = root.path().join("runs");
    let run = || succeed(&["bench", text(&suite), "--out", text(&out)]);
    run();
    let before = scores(&out);
    let cells = out.join("folder/folder/tiles/nearest-image/seed0/cells");
    fs::write(cells.join("id.json"), "{").unwrap();
    let csv = cells.join("contrast-3.csv");
    let edited = fs::read_to_string(&csv).unwrap().replacen(",0,", ",1,", 1);
    fs::write(&csv, edited).unwrap();
    let plan = succeed(&["bench", text(&suite), "--out", text(&out), "--dry-run"]);
    assert!(plan.contains("2 of 4 cells, "), "{plan}");
    run();
    assert_eq!(before, scores(&out));
}

#[test]
fn weights_with_a_missing_key_are_refused_with_their_names() {
    let root = tempfile::tempdir().unwrap();
    let weights = root.path().join("weights.safetensors");
    // A valid, empty safetensors file: an eight-byte header length and an empty header.
    fs::write(&weights, [2, 0, 0, 0, 0, 0, 0, 0, b'{', b'}']).unwrap();
    let choice = format!("backbone.weights=file({:?})", text(&weights));
    let (code, errors) = fail(&[
        "bench",
        "smoke",
        "--filter",
        "method=rd",
        "--set",
        "backbone.name=resnet18",
        "--set",
        &choice,
        "--out",
        text(root.path()),
    ]);
    assert_eq!(code, 100, "{errors}");
    assert!(errors.contains("weights.safetensors") && errors.contains("conv1.weight"), "{errors}");
}
