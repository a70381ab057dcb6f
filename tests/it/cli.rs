//! The command line as a user meets it.

use crate::support::{fail, files, finished, folder_suite, listed, mvtec_like, scores, succeed, text};
use std::fs;

/// The page in the repository names every plugin. It also guards linking: a plugin crate that nothing names registers
/// nothing, silently.
#[test]
fn everything_is_listed_and_every_file_is_in_its_module() {
    succeed(&["generate", "--check"]);
    let page = include_str!("../../docs/plugins.md");
    for kind in ["methods", "datasets", "shifts", "backbones", "metrics", "suites"] {
        let names = listed(kind);
        assert!(names.len() > 5, "{names:?}");
        for name in names {
            assert!(page.contains(&format!("\n| `{name}` |")), "docs/plugins.md lacks {name}");
        }
    }
}

#[test]
fn every_file_in_the_folder_of_suites_is_one() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/xtask/shiftbench/suites");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> =
        files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(listed("suites"), names);
}

#[test]
fn methods_say_what_they_cost_need_and_keep() {
    let output = succeed(&["list", "methods"]);
    let names = output.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")).count();
    assert_eq!(output.lines().filter(|line| line.contains(" cost: ")).count(), names);
    assert!(output.contains("cost: heavy; weights: the suite's; keeps: a student, 335 MB"), "{output}");
    assert!(output.contains("cost: trivial; weights: none; keeps: nothing"), "{output}");
    assert!(output.contains("weights: vgg16, its own; keeps: the cloner, 1.4 MB"), "{output}");
}

#[test]
fn smoke_trains_tests_and_prints_a_table_and_runs_only_once() {
    let first = finished::all();
    for method in ["mean-intensity", "nearest-image", "rd", "gnl", "fico"] {
        assert!(first.table.contains(method), "{method} is missing from\n{}", first.table);
    }
    assert!(first.table.contains("random"), "random weights must be said in\n{}", first.table);
    let mut before = files(&first.out);
    let out = first.copy();
    assert_eq!(first.table, succeed(&["bench", "smoke", "--out", text(out.path())]));
    let mut after = files(out.path());
    assert!(before.keys().any(|path| path.components().any(|part| part.as_os_str() == "cells")));
    // The lock file names the process that held it last.
    let lock = std::path::Path::new("smoke/.lock");
    assert_ne!(before.remove(lock), after.remove(lock));
    assert_eq!(before, after, "a second run changed finished results");
}

#[test]
fn a_new_shift_or_test_option_needs_no_new_training() {
    let out = tempfile::tempdir().unwrap();
    let base = ["bench", "smoke", "--out", text(out.path()), "--filter", "method=gnl"];
    succeed(&base);
    let model = out.path().join("smoke/synthetic/stripes/gnl/seed0/job.json");
    let trained = fs::metadata(&model).unwrap().modified().unwrap();
    succeed(&[&base[..], &["--set", "severities=[5]", "--set", "methods.gnl.alpha=0.75"]].concat());
    assert_eq!(trained, fs::metadata(&model).unwrap().modified().unwrap());
    let cells = model.with_file_name("cells");
    assert!(cells.join("contrast-5.csv").exists() && cells.join("contrast-3.csv").exists());
}

#[test]
fn a_changed_option_is_noticed_and_named() {
    let out = tempfile::tempdir().unwrap();
    let base = ["bench", "smoke", "--out", text(out.path()), "--filter", "method=rd"];
    succeed(&base);
    let plan = succeed(&[&base[..], &["--dry-run", "--set", "methods.rd.learning_rate=0.001"]].concat());
    assert!(plan.contains("method.options.learning_rate was 0.005, is 0.001"), "{plan}");
    assert!(plan.contains("1 trainings"), "{plan}");
    let unchanged = succeed(&[&base[..], &["--dry-run"]].concat());
    assert!(unchanged.contains("0 trainings, 0 of"), "{unchanged}");
}

