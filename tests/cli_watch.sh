#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_watch.sh: a watched folder. Complete files go in and are moved once, whatever kills the
# watcher; what is not complete, not a plain file or not ours stays; nothing is overwritten.

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"

pid=
watch() {
    "$LACIS" watch node inbox "$@" >watch.out 2>watch.err 9>&- &
    pid=$!
}
# until WHAT COMMAND...: the command succeeds within 20 seconds.
until_so() {
    local what=$1
    shift
    checks=$((checks + 1))
    for _ in $(seq 200); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.1
    done
    fail "$what: not so after 20 seconds: $*"
    find inbox
    cat watch.out watch.err
}
stop() {
    kill -TERM "$pid"
    wait "$pid"
    is "it stops cleanly" 0 $?
}
patients() { lacis count node any --json --quiet | jq .patients; }

lacis synth --patients 900 --seed 23 --plain --quiet --out synth >/dev/null
jq -c 'select(.nonOpposition.nonOpposition != "NON")' synth/villejuif.ndjson >all.ndjson
total=$(wc -l <all.ndjson)
lacis init node --centre villejuif --finess 940000664 >/dev/null
mkdir inbox

# ---- done, refused, and their reports ----

head -n 200 all.ndjson >inbox/first.ndjson
{ sed -n 201,300p all.ndjson; echo '{"patientId":'; } >inbox/half.good.ndjson
echo 'nothing of ours' >inbox/note.txt
: >inbox/empty.ndjson
gzip -c all.ndjson | head -c 5000 >inbox/cut.ndjson.gz
cp synth/identities_villejuif.csv inbox/identités.csv
status 0 lacis watch node inbox --once --settle 0 --json
json "a good file" 'select(.file == "first.ndjson") | .outcome == "done" and .to == "done/first.ndjson" and .patients == 200' <(grep first out)
json "a partly good file" 'select(.file == "half.good.ndjson") | .outcome == "done" and .refused_records == 1' <(grep half out)
json "a file of something else" '.outcome == "refused"' <(grep note out)
json "an empty file" '.outcome == "refused"' <(grep empty out)
json "a file that was cut short: what came is kept" '.outcome == "done" and .patients > 0 and .refused_records == 1' <(grep '"cut' out)
says "and it is said" "the gzip file is cut short" inbox/done/cut.ndjson.gz.refused.csv
is "done" "cut.ndjson.gz first.ndjson half.good.ndjson identités.csv" \
    "$(cd inbox/done && find . -type f ! -name '*.report.txt' ! -name '*.refused.csv' ! -name '*.remarks.csv' | sed 's|./||' | sort | tr '\n' ' ' | sed 's/ $//')"
is "refused" "empty.ndjson note.txt" \
    "$(cd inbox/refused && find . -type f ! -name '*.report.txt' ! -name '*.refused.csv' ! -name '*.remarks.csv' | sed 's|./||' | sort | tr '\n' ' ' | sed 's/ $//')"
says "the report" "200 patients kept" inbox/done/first.ndjson.report.txt
says "the refusals are beside the file" "half.good.ndjson" inbox/done/half.good.ndjson.refused.csv
says "why nothing was kept" "nothing could be kept" inbox/refused/empty.ndjson.report.txt
is "nothing is under way" "" "$(ls -A inbox/importing)"
is "nothing is left" "done importing refused" "$(cd inbox && echo *)"
is "what was in the files is in the node" 300 "$(patients)"

# ---- the same name again ----

sed -n 301,310p all.ndjson >inbox/first.ndjson
status 0 lacis watch node inbox --once --settle 0
says "in words" "first.ndjson: done/first-2.ndjson" out
sed -n 311,320p all.ndjson >inbox/first.ndjson
status 0 lacis watch node inbox --once --settle 0 --lang fr
says "in French" "10 patients gardés" inbox/done/first-3.ndjson.report.txt
is "nothing is overwritten" "200 10 10" \
    "$(for f in first first-2 first-3; do wc -l <"inbox/done/$f.ndjson"; done | tr '\n' ' ' | sed 's/ $//')"
