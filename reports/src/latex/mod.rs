//! Tables in LaTeX: rules of booktabs, numbers aligned by siunitx.

mod column;
mod escape;

use crate::{Document, Kind, Line, Mark, Table};
use column::{Format, Shown};
use escape::{escape, prose};
use std::fmt::Write as _;
use std::ops::Range;

/// More numeric columns than this are shown in parts, one below the other.
const MOST_COLUMNS: usize = 11;

/// What every table needs; the sizes are those of a page of a two-column paper.
const PREAMBLE: &str = r"\documentclass[10pt]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{lmodern}
\usepackage[a4paper, margin=2cm]{geometry}
\usepackage[font=small, labelfont=bf]{caption}
\usepackage{amssymb}
\usepackage{adjustbox}
\usepackage{booktabs}
\usepackage{siunitx}
\usepackage{placeins}
";

/// Says in a table's group how siunitx prints: bold where asked for, and uncertainties behind their numbers.
const SETUP: &str = r"\sisetup{
    mode = text, reset-text-family = false, reset-text-series = false, reset-text-shape = false,
    uncertainty-mode = separate, retain-zero-uncertainty = true, retain-explicit-plus = true,
    table-alignment = right, table-text-alignment = right,
  }";

/// A document that shows every table, which lie in `tables/` below it, and compiles as it is.
pub fn latex_document(document: &Document<'_>) -> String {
    let mut text = format!("{PREAMBLE}\\begin{{document}}\n");
    for section in &document.sections {
        let _ = writeln!(
            text,
            "\n\\section*{{{}: {}}}",
            escape(&document.comparison.suite),
            escape(&section.dataset)
        );
        for table in &section.tables {
            let _ = writeln!(text, "\\input{{tables/{}}}\n\\FloatBarrier", table.name);
        }
    }
    text + "\\end{document}\n"
}

/// One table, to be read by `\input`.
pub fn latex(table: &Table) -> String {
    let mut text = format!(
        "% Needs booktabs, siunitx (version 3), adjustbox and amssymb, as loaded by tables.tex.\n\
         \\begin{{table*}}[!htbp]\n  \\centering\n  {}\n  \\caption{{{}. {}.}}\n  \\label{{tab:{}}}\n",
        SETUP,
        prose(&table.heading),
        prose(&table.title),
        table.name,
    );
    let parts = parts(table.header.len().saturating_sub(1));
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            text += "  \\par\\medskip\n";
        }
        text += &tabular(table, part.clone());
    }
    text += "  \\par\\smallskip\n  \\begin{minipage}{\\textwidth}\n    \\footnotesize\\raggedright\n";
    if table.lines.iter().flat_map(|line| &line.entries).any(|entry| entry.mark != Mark::None) {
        text += "    Bold: best of its column; underlined: second best, trivial baselines included.\\par\n";
    }
    for note in &table.notes {
        let _ = writeln!(text, "    {}\\par", prose(note));
    }
    text + "  \\end{minipage}\n\\end{table*}\n"
}

/// Equal parts of so many columns, each few enough for a page.
fn parts(columns: usize) -> Vec<Range<usize>> {
    let count = columns.div_ceil(MOST_COLUMNS).max(1);
    (0..count).map(|part| part * columns / count..(part + 1) * columns / count).collect()
}

fn tabular(table: &Table, columns: Range<usize>) -> String {
    let formats: Vec<Option<Format>> = columns.clone().map(|column| Format::of(table, column)).collect();
    let specifications = columns.clone().zip(&formats).map(|(column, format)| match format {
        Some(format) => format.specification(),
        None if table.lines.iter().all(|line| line.entries[column].text.chars().count() <= 1) => "c".into(),
        None => "l".into(),
    });
    let specifications: Vec<String> = specifications.collect();
    let mut text = format!(
        "  \\begin{{adjustbox}}{{max width=\\textwidth}}\n  \\begin{{tabular}}{{l {}}}\n    \\toprule\n",
        specifications.join(" "),
    );
    let headings = columns.clone().map(|column| format!("{{{}}}", escape(&table.header[column + 1])));
    let header: Vec<String> = std::iter::once(escape(&table.header[0])).chain(headings).collect();
    let _ = writeln!(text, "    {} \\\\\n    \\midrule", header.join(" & "));
    for (position, line) in table.lines.iter().enumerate() {
        if line.kind == Kind::Baseline && position > 0 && table.lines[position - 1].kind != Kind::Baseline {
            let span = header.len();
            let _ = writeln!(
                text,
                "    \\midrule\n    \\multicolumn{{{span}}}{{l}}{{\\itshape trivial baselines}} \\\\"
            );
        }
        let cells = columns.clone().zip(&formats).map(|(column, format)| cell(line, column, format.as_ref()));
        let cells: Vec<String> = std::iter::once(label(line)).chain(cells).collect();
        let _ = writeln!(text, "    {} \\\\", cells.join(" & "));
    }
    text + "    \\bottomrule\n  \\end{tabular}\n  \\end{adjustbox}\n"
}

fn label(line: &Line) -> String {
    match line.kind {
        Kind::Measured | Kind::Baseline => escape(&line.label),
        Kind::Published | Kind::Difference => {
            format!(r"\quad{{\footnotesize\itshape {}}}", escape(&line.label))
        }
    }
}

fn cell(line: &Line, column: usize, format: Option<&Format>) -> String {
    let entry = &line.entries[column];
    match (format, Shown::of(&entry.text)) {
        (Some(format), Some(shown)) => format.cell(entry, shown),
        _ if entry.text.is_empty() => String::new(),
        _ => {
            let text = escape(&entry.text);
            match entry.mark {
                Mark::None => format!("{{{text}}}"),
                Mark::Best => format!(r"{{\bfseries {text}}}"),
                Mark::Second => format!(r"{{\underline{{{text}}}}}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_tables_are_shown_in_equal_parts() {
        assert_eq!(parts(9), [0..9]);
        assert_eq!(parts(16), [0..8, 8..16]);
        assert_eq!(parts(24), [0..8, 8..16, 16..24]);
        assert_eq!(parts(0), [0..0]);
    }
}
