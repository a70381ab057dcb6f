//! No number that is not what was computed: whatever changes in a run folder, or in the data under it, is noticed, named
//! and done again.

use crate::support::finished::{self, smoke};
use crate::support::{fail, files, mvtec_like, scores, shiftbench, succeed, text, wait_for};
use harness::contract::seed::Root;
use harness::results::RunFolder;
use harness::run::verify;
use rand::RngExt;
use std::fs;
use std::path::{Path, PathBuf};

/// A finished run of `smoke` and its folder.
fn finished_run() -> (tempfile::TempDir, PathBuf) {
    let out = finished::few();
    let run = out.path().join("smoke");
    (out, run)
}

fn edit(path: &Path, from: &str, to: &str) {
    let before = fs::read_to_string(path).unwrap();
    let after = before.replacen(from, to, 1);
    assert_ne!(before, after, "{} has no '{from}'", path.display());
    fs::write(path, after).unwrap();
}

/// After `damage` to a finished run: `verify`, `report` and `paper` refuse and name it with `words`, `bench` does it
/// again and says why, and then everything is as it was.
fn mended(damage: impl Fn(&Path), words: &str) {
    let (out, run) = finished_run();
    let at = text(out.path());
    let before = scores(&run);
    damage(&run);
    for command in [
        vec!["verify", text(&run)],
        vec!["report", "smoke", "--out", at],
        vec!["paper", "smoke", "--out", at],
    ] {
        let (code, errors) = fail(&command);
        assert_eq!(code, 5, "{command:?}: {errors}");
        assert!(errors.contains(words), "{command:?}: expected '{words}' in\n{errors}");
    }
    smoke(out.path(), &[]);
    assert_eq!(before, scores(&run));
    succeed(&["verify", text(&run)]);
    succeed(&["paper", "smoke", "--out", at]);
    let plan = succeed(&["bench", "smoke", "--out", at, "--filter", "method=mean-intensity,rd", "--dry-run"]);
    assert!(plan.contains("to do: 0 trainings, 0 of"), "{plan}");
}

const RD: &str = "synthetic/stripes/rd/seed0";

#[test]
fn an_edited_number_is_no_result() {
    mended(
        |run| edit(&run.join(RD).join("cells/contrast-3.json"), "0.", "1."),
        "contrast-3.json: it was damaged or edited",
    );
}

#[test]
fn a_record_that_claims_other_metrics_is_no_result() {
    let claim = |run: &Path| {
        edit(&run.join(RD).join("cells/id.json"), "\"metrics_version\": 1", "\"metrics_version\": 99")
    };
    mended(claim, "id.json: it was damaged or edited");
}

#[test]
fn a_missing_map_sheet_is_made_again() {
    mended(|run| fs::remove_file(run.join(RD).join("cells/id.png")).unwrap(), "id.png");
}

#[test]
fn an_edited_training_is_no_training() {
    mended(|run| edit(&run.join(RD).join("job.json"), "\"steps\": 4", "\"steps\": 9"), "job.json");
}

