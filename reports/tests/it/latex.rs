//! LaTeX of tables that others may build.

use reports::table::{self, Column, Entry, Heading, Kind, Line, Mark, Role, TableKind};
use reports::{Estimate, Table, latex};

/// A table that others may build: names, messages and gaps as wild as they come.
#[test]
fn any_table_is_valid_latex() {
    let score = Estimate { mean: 0.9, std: Some(0.005), seeds: 1, planned: 2 };
    let column = |heading: &str| Column { heading: heading.into(), unit: None, role: Role::Fact };
    let table = Table {
        kind: TableKind::Changes,
        heading: Heading {
            dataset: Some("wild".into()),
            subject: r"50 % of {a_b} \ & # $ ^ ~".into(),
            percent: true,
            detail: String::new(),
            direction: None,
        },
        title: "é ± — † ° ≥ ✓ 中".into(),
        columns: vec![column("a_b & c"), column("p")],
        lines: vec![Line {
            method: "x_1 @alpha=0.25".into(),
            kind: Kind::Measured,
            entries: vec![
                Entry { value: table::Value::Score(score), mark: Mark::Best },
                Entry { value: table::Value::Probability(0.00001), mark: Mark::Second },
            ],
        }],
        notes: vec!["`cargo xtask bench` {".into()],
    };
    let text = latex(&table);
    assert_eq!(
        text.replace("\\{", "").matches('{').count(),
        text.replace("\\}", "").matches('}').count(),
        "{text}"
    );
    assert!(text.contains(r"x\_1 @alpha=0.25 & {\bfseries 90.0 \ensuremath{\pm}0.5 (1/2)} & {\underline{\ensuremath{<} 0.0001}} \\"), "{text}");
    assert!(text.is_ascii() || text.chars().all(|c| c.is_ascii() || c == 'é'), "{text}");
}
