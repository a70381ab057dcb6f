//! Figures of made-up runs: which appear, what they say, and that they say it twice with the same bytes.

use crate::fake::FakeRun;
use harness::metrics::{auroc, false_positive_rate, threshold_at_fpr};
use harness::results::{MetricValue, Phase, ScoredImage};
use reports::figure::{Figure, of_group};
use reports::{Comparison, Scores};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;

/// A name that markup could break.
const ODD: &str = "a<b&c";

/// Scores of a cell: anomalous images are `gap` above normal ones, all are lifted by `lift`.
fn scores(gap: f32, lift: f32, salt: usize) -> Vec<ScoredImage> {
    let line = |i: usize| {
        let noise = ((i * 37 + salt * 11) % 41) as f32 / 41.0 + ((i * 13 + salt * 5) % 17) as f32 / 17.0;
        let anomalous = u8::from(i >= 40);
        ScoredImage { image: format!("{i}"), anomalous, score: noise + lift + gap * f32::from(anomalous) }
    };
    (0..70).map(line).collect()
}

fn class(lines: &[ScoredImage], anomalous: u8) -> Vec<f64> {
    lines.iter().filter(|line| line.anomalous == anomalous).map(|line| f64::from(line.score)).collect()
}

/// A run whose records follow from made-up scores.
struct Shape<'a> {
    methods: &'a [&'a str],
    conditions: &'a [&'a str],
    categories: &'a [&'a str],
    seeds: u64,
    /// Other values of alpha that each method was tested at.
    alphas: &'a [&'a str],
}

impl Shape<'_> {
    fn run(&self) -> FakeRun {
        let mut run = FakeRun::new();
        for (m, method) in self.methods.iter().enumerate() {
            let options: Map<String, Value> = Map::from_iter([("alpha".into(), json!(0.5))]);
            run.trainings.insert((*method).into(), (options, 0.05 * 4f64.powi(m as i32 % 7)));
            for category in self.categories {
                for seed in 0..self.seeds {
                    self.cells(&mut run, (m, method), category, seed);
                }
            }
        }
        run
    }

    fn cells(&self, run: &mut FakeRun, (m, method): (usize, &str), category: &str, seed: u64) {
        let mut id = Vec::new();
        for (c, condition) in self.conditions.iter().enumerate() {
            let salt = m * 3 + c * 7 + seed as usize + category.len();
            let harm = c as f32 * (0.05 + 0.02 * (m % 6) as f32);
            let lines = scores(1.1 - harm - 0.03 * (m % 9) as f32, 2.0 * harm, salt);
            if c == 0 {
                id = class(&lines, 0);
            }
            let settings =
                std::iter::once(String::new()).chain(self.alphas.iter().map(|a| format!("@alpha={a}")));
            for (s, setting) in settings.enumerate() {
                let label = format!("{condition}{setting}");
                let labels: Vec<bool> = lines.iter().map(|line| line.anomalous == 1).collect();
                let values: Vec<f64> = lines.iter().map(|line| f64::from(line.score)).collect();
                let area = auroc(&values, &labels).unwrap() - 0.01 * s as f64;
                let record = run.done(("toy", category, method, seed, &label), area);
                record.scoring = Phase { seconds: 0.1 + m as f64, peak_memory_mib: 0 };
                let threshold = threshold_at_fpr(&id, 0.05).unwrap();
                let alarms = false_positive_rate(&class(&lines, 0), threshold).unwrap();
                record.metrics.insert("fpr_at_id_threshold".into(), MetricValue::Value(alarms));
                let key = record.key.clone();
                run.scores.insert(key, lines.clone());
            }
        }
    }
}

fn load(run: &mut FakeRun) -> (Comparison, Scores) {
    let folder = run.write();
    let comparison = Comparison::load(&folder, None).unwrap().with_baselines(&["mean-intensity", "random"]);
    let scores = Scores::load(&folder, &comparison).unwrap();
    (comparison, scores)
}

fn figures(run: &mut FakeRun) -> Vec<Figure> {
    let (comparison, scores) = load(run);
    of_group(&comparison, &comparison.groups[0], &scores.groups[0])
}

fn names(figures: &[Figure]) -> Vec<&str> {
    figures.iter().map(|figure| figure.name.strip_prefix("toy-").unwrap()).collect()
}

const PLAIN: Shape = Shape {
    methods: &["random", "rd", ODD],
    conditions: &["id", "contrast-3", "gaussian_noise-3"],
    categories: &["mono", "polycrystal"],
    seeds: 2,
    alphas: &[],
};

