#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The program itself as a server, asked by curl: what a monitor, a script and a browser see;
# and that a signal stops it, a kill leaves nothing that hinders the next one.
#
#     ctest-labels: script

set -eu
for tool in curl jq; do
    command -v "$tool" >/dev/null || { echo "$tool is absent"; exit 77; }
done
[ -x "$LACIS" ] || { echo "no program"; exit 77; }

folder=$(mktemp -d)
node=$folder/node
server=
finish() {
    [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT

fail() {
    echo "failed: $*" >&2
    exit 1
}

equals() { # WHAT EXPECTED GOT
    [ "$2" = "$3" ] || fail "$1: $3, not $2"
}

# Starts a server; sets server, port.
start() {
    "$LACIS" serve "$node" --port 0 --json --quiet >"$folder/ready" 2>"$folder/errors" &
    server=$!
    for _ in $(seq 200); do
        [ -s "$folder/ready" ] && break
        kill -0 "$server" 2>/dev/null || fail "the server ended: $(cat "$folder/errors")"
        sleep 0.05
    done
    port=$(jq -r .port "$folder/ready")
}

# STATUS of a question; the body goes to $folder/body
status() {
    curl -sg -o "$folder/body" -w '%{http_code}' --max-time 60 "$@"
}

for i in $(seq 30); do
    printf '{"patientId":"%d","centreFiness":"940000664","birthdateYear":"1950","biologicalSex":"%s","primaryCancer":[{"occurrence":1,"cancerDiagnosisDateYear":"2020","topographyCode":"C34.1","morphologyCode":"8140/3"}]}\n' \
        "$i" "$([ $((i % 2)) = 0 ] && echo Male || echo Female)"
done | gzip >"$folder/patients.ndjson.gz"

"$LACIS" init "$node" --centre villejuif --finess 940000664 >/dev/null
start
at=http://127.0.0.1:$port
socket=(--unix-socket "$node/socket")

# a gzip file, as it is, with curl's own Expect: 100-continue
equals import 200 "$(status "${socket[@]}" -X POST -H 'Expect: 100-continue' \
    --data-binary "@$folder/patients.ndjson.gz" 'http://lacis/import?name=patients.ndjson.gz')"
equals patients 30 "$(jq .patients "$folder/body")"

# the same figures by GET, by POST, over the socket and by the command
criteria='tumour { topography C34 } and sex F'
equals GET 200 "$(status -G "$at/count" --data-urlencode "criteria=$criteria" -d by=sex)"
equals certain 15 "$(jq .certain "$folder/body")"
equals groups F "$(jq -r '.groups[0].key[0]' "$folder/body")"
equals POST 200 "$(status "$at/count" --json "$(jq -n --arg c "$criteria" '{criteria: $c}')")"
equals certain 15 "$(jq .certain "$folder/body")"
equals socket 200 "$(status "${socket[@]}" -G http://lacis/count \
    --data-urlencode "criteria=$criteria")"
equals certain 15 "$(jq .certain "$folder/body")"
equals command 15 "$("$LACIS" count "$node" "$criteria" --json | jq .certain)"

# the same as an object; remarks; a mistake in the object
object='{"and":[{"tumour":{"fact":"topography","codes":["C34"]}},{"fact":"sex","codes":["F"]}]}'
equals object 200 "$(status "$at/count" --json "{\"criteria\":$object}")"
equals certain 15 "$(jq .certain "$folder/body")"
equals echo "$object" "$(jq -c .criteria_json "$folder/body")"
equals query 200 "$(status -G "$at/count" --data-urlencode "criteria=$object")"
equals certain 15 "$(jq .certain "$folder/body")"
equals remarks 200 "$(status "$at/count?criteria=sex+F+and+sex+M")"
equals pointer /and/1 "$(jq -r '.remarks[0].pointer' "$folder/body")"
equals words 200 "$(status -H 'Accept: text/plain' "$at/count?criteria=sex+F+and+sex+M")"
grep -q '^warning, line 1, column 11: ' "$folder/body" || fail "no remark in words"
equals mistake 400 "$(status "$at/count" --json '{"criteria":{"not":{"fact":"stage","codes":["ZZ"]}}}')"
equals place '"/not/codes/0: stage \"ZZ\"" null' \
    "$(jq -c '.detail[0:24], .line' "$folder/body" | tr '\n' ' ' | sed 's/ $//')"

# what may come next
equals complete 200 "$(status -G "$at/complete" --data-urlencode 'text=tumour { topography sein' -d at=24)"
equals proposal '[20,"C50"]' "$(jq -c '[.from, .proposals[0].insert]' "$folder/body")"
equals nothing 200 "$(status "$at/complete")"
equals first topography "$(jq -r '.proposals[0].insert' "$folder/body")"
equals behind 400 "$(status "$at/complete?text=any&at=4")"

# what is not for the loopback address, and what is not for other sites
equals patient 403 "$(status "$at/patients/3")"
equals patient 200 "$(status "${socket[@]}" http://lacis/patients/3)"
equals import 403 "$(status --data-binary "@$folder/patients.ndjson.gz" "$at/import")"
equals rebinding 421 "$(status -H 'Host: evil.example' "$at/health")"
equals page 403 "$(status -H 'Origin: http://evil.example' "$at/health")"
equals mistake 400 "$(status "$at/count?criteria=topografy+C34")"
equals place 1 "$(jq .line "$folder/body")"

# what a monitor reads
equals health 200 "$(status "$at/health")"
equals metrics 200 "$(status "$at/metrics")"
grep -q '^lacis_patients 30$' "$folder/body" || fail "lacis_patients"
grep -vE '^#|^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+$' "$folder/body" &&
    fail "not in the format of Prometheus"
equals openapi 200 "$(status "$at/openapi.json")"
equals version 3.1.0 "$(jq -r .openapi "$folder/body")"

# a signal stops it with success, and nothing is left
kill -TERM "$server"
wait "$server" || fail "the server ended with $?"
server=
[ ! -e "$node/socket" ] || fail "the socket is still there"

# after a kill the socket is there, and hinders nobody
start
kill -KILL "$server"
wait "$server" 2>/dev/null || true
[ -S "$node/socket" ] || fail "no socket left over"
equals command 15 "$("$LACIS" count "$node" "$criteria" --json | jq .certain)"
start
equals health 200 "$(status "http://127.0.0.1:$port/health")"
kill -TERM "$server"
wait "$server" || fail "the server ended with $?"
server=
