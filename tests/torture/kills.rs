//! Parents and workers killed at random moments.

use crate::campaign::{Campaign, Fault, Try, anywhere, ask, finish, quiet, signal, workers};
use crate::support::text;
use std::path::Path;

pub const PARENTS: Fault = Fault {
    name: "killed parents",
    tries: [100, 12],
    attempt: kill_parent,
    hits: Some("kills while jobs ran"),
    impossible: anywhere,
};
pub const WORKERS: Fault = Fault {
    name: "killed workers",
    tries: [40, 6],
    attempt: kill_worker,
    hits: Some("workers hit"),
    impossible: anywhere,
};

fn kill_parent(campaign: &Campaign, try_: &mut Try) -> Result<(), String> {
    // Two kills on one folder: the second hits a run that goes on.
    for _ in 0..2 {
        let mut run = campaign.start(&try_.folder, &[]);
        campaign.at_work(&try_.folder, &mut run, &mut try_.random);
        if run.try_wait().unwrap().is_none() && !workers(&try_.folder).is_empty() {
            try_.count("kills while jobs ran");
        }
        run.kill().unwrap();
        finish(run)?;
        quiet(&try_.folder)?;
        nothing_torn(&try_.folder.join("tiny"))?;
    }
    campaign.recovers(&try_.folder)
}

/// What a killed run left is less than all, but nothing of it is damaged.
pub fn nothing_torn(run: &Path) -> Result<(), String> {
    if !run.join("index.json").exists() {
        return Ok(());
    }
    match ask(&["verify", text(run)])? {
        (Some(0), _) => Ok(()),
        (code, said) => Err(format!("verify ended with {code:?} after a kill: {said}")),
    }
}

fn kill_worker(campaign: &Campaign, try_: &mut Try) -> Result<(), String> {
    let mut run = campaign.start(&try_.folder, &[]);
    campaign.at_work(&try_.folder, &mut run, &mut try_.random);
    let victims = workers(&try_.folder);
    if let Some(victim) = victims.first() {
        signal(*victim, "KILL");
        try_.count("workers hit");
    }
    let output = finish(run)?;
    match output.status.code() {
        Some(0) => {}
        Some(100) => try_.count("jobs named as killed"),
        other => return Err(format!("the run ended with {other:?}")),
    }
    quiet(&try_.folder)?;
    campaign.recovers(&try_.folder)
}
