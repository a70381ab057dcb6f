//! Workers, signals, pipes and limits: whatever happens to processes, a run ends, soon, and says the truth.

use crate::support::process::{Running, end, has_ended, signal, state, worker};
use crate::support::{fail, finished, folder_suite, mvtec_like, scores, shiftbench, succeed, text, wait_for};
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A run of some seconds below `out`, and one of its workers, stopped.
fn run_with_a_stopped_worker(out: &Path, more: &[&str]) -> (Running, u32) {
    let base = ["bench", "smoke", "--out", text(out), "--filter", "method=rd,gnl", "--jobs", "1"];
    let run = Running::start(&[&base[..], more].concat(), out);
    let worker = worker(&run.child);
    signal(worker, "STOP");
    // Not one that had ended meanwhile.
    wait_for("stopped worker", || state(worker).filter(|(state, _)| state == "T"));
    (run, worker)
}

#[test]
fn a_stopped_worker_misses_its_deadline_and_the_other_jobs_go_on() {
    let out = tempfile::tempdir().unwrap();
    let (mut run, worker) = run_with_a_stopped_worker(out.path(), &["--deadline", "8s"]);
    assert_eq!(end(&mut run.child).code(), Some(100));
    let errors = run.errors();
    assert!(errors.contains("failed, deadline: ") && errors.contains("8s"), "{errors}");
    assert!(errors.contains("done in"), "{errors}");
    assert!(has_ended(worker));
}

#[test]
fn one_signal_ends_a_run_whose_worker_is_stopped() {
    for name in ["INT", "TERM", "HUP"] {
        let out = tempfile::tempdir().unwrap();
        let (mut run, worker) = run_with_a_stopped_worker(out.path(), &[]);
        let start = Instant::now();
        signal(run.child.id(), name);
        assert_eq!(end(&mut run.child).code(), Some(130), "{name}");
        assert!(start.elapsed() < Duration::from_secs(10), "{name} took {:?}", start.elapsed());
        assert!(has_ended(worker), "{name}");
    }
}

#[test]
fn a_run_under_nohup_survives_the_hang_up() {
    let out = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_shiftbench");
    let arguments = ["nohup", program, "bench", "smoke", "--out", text(out.path()), "--filter", "method=rd"];
    let mut run =
        Command::new("env").args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    worker(&run);
    signal(run.id(), "HUP");
    assert_eq!(end(&mut run).code(), Some(0));
}

/// A process that a worker could have started, and that cares for nothing.
fn companion(worker: u32) -> Child {
    let group = i32::try_from(worker).unwrap();
    Command::new("sh").args(["-c", "trap '' HUP INT TERM; sleep 600"]).process_group(group).spawn().unwrap()
}

#[test]
fn workers_end_with_a_killed_parent_even_when_stopped() {
    let out = tempfile::tempdir().unwrap();
    let (mut run, worker) = run_with_a_stopped_worker(out.path(), &[]);
    run.child.kill().unwrap();
    run.child.wait().unwrap();
    wait_for("end of the worker", || has_ended(worker).then_some(()));
}

#[test]
fn what_workers_started_ends_with_a_killed_parent_and_with_a_stopped_run() {
    for name in ["KILL", "INT"] {
        let out = tempfile::tempdir().unwrap();
        let bench = ["bench", "smoke", "--out", text(out.path()), "--filter", "method=rd,gnl"];
        let mut run = Running::start(&bench, out.path());
        let mut companion = companion(worker(&run.child));
        signal(run.child.id(), name);
        end(&mut run.child);
        wait_for("end of what it started", || companion.try_wait().unwrap());
    }
}

#[test]
fn a_worker_killed_from_outside_fails_its_job_and_memory_is_thought_of() {
    let out = tempfile::tempdir().unwrap();
    let (mut run, worker) = run_with_a_stopped_worker(out.path(), &[]);
    signal(worker, "KILL");
    assert_eq!(end(&mut run.child).code(), Some(100));
    let errors = run.errors();
    assert!(errors.contains("failed, signal: ") && errors.contains("out of memory"), "{errors}");
}

/// Runs `arguments` with standard output and error into these; what is piped is read.
fn run(arguments: &[&str], stdout: Stdio, stderr: Stdio) -> Output {
    shiftbench(arguments).stdout(stdout).stderr(stderr).output().unwrap()
}

fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

/// A pipe whose reader has left.
fn left() -> Stdio {
    std::io::pipe().unwrap().1.into()
}