#[test]
fn a_damaged_state_counts_as_untrained() {
    let damages: [&dyn Fn(&Path); 3] = [
        &|path| {
            let mut bytes = fs::read(path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 4;
            fs::write(path, bytes).unwrap();
        },
        &|path| fs::write(path, "").unwrap(),
        &|path| fs::remove_file(path).unwrap(),
    ];
    let (out, run) = finished_run();
    let before = scores(&run);
    for damage in damages {
        let states = files(&run.join(RD).join("model"));
        assert!(!states.is_empty());
        for name in states.keys() {
            damage(&run.join(RD).join("model").join(name));
            // Also where a cell needs the state at once.
            fs::remove_file(run.join(RD).join("cells/contrast-3.json")).unwrap();
            let (code, errors) = fail(&["verify", text(&run)]);
            assert!(code == 5 && errors.contains("part of the trained state"), "{errors}");
            smoke(out.path(), &[]);
            assert_eq!(before, scores(&run), "{name:?}");
            assert!(files(&run.join(RD).join("model")) == states, "trained again, the state has other bytes");
            succeed(&["verify", text(&run)]);
        }
    }
}

#[test]
fn an_empty_exhibit_is_made_again() {
    let (out, run) = finished_run();
    let exhibits = files(&run.join("exhibits"));
    let picture =
        exhibits.keys().find(|name| name.extension().is_some_and(|ending| ending == "png")).unwrap();
    fs::write(run.join("exhibits").join(picture), "").unwrap();
    let (code, errors) = fail(&["verify", text(&run)]);
    assert!(code == 5 && errors.contains("the picture is not the one that was kept"), "{errors}");
    smoke(out.path(), &[]);
    assert_eq!(exhibits, files(&run.join("exhibits")));
    succeed(&["paper", "smoke", "--out", text(out.path())]);
}

#[test]
fn whatever_a_stopped_run_left_is_swept_also_where_nothing_is_to_do() {
    let (out, run) = finished_run();
    let left = ["", "report", "exhibits/synthetic", RD, &format!("{RD}/cells")]
        .map(|place| run.join(place).join(".part-x"));
    for path in &left {
        fs::write(path, "half").unwrap();
    }
    let model = run.join(RD).join(".part-model");
    fs::create_dir(&model).unwrap();
    fs::write(model.join("weights"), "half").unwrap();
    smoke(out.path(), &[]);
    assert!(left.iter().all(|path| !path.exists()) && !model.exists());
}

#[test]
fn a_filter_never_shrinks_the_list_of_results() {
    let (out, run) = finished_run();
    let at = text(out.path());
    let index = fs::read(run.join("index.json")).unwrap();
    let narrow = ["bench", "smoke", "--out", at, "--filter", "method=mean-intensity"];
    let (code, errors) = fail(&[&narrow[..], &["--set", "image_size=64"]].concat());
    assert!(code == 6 && errors.contains("image_size was 32, is 64") && errors.contains("--out"), "{errors}");
    assert_eq!(fs::read(run.join("index.json")).unwrap(), index);
    // A list that is lost is written anew only by who names everything that is there.
    fs::write(run.join("index.json"), &index[..index.len() / 2]).unwrap();
    let (code, errors) = fail(&narrow);
    assert!(code == 6 && errors.contains("gnl/seed0") && errors.contains("without filters"), "{errors}");
    smoke(out.path(), &[]);
    assert_eq!(fs::read(run.join("index.json")).unwrap(), index);
}

#[test]
fn results_of_another_version_are_refused_in_one_sentence() {
    let (out, run) = finished_run();
    fs::write(run.join("index.json"), "{\"suite\": \"smoke\", \"cells\": []}").unwrap();
    let (code, errors) = fail(&["bench", "smoke", "--out", text(out.path())]);
    assert!(code == 6 && errors.contains("another version of shiftbench"), "{errors}");
}

/// A suite that trains for some seconds on [`mvtec_like`] data, and tests then.
fn slow_suite(root: &Path) -> PathBuf {
    let path = root.join("slow.ron");
    let suite = format!(
        r#"Suite(
    summary: "one method that trains for a while",
    protocol: strict(steps: 150, batch: 4, references: 1),
    image_size: 32,
    backbone: (name: "tiny", weights: random(0)),
    seeds: [0],
    datasets: [(name: "folder", options: (path: {:?}))],
    methods: [(name: "rd")],
)"#,
        text(&root.join("tiles"))
    );
    fs::write(&path, suite).unwrap();
    path
}

#[test]
fn an_image_that_changes_during_a_run_reaches_no_record() {
    let root = tempfile::tempdir().unwrap();
    let category = mvtec_like(root.path());
    let suite = slow_suite(root.path());
    let (calm, rough) = (root.path().join("calm"), root.path().join("rough"));
    // Without pictures that were prepared from the right image.
    succeed(&["bench", text(&suite), "--out", text(&calm), "--no-cache"]);

    let run = shiftbench(&["bench", text(&suite), "--out", text(&rough), "--no-cache"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let job = rough.join("slow/folder/tiles/rd/seed0");
    wait_for("begun job", || job.join("cells").exists().then_some(()));
    let (image, other) = (category.join("test/good/000.png"), category.join("test/good/001.png"));
    let whole = fs::read(&image).unwrap();
    fs::copy(&other, &image).unwrap();
    let output = run.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(100), "{errors}");
    assert!(errors.contains("changed") && errors.contains("same command again"), "{errors}");
    assert!(!job.join("cells/id.json").exists());

    fs::write(&image, whole).unwrap();
    succeed(&["bench", text(&suite), "--out", text(&rough)]);
    assert_eq!(scores(&calm), scores(&rough));
}

#[test]
fn every_byte_that_a_report_rests_on_is_bound() {
    let (_out, run) = finished_run();
    let folder = RunFolder::at(&run);
    let whole = verify(&folder).unwrap();
    assert!(whole.findings.is_empty() && whole.missing == 0 && whole.cells == 21, "{whole:?}");
    let shown = || {
        let comparison = reports::Comparison::load(&folder, None);
        comparison.map(|comparison| reports::csv(&comparison)).map_err(|error| error.to_string())
    };
    let before = shown();
    let all: Vec<(PathBuf, Vec<u8>)> = files(&run)
        .into_iter()
        .filter(|(name, bytes)| !bytes.is_empty() && !name.ends_with("job.log"))
        .collect();
    let mut random = Root::new(7, "", "").stream("flip", "");
    let mut silent = 0;
    for try_ in 0..500 {
        let (name, bytes) = &all[try_ % all.len()];
        let place = random.random_range(0..bytes.len());
        let mut damaged = bytes.clone();
        damaged[place] ^= 1 << random.random_range(0..8);
        fs::write(run.join(name), &damaged).unwrap();
        let found = match verify(&folder) {
            Ok(verified) => {
                !verified.findings.is_empty() || !reports::check_folder(&run.join("report")).is_empty()
            }
            Err(_) => true,
        };
        if !found {
            silent += 1;
            assert!(
                name.extension().is_some_and(|ending| ending == "json") || name.ends_with(".lock"),
                "{name:?} {place}"
            );
            assert_eq!(shown(), before, "byte {place} of {name:?}");
        }
        fs::write(run.join(name), bytes).unwrap();
    }
    assert!(silent < 100, "{silent} changes were passed over");
}
