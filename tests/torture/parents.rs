//! Several runs on one folder at once.

use crate::campaign::{Campaign, Fault, Try, anywhere, errors, finish};

pub const PARENTS: Fault = Fault {
    name: "parents side by side",
    tries: [20, 3],
    attempt: race,
    hits: Some("turned away"),
    impossible: anywhere,
};

fn race(campaign: &Campaign, try_: &mut Try) -> Result<(), String> {
    let count = [2, 4][try_.number % 2];
    let runs: Vec<_> = (0..count).map(|_| campaign.start(&try_.folder, &[])).collect();
    let (mut done, mut started) = (0, 0);
    for run in runs {
        let output = finish(run)?;
        started += errors(&output).matches(": started").count();
        match output.status.code() {
            Some(0) => done += 1,
            Some(6) if errors(&output).contains("another run is using") => try_.count("turned away"),
            other => return Err(format!("a run ended with {other:?}: {}", errors(&output))),
        }
    }
    if done == 0 {
        return Err("nobody won".into());
    }
    if started != 5 {
        return Err(format!("five jobs were started {started} times"));
    }
    campaign.is_whole(&try_.folder)
}