#[test]
fn every_figure_appears_exactly_when_its_data_exist() {
    let all = ["auroc", "bars", "id-ood", "roc", "histogram", "cost"];
    assert_eq!(names(&figures(&mut PLAIN.run())), all);
    let severities = Shape { conditions: &["id", "contrast-1", "contrast-4", "noise-3"], ..PLAIN };
    let found = figures(&mut severities.run());
    assert_eq!(names(&found), ["auroc", "bars", "id-ood", "severity", "roc", "histogram", "cost"]);
    let severity = found[3].svg().unwrap();
    assert!(severity.contains("contrast") && !severity.contains("noise"), "one severity is no line");
    let swept = Shape { alphas: &["0", "0.25", "1"], ..PLAIN };
    assert_eq!(
        names(&figures(&mut swept.run())),
        ["auroc", "bars", "id-ood", "alpha", "roc", "histogram", "cost"]
    );
    let domains = Shape { conditions: &["art_painting", "cartoon"], ..PLAIN };
    assert_eq!(names(&figures(&mut domains.run())), ["auroc", "bars", "roc", "cost"]);
    let id = Shape { conditions: &["id"], ..PLAIN };
    assert_eq!(names(&figures(&mut id.run())), ["auroc", "bars", "roc"]);
    let mut alike = PLAIN.run();
    alike.scores.clear();
    assert_eq!(names(&figures(&mut alike)), ["auroc", "bars", "id-ood", "histogram", "cost"]);
    let mut empty = PLAIN.run();
    empty.records.clear();
    assert!(figures(&mut empty).is_empty());
}

#[test]
fn figures_are_the_same_twice_and_name_every_method() {
    let shape = Shape { conditions: &["id", "contrast-1", "contrast-3"], alphas: &["0.25", "1"], ..PLAIN };
    let (first, second) = (figures(&mut shape.run()), figures(&mut shape.run()));
    assert_eq!(first.len(), 8);
    for (figure, again) in first.iter().zip(&second) {
        let svg = figure.svg().unwrap();
        assert!(svg == again.svg().unwrap());
        assert_eq!(figure.caption, again.caption);
        assert!(well_formed(&svg), "{}", figure.name);
        for method in ["random", "rd", "a&lt;b&amp;c"] {
            assert!(svg.contains(&format!("\n{method}\n")), "{} lacks {method}", figure.name);
        }
        assert!(svg.len() < 200_000, "{} has {} bytes", figure.name, svg.len());
        assert!(!svg.contains("href"), "{} refers to other files", figure.name);
    }
    // Both kinds of file are drawn from one list of shapes, so one figure with all shapes stands for all.
    let (figure, again) = (&first[6], &second[6]);
    assert!(figure.name == "toy-histogram" && figure.png().unwrap() == again.png().unwrap());
}

/// Whether every tag that opens is closed, in order.
fn well_formed(svg: &str) -> bool {
    let mut open = Vec::new();
    for tag in svg.split('<').skip(1) {
        let Some((tag, _)) = tag.split_once('>') else { return false };
        let name = tag.trim_start_matches('/').split_whitespace().next();
        match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) if open.pop() != name => return false,
            (false, false) => open.extend(name),
            _ => {}
        }
    }
    open.is_empty() && svg.starts_with("<svg")
}

#[test]
fn random_teachers_are_said_in_every_figure() {
    let mut run = Shape { conditions: &["id", "contrast-1", "contrast-3"], alphas: &["0.25"], ..PLAIN }.run();
    run.teacher = "resnet18 (random weights)";
    run.records.iter_mut().for_each(|record| record.teacher = Some(run.teacher.into()));
    for figure in figures(&mut run) {
        assert!(figure.svg().unwrap().contains("Random teacher weights"), "{}", figure.name);
    }
}

#[test]
fn printed_false_alarm_rates_are_those_of_the_records() {
    let shape = Shape { categories: &["mono"], seeds: 1, ..PLAIN };
    let mut run = shape.run();
    let rates: Vec<f64> = (run.records.iter())
        .filter(|record| record.condition.label() != "id")
        .map(|record| record.metrics["fpr_at_id_threshold"].value().unwrap())
        .collect();
    let figures = figures(&mut run);
    let histogram = figures.iter().find(|figure| figure.name == "toy-histogram").unwrap();
    let svg = histogram.svg().unwrap();
    assert!(rates.len() == 6 && rates.iter().any(|rate| *rate > 0.05));
    for rate in rates {
        assert!(svg.contains(&format!("alarms {:.1} %", 100.0 * rate)), "{rate}");
    }
    assert_eq!(svg.matches("alarms 5.0 %").count(), 3, "that is the threshold in distribution");
}

