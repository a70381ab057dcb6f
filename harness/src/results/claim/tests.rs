use super::*;
use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Barrier;
use std::time::{Instant, SystemTime};

const QUICK: Pace = Pace { beat: Duration::from_millis(20), ..PACE };

/// A claim of a run on another machine, whose process cannot be asked for.
fn foreign(folder: &Path, number: u64) {
    let holder = Holder { host: "elsewhere".into(), process: 77, start: Some(1), space: "its own".into() };
    let mut words = serde_json::to_vec(&holder).unwrap();
    words.extend([b'\n', HELD]);
    fs::write(path(folder, number), words).unwrap();
}

/// Makes a claim look as if it had not been refreshed for an hour.
fn age(folder: &Path, number: u64) {
    let file = File::options().write(true).open(path(folder, number)).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
}

/// How many of the claimants hold the folder at once at most, each holding it for a while when it gets it.
fn race(folder: &Path, claimants: usize) -> usize {
    let (start, wins) = (Barrier::new(claimants), AtomicBool::new(false));
    let held: Vec<bool> = thread::scope(|scope| {
        let run = || {
            start.wait();
            let claim = take(folder, PACE).unwrap();
            if claim.is_ok() {
                assert!(!wins.swap(true, Ordering::SeqCst), "two hold it");
            }
            // Nobody lets go before everybody has tried.
            start.wait();
            claim.is_ok()
        };
        let threads: Vec<_> = (0..claimants).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    held.into_iter().filter(|&held| held).count()
}

#[test]
fn of_claimants_at_once_one_wins_whatever_was_there() {
    for claimants in [2, 4] {
        for _ in 0..60 {
            let folder = tempfile::tempdir().unwrap();
            assert_eq!(race(folder.path(), claimants), 1, "an empty folder");
            assert_eq!(race(folder.path(), claimants), 1, "a free claim");
            foreign(folder.path(), 1000);
            age(folder.path(), 1000);
            assert_eq!(race(folder.path(), claimants), 1, "a stale claim");
        }
    }
}

#[test]
fn a_claim_of_another_machine_counts_until_it_is_stale() {
    let folder = tempfile::tempdir().unwrap();
    foreign(folder.path(), 4);
    assert_eq!(take(folder.path(), PACE).unwrap().err().unwrap(), "77 on elsewhere");
    age(folder.path(), 4);
    let claim = take(folder.path(), PACE).unwrap().ok().unwrap();
    assert_eq!(numbers(folder.path()).unwrap(), [5], "what it took over is removed");
    drop(claim);
    assert!(take(folder.path(), PACE).unwrap().is_ok());
}

#[test]
fn a_claim_without_words_counts_until_it_is_stale() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(path(folder.path(), 0), "").unwrap();
    assert_eq!(take(folder.path(), PACE).unwrap().err().unwrap(), "unknown");
    age(folder.path(), 0);
    assert!(take(folder.path(), PACE).unwrap().is_ok());
}

#[test]
fn a_claim_is_kept_fresh() {
    let folder = tempfile::tempdir().unwrap();
    let _claim = take(folder.path(), QUICK).unwrap().ok().unwrap();
    let changed = || fs::metadata(path(folder.path(), 0)).unwrap().modified().unwrap();
    let (first, start) = (changed(), Instant::now());
    while changed() == first {
        assert!(start.elapsed() < Duration::from_secs(20), "it was never refreshed");
        thread::sleep(QUICK.beat);
    }
}

#[test]
fn a_holder_that_was_taken_over_notices_and_leaves_the_other_alone() {
    let folder = tempfile::tempdir().unwrap();
    let claim = take(folder.path(), QUICK).unwrap().ok().unwrap();
    assert!(!claim.is_lost());
    foreign(folder.path(), 1);
    fs::remove_file(path(folder.path(), 0)).unwrap();
    let start = Instant::now();
    while !claim.is_lost() {
        assert!(start.elapsed() < Duration::from_secs(20), "it never noticed");
        thread::sleep(QUICK.beat);
    }
    drop(claim);
    assert_eq!(numbers(folder.path()).unwrap(), [1]);
    assert_eq!(take(folder.path(), PACE).unwrap().err().unwrap(), "77 on elsewhere");
}

#[test]
fn one_that_judged_long_ago_gives_way_to_a_higher_number() {
    let folder = tempfile::tempdir().unwrap();
    // Number 5 was taken over by 6, which removed it; one that had judged 4 stale before all this now fills the gap.
    foreign(folder.path(), 6);
    assert!(!fill(folder.path(), 5).unwrap());
    assert!(!fill(folder.path(), 6).unwrap(), "a number has one creator");
    assert_eq!(numbers(folder.path()).unwrap(), [6]);
    assert!(fill(folder.path(), 7).unwrap());
    assert_eq!(numbers(folder.path()).unwrap(), [7]);
}

/// Not a test of its own: a process that takes the folder, says whether it has it, and is killed.
#[test]
#[ignore = "started by the test below"]
fn claimant() {
    let Some(folder) = std::env::var_os("CLAIMED_FOLDER") else { return };
    let claim = take(Path::new(&folder), PACE).unwrap();
    let name = format!("{}-{}", if claim.is_ok() { "won" } else { "refused" }, std::process::id());
    fs::write(Path::new(&folder).join(name), "").unwrap();
    thread::sleep(Duration::from_secs(600));
}

#[test]
fn of_processes_at_once_one_wins_and_a_killed_one_holds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = BTreeSet::new();
    for claimants in [2, 4, 2, 4, 2, 4] {
        let start = || {
            let test = concat!(module_path!(), "::claimant");
            let test = test.split_once("::").unwrap().1;
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args([test, "--exact", "--ignored"]).env("CLAIMED_FOLDER", folder.path());
            command.stdout(std::process::Stdio::null()).spawn().unwrap()
        };
        let mut processes: Vec<_> = (0..claimants).map(|_| start()).collect();
        let began = Instant::now();
        let mut answers: Vec<String> = Vec::new();
        while answers.len() < claimants {
            assert!(began.elapsed() < Duration::from_secs(60), "{answers:?}");
            thread::sleep(Duration::from_millis(10));
            let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
            let names = names.filter_map(|name| name.into_string().ok());
            answers = names.filter(|name| !name.starts_with('.') && !seen.contains(name)).collect();
        }
        for process in &mut processes {
            process.kill().unwrap();
            process.wait().unwrap();
        }
        let won = answers.iter().filter(|answer| answer.starts_with("won")).count();
        assert_eq!(won, 1, "{answers:?}");
        seen.extend(answers);
    }
}
