//! Detectors that are programs: good ones stand in the table, bad ones fail with what they did.

use crate::support::{fail, scores, succeed, text};
use std::fs;
use std::path::{Path, PathBuf};

/// A suite of one external method whose command is `command`, and one of ours.
fn suite(root: &Path, command: &str, more: &str) -> PathBuf {
    let path = root.join("mine.ron");
    let written = format!(
        r#"Suite(
    summary: "a program", protocol: strict(steps: 3, batch: 4, references: 1), image_size: 32, seeds: [0],
    datasets: [(name: "synthetic", categories: ["stripes"], options: (size: 48, train: 6, test_normal: 4, test_defective: 4))],
    shifts: [(name: "contrast", severities: [3])],
    methods: [(name: "mean-intensity"), (name: "external", label: "mine", options: (command: {command}{more}))],
)"#
    );
    fs::write(&path, written).unwrap();
    path
}

fn bench<'a>(suite: &'a Path, out: &'a Path) -> [&'a str; 4] {
    ["bench", text(suite), "--out", text(out)]
}

/// A shell script that answers as the lines say, in turn, to whatever it is asked.
fn script(root: &Path, body: &str) -> String {
    let path = root.join("detector.sh");
    let say = r#"say() { echo "@@SHIFTBENCH $1"; }
hello() { say '{"hello":{"version":1,"name":"toy","identifier":"1"}}'; read -r _; say '{"ready":{"id":1}}'; }
"#;
    fs::write(&path, format!("{say}{body}\n")).unwrap();
    format!(r#"["sh", "{}"]"#, path.display())
}

/// Learns nothing and scores every batch with the same scores, in order.
const GOOD: &str = r#"hello
while read -r line; do
  id=$(echo "$line" | sed 's/.*"id":\([0-9]*\).*/\1/'); count=$(echo "$line" | sed 's/.*"count":\([0-9]*\).*/\1/')
  case "$line" in
    *'"score"'*) say "{\"scores\":{\"id\":$id,\"scores\":[$(seq -s , "$count")]}}" ;;
    *quit*) exit 0 ;;
    *) echo "a word for the log"; say "{\"done\":{\"id\":$id}}" ;;
  esac
done"#;

#[test]
fn a_program_stands_in_the_table_and_is_known_by_its_files() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("runs");
    let command = script(root.path(), GOOD);
    let suite = suite(root.path(), &command, r#", options: "{\"k\": 5}""#);
    let table = succeed(&bench(&suite, &out));
    assert!(table.contains("Computed by other programs: mine (external)."), "{table}");
    let before = scores(&out);
    assert_eq!(before.len(), 4);
    let log = fs::read_to_string(out.join("mine/synthetic/stripes/mine/seed0/job.log")).unwrap();
    assert!(log.contains("a word for the log") && !log.contains("SHIFTBENCH"), "{log}");
    let dry = |more: &[&str]| succeed(&[&bench(&suite, &out), more].concat());
    assert!(dry(&["--dry-run"]).contains("0 of 4 cells"));
    // How long it may be silent changes no result; another script may.
    assert!(dry(&["--dry-run", "--set", "methods.mine.deadline=7"]).contains("0 of 4 cells"));
    script(root.path(), &format!("{GOOD}\n# another"));
    let plan = dry(&["--dry-run"]);
    assert!(plan.contains("outside was") && plan.contains("2 of 4 cells"), "{plan}");
}

