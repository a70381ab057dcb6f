//! Tables in LaTeX: rules of booktabs, numbers aligned by siunitx.

mod column;
mod escape;

use super::interface::{Format, FormatEntry, ReportFile};
use super::shown::Shown;
use crate::table::{Entry, Kind, Line, METHOD, Mark, Table, Value};
use crate::{Document, ReportError};
use column::Alignment;
use escape::{escape, prose};
use std::fmt::Write as _;
use std::ops::Range;

/// A line of about this many characters can be shrunk to the page and still be read; wider tables are shown in parts,
/// one below the other.
const MOST_CHARACTERS: usize = 125;
/// So many rows have room on a page, beside a caption.
const MOST_ROWS: usize = 52;
/// Characters in a row of a note.
const ROW: usize = 110;

/// What every table needs; the sizes are those of a page of a two-column paper.
const PREAMBLE: &str = r"\documentclass[10pt]{article}
\usepackage[utf8]{inputenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
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

/// For papers.
pub struct Latex;

inventory::submit! { FormatEntry(&Latex) }

impl Format for Latex {
    fn name(&self) -> &'static str {
        "latex"
    }

    fn table(&self, table: &Table) -> String {
        latex(table)
    }

    fn files(&self, document: &Document<'_>) -> Result<Vec<ReportFile>, ReportError> {
        let tables = document.sections.iter().flat_map(|section| &section.tables);
        let tables = tables.map(|table| (format!("tables/{}.tex", table.name()), latex(table).into_bytes()));
        Ok(tables.chain([("tables.tex".into(), latex_document(document).into_bytes())]).collect())
    }
}

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
            let _ = writeln!(text, "\\input{{tables/{}}}\n\\FloatBarrier", table.name());
        }
    }
    text + "\\end{document}\n"
}

/// One table, to be read by `\input`. What does not fit on one page goes on in another float.
pub fn latex(table: &Table) -> String {
    let mut text = String::from(
        "% Needs booktabs, caption, siunitx (version 3), adjustbox and amssymb, as loaded by tables.tex.\n",
    );
    let mut blocks: Vec<(usize, String)> =
        parts(table).into_iter().map(|part| tabular(table, part)).collect();
    blocks.push(below(table));
    let heading = table.heading.full();
    let mut waiting = blocks.into_iter().peekable();
    let mut first = true;
    while waiting.peek().is_some() {
        let mut room = MOST_ROWS;
        let mut float: Vec<String> = Vec::new();
        while let Some((rows, block)) = waiting.next_if(|(rows, _)| float.is_empty() || *rows <= room) {
            room = room.saturating_sub(rows);
            float.push(block);
        }
        let caption = if first {
            format!(
                "\\caption{{{}. {}.}}\n  \\label{{tab:{}}}",
                prose(&heading),
                prose(&table.title),
                table.name()
            )
        } else {
            format!("\\ContinuedFloat\n  \\caption[]{{{} (continued).}}", prose(&heading))
        };
        let _ = writeln!(
            text,
            "\\begin{{table*}}[!htbp]\n  \\centering\n  {SETUP}\n  {caption}\n{}\\end{{table*}}",
            float.join("  \\par\\medskip\n")
        );
        first = false;
    }
    text
}

/// What stands below a table, with the number of its rows.
fn below(table: &Table) -> (usize, String) {
    let mut notes: Vec<String> = table.notes.clone();
    if table.is_ranked() {
        let legend = "Bold: best of its column; underlined: second best, trivial baselines included.";
        notes.insert(0, legend.into());
    }
    let rows = notes.iter().map(|note| width(note).div_ceil(ROW)).sum();
    let notes: String = notes.iter().map(|note| format!("    {}\\par\n", prose(note))).collect();
    let text = "  \\begin{minipage}{\\textwidth}\n    \\footnotesize\\raggedright\n";
    (rows, format!("{text}{notes}  \\end{{minipage}}\n"))
}

/// Ranges of as equally many columns as can be, each with the labels before it narrow enough for a page.
fn parts(table: &Table) -> Vec<Range<usize>> {
    let columns = table.columns.len();
    let labels = table.lines.iter().map(|line| width(&line.short_label())).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(|column| column_width(table, column)).collect();
    let room = MOST_CHARACTERS.saturating_sub(labels).max(1);
    let split = |count: usize| -> Vec<Range<usize>> {
        (0..count).map(|part| part * columns / count..(part + 1) * columns / count).collect()
    };
    let fits = |part: &Range<usize>| part.len() <= 1 || widths[part.clone()].iter().sum::<usize>() <= room;
    (1..=columns.max(1)).map(split).find(|parts| parts.iter().all(fits)).unwrap_or_default()
}

/// In characters, with the gap before it.
fn column_width(table: &Table, column: usize) -> usize {
    let heading = heading_lines(&table.columns[column].title()).into_iter().map(|line| width(&line));
    let cells = table.lines.iter().map(|line| width(&text(&line.entries[column])));
    heading.chain(cells).max().unwrap_or(0) + 2
}