#[test]
fn a_folder_of_images_is_a_data_set_with_masks() {
    let root = tempfile::tempdir().unwrap();
    mvtec_like(root.path());
    let suite = folder_suite(root.path());
    let out = root.path().join("runs");
    succeed(&["bench", text(&suite), "--out", text(&out)]);
    let record =
        fs::read_to_string(out.join("folder/folder/tiles/nearest-image/seed0/cells/id.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["metrics"]["image_auroc"]["value"], 1.0);
    assert!(record["metrics"]["aupro"]["value"].as_f64().unwrap() > 0.9, "{}", record["metrics"]);
    assert_eq!(scores(&out).len(), 4);
}

#[test]
fn mistakes_are_answered_with_a_place_and_a_hint() {
    let root = tempfile::tempdir().unwrap();
    let out = text(root.path());
    let suite = |text: &str| {
        let path = root.path().join("mine.ron");
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let minimal = r#"Suite(
    summary: "x", protocol: strict(steps: 4, batch: 2), image_size: 32, seeds: [0],
    datasets: [(name: "synthetic")],
    methods: [(name: "nearest-image")],
)"#;
    let cases = [
        (
            minimal.replace("nearest-image", "nearest-imag"),
            "mine.ron:4:22: unknown method 'nearest-imag': did you mean 'nearest-image'?",
        ),
        (
            minimal.replace("image_size", "image_siz"),
            "mine.ron:2:57: unknown key 'image_siz': did you mean 'image_size'?",
        ),
        (
            minimal.replace("strict", "strickt"),
            "mine.ron:2:29: unknown value 'strickt': did you mean 'strict'?",
        ),
        (
            minimal.replace("\"synthetic\"", "\"synthetic\", options: (\n  sise: 3)"),
            "mine.ron:4:3: unknown key 'sise': did you mean 'size'?",
        ),
        (minimal.replace("32", "\"32\""), "mine.ron:2:69: expected integer"),
        (minimal.replace("32", "33"), "mine.ron:2:69: image_size 33 is not a multiple of 32"),
        (minimal.replace("[0]", "[]"), "mine.ron:2:80: seeds is empty"),
    ];
    for (text, expected) in cases {
        let (code, errors) = fail(&["bench", &suite(&text), "--out", out]);
        assert_eq!(code, 2, "{errors}");
        assert!(errors.contains(expected), "expected\n{expected}\nin\n{errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
    }
    for (arguments, code, expected) in [
        (vec!["bench", "quik"], 2, "unknown suite 'quik': did you mean 'quick'?"),
        (vec!["bench", "smoke", "--filter", "method=gln"], 2, "no method 'gln': did you mean 'gnl'?"),
        (
            vec!["bench", "smoke", "--set", "methods.gnl.epoch=3"],
            2,
            "unknown key 'epoch': did you mean 'epochs'?",
        ),
        (vec!["bench", "smoke", "--set", "methods.gln.epochs=3"], 2, "did you mean 'gnl'?"),
        (vec!["bench", "smoke", "--set", "image_sise=3"], 2, "did you mean 'image_size'?"),
        (vec!["bench", "smoke", "--device", "gpu"], 2, "unknown device 'gpu'"),
        (vec!["bench", "smoke", "--set", "backbone.name=resnet19"], 2, "did you mean 'resnet18'?"),
        (vec!["fetch", "elvp"], 2, "did you mean 'elpv'?"),
        (vec!["new", "method", "Bad Name"], 2, "not a method name"),
        (vec!["corrupt", "nowhere", "out", "--shift", "contrst"], 2, "did you mean 'contrast'?"),
    ] {
        let (found, errors) =
            fail(&[&arguments[..], &["--out", out][..if arguments[0] == "bench" { 2 } else { 0 }]].concat());
        assert_eq!(found, code, "{arguments:?}: {errors}");
        assert!(errors.contains(expected), "{arguments:?}: expected\n{expected}\nin\n{errors}");
    }
}

#[cfg(not(feature = "cuda"))]
#[test]
fn a_build_without_cuda_says_so_kindly() {
    let out = tempfile::tempdir().unwrap();
    let (code, errors) = fail(&["bench", "smoke", "--device", "cuda:0", "--out", text(out.path())]);
    assert_eq!(code, 2);
    assert!(errors.contains("CUDA") && errors.lines().count() == 1, "{errors}");
}

#[test]
fn missing_weights_and_data_say_how_to_get_them() {
    let out = tempfile::tempdir().unwrap();
    let data = out.path().join("data");
    // With a method that uses the suite's backbone, with one that has its own, and with one that the suite gives another.
    let suite = out.path().join("mine.ron");
    // What is missing is fetched, unless this is only asked for.
    let bench = ["bench", text(&suite), "--dry-run", "--out", text(out.path()), "--data-root", text(&data)];
    let with = |method: &str| {
        let written = format!(
            r#"Suite(
    summary: "weights", protocol: strict(steps: 1, batch: 4), image_size: 32, seeds: [0],
    backbone: (name: "resnet18"), datasets: [(name: "synthetic", categories: ["stripes"])], methods: [{method}],
)"#
        );
        fs::write(&suite, written).unwrap();
        fail(&bench)
    };
    for (method, weights) in [
        (r#"(name: "rd")"#, "cargo xtask fetch resnet18"),
        (r#"(name: "anomaly-dino")"#, "cargo xtask fetch dinov2-vits14"),
        (r#"(name: "rd", backbone: (name: "resnet50"))"#, "cargo xtask fetch resnet50"),
    ] {
        let (code, errors) = with(method);
        assert_eq!(code, 3, "{errors}");
        assert!(errors.contains(weights) && errors.contains("random(0)"), "{errors}");
    }
    let (code, errors) = with(r#"(name: "random", backbone: (name: "resnet18"))"#);
    assert!(code == 2 && errors.contains("method 'random' uses no backbone"), "{errors}");
    let (code, errors) = fail(&["bench", "quick", "--dry-run", "--data-root", text(&data)]);
    assert_eq!(code, 3, "{errors}");
    assert!(errors.contains("cargo xtask fetch elpv"), "{errors}");
}

#[test]
fn doctor_and_help_answer_on_any_machine() {
    let data = tempfile::tempdir().unwrap();
    let report = succeed(&["doctor", "--data-root", text(data.path())]);
    assert!(report.contains("cargo xtask fetch elpv"), "{report}");
    // Where official weights come from, and no size where none is known.
    assert!(report.contains("resnet18-f37072fd.pth (ResNet-18, torchvision's"), "{report}");
    assert!(!report.contains("random(0)") && !report.contains("(0 MB)"), "{report}");
    assert!(succeed(&["--help"]).contains("Exit codes"));
}
