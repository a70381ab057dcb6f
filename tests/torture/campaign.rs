//! What all faults share: a small run to torture, waits with an end, and the table of what held.

use crate::support::{scores, shiftbench, text};
use harness::contract::seed::{Root, Stream};
use rand::RngExt;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A run that takes longer is stuck.
const PATIENCE: Duration = Duration::from_secs(120);

/// One kind of fault.
pub struct Fault {
    pub name: &'static str,
    /// Tries of the whole campaign, and of its short part.
    pub tries: [usize; 2],
    /// One try: nothing if everything held, else what did not. A remark goes into the table.
    pub attempt: fn(&Campaign, &mut Try) -> Result<(), String>,
    /// What must be counted in at least half of the tries, or the faults fell into the void.
    pub hits: Option<&'static str>,
    /// Why it cannot be tried here.
    pub impossible: fn() -> Option<String>,
}

/// Never impossible.
pub fn anywhere() -> Option<String> {
    None
}

/// One try of a fault.
pub struct Try {
    pub number: usize,
    pub of: usize,
    pub random: Stream,
    /// A folder of its own.
    pub folder: PathBuf,
    /// What is counted for the table: `hit a running job`.
    pub counts: BTreeMap<&'static str, usize>,
}

impl Try {
    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }
}

pub struct Campaign {
    seed: u64,
    full: bool,
    only: Option<String>,
    /// The only try of each kind.
    only_try: Option<usize>,
    root: TempDir,
    pub suite: PathBuf,
    /// A run that nothing disturbed: `CALM/tiny`.
    pub calm: PathBuf,
    pub expected: BTreeMap<PathBuf, Vec<u8>>,
    /// How long it took.
    pub duration: Duration,
    /// How long workers were at work in it.
    work: Duration,
}

const SUITE: &str = r#"Suite(
    summary: "something to torture",
    protocol: strict(steps: 4, batch: 4, references: 1),
    image_size: 32,
    backbone: (name: "tiny", weights: random(0)),
    seeds: [0],
    datasets: [(name: "synthetic", categories: ["stripes"], options: (size: 48, train: 6, test_normal: 4, test_defective: 4))],
    shifts: [(name: "contrast", severities: [3]), (name: "gaussian_noise", severities: [3])],
    methods: [(name: "rd"), (name: "patchcore"), (name: "nearest-image"), (name: "mean-intensity"), (name: "random")],
)"#;

impl Campaign {
    pub fn new(seed: u64, full: bool, only: Option<String>, only_try: Option<usize>) -> Self {
        let root = tempfile::tempdir().unwrap();
        let suite = root.path().join("tiny.ron");
        fs::write(&suite, SUITE).unwrap();
        let calm = root.path().join("calm");
        let mut campaign = Self {
            seed,
            full,
            only,
            only_try,
            suite,
            calm,
            root,
            expected: BTreeMap::new(),
            duration: PATIENCE,
            work: PATIENCE,
        };
        let (start, mut run) = (Instant::now(), campaign.start(&campaign.calm, &[]));
        let (mut first, mut last) = (start, start);
        while run.try_wait().unwrap().is_none() {
            if !workers(&campaign.calm).is_empty() {
                last = Instant::now();
                first = if first == start { last } else { first };
            }
            sleep(Duration::from_millis(1));
        }
        let output = finish(run).unwrap();
        assert!(output.status.success(), "{}", errors(&output));
        (campaign.duration, campaign.work) = (start.elapsed(), last - first);
        let out = text(&campaign.calm);
        let (code, said) = ask(&["paper", "tiny", "--out", out]).unwrap();
        assert_eq!(code, Some(0), "{said}");
        campaign.expected = scores(&campaign.calm.join("tiny"));
        assert_eq!(campaign.expected.len(), 15);
        campaign
    }

    pub fn run(self, faults: &[Fault]) -> Table {
        let wanted =
            |fault: &&Fault| self.only.as_ref().is_none_or(|only| fault.name.contains(only.as_str()));
        let table = Table(faults.iter().filter(wanted).map(|fault| self.run_one(fault)).collect());
        if table.failed() > 0 {
            eprintln!("the folders of tries that did not hold are kept in {}", self.root.keep().display());
        }
        table
    }

    fn run_one(&self, fault: &Fault) -> Row {
        let mut row = Row { name: fault.name, tries: 0, held: 0, remark: String::new() };
        if let Some(why) = (fault.impossible)() {
            row.remark = format!("not tried: {why}");
            return row;
        }
        let start = Instant::now();
        let of = fault.tries[usize::from(!self.full)];
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for number in (0..of).filter(|number| self.only_try.is_none_or(|only| only == *number)) {
            let folder = self.root.path().join(format!("{}-{number}", fault.name.replace(' ', "-")));
            fs::create_dir_all(&folder).unwrap();
            let random = Root::new(self.seed, "torture", fault.name).stream("try", &number.to_string());
            let mut attempt = Try { number, of, random, folder: folder.clone(), counts: BTreeMap::new() };
            // A campaign that trips over one try goes on with the next.
            let tried = catch_unwind(AssertUnwindSafe(|| (fault.attempt)(self, &mut attempt)));
            let outcome = tried.unwrap_or_else(|_| Err("the campaign itself panicked, see above".into()));
            for (what, count) in attempt.counts {
                *counts.entry(what).or_default() += count;
            }
            row.tries += 1;
            match outcome {
                Ok(()) => {
                    row.held += 1;
                    // What was mounted there may be gone already.
                    let _ = fs::remove_dir_all(&folder);
                }
                Err(reason) => eprintln!(
                    "{} did not hold (repeat with --full --only '{}' --try {number} --seed {}): {reason}",
                    fault.name, fault.name, self.seed
                ),
            }
        }
        if let Some(hit) = fault.hits.filter(|hit| 2 * counts.get(hit).copied().unwrap_or(0) < row.tries) {
            eprintln!("{}: too few tries are counted as '{hit}' to say anything", fault.name);
            row.held = row.held.saturating_sub(1);
        }
        let counts = counts.iter().map(|(what, count)| format!("{count} {what}, "));
        row.remark = format!("{}{:.0} s", counts.collect::<String>(), start.elapsed().as_secs_f64());
        row
    }

