//! Workers that misbehave, as shell scripts.

use super::*;
use crate::run::machine::peak_memory_mib;
use crate::run::toy;
use std::fs;
use std::sync::Mutex;
use std::thread;

/// Longer than any test may take: who waits for it hangs.
const FOREVER: &str = "sleep 600";

#[derive(Default)]
struct Seen {
    failures: Vec<Failure>,
    reports: usize,
    ended: usize,
}

impl Observer for Seen {
    fn observe(&mut self, event: Event<'_>) {
        match event {
            Event::JobEnded { failure, .. } => {
                self.ended += 1;
                self.failures.extend(failure.cloned());
            }
            Event::Worker { .. } => self.reports += 1,
            _ => {}
        }
    }
}

/// `script` as the worker; `$NOTES` is a folder it may write into.
fn shell(script: &str, notes: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]).env("NOTES", notes);
    command
}

/// Runs `plan` with `script` as every worker.
fn run(plan: &Plan, script: &str, deadline: Deadline, stop: &AtomicBool, notes: &Path) -> (Summary, Seen) {
    let folder = RunFolder::new(notes, "toy");
    let command = |_: &JobFolder| shell(script, notes);
    let launch = Launch { command: &command, slots: 2, stop, deadline };
    let mut seen = Seen::default();
    let start = Instant::now();
    let summary = execute(plan, &folder, &launch, &mut seen).unwrap();
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{script}: the run was held for {:?}",
        start.elapsed()
    );
    (summary, seen)
}

/// The only failure of one job with `script` as its worker, which notes the process ids of what must end with it.
fn failure(script: &str, deadline: Deadline) -> Failure {
    let notes = tempfile::tempdir().unwrap();
    let (summary, mut seen) =
        run(&toy::plan(&["a"]), script, deadline, &AtomicBool::new(false), notes.path());
    assert_eq!((summary.succeeded, summary.failed, summary.interrupted), (0, 1, false), "{script}");
    all_ended(notes.path());
    seen.failures.pop().unwrap()
}

