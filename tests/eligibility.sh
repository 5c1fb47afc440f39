#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# eligibility.sh: what the documentation shows as criteria is criteria. Each example in the
# column "criteria" of the tables of docs/eligibility.md and docs/criteria.md, and each line of
# bench/questions-40.txt, is counted on a node of a dozen patients; one that is not understood
# is named with its file and line. The counts at the head of docs/eligibility.md must be those
# of its rows.

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"

status 0 lacis init node --centre villejuif --finess 940000664
status 0 lacis import node "$SOURCE_DIR/tests/data/dozen.ndjson"

# "FILE:LINE<tab>CRITERIA" for each cell `...` in a column headed "criteria"
examples() { # FILE
    awk -v file="$(basename "$1")" '
        !/^\|/ { column = 0; next }
        {
            n = split($0, cell, "|")
            if (!column) {
                column = -1
                for (i = 2; i < n; i++)
                    if (cell[i] ~ /^ *criteria *$/) column = i
                next
            }
            if (column > 0 && cell[column] ~ /^ *`.*` *$/) {
                text = cell[column]
                sub(/^ *`/, "", text)
                sub(/` *$/, "", text)
                print file ":" NR "\t" text
            }
        }' "$1"
}

# every line of the standard input is understood
understood() { # WHAT LEAST
    local place criteria n=0

    while IFS=$'\t' read -r place criteria; do
        n=$((n + 1))
        checks=$((checks + 1))
        lacis count node "$criteria" --json >out 2>err </dev/null ||
            fail "$place: $criteria: $(sed -n 1p err)"
    done
    [ "$n" -ge "$2" ] || fail "$1: $n examples found, at least $2 expected"
}

understood "eligibility.md" 400 < <(examples "$SOURCE_DIR/docs/eligibility.md")
understood "criteria.md" 60 < <(examples "$SOURCE_DIR/docs/criteria.md")
understood "questions-40.txt" 40 < <(sed 's/^/questions-40.txt:/' "$SOURCE_DIR/bench/questions-40.txt")

# the count says what the rows say
rows() { # FIRST WORD OF THE LAST COLUMN
    grep -cE "^\| [A-Z][A-Z0-9_]+ \|.*\| $1(:.*)? \|$" "$SOURCE_DIR/docs/eligibility.md"
}
is "the rules in all" 550 "$(rows '(yes|list|limits|no)')"
is "the last row of the count" \
    "| all | 550 | $(rows yes) | $(rows list) | $(rows limits) | $(rows no) |" \
    "$(grep '^| all |' "$SOURCE_DIR/docs/eligibility.md")"
is "no rule twice" "" \
    "$(grep -oE '^\| [A-Z][A-Z0-9_]+ \|' "$SOURCE_DIR/docs/eligibility.md" | sort | uniq -d)"

finish
