#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_explain.sh: one patient explained: the answer is that of count and export, the patient is
# asked for care, the audit log says who looked, and a server says the same.

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"
question='tumour { topography C34 stage IV altered KRAS }'
pid=

# ---- a dozen patients whose answers were worked out by hand ----

lacis init dozen --centre villejuif --finess 940000664 >/dev/null
lacis import dozen "$SOURCE_DIR/tests/data/dozen.ndjson" >/dev/null

explained() { # NUMBER TRUTH
    status 0 lacis explain dozen "$question" "$1" --json
    json "$1 is $2" ".number == \"$1\" and .truth == \"$2\" and .tree.truth == \"$2\""
}
explained P01 yes
json "its facts have a proof" \
    '[.. | .facts? // empty | .[]] | length > 0 and all(.original > 0 and .position >= 0)'
explained P02 no
json "the line that decides" '[.. | select(.kind? == "line" and .decides and .truth == "no") | .line] == ["altered KRAS"]'
explained P03 unknown
json "what would settle it" '[.. | .reasons? // empty | .[]] | any(.reason == "never_sequenced"
    and .settle_fr == "séquencer, ou transmettre les résultats : Variant"
    and .settle_en == "sequence, or send the results: Variant")'
explained P04 unknown
json "another reason" '[.. | .reasons? // empty | .[].reason] == ["never_stated"]'
explained P08 no
json "two tumours, neither" '.tree.children | length == 2 and all(.truth == "no") and [.[].tumour] == [1, 2]'
explained P09 yes
json "who is opposed" '.opposed'

status 0 lacis explain dozen "$question" P09 --lang fr
says "in words" "retrouvé   tumour { topography C34 and stage IV and altered KRAS }" out
says "the opposition" "Patient ayant exprimé son opposition à la recherche" out
status 0 lacis explain dozen "$question" P03
says "in English" "possible   tumour {" out
says "a fact with its proof" "← Stage IV   [#3.0]" out
says "the reason" "? no result received, perhaps never sequenced: Variant" out
says "what to do" "→ sequence, or send the results: Variant" out
status 0 lacis explain dozen 'not treatment L01FF' P03
says "an absence" "← none; this kind of data is taken to be complete" out
printf 'kind,source,from,to\ndrug,CHIMIO,2023-01-01,\n' >dozen/coverage.csv
status 0 lacis explain dozen 'no treatment L01FF since 2022' P03 --as-of 2024-06-01 --lang fr
says "outside the coverage" "couverture déclarée depuis le 01/01/2023 (CHIMIO)" out
says "the day of the question" "au 01/06/2024" out

status 6 lacis explain dozen "$question" P99
status 4 lacis explain dozen 'stage ZZ' P01
says "where the mistake is" "line 1, column 7" err
status 2 lacis explain dozen "$question"

tail -n 2 dozen/audit.log | head -n 1 >line
json "the audit log" '.action == "explain" and .purpose == "care" and .outcome == "possible"
    and (.detail | test("^person [0-9]+: no|^person [0-9]+: not"))' line
tail -n 1 dozen/audit.log >line
json "who was looked for in vain" '.action == "explain" and .outcome == "not found"' line

# ---- a synthetic centre: what export lists is what is explained ----

lacis synth --patients 400 --seed 7 --out synth >/dev/null 2>&1
lacis init node --centre villejuif --finess 940000664 >/dev/null
lacis import node synth/villejuif.ndjson.gz --quiet >/dev/null
printf 'topography C50\n' >breast.criteria
status 0 lacis define node breast breast.criteria
for criteria in \
    'tumour { topography C50 stage (II, III) biomarker HER2 positive }' \
    'use "breast" and last measure PS <= 1 and not treatment L01FF' \
    'at least 2 of (treatment L01XA started within 120 days after diagnosis, dead, first surgery any before 2015)'; do
    lacis export node "$criteria" --purpose care --out list.csv --force >/dev/null
    lines=0
    while IFS=';' read -r number _ _ answer _; do
        lines=$((lines + 1))
        [ "$lines" -gt 20 ] && break
        lacis explain node "$criteria" "${number//\"/}" --json >out
        is "$criteria: $number" "$answer" "$(jq -r '{yes: "\"certain\"", unknown: "\"possible\"", no: "no"}[.truth]' out)"
        json "an unknown has a reason" '.truth != "unknown" or ([.. | .reasons? // empty | .[]] | length > 0)'
    done < <(tail -n +2 list.csv | tr -d '\r')
    is "$criteria: somebody is in it" true "$([ "$lines" -gt 0 ] && echo true)"
    number=$(tail -n +2 list.csv | head -n 1 | cut -d';' -f1 | tr -d '"')
done
status 0 lacis explain node 'use "breast"' "$number"
says "a saved definition has its name" 'use "breast" v1' out

# ---- through a server ----

lacis explain node 'use "breast"' "$number" --json >direct.json
lacis explain node 'use "breast"' "$number" --lang fr --as-of 2020-01-01 >direct.text
{
    for _ in $(seq 300); do echo "topography C34"; done
} >long.criteria
lacis explain node @long.criteria "$number" --json >direct.long
"$LACIS" serve node --port 0 --json >serve.out 2>serve.err &
pid=$!
for _ in $(seq 100); do
    [ -s serve.out ] && break
    sleep 0.1
done
port=$(jq -r .port serve.out)
status 0 lacis explain node 'use "breast"' "$number" --json
is "JSON through the socket" "" "$(diff out direct.json)"
status 0 lacis explain node 'use "breast"' "$number" --lang fr --as-of 2020-01-01
is "words through the socket" "" "$(diff out direct.text)"
status 0 lacis explain node @long.criteria "$number" --json
is "long criteria" "" "$(diff out direct.long)"
status 6 lacis explain node any nobody
status 4 lacis explain node 'stage ZZ' "$number"
status 3 lacis explain node any "$number" --purpose research
is "not over the loopback address" 403 "$(curl -s -o /dev/null -w '%{http_code}' -G \
    "http://127.0.0.1:$port/patients/$number/explain" --data-urlencode criteria=any)"
kill -TERM "$pid"
wait "$pid"

finish
