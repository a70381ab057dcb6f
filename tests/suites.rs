//! Mistakes in suites: each is refused in one sentence with its place, before anything is done.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;
use support::{fail, succeed, text};

const MINIMAL: &str = r#"Suite(
    summary: "x", protocol: strict(steps: 4, batch: 2), image_size: 32, seeds: [0],
    backbone: (name: "tiny", weights: random(0)),
    datasets: [(name: "synthetic", categories: ["disk"])],
    shifts: [(name: "contrast", severities: [3])],
    methods: [(name: "rd-atta")],
)"#;

/// A suite file `mine.ron`, with whatever it writes.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn suite(&self, text: &str) -> String {
        let path = self.0.path().join("mine.ron");
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().into()
    }

    /// The dry run of `text` must end with `code` and a sentence that holds `expected`.
    fn refuses(&self, text: &str, more: &[&str], code: i32, expected: &str) {
        let suite = self.suite(text);
        let out = self.0.path().join("runs");
        let base = ["bench", &suite, "--dry-run", "--out", out.to_str().unwrap()];
        let (found, errors) = fail(&[&base[..], more].concat());
        assert_eq!(found, code, "{errors}");
        assert!(errors.contains(expected), "expected\n{expected}\nin\n{errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
        assert!(!out.exists(), "a dry run wrote");
    }
}