fn text(entry: &Entry) -> String {
    Shown::of(&entry.value).to_string()
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// Long headings in lines: a column should not be much wider than its numbers.
fn heading_lines(heading: &str) -> Vec<String> {
    if width(heading) <= 8 {
        return vec![heading.into()];
    }
    let broken = heading.replace('_', "_\n").replace('+', "+\n").replace(' ', "\n");
    broken.lines().map(|line| line.trim_end_matches('_').to_owned()).collect()
}

/// The source of a heading; in braces, or siunitx takes it for a number.
fn heading(heading: &str) -> String {
    match heading_lines(heading).as_slice() {
        [line] => format!("{{{}}}", escape(line)),
        lines => {
            let lines: Vec<String> = lines.iter().map(|line| escape(line)).collect();
            format!(r"{{\shortstack[r]{{{}}}}}", lines.join(r" \\ "))
        }
    }
}

/// The columns of a part, with the number of their rows. Of what papers print, only lines that have a number there.
fn tabular(table: &Table, columns: Range<usize>) -> (usize, String) {
    let alignments: Vec<Option<Alignment>> =
        columns.clone().map(|column| Alignment::of(table, column)).collect();
    let specifications = columns.clone().zip(&alignments).map(|(column, alignment)| match alignment {
        Some(alignment) => alignment.specification(),
        None if table.lines.iter().all(|line| width(&text(&line.entries[column])) <= 1) => "c".into(),
        None => "l".into(),
    });
    let specifications: Vec<String> = specifications.collect();
    let headings = columns.clone().map(|column| heading(&table.columns[column].title()));
    let header: Vec<String> = std::iter::once(METHOD.to_owned()).chain(headings).collect();
    let mut rows = vec![format!("{} \\\\\n    \\midrule", header.join(" & "))];
    let says = |line: &&Line| {
        line.kind.measured() || columns.clone().any(|column| line.entries[column].value != Value::Blank)
    };
    let mut before = &Kind::Baseline;
    for line in table.lines.iter().filter(says) {
        if line.kind == Kind::Baseline && *before != Kind::Baseline {
            let span = header.len();
            rows.push(format!(
                "\\midrule\n    \\multicolumn{{{span}}}{{l}}{{\\itshape trivial baselines}} \\\\"
            ));
        }
        before = &line.kind;
        let cells = columns.clone().zip(&alignments);
        let cells = cells.map(|(column, alignment)| cell(&line.entries[column], alignment.as_ref()));
        let cells: Vec<String> = std::iter::once(label(line)).chain(cells).collect();
        rows.push(format!("{} \\\\", cells.join(" & ")));
    }
    let text = format!(
        "  \\begin{{adjustbox}}{{max width=\\textwidth, max totalheight=0.75\\textheight}}\n  \\begin{{tabular}}{{l {}}}\n    \
         \\toprule\n    {}\n    \\bottomrule\n  \\end{{tabular}}\n  \\end{{adjustbox}}\n",
        specifications.join(" "),
        rows.join("\n    "),
    );
    (rows.len() + 2, text)
}

fn label(line: &Line) -> String {
    if line.kind.measured() {
        escape(&line.method)
    } else {
        format!(r"\quad{{\small\itshape {}}}", escape(&line.short_label()))
    }
}

fn cell(entry: &Entry, alignment: Option<&Alignment>) -> String {
    match (alignment, Shown::of(&entry.value)) {
        (Some(alignment), Shown::Number(number, spread)) => alignment.cell(number, spread, entry.mark),
        (_, Shown::Words(words)) if words.is_empty() => String::new(),
        (_, shown) => {
            let text = escape(&shown.to_string());
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
    use crate::Estimate;
    use crate::published::{Citation, Paper};
    use crate::table::{Column, Heading, TableKind};

    /// One line of so many equal numbers.
    fn table(columns: usize, heading: &str) -> Table {
        let score = Estimate { mean: 0.885, std: Some(0.007), seeds: 2, planned: 2 };
        Table {
            kind: TableKind::Efficiency,
            heading: Heading::plain("t", ""),
            title: String::new(),
            columns: (0..columns).map(|_| Column::fact(heading)).collect(),
            lines: vec![Line {
                method: "rd".into(),
                kind: Kind::Measured,
                entries: vec![Value::Score(score).into(); columns],
            }],
            notes: Vec::new(),
        }
    }

    #[test]
    fn wide_tables_are_shown_in_equal_parts() {
        assert_eq!(parts(&table(9, "ID")), std::slice::from_ref(&(0..9)));
        assert_eq!(parts(&table(16, "ID")), [0..8, 8..16]);
        assert_eq!(parts(&table(24, "ID")), [0..8, 8..16, 16..24]);
        assert!(parts(&table(0, "ID")).iter().all(Range::is_empty));
        let words = "x".repeat(200);
        assert_eq!(parts(&table(2, &words)), [0..1, 1..2]);
        assert_eq!(latex(&table(16, "ID")).matches("\\begin{tabular}").count(), 2);
    }

    #[test]
    fn what_no_page_holds_goes_on_in_another_float() {
        let mut tall = table(16, "ID");
        assert_eq!(latex(&tall).matches("\\begin{table*}").count(), 1);
        tall.lines = vec![tall.lines[0].clone(); 30];
        let text = latex(&tall);
        assert_eq!(text.matches("\\begin{table*}").count(), 2);
        assert_eq!((text.matches("\\label").count(), text.matches("\\ContinuedFloat").count()), (1, 1));
    }

    #[test]
    fn published_lines_without_a_number_are_left_out_of_a_part() {
        let mut table = table(16, "ID");
        let mut published = table.lines[0].clone();
        let paper = Paper { name: "X".into(), venue: "2020".into() };
        published.kind = Kind::Published(Citation { method: None, paper });
        published.entries[8..].fill(Value::Blank.into());
        table.lines.push(published);
        assert_eq!(latex(&table).matches("published: X").count(), 1);
    }

    #[test]
    fn long_headings_are_broken_where_words_end() {
        assert_eq!(heading("ID"), "{ID}");
        assert_eq!(heading("defocus_blur-3"), r"{\shortstack[r]{defocus \\ blur-3}}");
        assert_eq!(heading("OOD mean"), "{OOD mean}");
        assert_eq!(heading("fog-1+contrast-3"), r"{\shortstack[r]{fog-1+ \\ contrast-3}}");
    }
}
