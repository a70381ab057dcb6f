//! Names of categories and images that mean something to terminals, Markdown and spreadsheets.

use crate::campaign::{Campaign, Fault, Try, anywhere, ask};
use crate::support::{files, mvtec_like, text};
use std::fs;

pub const NAMES: Fault =
    Fault { name: "hostile names", tries: [9, 9], attempt: name, hits: None, impossible: anywhere };

const HOSTILE: [&str; 9] = [
    "\u{1b}[31mred",
    "two\nlines",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(1)",
    "a|b`c*d_e<f>&g",
    "\u{202e}txt.exe",
    "tab\there",
    "in\u{200b}visible",
];

fn name(_: &Campaign, try_: &mut Try) -> Result<(), String> {
    let hostile = HOSTILE[try_.number % HOSTILE.len()];
    let tiles = mvtec_like(&try_.folder);
    let category = try_.folder.join("all").join(hostile);
    fs::create_dir_all(category.parent().unwrap()).unwrap();
    fs::rename(&tiles, &category).unwrap();
    fs::rename(
        category.join("test/good/000.png"),
        category.join(format!("test/good/{hostile}.png").replace('/', "-")),
    )
    .map_err(|reason| reason.to_string())?;
    let suite = try_.folder.join("names.ron");
    let path = try_.folder.join("all");
    let ron = format!(
        "Suite(summary: \"names\", protocol: strict(steps: 1, batch: 1, references: 1), image_size: 32, seeds: [0], \
         datasets: [(name: \"folder\", options: (path: {:?}))], methods: [(name: \"mean-intensity\")])",
        text(&path)
    );
    fs::write(&suite, ron).unwrap();
    let out = try_.folder.join("runs");
    let (code, said) = ask(&["bench", text(&suite), "--out", text(&out)])?;
    harmless("terminal", &said)?;
    match code {
        Some(0) => try_.count("shown quoted"),
        Some(2 | 3) => {
            try_.count("refused");
            return Ok(());
        }
        other => return Err(format!("ended with {other:?}: {said}")),
    }
    let (code, said) = ask(&["paper", "names", "--out", text(&out)])?;
    harmless("terminal", &said)?;
    if code != Some(0) {
        return Err(format!("paper ended with {code:?}: {said}"));
    }
    for (path, bytes) in files(&out) {
        let written = path.starts_with("names/report") || path.starts_with("names/paper");
        let shown = written && !text(&path).ends_with(".png") && !text(&path).ends_with(".pdf");
        if shown {
            let said = String::from_utf8(bytes).map_err(|_| format!("{} is no text", path.display()))?;
            harmless(text(&path), &said)?;
            let formula = |field: &str| field.trim_start_matches('"').starts_with(['=', '+', '@']);
            if text(&path).ends_with(".csv") && said.lines().any(|line| line.split(',').any(formula)) {
                return Err(format!("{} has a formula", path.display()));
            }
        }
    }
    Ok(())
}

fn harmless(place: &str, said: &str) -> Result<(), String> {
    match said.chars().find(|&c| {
        (c.is_control() && c != '\n') || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
    }) {
        Some(found) => Err(format!("{place} shows {found:?}")),
        None => Ok(()),
    }
}
