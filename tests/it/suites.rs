//! Mistakes in suites: each is refused in one sentence with its place, before anything is done.

use crate::support::{fail, succeed, text};
use std::fs;

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

    /// The dry run of `text` must end with code 2 and a sentence that holds `expected`. A `§` in the text stands where
    /// the mistake is, a `¶` where the sentence says that it was first.
    fn refuses(&self, text: &str, expected: &str) {
        self.refuses_with(text, &[], expected);
    }

    /// The same with more arguments.
    fn refuses_with(&self, text: &str, more: &[&str], expected: &str) {
        let suite = self.suite(&text.replace(['§', '¶'], ""));
        let out = self.0.path().join("runs");
        let base = ["bench", &suite, "--dry-run", "--out", out.to_str().unwrap()];
        let (found, errors) = fail(&[&base[..], more].concat());
        assert_eq!(found, 2, "{errors}");
        let second = place(text, '§').map(|at| format!("{suite}:{at}: "));
        let first = place(text, '¶').map(|at| format!("first at {suite}:{at}"));
        for part in [Some(expected.to_owned()), second, first].into_iter().flatten() {
            assert!(errors.contains(&part), "expected\n{part}\nin\n{errors}");
        }
        assert_eq!(errors.lines().count(), 1, "{errors}");
        assert!(!out.exists(), "a dry run wrote");
    }
}

/// Line and column of `mark`, where no marks count.
fn place(text: &str, mark: char) -> Option<String> {
    let before = text.split_once(mark)?.0.replace(['§', '¶'], "");
    let column = before.chars().rev().take_while(|&letter| letter != '\n').count() + 1;
    Some(format!("{}:{column}", before.matches('\n').count() + 1))
}

/// [`MINIMAL`] with `sweeps`.
fn swept(sweeps: &str) -> String {
    MINIMAL.replace("\n)", &format!("\n    sweeps: [{sweeps}],\n)"))
}

/// [`MINIMAL`] with these options of its data set.
fn data(options: &str) -> String {
    MINIMAL.replace("[\"disk\"]", &format!("[\"disk\"], options: ({options})"))
}

/// [`MINIMAL`] with another method.
fn method(written: &str) -> String {
    MINIMAL.replace("\"rd-atta\"", written)
}

fn seeds(count: u64) -> String {
    format!("§{:?}", (0..count).collect::<Vec<_>>())
}

