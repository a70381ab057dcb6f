//! Results folders that are removed or moved away under a run.

use crate::campaign::{Campaign, Fault, Try, anywhere, errors, finish};
use std::fs;

pub const VANISHED: Fault =
    Fault { name: "vanished folders", tries: [30, 4], attempt: vanish, hits: None, impossible: anywhere };

fn vanish(campaign: &Campaign, try_: &mut Try) -> Result<(), String> {
    let out = try_.folder.join("runs");
    let mut run = campaign.start(&out, &[]);
    campaign.at_work(&out, &mut run, &mut try_.random);
    let under_way = run.try_wait().unwrap().is_none();
    let folder = out.join("tiny");
    if try_.number.is_multiple_of(2) {
        // Files may appear while it is being removed.
        while folder.exists() {
            let _ = fs::remove_dir_all(&folder);
        }
    } else {
        let _ = fs::rename(&folder, out.join("moved"));
    }
    let output = finish(run)?;
    let all = !crate::support::files(&out).is_empty() && campaign.is_whole(&out).is_ok();
    match output.status.code() {
        Some(0) if all || !under_way => {}
        Some(6 | 100) => try_.count("named"),
        other => return Err(format!("ended with {other:?} although results are gone: {}", errors(&output))),
    }
    if errors(&output).contains("run the suite first") {
        return Err(errors(&output));
    }
    campaign.recovers(&out)
}