#[test]
fn a_run_whose_output_goes_nowhere_does_all_its_work() {
    let root = tempfile::tempdir().unwrap();
    let calm = root.path().join("calm");
    fn bench(out: &Path) -> [&str; 6] {
        ["bench", "smoke", "--out", text(out), "--filter", "method=mean-intensity,nearest-image"]
    }
    succeed(&bench(&calm));
    let expected = scores(&calm);
    for (name, stdout, stderr, code) in [
        ("both readers left", left(), left(), 0),
        ("both full", full(), full(), 7),
        ("full output", full(), Stdio::piped(), 7),
        ("full errors", Stdio::piped(), full(), 0),
        ("verbose into full errors", Stdio::null(), full(), 0),
    ] {
        let out = root.path().join(name);
        let mut arguments = bench(&out).to_vec();
        arguments.extend(name.starts_with("verbose").then_some("--verbose"));
        let output = run(&arguments, stdout, stderr);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{name}: {errors}");
        assert_eq!(expected, scores(&out), "{name}");
        assert!(!errors.contains("panicked"), "{name}: {errors}");
        assert_eq!(
            errors.contains("error: standard output was lost: "),
            name == "full output",
            "{name}: {errors}"
        );
    }
}

#[test]
fn commands_that_only_print_say_when_nobody_could_read_it() {
    let root = finished::few();
    let pictures = mvtec_like(root.path()).join("test/good");
    let job = root.path().join("smoke/synthetic/stripes/rd/seed0");
    for arguments in [
        &["list"][..],
        &["report", "smoke", "--out", text(root.path())],
        &["paper", "smoke", "--out", text(root.path())],
        &["bench", "smoke", "--out", text(root.path()), "--dry-run"],
        &["score", "--checkpoint", text(&job), "--images", text(&pictures)],
    ] {
        let output = run(arguments, full(), Stdio::piped());
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(7), "{arguments:?}: {errors}");
        assert_eq!(errors.matches("standard output was lost").count(), 1, "{arguments:?}: {errors}");
        assert!(!errors.contains("panicked"), "{arguments:?}: {errors}");
        assert_eq!(run(arguments, Stdio::null(), full()).status.code(), Some(0), "{arguments:?}");
        let output = run(arguments, left(), Stdio::piped());
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
        assert!(!errors.contains("panicked") && !errors.contains("error:"), "{arguments:?}: {errors}");
    }
    // A mistake keeps its own code, also when nobody can be told.
    assert_eq!(run(&["bench", "quik"], full(), full()).status.code(), Some(2));
}

#[test]
fn a_log_that_cannot_be_written_does_not_hide_what_a_worker_says() {
    let root = tempfile::tempdir().unwrap();
    let category = mvtec_like(root.path());
    fs::write(category.join("test/crack/001.png"), b"not an image").unwrap();
    let suite = folder_suite(root.path());
    let out = root.path().join("runs");
    let job = out.join("folder/folder/tiles/nearest-image/seed0");
    fs::create_dir_all(&job).unwrap();
    std::os::unix::fs::symlink("/dev/full", job.join("job.log")).unwrap();
    let (code, errors) =
        fail(&["bench", text(&suite), "--out", text(&out), "--filter", "method=nearest-image"]);
    assert_eq!(code, 100, "{errors}");
    assert!(errors.contains("failed, data: ") && errors.contains("001.png"), "{errors}");
}

#[test]
fn a_limit_of_file_sizes_is_an_error_and_kills_nobody() {
    let root = tempfile::tempdir().unwrap();
    // In blocks of 512 bytes: too little for the index, and enough for it but too little for a trained state.
    for (blocks, code) in [(1, 6), (40, 100)] {
        let out = root.path().join(blocks.to_string());
        let script = format!("ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let output = Command::new("sh")
            .args([
                "-c",
                &script,
                env!("CARGO_BIN_EXE_shiftbench"),
                "bench",
                "smoke",
                "--filter",
                "method=rd",
            ])
            .args(["--out", text(&out)])
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{blocks} blocks: {} {errors}", output.status);
        assert!(errors.contains("File too large"), "{errors}");
    }
}

#[test]
fn results_that_vanish_under_way_are_no_success() {
    for moment in 0..4 {
        let out = tempfile::tempdir().unwrap();
        let folder = out.path().join("smoke");
        let bench = ["bench", "smoke", "--out", text(out.path()), "--jobs", "2"];
        let mut run = Running::start(&bench, out.path());
        wait_for("result", || (run.results() > moment).then_some(()));
        // A worker may write into it meanwhile.
        wait_for("removal", || (fs::remove_dir_all(&folder).is_ok() || !folder.exists()).then_some(()));
        let code = end(&mut run.child).code();
        let errors = run.errors();
        assert_eq!(code, Some(6), "{errors}");
        assert!(!errors.contains("run the suite first") && !errors.contains("panicked"), "{errors}");
    }
}

#[test]
fn a_deadline_that_is_none_is_a_mistake_with_an_example() {
    let (code, errors) = fail(&["bench", "smoke", "--deadline", "soon"]);
    assert!(code == 2 && errors.contains("90m"), "{code} {errors}");
}
