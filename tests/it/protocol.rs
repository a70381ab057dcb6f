//! The two protocols, through the command line: what they make of one suite, and how they say so.

use crate::support::{fail, mvtec_like, scores, succeed, text};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const STRICT: &str = "strict(steps: 5, batch: 4, references: 3)";

fn json(path: impl AsRef<Path>) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A suite of six small training images, a tiny random teacher and `methods`; seeds are left to the
/// protocol.
fn suite(root: &Path, protocol: &str, methods: &str) -> PathBuf {
    let data = r#"(name: "synthetic", categories: ["stripes"],
        options: (size: 32, train: 6, test_normal: 3, test_defective: 3))"#;
    write_suite(root, protocol, data, methods)
}

fn write_suite(root: &Path, protocol: &str, data: &str, methods: &str) -> PathBuf {
    let path = root.join("mine.ron");
    let text = format!(
        r#"Suite(
    summary: "both protocols",
    protocol: {protocol},
    image_size: 32,
    backbone: (name: "tiny", weights: random(0)),
    datasets: [{data}],
    shifts: [(name: "contrast", severities: [3])],
    methods: [{methods}],
)"#
    );
    fs::write(&path, text).unwrap();
    path
}

/// Every record of cells and trainings below `folder`.
fn records(folder: &Path) -> Vec<Value> {
    let of_run = |path: &PathBuf| {
        let json = path.extension().is_some_and(|ending| ending == "json");
        json && (path.ends_with("job.json") || path.parent().is_some_and(|parent| parent.ends_with("cells")))
    };
    let files = crate::support::files(folder).into_iter().filter(|(path, _)| of_run(path));
    files.map(|(_, bytes)| serde_json::from_slice(&bytes).unwrap()).collect()
}

#[test]
fn strict_gives_every_trained_method_the_same_steps_and_three_seeds() {
    let root = tempfile::tempdir().unwrap();
    let methods = r#"(name: "mean-intensity"), (name: "rd"), (name: "gnl"), (name: "fico")"#;
    let suite = suite(root.path(), STRICT, methods);
    let out = root.path().join("runs");
    let table = succeed(&["bench", text(&suite), "--out", text(&out)]);
    let strict = serde_json::json!({"strict": {"steps": 5, "batch": 4, "references": 3}});
    let found = records(&out);
    // Three seeds of a training and two conditions each; gnl and fico also with two more references.
    assert_eq!(found.len(), 3 * (4 + 4 * 2 + 2 * 2 * 2));
    assert!(found.iter().all(|record| record["protocol"] == strict));
    assert_eq!(json(out.join("mine/index.json"))["protocol"], strict);
    for method in ["rd", "gnl", "fico"] {
        for seed in 0..3 {
            let job = json(out.join(format!("mine/synthetic/stripes/{method}/seed{seed}/job.json")));
            assert_eq!(job["steps"], 5, "{method}");
            assert_eq!(job["identity"]["schedule"], serde_json::json!({"steps": 5, "batch": 4}));
            // The options that the protocol replaces are no part of the record.
            assert!(
                job["method"]["options"]["epochs"].is_null()
                    && job["method"]["options"]["alpha"].is_null() == (method == "rd")
            );
        }
    }
    let trivial = json(out.join("mine/synthetic/stripes/mean-intensity/seed0/job.json"));
    assert!(trivial["steps"].is_null() && trivial["identity"]["schedule"].is_null());
    let words = "strict (5 steps of batch 4, 3 references)";
    let csv = fs::read_to_string(out.join("mine/report/results.csv")).unwrap();
    assert_eq!(csv.matches(words).count(), csv.lines().count() - 1);
    let markdown = fs::read_to_string(out.join("mine/report/table.md")).unwrap();
    assert!(markdown.contains(&format!("protocol {words}")), "{markdown}");
    let shown = table.replace('\n', " ");
    assert!(shown.contains("seeds 0, 1, 2") && !shown.contains("protocol's default"), "{table}");
    assert!(shown.contains("spread over 3 reference images, image AUROC in points"), "{table}");
    assert!(shown.contains("Numbers of gnl, fico are means over 3 reference images."), "{table}");
}

