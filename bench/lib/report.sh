# From the figures of a run to bench/results/: a table for people, JSON for programs. Sourced.

# column CHAIN DIRECTION NUMBER: the values of all repeats
column() { awk -F '\t' -v c="$1" -v d="$2" -v n="$3" '$1 == c && $2 == d && $n != "-" { print $n }' "$figures"; }

# middle CHAIN DIRECTION NUMBER
middle() { column "$@" | median; }

# spread CHAIN DIRECTION NUMBER: "least–greatest"
spread() { column "$@" | sort -g | awk 'NR == 1 { a = $1 } { b = $1 } END { print a "–" b }'; }

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (a ~ /^[0-9.]+$/ && b > 0) printf "%.2f", a / b; else printf "-" }'; }

report() {
    local stamp
    stamp=$results/$(date -u +%Y%m%d-%H%M)-$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)
    mkdir -p "$results"
    surroundings >"$work/surroundings"
    table >"$stamp.md"
    json >"$stamp.json"
    plot "$stamp.svg"
    chmod a+r "$stamp".*
    cat "$stamp.md"
    say "written: ${stamp#"$PWD/"}.md and .json"
}

# load: what is measured, in words
load() {
    local words="$streams iperf3 streams"
    ((streams > 1)) || words="One iperf3 stream"
    [[ $TRAFFIC == tcp ]] && echo "$words" || echo "$words of UDP datagrams"
}

table() {
    local chain direction base
    echo "# $(load), side by side"
    echo
    echo "$repeats interleaved repeats of $seconds s each way after $warm_up s of warm-up; both ends and iperf3 on one"
    echo "machine; medians (least–greatest). CPU: seconds of the tunnel's processes at both ends for each Gbit moved."
    echo
    while IFS=$'\t' read -r key value; do echo "- $key: $value"; done <"$work/surroundings"
    echo
    echo "| chain | way | Mbit/s | × $reference | ping under load p50 / p95 ms | CPU s/Gbit (user + system) |"
    echo "|---|---|---|---|---|---|"
    for chain in "${chains[@]}"; do
        for direction in up down; do
            base=$(middle "$reference" "$direction" 4)
            printf '| %s | %s | %s (%s) | %s | %s / %s | %s + %s |\n' "$chain" "$direction" \
                "$(middle "$chain" "$direction" 4)" "$(spread "$chain" "$direction" 4)" \
                "$(ratio "$(middle "$chain" "$direction" 4)" "$base")" \
                "$(middle "$chain" "$direction" 5)" "$(middle "$chain" "$direction" 6)" \
                "$(middle "$chain" "$direction" 7)" "$(middle "$chain" "$direction" 8)"
        done
    done
}

# plot FILE: the medians as bars, what moved and how long a ping took; needs gnuplot. A veth pair without
# a tunnel is no yardstick, and would leave room for nothing else.
plot() {
    local chain title shown=()
    title=$(load)
    for chain in "${chains[@]}"; do [[ $chain == none && -z ${LINK:-} ]] || shown+=("$chain"); done
    has gnuplot || { say "no plot: apt-get install gnuplot-nox"; return 0; }
    for chain in "${shown[@]}"; do
        printf '%s %s %s %s %s\n' "$chain" "$(middle "$chain" up 4)" "$(middle "$chain" down 4)" \
            "$(middle "$chain" up 6)" "$(middle "$chain" down 6)"
    done | tr - _ | sed 's/ _/ ?/g; s/_/-/g' >"$work/bars"
    gnuplot >"$1" <<PLOT
set terminal svg size 900,$((140 + 50 * ${#shown[@]})) font "sans-serif,12" background "white"
set multiplot layout 1,2
set datafile missing "?"
set style fill solid 0.85
set yrange [${#shown[@]}-0.4:-0.6]
set grid xtics
set border 1
set key below
set tics nomirror font ",10"
set xtics rotate by -40
unset ytics
set ytics scale 0
set xrange [0:*]
set lmargin 22
set title "Mbit/s: ${title,}"
plot "$work/bars" using (0.5*\$2):(\$0-0.16):(0.5*\$2):(0.15):yticlabels(1) with boxxyerror lc rgb "#1f6f8b" title "up", \
     "" using (0.5*\$3):(\$0+0.16):(0.5*\$3):(0.15) with boxxyerror lc rgb "#99c1cc" title "down"
set title "ping under that load, p95 in ms"
plot "$work/bars" using (0.5*\$4):(\$0-0.16):(0.5*\$4):(0.15):yticlabels(1) with boxxyerror lc rgb "#a63d40" title "up", \
     "" using (0.5*\$5):(\$0+0.16):(0.5*\$5):(0.15) with boxxyerror lc rgb "#e0b0b0" title "down"
unset multiplot
PLOT
}

# list CHAIN DIRECTION NUMBER: a JSON array
list() { column "$@" | awk 'BEGIN { printf "[" } { printf "%s%s", (NR > 1 ? ", " : ""), $1 } END { printf "]" }'; }

json() {
    local chain direction separator=""
    echo "{"
    while IFS=$'\t' read -r key value; do
        printf '  "%s": "%s",\n' "$key" "${value//\"/\\\"}"
    done <"$work/surroundings"
    printf '  "repeats": %s, "seconds": %s, "warmUpSeconds": %s, "reference": "%s",\n  "streams": %s, "traffic": "%s",\n  "figures": [' \
        "$repeats" "$seconds" "$warm_up" "$reference" "$streams" "$TRAFFIC"
    for chain in "${chains[@]}"; do
        for direction in up down; do
            printf '%s\n    {"chain": "%s", "way": "%s", "mbitPerSecond": %s, "pingP50Ms": %s, "pingP95Ms": %s, "cpuUserSecondsPerGbit": %s, "cpuSystemSecondsPerGbit": %s}' \
                "$separator" "$chain" "$direction" "$(list "$chain" "$direction" 4)" "$(list "$chain" "$direction" 5)" \
                "$(list "$chain" "$direction" 6)" "$(list "$chain" "$direction" 7)" "$(list "$chain" "$direction" 8)"
            separator=,
        done
    done
    printf '\n  ]\n}\n'
}
