//! LaTeX of tables that others may build.

use reports::{Entry, Kind, Line, Mark, Table, latex};

/// Names, messages and gaps as wild as they come.
#[test]
fn any_table_is_valid_latex() {
    let entry = |text: &str, mark| Entry { text: text.into(), value: None, spread: None, mark };
    let table = Table {
        name: "wild".into(),
        heading: r"50 % of {a_b} \ & # $ ^ ~".into(),
        title: "é ± — † ° ≥ ✓ 中".into(),
        header: vec!["method".into(), "a_b & c".into(), "p".into()],
        shifted: 0..0,
        lines: vec![Line {
            label: "x_1 @alpha=0.25".into(),
            kind: Kind::Measured,
            entries: vec![entry("90.0 ±0.5 (1/2)", Mark::Best), entry("< 0.001", Mark::Second)],
        }],
        notes: vec!["`cargo xtask bench` {".into()],
    };
    let text = latex(&table);
    assert_eq!(
        text.replace("\\{", "").matches('{').count(),
        text.replace("\\}", "").matches('}').count(),
        "{text}"
    );
    assert!(text.contains(r"x\_1 @alpha=0.25 & {\bfseries 90.0 \ensuremath{\pm}0.5 (1/2)} & {\underline{\ensuremath{<} 0.001}} \\"), "{text}");
    assert!(text.is_ascii() || text.chars().all(|c| c.is_ascii() || c == 'é'), "{text}");
}
