//! Text that LaTeX prints as it was written.

/// For running text and cells: braces are balanced, and every character stands for itself. A character that the
/// fonts of a plain document lack is given by its code point.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    let mut previous = ' ';
    for character in text.chars() {
        // Two hyphens would become a dash.
        if (previous, character) == ('-', '-') {
            escaped += "{}";
        }
        previous = character;
        match character {
            '\\' => escaped += r"\textbackslash{}",
            '{' | '}' | '$' | '&' | '#' | '_' | '%' => escaped.extend(['\\', character]),
            '~' => escaped += r"\textasciitilde{}",
            '^' => escaped += r"\textasciicircum{}",
            '|' => escaped += r"\textbar{}",
            '"' => escaped += "''",
            '`' => escaped += r"\textasciigrave{}",
            '<' => escaped += r"\ensuremath{<}",
            '>' => escaped += r"\ensuremath{>}",
            ' '..='~' => escaped.push(character),
            '\u{a0}' => escaped.push('~'),
            other => match symbol(other) {
                Some(command) => escaped += command,
                None if other.is_whitespace() || other.is_control() => escaped.push(' '),
                // Latin letters with accents are in the fonts.
                None if ('\u{c0}'..='\u{17f}').contains(&other) => escaped.push(other),
                None => escaped += &format!("[U+{:04X}]", u32::from(other)),
            },
        }
    }
    escaped
}

/// A word this long, such as a path, may break at its joints.
const LONG_WORD: usize = 20;

/// Running text.
pub(super) fn prose(text: &str) -> String {
    let word = |word: &str| {
        let escaped = escape(word);
        if word.chars().count() < LONG_WORD {
            return escaped;
        }
        escaped.replace('/', r"/\allowbreak{}").replace(r"\_", r"\_\allowbreak{}")
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn symbol(character: char) -> Option<&'static str> {
    Some(match character {
        '±' => r"\ensuremath{\pm}",
        '×' => r"\ensuremath{\times}",
        '·' => r"\ensuremath{\cdot}",
        '−' => r"\ensuremath{-}",
        '≥' => r"\ensuremath{\geq}",
        '≤' => r"\ensuremath{\leq}",
        '≠' => r"\ensuremath{\neq}",
        '≈' => r"\ensuremath{\approx}",
        '→' => r"\ensuremath{\rightarrow}",
        '∞' => r"\ensuremath{\infty}",
        '√' => r"\ensuremath{\surd}",
        '✓' => r"\ensuremath{\checkmark}",
        'α' => r"\ensuremath{\alpha}",
        'β' => r"\ensuremath{\beta}",
        'Δ' => r"\ensuremath{\Delta}",
        'λ' => r"\ensuremath{\lambda}",
        'μ' | 'µ' => r"\ensuremath{\mu}",
        'ρ' => r"\ensuremath{\rho}",
        'σ' => r"\ensuremath{\sigma}",
        'τ' => r"\ensuremath{\tau}",
        'χ' => r"\ensuremath{\chi}",
        '²' => r"\textsuperscript{2}",
        '³' => r"\textsuperscript{3}",
        '—' => "---",
        '–' => "--",
        '‘' | '’' => "'",
        '“' | '”' => "''",
        '…' => r"\dots{}",
        '†' => r"\textdagger{}",
        '‡' => r"\textdaggerdbl{}",
        '°' => r"\textdegree{}",
        '§' => r"\S{}",
        '•' => r"\textbullet{}",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn markup_and_symbols_are_spelt_out() {
        assert_eq!(escape(r"a_b & 5 % #1 {x}\y"), r"a\_b \& 5 \% \#1 \{x\}\textbackslash{}y");
        assert_eq!(
            escape("90 ±1 — † ° ≥ é"),
            r"90 \ensuremath{\pm}1 --- \textdagger{} \textdegree{} \ensuremath{\geq} é"
        );
        assert_eq!(escape("--out"), "-{}-out");
        assert_eq!(escape("\t中\u{7}"), " [U+4E2D] ");
        assert_eq!(prose("L_nor a/b"), r"L\_nor a/b");
        assert_eq!(
            prose("mvtec/metal_nut/gnl/seed0: failed"),
            r"mvtec/\allowbreak{}metal\_\allowbreak{}nut/\allowbreak{}gnl/\allowbreak{}seed0: failed"
        );
    }

    /// Whatever a name or a message holds: braces are balanced and never close what they did not open, and no
    /// character is left that LaTeX would read as markup.
    #[test]
    fn any_text_is_harmless() {
        let mut random = StdRng::seed_from_u64(0);
        let alphabet: Vec<char> = (' '..='~').chain("±—†°≥✓é中\n\u{a0}\\{}$&#_%~^".chars()).collect();
        for _ in 0..2000 {
            let length = random.random_range(0..12);
            let text: String =
                (0..length).map(|_| alphabet[random.random_range(0..alphabet.len())]).collect();
            for escaped in [escape(&text), prose(&text)] {
                let mut depth = 0i32;
                let mut characters = escaped.chars().peekable();
                while let Some(character) = characters.next() {
                    match character {
                        '\\' => {
                            let next = characters.next();
                            assert!(
                                next.is_some_and(
                                    |next| next.is_ascii_alphabetic() || "{}$&#_%".contains(next)
                                )
                            );
                        }
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        '$' | '&' | '#' | '_' | '%' | '^' => panic!("{character} in {escaped} of {text:?}"),
                        _ => {}
                    }
                    assert!(depth >= 0, "{escaped}");
                }
                assert_eq!(depth, 0, "{escaped}");
            }
        }
    }
}