/// Every process whose id was noted is gone, or soon.
fn all_ended(notes: &Path) {
    for entry in fs::read_dir(notes).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.extension().is_none_or(|ending| ending != "pid") {
            continue;
        }
        let number: u32 = fs::read_to_string(&entry).unwrap().trim().parse().unwrap();
        let start = Instant::now();
        // A zombie that a container's first process never reaps has ended, too.
        let zombie =
            || fs::read_to_string(format!("/proc/{number}/stat")).is_ok_and(|stat| stat.contains(") Z "));
        while Path::new(&format!("/proc/{number}")).exists() && !zombie() {
            assert!(start.elapsed() < Duration::from_secs(10), "{} lives on", entry.display());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

const SOON: Deadline = Deadline::After(Duration::from_millis(400));

#[test]
fn a_silent_worker_is_killed_whatever_it_does() {
    for script in [
        FOREVER,
        "kill -STOP $$",
        "trap '' TERM HUP INT; while :; do sleep 1; done",
        "while :; do :; done",
        "while :; do echo nonsense; sleep 0.05; done",
        // Closed output is no end.
        "exec >&-; sleep 600",
    ] {
        let script = format!("sleep 599 & echo $! >$NOTES/child.pid; echo $$ >$NOTES/own.pid; {script}");
        let failure = failure(&script, SOON);
        assert_eq!(failure.kind, FailureKind::Deadline, "{script}: {failure}");
        assert!(failure.message.contains("400ms") && failure.message.contains("--deadline"), "{failure}");
    }
}

#[test]
fn a_worker_that_reports_is_given_its_time() {
    let script = r#"for step in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
        echo "{\"training\":{\"done\":$step,\"total\":15,\"loss\":null}}"; sleep 0.3; done"#;
    let notes = tempfile::tempdir().unwrap();
    let deadline = Deadline::After(Duration::from_secs(3));
    let (_, seen) = run(&toy::plan(&["a"]), script, deadline, &AtomicBool::new(false), notes.path());
    assert_eq!(seen.reports, 15);
    assert_eq!(seen.failures[0].kind, FailureKind::NoRecord, "{}", seen.failures[0]);
}

#[test]
fn what_a_worker_started_ends_with_it_and_does_not_hold_the_run() {
    let start = Instant::now();
    let failure = failure("sleep 599 & echo $! >$NOTES/child.pid; exit 0", Deadline::Never);
    assert_eq!(failure.kind, FailureKind::NoRecord, "{failure}");
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_process_that_left_the_group_does_not_hold_the_run() {
    // It ends by itself: nobody can know of it.
    let failure = failure("setsid sleep 45 & exit 0", Deadline::Never);
    assert_eq!(failure.kind, FailureKind::NoRecord, "{failure}");
}

#[test]
fn output_without_end_costs_no_memory_and_events_after_it_count() {
    let before = peak_memory_mib();
    let report = r#"echo; echo "{\"tested\":{\"cell\":\"id\",\"auroc\":null}}""#;
    let notes = tempfile::tempdir().unwrap();
    let script = format!("head -c 1000000000 /dev/zero; {report}");
    let (_, seen) = run(&toy::plan(&["a"]), &script, Deadline::Never, &AtomicBool::new(false), notes.path());
    assert_eq!(seen.reports, 1);
    assert!(peak_memory_mib() < before + 300, "{before} MiB before, {} after", peak_memory_mib());
}

#[test]
fn one_request_stops_everything() {
    for script in
        ["kill -STOP $$", "trap '' TERM HUP INT; while :; do sleep 1; done", "setsid sleep 30; sleep 600"]
    {
        let notes = tempfile::tempdir().unwrap();
        let script = format!("sleep 599 & echo $! >$NOTES/$$.pid; {script}");
        let stop = AtomicBool::new(false);
        let (summary, seen) = thread::scope(|scope| {
            scope.spawn(|| {
                while fs::read_dir(notes.path()).unwrap().count() < 3 {
                    thread::sleep(Duration::from_millis(10));
                }
                thread::sleep(Duration::from_millis(200));
                stop.store(true, Ordering::SeqCst);
            });
            run(&toy::plan(&["a", "b", "c"]), &script, Deadline::Never, &stop, notes.path())
        });
        assert!(summary.interrupted && summary.failed == 0 && seen.ended == 0, "{summary:?}");
        all_ended(notes.path());
    }
}

#[test]
fn a_worker_that_does_not_read_its_job_does_not_hold_the_run() {
    let mut plan = toy::plan(&["a"]);
    // More than a pipe holds.
    plan.jobs[0].data = "x".repeat(1 << 20);
    let notes = tempfile::tempdir().unwrap();
    let (_, seen) = run(&plan, FOREVER, SOON, &AtomicBool::new(false), notes.path());
    assert_eq!(seen.failures[0].kind, FailureKind::Deadline);
}

#[test]
fn a_killed_worker_fails_its_job_alone() {
    let notes = tempfile::tempdir().unwrap();
    let plan = toy::plan(&["a", "b"]);
    let folder = RunFolder::new(notes.path(), "toy");
    let command = |of: &JobFolder| {
        if of.path().to_string_lossy().contains("/a/") {
            return shell("kill -KILL $$", notes.path());
        }
        toy::finish(of, &plan.jobs[1]);
        shell("exit 0", notes.path())
    };
    let stop = AtomicBool::new(false);
    let launch = Launch { command: &command, slots: 1, stop: &stop, deadline: Deadline::Never };
    let mut seen = Seen::default();
    let summary = execute(&plan, &folder, &launch, &mut seen).unwrap();
    assert_eq!((summary.succeeded, summary.failed), (1, 1));
    assert_eq!(seen.failures[0].kind, FailureKind::Signal, "{}", seen.failures[0]);
}

#[test]
fn a_worker_that_cannot_be_started_fails_its_job() {
    let notes = tempfile::tempdir().unwrap();
    let command = |_: &JobFolder| Command::new("no-such-program");
    let stop = AtomicBool::new(false);
    let launch = Launch { command: &command, slots: 2, stop: &stop, deadline: Deadline::Never };
    let mut seen = Seen::default();
    let folder = RunFolder::new(notes.path(), "toy");
    let summary = execute(&toy::plan(&["a", "b", "c"]), &folder, &launch, &mut seen).unwrap();
    assert_eq!((summary.failed, seen.ended), (3, 3));
    assert!(seen.failures[0].message.contains("could be started"), "{}", seen.failures[0]);
}

#[test]
fn a_folder_that_cannot_be_used_any_more_ends_the_run_and_its_workers() {
    let notes = tempfile::tempdir().unwrap();
    let command = |of: &JobFolder| {
        let script = if of.path().to_string_lossy().contains("/a/") {
            "sleep 599 & echo $! >$NOTES/child.pid; echo $$ >$NOTES/own.pid; sleep 600"
        } else {
            // A file where its folder was, when the other is under way.
            "until [ -s $NOTES/own.pid ]; do sleep 0.05; done; rm -r $JOB; echo >$JOB; exit 1"
        };
        let mut command = shell(script, notes.path());
        command.env("JOB", of.path());
        command
    };
    let stop = AtomicBool::new(false);
    let launch = Launch { command: &command, slots: 2, stop: &stop, deadline: Deadline::Never };
    let folder = RunFolder::new(notes.path(), "toy");
    let message =
        execute(&toy::plan(&["a", "b"]), &folder, &launch, &mut Seen::default()).unwrap_err().to_string();
    assert!(message.contains("cannot write") && message.contains("/b/"), "{message}");
    all_ended(notes.path());
}

#[test]
fn results_that_vanish_under_way_are_no_success() {
    let plan = toy::plan(&["a", "b"]);
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 3] = [
        ("2 results|one result", |folder| fs::remove_dir_all(folder).unwrap()),
        ("one result", |folder| fs::remove_dir_all(folder.join("nothing/none/a")).unwrap()),
        ("the list of its results", |folder| fs::remove_file(folder.join("index.json")).unwrap()),
    ];
    for (words, damage) in damages {
        let notes = tempfile::tempdir().unwrap();
        let folder = RunFolder::new(notes.path(), "toy");
        let damaged = Mutex::new(false);
        let command = |of: &JobFolder| {
            // Before the second job.
            if of.path().to_string_lossy().contains("/b/") {
                damage(folder.path());
                *damaged.lock().unwrap() = true;
                of.create().unwrap();
                toy::finish(of, &plan.jobs[1]);
            } else {
                toy::finish(of, &plan.jobs[0]);
            }
            shell("exit 0", notes.path())
        };
        let stop = AtomicBool::new(false);
        let launch = Launch { command: &command, slots: 1, stop: &stop, deadline: Deadline::Never };
        let ended = execute(&plan, &folder, &launch, &mut Seen::default());
        assert!(*damaged.lock().unwrap());
        let message = ended.unwrap_err().to_string();
        assert!(words.split('|').any(|words| message.starts_with(words)), "{message}");
        assert!(message.contains("while the run was under way"), "{message}");
    }
}