#[test]
fn captions_say_what_was_averaged_and_what_was_left_out() {
    let many: Vec<String> = (0..8).map(|m| format!("method-{m}")).collect();
    let methods: Vec<&str> = many.iter().map(String::as_str).collect();
    let shape =
        Shape { methods: &methods, conditions: &["id", "a-3", "b-3", "c-3", "d-3", "e-3", "f-3"], ..PLAIN };
    let figures = figures(&mut shape.run());
    let caption = |name: &str| {
        figures
            .iter()
            .find(|figure| figure.name == format!("toy-{name}"))
            .map(|figure| figure.caption.clone())
            .unwrap()
    };
    assert!(caption("bars").contains("Means over 2 categories and 2 seeds; bars: ± standard deviation"));
    assert!(
        caption("histogram")
            .contains("Left out for want of room: method-6 and method-7; e\u{a0}3 and f\u{a0}3.")
    );
    assert!(caption("histogram").contains("category mono"));
    assert!(caption("roc").contains("The 1 shifted conditions with the highest"), "{}", caption("roc"));
    assert!(caption("cost").contains("cpu (a processor, 2 threads), with other jobs beside"));
}

#[test]
fn few_columns_show_each_shift_at_its_strongest() {
    let conditions = ["id", "a-1", "a-2", "a-5", "b-2", "b-3", "c-1"];
    let shape = Shape { conditions: &conditions, categories: &["mono"], seeds: 1, ..PLAIN };
    let figures = figures(&mut shape.run());
    let histogram = figures.iter().find(|figure| figure.name == "toy-histogram").unwrap();
    let svg = histogram.svg().unwrap();
    let shown = |name: &str| svg.contains(&format!("\n{name}\n"));
    assert!(["a\u{a0}5", "b\u{a0}3", "c\u{a0}1"].into_iter().all(shown), "{svg}");
    assert!(!["a\u{a0}1", "a\u{a0}2", "b\u{a0}2"].into_iter().any(shown));
    assert!(histogram.caption.ends_with("a\u{a0}1, a\u{a0}2 and b\u{a0}2."), "{}", histogram.caption);
}

/// To look at: set `SHIFTBENCH_FIGURES` to a folder.
#[test]
fn busy_figures_are_drawn() {
    let known = ["random", "mean-intensity", "rd", "gnl", "fico", "patchcore", "simplenet", "rd-plus-plus"];
    let more: Vec<String> = (0..16).map(|m| format!("method-{m}")).collect();
    let all: Vec<&str> = known.into_iter().chain(more.iter().map(String::as_str)).collect();
    let shifts = ["brightness", "contrast", "defocus_blur", "gaussian_noise"];
    let severe: Vec<String> =
        shifts.iter().flat_map(|shift| [1, 2, 3, 4, 5].map(|s| format!("{shift}-{s}"))).collect();
    let severe: Vec<&str> = std::iter::once("id").chain(severe.iter().map(String::as_str)).collect();
    let single = ["id", "brightness-3", "contrast-3", "defocus_blur-3", "gaussian_noise-3"];
    for (methods, conditions, alphas) in [
        (4, &single[..], &["0.0", "0.25", "0.75", "1.0"][..]),
        (8, &severe[..], &["0.0", "0.25", "0.75", "1.0"][..]),
        (12, &single[..], &[][..]),
        (24, &severe[..], &[][..]),
        (24, &single[..], &["0.0", "1.0"][..]),
    ] {
        let folder = std::env::var_os("SHIFTBENCH_FIGURES");
        if folder.is_none() && methods * conditions.len() > 60 {
            continue; // thousands of files take their time
        }
        let shape = Shape { methods: &all[..methods], conditions, categories: &["mono"], seeds: 2, alphas };
        let figures = figures(&mut shape.run());
        assert!(figures.len() >= 6);
        let Some(folder) = folder else {
            assert!(figures.iter().all(|figure| figure.svg().is_ok()));
            continue;
        };
        let folder = Path::new(&folder).join(format!("{methods}x{}", conditions.len()));
        fs::create_dir_all(&folder).unwrap();
        for figure in figures {
            fs::write(folder.join(&figure.name).with_extension("png"), figure.png().unwrap()).unwrap();
            fs::write(folder.join(&figure.name).with_extension("svg"), figure.svg().unwrap()).unwrap();
            fs::write(folder.join(&figure.name).with_extension("txt"), &figure.caption).unwrap();
        }
    }
}