#[test]
fn what_stands_twice_is_refused_with_both_places() {
    let desk = Desk::new();
    for (from, to, what) in [
        ("[0]", "[¶0, 1, §0]", "seed '0' stands twice"),
        (r#"["disk"]"#, r#"[¶"disk", §"disk"]"#, "category 'disk' stands twice"),
        (r#"["disk"]"#, r#"[¶"disk", §"Disk"]"#, "category 'Disk' differs from 'disk' in case alone"),
        ("[3]", "[¶3, §3]", "shift 'contrast-3' stands twice"),
        ("[3])", "[¶3]), §\"contrast(3)\"", "shift 'contrast-3' stands twice"),
        (r#""rd-atta")"#, r#"¶"rd-atta"), (name: §"rd-atta")"#, "method 'rd-atta' stands twice"),
        (r#""rd-atta")"#, r#"¶"rd-atta"), (name: "rd", label: §"rd-atta")"#, "give one a label"),
        (r#""rd-atta")"#, r#"¶"rd-atta"), (name: "rd", label: §"RD-atta")"#, "in case alone"),
        (
            r#""rd-atta")"#,
            r#""rd-atta"), (name: "gnl", label: ¶"rd"), (name: §"*")"#,
            "method 'rd' stands twice",
        ),
        (r#""synthetic","#, r#"¶"synthetic"), (name: §"synthetic","#, "data set 'synthetic' stands twice"),
    ] {
        desk.refuses(&MINIMAL.replacen(from, to, 1), what);
    }
    desk.refuses(&swept("(option: \"alpha\", values: [¶0.25, §0.250])"), "value '0.25' stands twice");
    let two = "(option: ¶\"alpha\", values: [0.1]), (option: §\"alpha\", values: [0.2])";
    desk.refuses(&swept(two), "sweep over 'alpha' stands twice");
    desk.refuses_with(MINIMAL, &["--seeds", "0,0"], "--set seeds=[0, 0]: seed '0' stands twice");
    desk.refuses_with(
        MINIMAL,
        &["--set", "severities=[2, 2]"],
        "--set severities=[2, 2]: shift 'contrast-2'",
    );
}

#[test]
fn labels_that_are_no_plain_names_are_refused_where_they_stand() {
    let desk = Desk::new();
    for (label, reason) in [
        ("..", "label '..' begins with a dot"),
        ("a/b", "holds '/', which separates folders"),
        ("", "label '' is empty"),
        ("two words", "is not a plain name"),
        (r"\u{1b}[31m", r"holds the control character \u{1b}"),
        (&"x".repeat(201), "has 201 bytes"),
    ] {
        for name in ["\"rd-atta\"", "\"synthetic\""] {
            desk.refuses(&MINIMAL.replace(name, &format!("{name}, label: §\"{label}\"")), reason);
        }
    }
}

#[test]
fn option_values_are_checked_where_they_are_written() {
    let desk = Desk::new();
    let with = |options: &str| method(&format!("\"rd-atta\", options: ({options})"));
    let share = "option alpha: is 1.5, but must be 0 to 1, or None";
    desk.refuses(&with("sigma: 4.0, §alpha: 1.5"), share);
    let set = "methods.rd-atta.alpha=1.5";
    desk.refuses_with(MINIMAL, &["--set", set], &format!("--set {set}: {share}"));
    desk.refuses_with(MINIMAL, &["--set", "methods.*.alpha=-1"], "option alpha: is -1.0, but must be 0 to 1");
    desk.refuses(&with("§invariant: true"), "option invariant: needs compensation: true");
    for number in ["NaN", "inf", "-inf", "1e999"] {
        desk.refuses(&with(&format!("alpha: {number}")), "is no finite number");
        desk.refuses(
            &swept(&format!("(option: \"alpha\", values: [0.25, §{number}])")),
            "is no finite number",
        );
    }
    desk.refuses(&swept("(option: \"alpha\", values: [0.25, §1.5])"), &format!("method 'rd-atta': {share}"));
    desk.refuses(&with("§reference: 3"), "option reference: is 3, but the protocol, strict");
    desk.refuses(&with("§kernels: 5000000000"), "option kernels: 5000000000 is beyond all bounds");
    desk.refuses(&method("\"*\", options: (alpha: §\"much\")"), "expected");
    desk.refuses(&method("\"*\", options: (sigma: 4.0, §alfa: 1.0)"), "no method has an option 'alfa'");
    desk.refuses(&data("§size: 8"), "option size: is 8, but must be 32 to 4096");
    desk.refuses(&MINIMAL.replace("\"synthetic\"", "§\"folder\""), "option path: must be given");
}

#[test]
fn a_method_is_refused_on_a_backbone_of_another_kind() {
    let desk = Desk::new();
    let tokens = "method 'rd-atta' needs a backbone that gives feature maps at strides 4, 8 and 16, and tiny_vit gives the \
                  tokens of a vision transformer: give it one of efficientnet_lite0, resnet18";
    desk.refuses(&method("§\"rd-atta\"").replace("\"tiny\"", "\"tiny_vit\""), tokens);
    desk.refuses_with(MINIMAL, &["--set", "backbone.name=tiny_vit"], tokens);
    let own = "§\"dinomaly\", backbone: (name: \"tiny\", weights: random(0))";
    desk.refuses(&method(own), "'dinomaly' needs a backbone that gives the tokens");
    let none = method("§\"rd-atta\"").replacen("    backbone", "    //", 1);
    desk.refuses(&none, "method 'rd-atta' needs a backbone: add");
}

#[test]
fn what_nobody_can_wait_for_is_refused_at_once() {
    let desk = Desk::new();
    for (from, to, expected) in [
        ("32", "§4000000000", "image_size 4000000000 is not a multiple of 32 from 32 to 4096"),
        ("32", "§33", "image_size 33 is not"),
        ("32", "§99999999999", ""),
        (
            "strict(steps: 4",
            "§strict(references: 100000, steps: 4",
            "references of strict is 100000, but must be 1",
        ),
        ("steps: 4", "steps: 4000000000", "steps of strict is 4000000000"),
        ("batch: 2", "batch: 0", "batch of strict is 0"),
        ("[3]", "§[]", "severities is empty"),
        ("[3]", "[§6]", "severity 6 is not in 1..=5"),
        ("[0]", &seeds(2000), "seeds has 2000 entries; the most is 1000"),
        ("[(name: \"rd-atta\")]", "§[]", "methods is empty"),
    ] {
        desk.refuses(&MINIMAL.replacen(from, to, 1), expected);
    }
    desk.refuses(&data("§train: 1000000000"), "option train: is 1000000000, but must be at most 100000");
    let values: Vec<String> = (1..900).map(|value| format!("{}", f64::from(value) / 1000.0)).collect();
    let many = swept(&format!("(option: \"alpha\", values: [{}])", values.join(", ")));
    let many = many.replace("[0]", &seeds(1000)).replace('§', "");
    desk.refuses(&many, "suite mine has more than 1000000 cells");
    let released = MINIMAL.replace("strict(steps: 4, batch: 2)", "released");
    let endless = ["--set", "methods.rd-atta.epochs=900000000"];
    desk.refuses_with(&released, &endless, "synthetic/disk/rd-atta/seed0 would take");
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
    fs::write(&path, MINIMAL.replace("[0]", &"[".repeat(100_000))).unwrap();
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
    let deep = method(&format!("\"rd-atta\", options: (alpha: {}", "[".repeat(100_000)));
    desk.refuses(&deep, "nested deeper than any suite needs");
    let deep = format!("methods.rd-atta.alpha={}", "(".repeat(50_000));
    desk.refuses_with(MINIMAL, &["--set", &deep], "--set methods.rd-atta.alpha=");
}

#[test]
fn an_unknown_category_is_named_with_its_place_and_the_nearest() {
    let desk = Desk::new();
    desk.refuses(
        &MINIMAL.replace("\"disk\"", "§\"dsik\""),
        "synthetic has no category 'dsik': did you mean 'disk'?",
    );
}

#[cfg(unix)]
#[test]
fn weights_are_read_from_files_only() {
    let desk = Desk::new();
    let suite = desk.suite(MINIMAL);
    let weights = ["--set", "backbone.name=resnet18", "--set", "backbone.weights=file(\"/dev/zero\")"];
    let (code, errors) = fail(&[&["bench", &suite, "--dry-run"][..], &weights].concat());
    assert_eq!(code, 3, "{errors}");
    assert!(errors.contains("weights /dev/zero: is a device, not a file"), "{errors}");
}

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
    assert!(!out.path().join("smoke").exists());
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
    let entry =
        harness::contract::registry::find::<harness::contract::registry::DetectorEntry>(method).unwrap();
    serde_json::to_string(&(entry.card.resolve)(&[text]).unwrap()).unwrap()
}
