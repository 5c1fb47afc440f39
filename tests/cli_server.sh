#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_server.sh: while a server has the node, the same commands give the same answers through
# its socket; when it died, its socket is in nobody's way.

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"
question='tumour { topography C34 stage IV altered KRAS }'
pid=

serve() { # FOLDER: until it says that it listens
    : >serve.out
    "$LACIS" serve "$1" --port 0 --json >serve.out 2>serve.err &
    pid=$!
    for _ in $(seq 100); do
        [ -s serve.out ] && return
        sleep 0.1
    done
    fail "the server does not start"
    cat serve.err
    finish
}

# same WHAT COMMAND...: the standard output is that of the direct call (./direct).
same() {
    local what=$1
    shift
    status 0 "$@"
    is "$what" "$(normal <direct)" "$(normal <out)"
}

# What differs between any two calls, taken out.
normal() {
    sed -E 's/"(milliseconds|seconds)":[0-9.]+/"\1":0/; s/(< )?[0-9.]+ ms\)/ms)/'
}

cp "$SOURCE_DIR/tests/data/dozen.ndjson" patients.ndjson
cp "$SOURCE_DIR/tests/data/dozen_identities.csv" identities.csv

# ---- an import through the server ----

lacis init node --centre villejuif --finess 940000664 >/dev/null
serve node
json "serve says where" '.port > 0 and .socket == "node/socket"' serve.out
status 0 lacis import node patients.ndjson identities.csv --json
json "through the socket" \
    '.patients == 11 and .originals == 10 and .unchanged == 1 and .identities == 2 and .refused == 4'
json "a report each" '.reports | length == 2'
for report in $(jq -r '.reports[]' out); do
    is "report $report" "file,line,place,reason" "$(head -n 1 "$report")"
done
status 0 lacis import node patients.ndjson
says "in words" "11 patients kept: 0 originals, 11 unchanged" out
says "with its refusals" "patients.ndjson, line 5: primaryCancer[0].cancerDiagnosisDateMonth: month 13" out
lacis import node - --json <patients.ndjson >out
json "from the standard input" '.patients == 11 and .unchanged == 11'
status 6 lacis import node nowhere.ndjson
status 3 lacis import node patients.ndjson --strict

# ---- questions: the same as without it ----

kill -TERM "$pid"
wait "$pid"
is "the server ends well" 0 $?
[ -e node/socket ] && fail "the socket is still there"

lacis count node "$question" --json --by topography --funnel >count.json
lacis count node "$question" --lang fr --by sex >count.text
lacis count node "$question" --as-of 2024-01-01 --top 1 --by stage --json >count.as_of
lacis count node any --histogram 'age at diagnosis' --bin 2.5 --explain --json >count.numbers
{
    echo "tumour {"
    for _ in $(seq 1000); do echo "  topography C34"; done
    echo "}"
} >long.criteria
lacis count node @long.criteria --json >count.long
lacis show node P01 --json >show.json
lacis show node P01 >show.text

serve node
cp count.json direct
same "count --json" lacis count node "$question" --json --by topography --funnel
cp count.text direct
same "count in French" lacis count node "$question" --lang fr --by sex
cp count.as_of direct
same "count --as-of --top" lacis count node "$question" --as-of 2024-01-01 --top 1 --by stage --json
cp count.numbers direct
same "count --histogram --explain" lacis count node any --histogram 'age at diagnosis' --bin 2.5 --explain --json
cp count.long direct
same "criteria too long for an address" lacis count node @long.criteria --json
cp show.json direct
same "show --json" lacis show node P01 --json
cp show.text direct
same "show in words" lacis show node P01
status 0 lacis status node --json
json "status" '.centre == "villejuif" and .persons == 10 and .patients == 9'
status 0 lacis status node
says "status in words" "a server is running" out
status 0 lacis compact node

# ---- mistakes: the same too ----

status 4 lacis count node 'tumour { topography C34 stage ZZ }'
says "line and column" "line 1, column 31" err
is "the caret" "                                ^" "$(tail -n 1 err)"
status 4 lacis count node 'stage ZZ' --json
json "as JSON" '.error | .code == "input" and .line == 1 and .column == 7'
status 6 lacis show node P99
status 7 lacis verify node
says "what to do" "a server has node open" err

# ---- who asked ----

status 0 lacis count node dead --caller anna
tail -n 1 node/audit.log >line
json "the audit log knows the caller" '.caller == "anna" and .purpose == "research"' line

# ---- a folder too deep for the path of a socket ----

deep=$(printf 'a-folder-with-a-long-name/%.0s' 1 2 3 4 5 6)
mkdir -p "$deep"
cp -r node "${deep}node"
rm -f "${deep}node/socket"

# ---- a server that died ----

kill -KILL "$pid"
wait "$pid" 2>/dev/null
[ -e node/socket ] || fail "a killed server leaves its socket"
cp count.json direct
same "a stale socket is passed over" lacis count node "$question" --json --by topography --funnel
status 0 lacis verify node
serve node
cp count.json direct
same "and replaced" lacis count node "$question" --json --by topography --funnel
kill -TERM "$pid"
wait "$pid"

# ---- a disk that lies ----

for segment in node/index/segment-*; do spoil "$segment"; done
serve node
cp count.json direct
same "a damaged index is made again" lacis count node "$question" --json --by topography --funnel
says "and the log says so" '"event":"index.mended"' serve.err
kill -TERM "$pid"
wait "$pid"
status 0 lacis verify node

"$LACIS" serve "${deep}node" --port 0 --json >serve.out 2>serve.err &
pid=$!
sleep 1
status 0 lacis status "${deep}node"
says "a deep folder" "a server is running" out
kill -TERM "$pid"
wait "$pid"

finish
