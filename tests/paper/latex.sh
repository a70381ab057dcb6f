#!/bin/sh
# Compiles the tables of a paper folder, as `cargo xtask paper` writes it, with the TeX Live that is installed:
#
#     apt-get install texlive-latex-extra texlive-science lmodern poppler-utils
#     tests/paper/latex.sh runs/paper-mvtec/paper [PICTURES]
#
# Fails on any error, on a line or page that is more than 20 pt too full, and on a table too tall for its page. With
# PICTURES, puts a PNG of every page there, to be looked at. Not part of CI, which has no TeX.
set -eu

paper=$(cd "$1" && pwd)
pictures=
if [ $# -gt 1 ]; then
    mkdir -p "$2"
    pictures=$(cd "$2" && pwd)
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp -r "$paper/tables" "$paper/tables.tex" "$work"
cd "$work"
# Twice, for the references.
for pass in 1 2; do
    if ! pdflatex -interaction=nonstopmode -halt-on-error -file-line-error tables.tex > output.txt; then
        tail -n 20 output.txt >&2
        echo "tables.tex does not compile (pass $pass)" >&2
        exit 1
    fi
done

awk '
    /^Overfull/ {
        points = $0
        sub(/^[^(]*\(/, "", points)
        if (points + 0 > 20) { print; bad = 1 }
    }
    /Float too large|Reference .* undefined|multiply defined/ { print; bad = 1 }
    END { exit bad }
' tables.log >&2 || { echo "tables.tex compiles, but a table does not fit" >&2; exit 1; }

pages=$(pdfinfo tables.pdf | awk '/^Pages:/ { print $2 }')
echo "$paper: $pages pages"
if [ -n "$pictures" ]; then
    pdftoppm -r 90 -png tables.pdf "$pictures/page"
fi
