//! The report as one HTML file, of made-up runs.

use crate::fake::{FakeRun, row};
use harness::results::{Failure, FailureKind};
use reports::table::{Column, Entry, Heading, Kind, Line, Mark, Role, Table, TableKind, Value};
use reports::{Citation, Comparison, Document, Paper, Picture, Scores, html};
use std::collections::BTreeSet;
use std::fs;

/// The report of a run, after `change` had its way with the document.
fn page(run: &mut FakeRun, change: impl Fn(&mut Document<'_>)) -> String {
    let folder = run.write();
    let comparison = Comparison::load(&folder, None).unwrap().with_baselines(&["random"]);
    let scores = Scores::load(&folder, &comparison).unwrap();
    let mut document = Document::new(&folder, &comparison, &scores, &[]).unwrap();
    change(&mut document);
    html(&document).unwrap()
}

fn small() -> FakeRun {
    let mut run = FakeRun::new();
    row(&mut run, "rd", &[0.9, 0.7, 0.8]);
    row(&mut run, "gnl", &[0.92, 0.9, 0.85]);
    row(&mut run, "random", &[0.5, 0.4, 0.75]);
    run
}

/// Names and attributes of all tags, which must be balanced.
fn tags(page: &str) -> Vec<String> {
    const EMPTY: [&str; 5] = ["meta", "link", "input", "img", "wbr"];
    let (mut found, mut open) = (Vec::new(), Vec::<String>::new());
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        // Style and script hold no markup.
        let inside = open.last().map_or("", String::as_str);
        if matches!(inside, "style" | "script") && !rest.starts_with(&format!("/{inside}>")) {
            continue;
        }
        let end = rest.find('>').unwrap();
        let tag = rest[..end].to_owned();
        rest = &rest[end + 1..];
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default().to_owned();
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(closed), "near {}", rest.get(..80).unwrap_or(rest));
        } else if !tag.starts_with('!') && !tag.ends_with('/') && !EMPTY.contains(&name.as_str()) {
            open.push(name);
        }
        found.push(tag);
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    found
}

