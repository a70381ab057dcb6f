#!/usr/bin/env bash
# Opens reports in headless Chromium: fails on a console message, a broken control or a page wider than
# the window, and takes screenshots at desktop and phone width, light and dark, for somebody to look at.
# Not part of CI: it needs Debian's `chromium`.
#
#   tests/paper/browser.sh OUT REPORT.html...
set -euo pipefail
if [ $# -lt 2 ]; then
    echo "usage: $0 OUT REPORT.html..." >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Options, then the page. The network is cut off: a name resolves to nothing.
chrome() {
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$scratch/profile" \
        --host-resolver-rules="MAP * ~NOTFOUND" --enable-logging=stderr --v=0 --virtual-time-budget=20000 \
        "$@" 2>"$scratch/log"
}

# The log's lines about the page. `clicks.js` says one thing itself, which shows that messages arrive here.
messages() {
    grep CONSOLE "$scratch/log" | grep -v "clicks were tried" || true
}

# A window cannot be as narrow as a phone; a frame in it can.
frame() { # page width height offset
    printf '<!doctype html><body style="margin:0;overflow:hidden"><iframe src="%s" style="border:0;display:block;width:%spx;height:%spx;margin-top:-%spx"></iframe>' "$@"
}

failed=0
for report in "$@"; do
    report=$(realpath "$report")
    name=$(basename "$(dirname "$(dirname "$report")")")
    tried="$scratch/report.html"
    { cat "$report"; printf '<script>'; cat "$here/clicks.js"; printf '</script>'; } >"$tried"
    for width in 1280 390; do
        # The frame hands the title on, and with it what the clicks found.
        frame "file://$tried" "$width" 900 0 >"$scratch/frame.html"
        printf '<script>addEventListener("message", (event) => (document.title = event.data));</script>' \
            >>"$scratch/frame.html"
        printf '<script>parent.postMessage(document.title, "*");</script>' >>"$tried"
        chrome --window-size=1280,900 --dump-dom "file://$scratch/frame.html" >"$scratch/dom"
        title=$(grep -o '<title>[^<]*' "$scratch/dom" | head -1 | sed 's/<title>//')
        if [ -n "$(messages)" ] || [[ "$title" != *"; 0 problems:"* ]] || ! grep -q "clicks were tried" "$scratch/log"; then
            echo "FAILED $report at $width px: $title" >&2
            messages >&2
            failed=1
            continue
        fi
        height=${title#height }
        height=${height%%;*}
        for scheme in light dark; do
            # blink: 0 is dark, 1 is light.
            colours=$([ $scheme = dark ] && echo 0 || echo 1)
            part=0
            while [ $((part * 3000)) -lt "$height" ]; do
                frame "file://$report" "$width" "$height" $((part * 3000)) >"$scratch/frame.html"
                rest=$((height - part * 3000))
                chrome --window-size="$width,$((rest < 3000 ? rest : 3000))" \
                    --blink-settings=preferredColorScheme=$colours \
                    --screenshot="$out/$name-$width-$scheme-$part.png" "file://$scratch/frame.html"
                part=$((part + 1))
            done
        done
        echo "ok $report at $width px: $height px high, $part screenshots per colour scheme"
    done
done
exit $failed