#[test]
fn released_trains_by_the_methods_own_options_and_categories() {
    let root = tempfile::tempdir().unwrap();
    let methods = r#"
        (name: "rd", options: (epochs: 2)),
        (name: "gnl", options: (epochs: 3)),
        (name: "fico", options: (epochs: 2, longer: {"stripes": 4})),
        (name: "fico", label: "fico-elsewhere", options: (epochs: 2, batch: 2, longer: {"screw": 4}))"#;
    let suite = suite(root.path(), "released", methods);
    let out = root.path().join("runs");
    let table = succeed(&["bench", text(&suite), "--out", text(&out)]);
    assert!(records(&out).iter().all(|record| record["protocol"] == "released"));
    assert!(table.contains("protocol released") && table.contains("seed 0"), "{table}");
    assert!(!table.contains("reference images") && !table.contains("protocol's default"), "{table}");
    // Six pictures are one batch of 16 or 8, and three of 2.
    for (method, steps) in [("rd", 2), ("gnl", 3), ("fico", 4), ("fico-elsewhere", 6)] {
        let folder = out.join(format!("mine/synthetic/stripes/{method}/seed0"));
        let job = json(folder.join("job.json"));
        assert_eq!(job["steps"], steps, "{method}");
        assert_eq!(job["references"], serde_json::json!(["train/good/000.png"]), "{method}");
        // Two conditions: record, scores and anomaly maps of each.
        assert_eq!(fs::read_dir(folder.join("cells")).unwrap().count(), 6, "{method}");
    }
}

#[test]
fn each_reference_is_a_cell_of_its_own_and_a_sweep_uses_the_first() {
    let root = tempfile::tempdir().unwrap();
    let methods = r#"(name: "gnl"), (name: "gnl-no-atta")],
    sweeps: [(option: "alpha", values: [0.25])"#;
    let suite = suite(root.path(), STRICT, methods);
    let out = root.path().join("runs");
    let run = |more: &[&str]| {
        succeed(&[&["bench", text(&suite), "--out", text(&out), "--seeds", "0"], more].concat())
    };
    let table = run(&[]);
    assert!(table.contains("1 seed: how far results vary with the seed is unknown"), "{table}");
    let folder = out.join("mine/synthetic/stripes");
    let cells = |method: &str| {
        let files = fs::read_dir(folder.join(method).join("seed0/cells")).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("id") && name.ends_with("csv")).collect::<BTreeSet<_>>()
    };
    let expected = ["id.csv", "id@alpha=0.25.csv", "id@reference=1.csv", "id@reference=2.csv"];
    assert_eq!(cells("gnl"), expected.map(String::from).into());
    assert_eq!(cells("gnl-no-atta"), ["id.csv", "id@alpha=0.25.csv"].map(String::from).into());
    let job = json(folder.join("gnl/seed0/job.json"));
    let drawn: Vec<&str> =
        job["references"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), 3, "{drawn:?}");
    assert!(drawn.iter().all(|id| id.starts_with("train/")), "{drawn:?}");
    // Which references a category gets is no affair of the method.
    assert_eq!(job["references"], json(folder.join("gnl-no-atta/seed0/job.json"))["references"]);
    let scores = scores(&out);
    let of = |cell: &str| &scores[&PathBuf::from("mine/synthetic/stripes/gnl/seed0/cells").join(cell)];
    assert_ne!(of("id.csv"), of("id@reference=1.csv"));
    assert_ne!(of("id@reference=2.csv"), of("id@reference=1.csv"));
    // Their tests depend on them, trainings of one schedule do not depend on alpha.
    let trained = fs::metadata(folder.join("gnl-no-atta/seed0/job.json")).unwrap().modified().unwrap();
    run(&["--set", "methods.gnl-no-atta.alpha=0.5"]);
    assert_eq!(trained, fs::metadata(folder.join("gnl-no-atta/seed0/job.json")).unwrap().modified().unwrap());
    assert_eq!(cells("gnl-no-atta"), expected.map(String::from).into());
}