#[test]
fn whatever_a_program_does_wrong_fails_its_job_in_one_sentence() {
    let root = tempfile::tempdir().unwrap();
    let scored = |answer: &str| {
        GOOD.replace(r#"say "{\"scores\":{\"id\":$id,\"scores\":[$(seq -s , "$count")]}}""#, answer)
    };
    let fits = |answer: &str| format!("hello\nread -r _\n{answer}");
    for (body, words) in [
        ("exit 3".to_owned(), "it ended with exit status: 3 instead of saying 'hello'"),
        ("say nonsense".into(), "said what is no answer"),
        ("say '{\"hello\":{\"version\":2,\"name\":\"toy\"}}'".into(), "speaks version 2 of the conversation, not 1"),
        ("say '{\"done\":{\"id\":1}}'".into(), "said 'done' to request 1 instead of 'hello'"),
        ("hello; sleep 600".into(), "said nothing for 2 s instead of 'done'; option deadline"),
        (fits("say '{\"done\":{\"id\":9}}'; sleep 600"), "said 'done' to request 9 instead of 'done' to request 2"),
        (fits("say '{\"error\":{\"message\":\"no memory\"}}'"), "gave up: no memory"),
        (fits("say '{\"scores\":{\"id\":2,\"scores\":[1]}}'"), "said 'scores' to request 2 instead of 'progress or done'"),
        (fits("yes | head -c 30000000; exit 0"), "it ended with exit status: 0"),
        (scored("say \"{\\\"scores\\\":{\\\"id\\\":$id,\\\"scores\\\":[1]}}\""), "gave 1 scores for 8 pictures"),
        (
            scored("say \"{\\\"scores\\\":{\\\"id\\\":$id,\\\"scores\\\":[1,2,3,4,5,6,7,1e999]}}\""),
            "said what is no answer",
        ),
        (
            scored("say \"{\\\"scores\\\":{\\\"id\\\":$id,\\\"scores\\\":[1,2,3,4,5,6,7,8],\\\"maps\\\":\\\"m.npy\\\"}}\""),
            "m.npy are not readable",
        ),
        (
            GOOD.replace("hello\n", "say '{\"hello\":{\"version\":1,\"name\":\"toy\",\"trains\":true}}'; read -r _; say '{\"ready\":{\"id\":1}}'\n"),
            "the protocol prescribes 3 optimisation steps, the method reported none",
        ),
    ] {
        let command = script(root.path(), &body);
        let out = root.path().join("runs");
        let suite = suite(root.path(), &command, ", deadline: 2");
        let (code, errors) = fail(&bench(&suite, &out));
        assert!(code == 100 && errors.contains(words), "{body}\n{words}\n{errors}");
        fs::remove_dir_all(&out).unwrap();
    }
}

#[test]
fn mistakes_are_named_before_anything_is_done() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("runs");
    for (command, more, words) in [
        ("[]", "", "name the program, such as command:"),
        (r#"["sh"]"#, r#", options: "[1]""#, "is no JSON object"),
        (
            r#"["sh"]"#,
            r#", files: ["nowhere.bin"]"#,
            "method 'mine': option files: 'nowhere.bin' cannot be read",
        ),
        (r#"["sh"]"#, ", epochs: 3", "epochs"),
    ] {
        let suite = suite(root.path(), command, more);
        let (code, errors) = fail(&bench(&suite, &out));
        assert!(code == 2 && errors.contains(words), "{command}{more}\n{errors}");
        assert!(!out.exists());
    }
    let suite = suite(root.path(), r#"["no-such-program-here"]"#, "");
    let (code, errors) = fail(&bench(&suite, &out));
    assert!(
        code == 100 && errors.contains("cannot be started") && errors.contains("on the path"),
        "{errors}"
    );
}

/// The example of the documents.
#[test]
#[ignore = "needs python3 with NumPy; .ci/run asks for it where they are"]
fn the_example_in_python_finds_defects() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("runs");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("methods/python/padim.py");
    let suite = suite(root.path(), &format!(r#"["python3", "{}"]"#, example.display()), "");
    succeed(&bench(&suite, &out));
    let record = fs::read_to_string(out.join("mine/synthetic/stripes/mine/seed0/cells/id.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    for metric in ["image_auroc", "pixel_auroc"] {
        assert!(record["metrics"][metric]["value"].as_f64().unwrap() > 0.8, "{metric}: {record}");
    }
}

#[test]
fn conform_passes_a_good_program_and_says_what_a_bad_one_breaks() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("detector.sh");
    let conform =
        ["conform", "--steps", "3", "--deadline", "5", "--image-size", "16", "--", "sh", text(&path)];
    // Every score is 1.
    let constant = GOOD.replace("$(seq -s , \"$count\")", "$(yes 1 | head -n \"$count\" | paste -sd , -)");
    script(root.path(), &constant);
    let table = succeed(&conform);
    assert_eq!(table.lines().filter(|line| line.starts_with("held")).count(), 7, "{table}");

    let replaced = |from: &str, to: &str| constant.replace(from, to);
    let counted = |score: &str| {
        let count = "n=$((n + 1))\n  id=$(echo";
        replaced("id=$(echo", count).replace("yes 1 |", &format!("yes {score} |"))
    };
    for (body, words) in [
        (GOOD.to_owned(), "alone as in a batch"),
        (counted("$n"), "in another order, later"),
        (replaced("yes 1 |", "yes $$ |"), "saved and loaded by another process"),
        (replaced("hello\n", "hello\necho >here.txt\n"), "wrote here.txt"),
        (replaced("hello\n", "hello\necho >lonely.txt\n"), "changed lonely.txt"),
        (replaced("yes 1 |", "yes 1e999 |"), "said what is no answer"),
        (replaced("yes 1 |", "yes null |"), "said what is no answer"),
        (replaced("yes 1 |", "yes 1e300 |"), "is no number"),
        (replaced("head -n \"$count\"", "head -n 3"), "gave 3 scores for 16 pictures"),
        (replaced("*) echo", "*load*) exit 4 ;;\n    *) echo"), "exit status: 4"),
        (replaced("*) echo", "*'\"fit\"'*) sleep 60 ;;\n    *) echo"), "said nothing for 5 s"),
        (
            replaced(
                "hello\n",
                "say '{\"hello\":{\"version\":1,\"name\":\"toy\",\"trains\":true}}'; read -r _; say '{\"ready\":{\"id\":1}}'\n",
            ),
            "was told to take 3 steps and reported none",
        ),
    ] {
        script(root.path(), &body);
        let output = crate::support::shiftbench(&conform).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let broken: Vec<&str> = said.lines().filter(|line| line.starts_with("FAILED")).collect();
        assert!(broken.iter().any(|line| line.contains(words)), "{body}\n{words}\n{said}");
        assert_eq!(output.status.code(), Some(100));
    }
}
