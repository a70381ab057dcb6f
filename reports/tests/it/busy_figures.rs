//! Figures of many methods and conditions.

use crate::fake::FakeRun;
use reports::{Comparison, figure, terminal};
use std::fs;
use std::path::Path;

/// To look at: set `SHIFTBENCH_FIGURES` to a folder.
#[test]
fn busy_figures_are_drawn() {
    let five = ["id", "brightness-3", "contrast-3", "defocus_blur-3", "gaussian_noise-3"];
    let many: Vec<String> = ["brightness", "contrast", "defocus_blur", "gaussian_noise"]
        .iter()
        .flat_map(|shift| [1, 3, 5].map(|severity| format!("{shift}-{severity}")))
        .collect();
    let many: Vec<&str> = std::iter::once("id").chain(many.iter().map(String::as_str)).collect();
    draw("five", &five, "resnet18", "<svg width=\"1195\"");
    draw("many", &many, "resnet18 (random weights)", "<svg width=\"1860\"");
    draw("one", &["id", "art_painting"], "resnet18", "<svg width=\"1195\"");
}

/// Eight methods, three seeds.
fn draw(name: &str, conditions: &[&str], teacher: &'static str, start: &str) {
    let mut run = FakeRun::new();
    run.teacher = teacher;
    let methods = ["mean-intensity", "random", "patchcore", "simplenet", "rd", "rd-plus-plus", "gnl", "fico"];
    for (m, method) in methods.into_iter().enumerate() {
        for seed in 0..3 {
            for (c, condition) in conditions.iter().enumerate() {
                let wobble = 0.008 * ((m * 7 + c * 5 + 3 * seed as usize) % 11) as f64 - 0.03;
                let auroc = match m {
                    0 => 0.72 + wobble,
                    1 => 0.5 + wobble,
                    _ => 0.95 - 0.01 * m as f64 * (c % 5) as f64 + 0.4 * wobble,
                };
                if (m, c) != (5, 1) {
                    run.done(("elpv", "mono", method, seed, condition), auroc);
                }
            }
        }
    }
    let comparison =
        Comparison::load(&run.write(), None).unwrap().with_baselines(&["mean-intensity", "random"]);
    let png = figure::overview(&comparison, &comparison.groups[0]).unwrap().png().unwrap();
    let svg = figure::overview(&comparison, &comparison.groups[0]).unwrap().svg().unwrap();
    assert!(png.starts_with(b"\x89PNG") && svg.starts_with(start), "{}", &svg[..60]);
    if let Some(folder) = std::env::var_os("SHIFTBENCH_FIGURES") {
        let file = Path::new(&folder).join(name);
        fs::write(file.with_extension("png"), png).unwrap();
        fs::write(file.with_extension("svg"), svg).unwrap();
        fs::write(file.with_extension("txt"), terminal(&comparison)).unwrap();
    }
}