    /// Whether all of it is run.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Starts the run of the suite in `out`.
    pub fn start(&self, out: &Path, more: &[&str]) -> Child {
        let arguments = [&["bench", text(&self.suite), "--out", text(out), "--jobs", "2"], more].concat();
        let mut command = shiftbench(&arguments);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).stdin(Stdio::null());
        command.spawn().unwrap()
    }

    /// Waits until a worker of the run in `out` is at work, and then for a part of the time that all of them take.
    pub fn at_work(&self, out: &Path, run: &mut Child, random: &mut Stream) {
        while workers(out).is_empty() && run.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(1));
        }
        sleep(self.work.mul_f64(random.random_range(0.0..0.8)));
    }

    /// The run of the suite in `out`, to its end.
    pub fn bench(&self, out: &Path, more: &[&str]) -> Result<Output, String> {
        finish(self.start(out, more))
    }

    /// After whatever happened: the run goes on to the results of an undisturbed one, and everything is whole.
    pub fn recovers(&self, out: &Path) -> Result<(), String> {
        self.redone(out).map(drop)
    }

    /// As [`recovers`](Self::recovers); which jobs the run went through again.
    pub fn redone(&self, out: &Path) -> Result<Vec<String>, String> {
        let output = self.bench(out, &[])?;
        let said = errors(&output);
        if !output.status.success() {
            return Err(format!("the next run ended with {}: {said}", output.status));
        }
        self.is_whole(out)?;
        let started = |line: &str| line.split_once(": started").map(|(job, _)| job.to_owned());
        Ok(said.lines().filter_map(started).collect())
    }

    /// Results are those of an undisturbed run, nothing is left over, `verify` finds nothing.
    pub fn is_whole(&self, out: &Path) -> Result<(), String> {
        let run = out.join("tiny");
        if !run.is_dir() {
            return Err("there are no results".into());
        }
        if scores(&run) != self.expected {
            return Err("the scores are not those of an undisturbed run".into());
        }
        let left = crate::support::files(&run).into_keys().find(|path| text(path).contains(".part-"));
        if let Some(left) = left {
            return Err(format!("{} was left over", left.display()));
        }
        match ask(&["verify", text(&run)])? {
            (Some(0), said) if said.contains("15 results are whole, 0 results are missing") => Ok(()),
            (code, said) => Err(format!("verify ended with {code:?}: {said}")),
        }
    }
}

/// Exit code and everything said by a command that must end, and must not panic.
pub fn ask(arguments: &[&str]) -> Result<(Option<i32>, String), String> {
    let mut command = shiftbench(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
    let output = finish(command.spawn().unwrap())?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &errors(&output);
    if said.contains("panicked at") {
        return Err(format!("{arguments:?} panicked: {said}"));
    }
    Ok((output.status.code(), said))
}

/// Waits for a process; one that does not end is killed and did not hold.
pub fn finish(mut child: Child) -> Result<Output, String> {
    let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
    let reader = |stream: Option<Box<dyn std::io::Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            stream.map(|mut stream| stream.read_to_end(&mut bytes));
            bytes
        })
    };
    let out = reader(stdout.take().map(|stream| Box::new(stream) as _));
    let err = reader(stderr.take().map(|stream| Box::new(stream) as _));
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Ok(Output { status, stdout: out.join().unwrap(), stderr: err.join().unwrap() });
        }
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("it was stuck for {} s", PATIENCE.as_secs()));
        }
        sleep(Duration::from_millis(5));
    }
}

pub fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Process ids of the workers that write below `out`.
pub fn workers(out: &Path) -> Vec<u32> {
    let numbers = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = numbers.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let is_one = |number: &u32| {
        let line = fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        line.contains("\0job\0") && line.contains(text(out))
    };
    numbers.filter(is_one).collect()
}

/// Sends a signal, such as `KILL`.
pub fn signal(process: u32, name: &str) {
    let _ = std::process::Command::new("kill").args([&format!("-{name}"), &process.to_string()]).output();
}

/// Waits until no worker writes below `out`.
pub fn quiet(out: &Path) -> Result<(), String> {
    let start = Instant::now();
    while !workers(out).is_empty() {
        if start.elapsed() > Duration::from_secs(30) {
            return Err("workers outlive their parent".into());
        }
        sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// What held, kind by kind.
pub struct Table(Vec<Row>);

struct Row {
    name: &'static str,
    tries: usize,
    held: usize,
    remark: String,
}

impl Table {
    pub fn held(&self) -> usize {
        self.0.iter().map(|row| row.held).sum()
    }

    pub fn failed(&self) -> usize {
        self.0.iter().map(|row| row.tries - row.held).sum()
    }

    pub fn markdown(&self, seed: u64) -> String {
        let row = |row: &Row| format!("| {} | {} | {} | {} |\n", row.name, row.tries, row.held, row.remark);
        let rows: String = self.0.iter().map(row).collect();
        format!(
            "# What held\n\nWritten by `cargo test --test torture -- --full --write --seed {seed}`.\n\n\
             | fault | tries | held | figures |\n|:---|---:|---:|:---|\n{rows}"
        )
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.0 {
            writeln!(f, "{:28} {:4} tries {:4} held   {}", row.name, row.tries, row.held, row.remark)?;
        }
        Ok(())
    }
}