is "320 of them" 320 "$(patients)"

# ---- what is left where it is ----

mkdir inbox/folder
cp all.ndjson inbox/folder/
ln -s "$PWD/all.ndjson" inbox/link.ndjson
mkfifo inbox/pipe
for name in .hidden a.part b.tmp c.filepart d~ e.report.txt f.refused.csv; do
    cp all.ndjson "inbox/$name"
done
status 0 lacis watch node inbox --once --settle 0
says "a link is told of" "link.ndjson: left where it is: a link" out
says "a pipe is told of" "pipe: left where it is" out
status 0 lacis watch node inbox --once --settle 0 --lang fr
says "in French" "link.ndjson : laissé où il est : un lien" out
is "all of it is there" ".hidden a.part b.tmp c.filepart done d~ e.report.txt f.refused.csv folder importing link.ndjson pipe refused" \
    "$(find inbox -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | tr '\n' ' ' | sed 's/ $//')"
is "nothing of it was imported" 320 "$(patients)"
rm -rf inbox/folder inbox/link.ndjson inbox/pipe inbox/.hidden inbox/?.* inbox/d~

if [ "$(id -u)" != 0 ]; then
    sed -n 321,322p all.ndjson >inbox/secret.ndjson
    chmod 000 inbox/secret.ndjson
    status 0 lacis watch node inbox --once --settle 0
    says "permissions" "secret.ndjson: left where it is: it cannot be read" out
    chmod 600 inbox/secret.ndjson
    rm inbox/secret.ndjson
fi

# ---- complete, and not yet ----

watch --interval 1 --settle 4
sed -n 321,330p all.ndjson >inbox/grows.ndjson
for line in $(seq 331 335); do
    sleep 1
    sed -n "${line}p" all.ndjson >>inbox/grows.ndjson
done
[ -f inbox/grows.ndjson ] || fail "a file that grows is taken"
until_so "it stands still" test -f inbox/done/grows.ndjson
is "whole" 15 "$(wc -l <inbox/done/grows.ndjson)"
sed -n 336,340p all.ndjson >inbox/marked.ndjson
touch inbox/marked.ndjson.ok
sleep 2.5
[ -f inbox/done/marked.ndjson ] || fail "a marker is not waited for"
is "the marker is gone" "done importing refused" "$(cd inbox && echo *)"
is "as it says" 340 "$(patients)"
stop

sed -n 341,345p all.ndjson >inbox/later.ndjson
touch -d '1 minute ago' inbox/later.ndjson.done
status 0 lacis watch node inbox --once --marked --settle 1
[ -f inbox/done/later.ndjson ] || fail "a marker older than its file, which stands still"
sed -n 346,350p all.ndjson >inbox/unmarked.ndjson
status 0 lacis watch node inbox --once --marked --settle 0
[ -f inbox/unmarked.ndjson ] || fail "--marked takes what has no marker"
rm inbox/unmarked.ndjson
is "both kinds of marker" 345 "$(patients)"

# ---- the order of arrival ----

jq -c '.biologicalSex = "M"' <(sed -n 1p all.ndjson) >inbox/a-newer.ndjson
jq -c '.biologicalSex = "F"' <(sed -n 1p all.ndjson) >inbox/b-older.ndjson
touch -d '1 hour ago' inbox/b-older.ndjson
status 0 lacis watch node inbox --once --settle 0
is "the newer is the last" "M" \
    "$(lacis export node any --purpose care --format osiris-rwd --out last.ndjson >/dev/null
       jq -r "select(.patientId == $(sed -n 1p all.ndjson | jq .patientId)) | .biologicalSex" last.ndjson)"

# ---- through a server ----