fn ids(page: &str) -> Vec<&str> {
    page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn one_file_holds_every_table_figure_and_picture() {
    let picture = image::RgbImage::from_pixel(30, 20, image::Rgb([9; 3]));
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let png = png.into_inner();
    let shown = Picture { name: "fake-missed".into(), caption: "What is missed.".into(), png };
    let page = page(&mut small(), |document| document.sections[0].pictures.push(shown.clone()));
    let tags = tags(&page);
    for part in ["id=\"table-fake-image-auroc\"", "id=\"figure-fake-auroc\"", "id=\"picture-fake-missed\""] {
        assert!(page.contains(part), "{part}");
    }
    for method in ["rd", "gnl", "random"] {
        assert!(page.contains(&format!("data-name=\"{method}\"")), "{method}");
    }
    assert!(page.contains("alt=\"What is missed.\" width=\"30\" height=\"20\""));
    // Nothing is loaded from anywhere.
    for tag in &tags {
        assert!(!tag.contains("src=") || tag.contains(" src=\"data:image/png;base64,"), "{tag}");
        assert!(
            !tag.contains("href=") || tag.contains("href=\"#") || tag.contains("href=\"data:,\""),
            "{tag}"
        );
    }
    for outside in ["http://", "https://", "@import", "url(", "fetch(", "XMLHttpRequest"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let ids = ids(&page);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    let links = page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap());
    links.for_each(|link| assert!(ids.contains(&link), "#{link} leads nowhere"));
}

#[test]
fn the_summary_says_what_came_out_and_what_to_beware_of() {
    let page = page(&mut small(), |_| {});
    for words in [
        "On average over ID and all shifts, gnl leads with 89.0 %, 9.0 points before rd: with a single seed, \
         nobody knows whether that is more than chance.",
        "Under shift alone, gnl is best: 87.5 %, 4.5 points below its ID result; rd loses most, 15.0 points.",
        "Every method is above the best trivial baseline, random (55.0 %).",
        "Hardest is b-3, where the best method reaches 85.0 %.",
        "fake: 1 seed: how far results vary with the seed is unknown",
        "✓ All 9 results are there.",
        "exactly 104 optimisation steps on batches of 16",
        "a processor, 2 threads per process",
    ] {
        assert!(page.contains(words), "{words}");
    }
    for absent in ["Incomplete:", "Mixed", "Random teacher weights"] {
        assert!(!page.contains(absent), "{absent}");
    }
}

#[test]
fn a_lead_within_the_spread_over_seeds_may_be_chance_and_equal_numbers_share_it() {
    let mut run = FakeRun::new();
    for (seed, auroc) in [(0, 0.8), (1, 0.9)] {
        for (method, plus) in [("rd", 0.0), ("gnl", 0.02), ("random", 0.05)] {
            run.done(("fake", "one", method, seed, "id"), auroc + plus);
        }
    }
    let text = page(&mut run, |_| {});
    let words = "In distribution, gnl leads with 87.0 %, 2.0 points before rd: no more than their standard \
                 deviation over seeds, 7.1 points, so the order may be chance.";
    assert!(text.contains(words));
    assert!(text.contains("The trivial baseline random (90.0 %) is as good as or better than gnl and rd."));
    let mut run = FakeRun::new();
    row(&mut run, "rd", &[0.9001]);
    row(&mut run, "gnl", &[0.9004]);
    assert!(page(&mut run, |_| {}).contains("In distribution, rd and gnl share the lead with 90.0 %."));
}

#[test]
fn holes_are_red_and_said_in_words_with_their_reasons() {
    let mut run = small();
    run.plan(("fake", "one", "fico", 0, "id"));
    run.plan(("fake", "one", "fico", 0, "a-3"));
    run.plan(("fake", "one", "lost", 0, "id"));
    run.plan(("fake", "one", "old", 0, "id"));
    run.done(("fake", "one", "garbled", 0, "id"), 0.5);
    run.done(("fake", "one", "old", 0, "a-3"), 0.5).key = "another".into();
    let folder = run.write();
    run.fail("fake/one/fico/seed0", Failure::new(FailureKind::Method, "the loss is NaN\nat step 3"));
    fs::write(folder.path().join("fake/one/garbled/seed0/cells/id.json"), "{").unwrap();
    let records = run.records.iter().filter(|record| record.method != "garbled").cloned().collect();
    run.records = records;
    let text = page(&mut run, |_| {});
    tags(&text);
    for words in [
        "td class=\"hole failed\" title=\"a job failed\"",
        "td class=\"hole missing\" title=\"results are missing\"",
        "<strong class=\"hole\">failed</strong> <code>fake/one/fico/seed0</code>: id, a-3. <span \
         class=\"reason\">method: the loss is NaN at step 3</span>",
        "<strong class=\"hole\">missing</strong> <code>fake/one/lost/seed0</code>: id.",
        "<strong class=\"hole\">outdated</strong> <code>fake/one/old/seed0</code>: a-3.",
        "<strong class=\"hole\">damaged</strong> <code>fake/one/garbled/seed0</code>: id.",
        "<strong class=\"hole\">not in the run</strong>",
        "td class=\"hole\">✗ 0 of 1<span class=\"words\">1 failed</span>",
        "Incomplete: ",
        "Not ranked, because results are missing or undefined: fico, lost, old and garbled.",
    ] {
        assert!(text.contains(words), "{words}");
    }
}

#[test]
fn nothing_that_a_name_or_a_message_holds_becomes_markup() {
    let mut run = FakeRun::new();
    row(&mut run, "<b>&\"rd\"", &[0.9, 0.7]);
    run.plan(("fake", "one", "gnl", 0, "id"));
    run.write();
    run.fail("fake/one/gnl/seed0", Failure::new(FailureKind::Data, "</script><script>alert(1)</script>"));
    let text = page(&mut run, |_| {});
    tags(&text);
    assert!(text.contains("data-name=\"&lt;b&gt;&amp;&quot;rd&quot;\""));
    assert!(text.contains("data: &lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!text.contains("<b>") && !text.contains("<script>alert"));
}

#[test]
fn published_rows_and_differences_are_told_from_measured_ones() {
    let line = |kind, value, mark| Line { method: "rd".into(), kind, entries: vec![Entry { value, mark }] };
    let from = Citation { method: None, paper: Paper { name: "RD".into(), venue: "2022".into() } };
    let difference = Kind::Difference { from: from.clone(), unlike: false };
    let table = Table {
        kind: TableKind::References,
        heading: Heading {
            dataset: Some("fake-published".into()),
            subject: "image AUROC".into(),
            percent: false,
            detail: String::new(),
            direction: None,
        },
        title: "another title".into(),
        columns: vec![Column { heading: "ID".into(), unit: None, role: Role::Id }],
        lines: vec![
            line(Kind::Measured, Value::Number { value: 90.0, decimals: 1 }, Mark::Best),
            line(Kind::Published(from), Value::Printed(89.0), Mark::None),
            line(difference.clone(), Value::Difference(1.0), Mark::None),
            line(difference.clone(), Value::Difference(-1.0), Mark::None),
            line(difference, Value::Difference(0.0), Mark::None),
            line(Kind::Baseline, Value::Printed(50.0), Mark::None),
        ],
        notes: vec!["A note.".into()],
    };
    let page = page(&mut small(), |document| document.sections[0].tables.push(table.clone()));
    tags(&page);
    let article = page
        .split("id=\"table-fake-published-references\"")
        .nth(1)
        .unwrap()
        .split("</article>")
        .next()
        .unwrap();
    for part in [
        "<p class=\"context\">another title</p>",
        "<tr data-kind=\"measured\" data-name=\"rd\"><th scope=\"row\">rd</th><td data-value=\"90\"><strong \
         class=\"best\">90.0</strong></td></tr>",
        "<tr data-kind=\"published\" data-name=\"published: RD 2022\"><th scope=\"row\">RD 2022 <span class=\"tag\">published</span>",
        "<span class=\"more\"><span aria-hidden=\"true\">▲\u{a0}</span>+1.0</span>",
        "<span class=\"less\"><span aria-hidden=\"true\">▼\u{a0}</span>-1.0</span>",
        "<td data-value=\"0\">0.0</td>",
        "<tbody class=\"baselines\"><tr class=\"divider\"><th scope=\"rowgroup\">trivial baselines</th>",
        "<li>A note.</li>",
    ] {
        assert!(article.contains(part), "{part}\n{article}");
    }
}

#[test]
fn results_of_several_machines_or_a_random_teacher_are_warned_of() {
    let mut run = small();
    run.records[0].provenance.revision = "abc".into();
    run.records[1].provenance.device = harness::contract::device::DeviceChoice::Cuda(0);
    run.records[2].teacher = Some("tiny (random weights)".into());
    let text = page(&mut run, |_| {});
    for words in [
        "Mixed versions of shiftbench: results were computed with 0.1.0 (abc), 0.1.0 (unknown).",
        "Mixed devices: results were computed with cpu, cuda:0.",
        "Random teacher weights of rd: their numbers say nothing about the published methods.",
    ] {
        assert!(text.contains(words), "{words}");
    }
}
