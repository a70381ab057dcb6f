//! What others wrote, shown to people: names from data may hold anything, and terminals, tables and spreadsheets act on
//! some of it.

use std::borrow::Cow;

/// A name for a table: nothing in it acts on a terminal, breaks a line, or is a formula to a spreadsheet.
///
/// Control characters, and those that turn the direction of writing, are written as `\u{1b}`, backslashes doubled. A
/// name that begins with `=`, `+`, `-`, `@` or `'` is led by `'`. So different names stay different.
pub fn name(name: &str) -> Cow<'_, str> {
    let formula = name.starts_with(['=', '+', '-', '@', '\'']);
    if !formula && !name.chars().any(|letter| letter == '\\' || acts(letter)) {
        return name.into();
    }
    let mut quoted = String::from(if formula { "'" } else { "" });
    for letter in name.chars() {
        match letter {
            '\\' => quoted.push_str("\\\\"),
            _ => push(&mut quoted, letter),
        }
    }
    quoted.into()
}

/// A message for a terminal: nothing in it acts, and only line breaks break lines.
pub fn message(message: &str) -> String {
    shown(message, '\n')
}

/// A message in one line: line breaks are blanks.
pub fn line(message: &str) -> String {
    shown(message, ' ')
}

fn shown(message: &str, line_break: char) -> String {
    let mut shown = String::with_capacity(message.len());
    for letter in message.chars() {
        match letter {
            '\n' => shown.push(line_break),
            _ => push(&mut shown, letter),
        }
    }
    shown
}

fn push(text: &mut String, letter: char) {
    if acts(letter) { text.extend(letter.escape_unicode()) } else { text.push(letter) }
}

/// Whether a terminal does something about it other than to show it, or shows nothing, so that two names look alike.
pub(crate) fn acts(letter: char) -> bool {
    let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_invisible =
        matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    letter.is_control() || turns || is_invisible
}

/// The candidate most like `name`, if it is close enough to be a slip of the pen.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().max(3) / 2)
        .map(|(_, candidate)| candidate.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_corrects_slips_but_does_not_guess() {
        assert_eq!(nearest("contrst", ["contrast", "brightness"]), Some("contrast".into()));
        assert_eq!(nearest("gln", ["gnl", "rd"]), Some("gnl".into()));
        assert_eq!(nearest("patchcore", ["gnl", "rd"]), None);
    }

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for plain in ["bottle", "transistor 2", "Überlänge", "contrast-3", "test/crack/000.png", "<b>|x|"] {
            assert_eq!(name(plain), plain);
        }
        assert_eq!(message("a\nb -1"), "a\nb -1");
    }

    #[test]
    fn what_acts_is_written_out_and_different_names_stay_different() {
        let hostile = [
            ("\u{1b}[31mred", r"\u{1b}[31mred"),
            ("a\nb", r"a\u{a}b"),
            (r"a\u{a}b", r"a\\u{a}b"),
            ("a\u{200b}b", r"a\u{200b}b"),
            ("=1+1", "'=1+1"),
            ("+x", "'+x"),
            ("-x", "'-x"),
            ("@x", "'@x"),
            ("'=1+1", "''=1+1"),
            ("\t=1", r"\u{9}=1"),
            ("\r=1", r"\u{d}=1"),
            ("a\u{202e}b", r"a\u{202e}b"),
        ];
        for (given, shown) in hostile {
            assert_eq!(name(given), shown);
        }
        assert_eq!(message("bad \u{1b}]0;title\u{7}\nnext"), "bad \\u{1b}]0;title\\u{7}\nnext");
        assert_eq!(line("a\n  b\u{7}"), r"a   b\u{7}");
    }
}