"$LACIS" serve node --port 0 --json >serve.out 2>serve.err &
server=$!
until_so "the server answers" test -s serve.out
sed -n 346,400p all.ndjson >inbox/served.ndjson
touch inbox/served.ndjson.ok
status 0 lacis watch node inbox --once
[ -f inbox/done/served.ndjson ] || fail "through the server"
says "its name" "served.ndjson: done/served.ndjson" out
{ sed -n 401,402p all.ndjson; echo '{"patientId":'; } >inbox/bad.ndjson
status 0 lacis watch node inbox --once --settle 0
says "refusals from the server" "bad.ndjson" inbox/done/bad.ndjson.refused.csv
is "402 of them" 402 "$(patients)"

# a server comes and goes while it watches
watch --interval 1 --settle 0
kill -TERM "$server"
wait "$server"
sed -n 403,410p all.ndjson >inbox/alone.ndjson
until_so "alone again" test -f inbox/done/alone.ndjson

# ---- what stands in the way ----

status 7 lacis watch node inbox --once
says "one watcher a folder" "another lacis watch has inbox" err
stop
status 2 lacis watch node node
status 2 lacis watch node node/reports
status 6 lacis watch node nowhere
status 6 lacis watch nowhere inbox
mv inbox/refused kept
ln -s ../kept inbox/refused
status 3 lacis watch node inbox --once
says "a link in the place of a folder" "inbox/refused is not a folder" err
rm inbox/refused
mv kept inbox/refused

sed -n 411,415p all.ndjson >inbox/busy.ndjson
cp node/node.conf kept.conf
echo '{' >node/node.conf
status 4 lacis watch node inbox --once --settle 0
[ -f inbox/busy.ndjson ] || fail "a broken node takes files"
cp kept.conf node/node.conf
watch --interval 1 --settle 3
sleep 1
echo '{' >node/node.conf
until_so "a file is fetched" test -f inbox/importing/busy.ndjson
sleep 1
is "and not refused because the node is broken" "" "$(find inbox -path '*refused/busy*')"
cp kept.conf node/node.conf
until_so "it goes in when the node is mended" test -f inbox/done/busy.ndjson
stop
rm inbox/done/busy.ndjson*

mkfifo hold
lacis import node - --quiet <hold >/dev/null & # has the node for writing
holder=$!
exec 9>hold
sleep 0.5
sed -n 411,415p all.ndjson >inbox/busy.ndjson
status 7 lacis watch node inbox --once --settle 0
[ -f inbox/importing/busy.ndjson ] || fail "a file that cannot go in now waits in importing"
watch --interval 1 --settle 0
sleep 1.5
exec 9>&-
wait "$holder"
until_so "it goes in when the node is free" test -f inbox/done/busy.ndjson
is "told once" 1 "$(grep -c 'it is tried again later' watch.err)"
stop
is "415 of them" 415 "$(patients)"

# ---- killed, again and again ----

sha256sum <all.ndjson >sums
rest=$((total - 415))
tail -n +416 all.ndjson | split -l 40 --additional-suffix=.ndjson - parts.
rm -rf inbox/done
for part in parts.*; do
    mv "$part" "inbox/$part"
    [ $((RANDOM % 2)) = 0 ] && touch "inbox/$part.ok"
done
files=$(find inbox -maxdepth 1 -name 'parts.*.ndjson' | wc -l)
(cd inbox && cat parts.*.ndjson) | sort | sha256sum >before
for _ in $(seq 40); do
    "$LACIS" watch node inbox --interval 1 --settle 0 >/dev/null 2>&1 &
    killed=$!
    sleep "0.0$((RANDOM % 10))"
    kill -9 "$killed"
    wait "$killed" 2>/dev/null
done
status 0 lacis watch node inbox --once --settle 0
is "each file once" "$files" "$(find inbox/done -name 'parts.*.ndjson' | wc -l)"
is "as it was" "$(cat before)" "$(cat inbox/done/parts.*.ndjson | sort | sha256sum)"
is "a report each" "$files" "$(find inbox/done -name 'parts.*.report.txt' | wc -l)"
is "nothing else" "done importing refused" "$(cd inbox && echo *)"
is "nor under way" "" "$(ls -A inbox/importing)"
is "all of $rest more" "$total" "$(patients)"
status 0 lacis verify node

finish
