//! Workers that stand still.

use crate::campaign::{Campaign, Fault, Try, anywhere, errors, finish, signal, workers};
use std::time::{Duration, Instant};

pub const STOPPED: Fault =
    Fault { name: "stopped workers", tries: [12, 2], attempt: stop, hits: None, impossible: anywhere };

fn stop(campaign: &Campaign, try_: &mut Try) -> Result<(), String> {
    let mut run = campaign.start(&try_.folder, &["--deadline", "2s"]);
    campaign.at_work(&try_.folder, &mut run, &mut try_.random);
    let victims = workers(&try_.folder);
    victims.iter().for_each(|&victim| signal(victim, "STOP"));
    // Every other time one request to stop must do instead of the deadline.
    let asked = try_.number % 2 == 1;
    if asked {
        signal(run.id(), "INT");
    }
    let start = Instant::now();
    let output = finish(run)?;
    if start.elapsed() > Duration::from_secs(30) {
        return Err(format!("it took {} s to end", start.elapsed().as_secs()));
    }
    match output.status.code() {
        Some(130) if asked => try_.count("interrupted"),
        Some(0) if victims.is_empty() || asked => {}
        Some(100) if !asked && errors(&output).contains("deadline") => try_.count("deadlines"),
        other => return Err(format!("ended with {other:?}: {}", errors(&output))),
    }
    campaign.recovers(&try_.folder)
}