/// In [`mvtec_like`] the last two of four training images are also test images.
#[test]
fn a_reference_is_never_a_test_image() {
    let root = tempfile::tempdir().unwrap();
    let category = mvtec_like(root.path());
    for (train, test) in [("002", "000"), ("003", "001")] {
        let open = |path: String| image::open(category.join(path)).unwrap();
        assert_eq!(open(format!("train/good/{train}.png")), open(format!("test/good/{test}.png")));
    }
    let data = format!("(name: \"folder\", options: (path: {:?}))", text(&category));
    let protocol = "strict(steps: 2, batch: 4, references: 2)";
    let suite = write_suite(root.path(), protocol, &data, r#"(name: "rd"), (name: "gnl")"#);
    let out = root.path().join("runs");
    let base = ["bench", text(&suite), "--out", text(&out)];
    succeed(&base);
    for seed in 0..3 {
        let job = json(out.join(format!("mine/folder/tiles/gnl/seed{seed}/job.json")));
        let drawn: BTreeSet<&str> =
            job["references"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        assert_eq!(drawn, BTreeSet::from(["train/good/000.png", "train/good/001.png"]));
    }
    let more = ["--set", "protocol=strict(steps: 2, batch: 4, references: 3)"];
    let out = root.path().join("more");
    let base = ["bench", text(&suite), "--out", text(&out)];
    let (code, errors) = fail(&[&base[..], &more].concat());
    assert_eq!(code, 100, "{errors}");
    let sentence = "asks for 3 reference images, but only 2 of the 4 training images differ from every test";
    assert!(errors.contains(sentence), "{errors}");
    assert!(out.join("mine/folder/tiles/gnl/seed0/failed.json").exists());
    assert!(!out.join("mine/folder/tiles/rd/seed0/failed.json").exists(), "rd needs no reference");
}

#[test]
fn a_length_of_its_own_is_a_mistake_under_strict() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("runs");
    for (methods, expected) in [
        (
            "(name: \"rd\",\n    options: (sigma: 2, epochs: 3))",
            "mine.ron:10:25: the protocol, strict (5 steps",
        ),
        ("(name: \"*\", options: (batch: 3))", "mine.ron:9:37: the protocol, strict (5 steps"),
        (
            "(name: \"fico\", options: (longer: {}))",
            "leave 'longer' out, change the protocol's steps and batch",
        ),
    ] {
        let suite = suite(root.path(), STRICT, methods);
        let (code, errors) = fail(&["bench", text(&suite), "--out", text(&out)]);
        assert_eq!(code, 2, "{errors}");
        assert!(
            errors.contains(expected) && errors.lines().count() == 1,
            "expected\n{expected}\nin\n{errors}"
        );
    }
    let suite = suite(root.path(), STRICT, "(name: \"rd\"), (name: \"random\")");
    let base = ["bench", text(&suite), "--out", text(&out), "--dry-run", "--set"];
    for (setting, expected) in [
        ("methods.rd.epochs=3", "--set methods.rd.epochs=3: the protocol, strict (5 steps"),
        ("methods.*.epochs=3", "or choose `protocol: released`, under which it counts"),
        ("protocol=strict", "write `released` or `strict(steps: N, batch: N, references: N)`"),
        ("protocol=strict(steps: 5)", "key 'batch' is missing"),
        ("protocol=strict(steps: 0, batch: 1)", "steps of strict is 0, but must be 1"),
    ] {
        let (code, errors) = fail(&[&base[..], &[setting]].concat());
        assert_eq!(code, 2, "{errors}");
        assert!(errors.contains(expected), "expected\n{expected}\nin\n{errors}");
    }
    let released = ["methods.rd.epochs=3", "--set", "protocol=released"];
    let plan = succeed(&[&base[..], &released].concat());
    assert!(plan.contains("protocol released") && plan.contains("rd               seed 0: 2 of 2"), "{plan}");
}

#[test]
fn another_protocol_has_a_folder_of_its_own() {
    let root = tempfile::tempdir().unwrap();
    let suite = suite(root.path(), STRICT, "(name: \"rd\"), (name: \"random\")");
    let out = root.path().join("runs");
    let base = ["bench", text(&suite), "--seeds", "0", "--out"];
    succeed(&[&base[..], &[text(&out)]].concat());
    let longer = ["--set", "protocol=strict(steps: 6, batch: 4, references: 3)"];
    for more in [&longer[..], &[&longer[..], &["--dry-run"]].concat()] {
        let (code, errors) = fail(&[&base[..], &[text(&out)], more].concat());
        assert_eq!(code, 6, "{errors}");
        assert!(errors.contains("protocol.strict.steps was 5, is 6") && errors.contains("--out"), "{errors}");
    }
    let other = root.path().join("other");
    let table = succeed(&[&base[..], &[text(&other)], &longer].concat());
    assert!(table.contains("strict (6 steps of batch 4, 3 references)"), "{table}");
}