#[test]
fn what_stands_twice_is_refused_with_both_places() {
    let desk = Desk::new();
    let first = |at: &str| format!("first at {}/mine.ron:{at}", desk.0.path().display());
    for (from, to, place, what, at) in [
        ("[0]", "[0, 1, 0]", "2:83", "seed '0' stands twice", "2:77"),
        (r#"["disk"]"#, r#"["disk", "disk"]"#, "4:57", "category 'disk' stands twice", "4:49"),
        (r#"["disk"]"#, r#"["disk", "Disk"]"#, "4:57", "differs from 'disk' in case alone", "4:49"),
        ("[3]", "[3, 3]", "5:52", "shift 'contrast-3' stands twice", "5:49"),
        ("[3])", "[3]), \"contrast(3)\"", "5:54", "shift 'contrast-3' stands twice", "5:49"),
        (
            r#""rd-atta")"#,
            r#""rd-atta"), (name: "rd-atta")"#,
            "6:40",
            "method 'rd-atta' stands twice",
            "6:22",
        ),
        (
            r#""rd-atta")"#,
            r#""rd-atta"), (name: "rd", label: "rd-atta")"#,
            "6:53",
            "give one a label",
            "6:22",
        ),
        (r#""rd-atta")"#, r#""rd-atta"), (name: "rd", label: "RD-atta")"#, "6:53", "in case alone", "6:22"),
        (
            r#"["disk"])"#,
            r#"["disk"]), (name: "synthetic")"#,
            "4:67",
            "data set 'synthetic' stands twice",
            "4:23",
        ),
    ] {
        let text = MINIMAL.replacen(from, to, 1);
        desk.refuses(&text, &[], 2, what);
        desk.refuses(&text, &[], 2, &format!("mine.ron:{place}: "));
        desk.refuses(&text, &[], 2, &first(at));
    }
    let swept = |values: &str| MINIMAL.replace("\n)", &format!("\n    sweeps: [{values}],\n)"));
    desk.refuses(&swept("(option: \"alpha\", values: [0.25, 0.250])"), &[], 2, "value '0.25' stands twice");
    let two = "(option: \"alpha\", values: [0.1]), (option: \"alpha\", values: [0.2])";
    desk.refuses(&swept(two), &[], 2, "sweep over 'alpha' stands twice");
    desk.refuses(MINIMAL, &["--seeds", "0,0"], 2, "--set seeds=[0, 0]: seed '0' stands twice");
    desk.refuses(MINIMAL, &["--set", "severities=[2, 2]"], 2, "--set severities=[2, 2]: shift 'contrast-2'");
}

#[test]
fn labels_that_are_no_plain_names_are_refused_where_they_stand() {
    let desk = Desk::new();
    let long = "x".repeat(201);
    for (label, reason) in [
        ("..", "label '..' begins with a dot"),
        ("a/b", "holds '/', which separates folders"),
        ("", "label '' is empty"),
        ("two words", "is not a plain name"),
        (r"\u{1b}[31m", r"holds the control character \u{1b}"),
        (&long, "has 201 bytes"),
    ] {
        let method = MINIMAL.replace("\"rd-atta\"", &format!("\"rd-atta\", label: \"{label}\""));
        desk.refuses(&method, &[], 2, reason);
        desk.refuses(&method, &[], 2, "mine.ron:6:40: ");
        let dataset = MINIMAL.replace("\"synthetic\"", &format!("\"synthetic\", label: \"{label}\""));
        desk.refuses(&dataset, &[], 2, reason);
        desk.refuses(&dataset, &[], 2, "mine.ron:4:43: ");
    }
}

#[test]
fn option_values_are_checked_where_they_are_written() {
    let desk = Desk::new();
    let with = |options: &str| MINIMAL.replace("\"rd-atta\"", &format!("\"rd-atta\", options: ({options})"));
    let share = "option alpha: must be 0 to 1, or None";
    desk.refuses(&with("alpha: 1.5"), &[], 2, &format!("mine.ron:6:41: {share}"));
    desk.refuses(
        MINIMAL,
        &["--set", "methods.rd-atta.alpha=1.5"],
        2,
        &format!("--set methods.rd-atta.alpha=1.5: {share}"),
    );
    desk.refuses(MINIMAL, &["--set", "methods.*.alpha=-1"], 2, share);
    desk.refuses(&with("invariant: true"), &[], 2, "6:41: option invariant: needs compensation: true");
    for number in ["NaN", "inf", "-inf", "1e999"] {
        desk.refuses(&with(&format!("alpha: {number}")), &[], 2, "6:48: is no finite number");
    }
    desk.refuses(&with("reference: 3"), &[], 2, "6:41: option reference: is 3, but the protocol, strict");
    desk.refuses(
        &with("kernels: 5000000000"),
        &[],
        2,
        "6:41: option kernels: 5000000000 is beyond all bounds",
    );
    let every = MINIMAL.replace("\"rd-atta\"", "\"*\", options: (alpha: \"much\")");
    desk.refuses(&every, &[], 2, "mine.ron:6:42: expected");
    let every = MINIMAL.replace("\"rd-atta\"", "\"*\", options: (sigma: 4.0, alfa: 1.0)");
    desk.refuses(&every, &[], 2, "mine.ron:6:47: no method has an option 'alfa'");
    let swept = |value: &str| {
        MINIMAL.replace("\n)", &format!("\n    sweeps: [(option: \"alpha\", values: [0.25, {value}])],\n)"))
    };
    desk.refuses(&swept("1.5"), &[], 2, &format!("mine.ron:7:50: method 'rd-atta': {share}"));
    for number in ["NaN", "inf"] {
        desk.refuses(&swept(number), &[], 2, "mine.ron:7:50: is no finite number");
    }
    let data = |options: &str| MINIMAL.replace("[\"disk\"]", &format!("[\"disk\"], options: ({options})"));
    desk.refuses(&data("size: 8"), &[], 2, "mine.ron:4:69: option size: is 8; choose 32 to 4096");
    desk.refuses(
        &MINIMAL.replace("\"synthetic\"", "\"folder\""),
        &[],
        2,
        "mine.ron:4:23: option path: must be given",
    );
}

#[test]
fn a_method_is_refused_on_a_backbone_of_another_kind() {
    let desk = Desk::new();
    let tokens = "method 'rd-atta' needs a backbone that gives feature maps at strides 4, 8 and 16, and tiny_vit gives the \
                  tokens of a vision transformer: give it one of efficientnet_lite0, resnet18";
    desk.refuses(&MINIMAL.replace("\"tiny\"", "\"tiny_vit\""), &[], 2, &format!("mine.ron:6:22: {tokens}"));
    desk.refuses(MINIMAL, &["--set", "backbone.name=tiny_vit"], 2, tokens);
    let own = "\"dinomaly\", backbone: (name: \"tiny\", weights: random(0))";
    desk.refuses(
        &MINIMAL.replace("\"rd-atta\"", own),
        &[],
        2,
        "'dinomaly' needs a backbone that gives the tokens",
    );
    desk.refuses(
        &MINIMAL.replacen("    backbone", "    //", 1),
        &[],
        2,
        "mine.ron:6:22: method 'rd-atta' needs a backbone",
    );
}

#[test]
fn what_nobody_can_wait_for_is_refused_at_once() {
    let desk = Desk::new();
    let data = |options: &str| MINIMAL.replace("[\"disk\"]", &format!("[\"disk\"], options: ({options})"));
    for (text, expected) in [
        (
            MINIMAL.replace("size: 32", "size: 4000000000"),
            "2:68: image_size 4000000000 is not a multiple of 32 from 32",
        ),
        (MINIMAL.replace("size: 32", "size: 33"), "2:68: image_size 33 is not"),
        (MINIMAL.replace("size: 32", "size: 99999999999"), "mine.ron:2:68: "),
        (data("train: 1000000000"), "4:69: option train: is 1000000000; the most is 100000"),
        (
            MINIMAL.replace("batch: 2", "batch: 2, references: 100000"),
            "2:29: references of strict is 100000, but must be 1",
        ),
        (MINIMAL.replace("steps: 4", "steps: 4000000000"), "steps of strict is 4000000000"),
        (MINIMAL.replace("batch: 2", "batch: 0"), "batch of strict is 0"),
        (MINIMAL.replace("[3]", "[]"), "5:48: severities is empty"),
        (MINIMAL.replace("[3]", "[6]"), "5:49: severity 6 is not in 1..=5"),
        (
            MINIMAL.replace("[0]", &format!("{:?}", (0..2000).collect::<Vec<_>>())),
            "2:76: seeds has 2000 entries; the most is 1000",
        ),
        (MINIMAL.replace("[(name: \"rd-atta\")]", "[]"), "6:14: methods is empty"),
    ] {
        desk.refuses(&text, &[], 2, expected);
    }
    let seeds = MINIMAL.replace("[0]", &format!("{:?}", (0..1000).collect::<Vec<_>>()));
    let values: Vec<String> = (1..900).map(|value| format!("{}", f64::from(value) / 1000.0)).collect();
    let many = seeds
        .replace("\n)", &format!("\n    sweeps: [(option: \"alpha\", values: [{}])],\n)", values.join(", ")));
    desk.refuses(&many, &[], 2, "suite mine has more than 1000000 cells");
    let released = MINIMAL.replace("strict(steps: 4, batch: 2)", "released");
    let endless = ["--set", "methods.rd-atta.epochs=900000000"];
    desk.refuses(&released, &endless, 2, "synthetic/disk/rd-atta/seed0 would take");
}

#[test]
fn only_a_text_file_of_a_sensible_size_is_read() {
    let desk = Desk::new();
    let path = desk.0.path().join("odd.ron");
    let refused = |expected: &str| {
        let (code, errors) = fail(&["bench", text(&path), "--dry-run"]);
        assert_eq!(code, 2, "{errors}");
        assert!(errors.contains("odd.ron") && errors.contains(expected), "{errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
    };
    refused("No such file");
    fs::write(&path, b"Suite(\n    summary: \"\xff\",\n)").unwrap();
    refused("odd.ron:2: is not UTF-8");
    fs::write(&path, "a".repeat(1 << 21)).unwrap();
    refused("is larger than a suite can be (1024 KiB)");
    fs::write(&path, format!("Suite(summary: {}", "[".repeat(100_000))).unwrap();
    refused("brackets are nested deeper than any suite needs");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    refused("is a folder, not a file");
    fs::remove_dir(&path).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        refused("is a device, not a file");
        fs::remove_file(&path).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        refused("is a named pipe, not a file");
    }
    let deep =
        MINIMAL.replace("\"rd-atta\"", &format!("\"rd-atta\", options: (alpha: {}", "[".repeat(100_000)));
    desk.refuses(&deep, &[], 2, "nested deeper than any suite needs");
    let deep = format!("methods.rd-atta.alpha={}", "(".repeat(50_000));
    desk.refuses(MINIMAL, &["--set", &deep], 2, "--set methods.rd-atta.alpha=");
}

#[test]
fn an_unknown_category_is_named_with_its_place_and_the_nearest() {
    let desk = Desk::new();
    let text = MINIMAL.replace("\"disk\"", "\"dsik\"");
    desk.refuses(&text, &[], 2, "mine.ron:4:49: synthetic has no category 'dsik': did you mean 'disk'?");
}

#[cfg(unix)]
#[test]
fn weights_are_read_from_files_only() {
    let desk = Desk::new();
    let weights = ["--set", "backbone.name=resnet18", "--set", "backbone.weights=file(\"/dev/zero\")"];
    desk.refuses(MINIMAL, &weights, 3, "weights /dev/zero: is a device, not a file");
}

/// Nothing of the kind existed when `estimate` scored pictures of the suite's size.
#[test]
fn an_estimate_times_what_the_jobs_will_do() {
    let out = tempfile::tempdir().unwrap();
    let methods = "method=deep-svdd,f-anogan,rd";
    let base = ["bench", "smoke", "--estimate", "--filter", methods, "--out", text(out.path())];
    let table = succeed(&[&base[..], &["--set", "image_size=96"]].concat());
    for method in ["deep-svdd", "f-anogan", "rd "] {
        let line = table.lines().find(|line| line.starts_with(method)).unwrap();
        assert_eq!(line.split_whitespace().count(), 7, "{line}");
    }
    assert!(!Path::new(&out.path().join("smoke")).exists());
    let work = |options: &str| {
        format!(
            r#"{{"method": "deep-svdd", "backbone": "tiny", "options": {options}, "side": 96, "batch": 2, "phase": "score",
                "repeats": 1, "device": "cpu"}}"#
        )
    };
    succeed(&["perf", "--one", &work("null")]);
    let all = harness_options("deep-svdd", "(side: 33)");
    let (_, errors) = fail(&["perf", "--one", &work(&all)]);
    assert!(errors.contains("option side"), "{errors}");
}

fn harness_options(method: &str, text: &str) -> String {
    use methods as _;
    let entry = harness::registry::find::<harness::registry::DetectorEntry>(method).unwrap();
    serde_json::to_string(&(entry.card.resolve)(&[text]).unwrap()).unwrap()
}
