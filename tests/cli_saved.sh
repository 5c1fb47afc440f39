#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_saved.sh: definitions, cohorts and lists, from the first save to the last export. What
# the difference says is held against sets of patient numbers that comm makes out of lists.

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"
criteria='tumour { topography C34 } and not altered KRAS'
pid=

serve() {
    : >serve.out
    "$LACIS" serve node --port 0 --json >serve.out 2>serve.err &
    pid=$!
    for _ in $(seq 100); do
        [ -s serve.out ] && return
        sleep 0.1
    done
    fail "the server does not start"
    finish
}

stop() {
    kill -TERM "$pid"
    wait "$pid"
}

# list FILE: number and answer of each line of the list, sorted.
list() {
    tail -n +2 "$1" | tr -d '"\r' | awk -F ';' '{ print $1 " " $4 }' | sort
}

numbers() { # FILE
    list "$1" | cut -d ' ' -f 1 | sort
}

# ---- two centres' worth of patients: some come later, some change, some oppose ----

lacis synth --patients 1500 --seed 11 --plain --quiet --out synth >/dev/null
head -n 1000 synth/villejuif.ndjson >first.ndjson
jq -r .patientId first.ndjson | sort >known
tail -n +1001 synth/villejuif.ndjson >second.ndjson
# every fifth of those known comes as breast cancer, every eleventh opposes
awk 'NR % 5 == 0' first.ndjson | sed 's/"topographyCode":"C34\.[0-9]"/"topographyCode":"C50.1"/g' >>second.ndjson
awk 'NR % 11 == 0' first.ndjson | jq -c '.nonOpposition = {"informed": "OUI", "nonOpposition": "NON"}' >opposed.ndjson
jq -r .patientId opposed.ndjson | sort >opposed
cat opposed.ndjson >>second.ndjson
is "patients known, and opposed" "1000 90" "$(wc -l <known) $(wc -l <opposed)"

lacis init node --centre villejuif --finess 940000664 >/dev/null
status 0 lacis import node first.ndjson --quiet

# ---- definitions ----

printf 'tumour { topography C34 }\n' >lung
printf 'tumour { topography C33..C34 }\n' >lung2
printf 'tumour {\n  topography C3Z4 }\n' >wrong
status 0 lacis define node
says "nothing yet" "Nothing is defined." out
status 0 lacis define node lung lung --note 'RCP of March' --caller anna
is "the version is printed" '"lung", version 1' "$(cat out)"
status 0 lacis define node lung lung
is "the same text again" '"lung", version 1, unchanged' "$(cat out)"
status 0 lacis define node lung lung2 --json
json "the next version" '. == {"name": "lung", "version": 2, "new": true}'
status 4 lacis define node lung wrong
says "the file and the place" "wrong: line 2, column" err
status 4 lacis define node 'a"b' lung
status 2 lacis define node lung lung lung
"$LACIS" define node pancreas - --quiet <<<'tumour { topography C25 }' >out 2>err
is "from the standard input" 0 $?
printf ' {"tumour":{"fact":"topography","codes":["C22"]}}' >liver
status 0 lacis define node liver liver
status 0 lacis count node 'use "liver" v1' --json
json "JSON is kept as what it says" '.criteria == "use \"liver\" v1" and .certain > 0'
status 0 lacis define node --json
json "the list has last versions" '[.definitions[] | [.name, .version]] == [["liver", 1], ["lung", 2], ["pancreas", 1]]'
status 0 lacis define node lung
says "its history" "RCP of March" out
says "who" ", anna)" out
says "the text" "    tumour { topography C34 }" out
status 6 lacis define node nothing

# ---- a cohort is saved and run ----

status 0 lacis export node "$criteria" --out before.csv --purpose care
status 0 lacis cohort list node
says "none yet" "No cohort is saved." out
status 4 lacis cohort save node c 'topography C3Z4'
status 0 lacis cohort list node --json
json "what does not parse is not saved" '.cohorts == []'
status 0 lacis cohort save node c "$criteria" --json --note 'for the registry'
cp out saved.json
json "its first run" '.version == 1 and .run == 1 and .cut.sequence == 1000 and .same_cut == false'
is "it counts whom the list names" "$(list before.csv | grep -c ' certain$') $(list before.csv | grep -c ' possible$')" \
    "$(jq -r '"\(.certain) \(.possible)"' saved.json)"
json "the criteria are canonical" '.criteria == "tumour { topography C34 } and not altered KRAS"'
status 0 lacis cohort diff node c
says "nothing changed" "No difference: the same patients." out

# ---- the data change, and each difference is explained ----

status 0 lacis import node second.ndjson --quiet
status 0 lacis export node "$criteria" --out after.csv --purpose care
status 0 lacis cohort diff node c --json
cp out diff.json
comm -13 <(numbers before.csv) <(numbers after.csv) >joined
comm -23 <(numbers before.csv) <(numbers after.csv) >left
join <(list before.csv) <(list after.csv) | awk '$2 != $3' >moved

sum() { # FILTER of a group: its numbers added up over all groups that SELECT
    jq "[.reasons[] | select($1) | .$2[]] | add // 0" diff.json
}
is "all who joined" "$(wc -l <joined)" "$(sum true joined)"
is "all who left" "$(wc -l <left)" "$(sum true left)"
is "all who moved" "$(wc -l <moved)" "$(sum true moved)"
is "the new ones" "$(comm -23 joined known | wc -l)" "$(sum '.because == ["new"]' joined)"
is "the changed ones who joined" "$(comm -12 joined known | wc -l)" "$(sum '.because == ["changed"]' joined)"
is "who has opposed" "$(comm -12 left opposed | wc -l)" "$(sum '.because == ["opposed"]' left)"
is "the changed ones who left" "$(comm -23 left opposed | wc -l)" "$(sum '.because == ["changed"]' left)"
json "there is something to explain" \
    '.before.run == 1 and (.joined.certain > 0) and ([.reasons[].because[]] | index("opposed") and index("changed") and index("new"))' diff.json
json "the sums agree" '.now.certain == .before.certain + .joined.certain - .left.certain + .moved.to_certain - .moved.to_possible' diff.json
status 0 lacis cohort diff node c --lang fr
says "en français" "ayant exprimé leur opposition depuis" out

# ---- the same cut gives the same patients, less who has opposed ----

status 0 lacis cohort run node c --same-cut --json
json "it is the first run" '.run == 1 and .same_cut and .cut.sequence == 1000'
numbers before.csv | comm -23 - opposed >remaining
is "less the opposed" "$(wc -l <remaining)" "$(jq '.certain + .possible' out)"
is "who are counted" "$(numbers before.csv | comm -12 - opposed | wc -l)" "$(jq '.opposed | .certain + .possible' out)"
status 0 lacis export node --cohort c --out same.csv --purpose quality
is "the same patients" "" "$(numbers same.csv | diff - remaining)"
is "with the same answers" "" "$(list same.csv | comm -23 - <(list before.csv))"
status 2 lacis cohort run node c --same-cut --now

# ---- and the present one is a new run ----

status 0 lacis cohort run node c --json
json "the second run" '.run == 2 and .version == 1'
is "of the present" "$(numbers after.csv | wc -l)" "$(jq '.certain + .possible' out)"
status 0 lacis cohort diff node c
says "nothing changed since" "No difference" out
status 0 lacis cohort diff node c --run 1 --json
is "from the first run it is as before" "$(jq -c .reasons diff.json)" "$(jq -c .reasons out)"
status 6 lacis cohort diff node c --run 9
status 0 lacis cohort save node c 'tumour { topography C34 }' --json
json "newer criteria" '.version == 2 and .run == 3'
status 0 lacis cohort diff node c --run 2 --json
json "are the reason" '[.reasons[].because] == [["criteria"]] and .left == {"certain": 0, "possible": 0}'
status 0 lacis cohort show node c --json
json "all versions and runs" '.cohorts[0] | (.versions | length == 2) and ([.runs[].run] == [3, 2, 1]) and (.versions[0].note == "for the registry")'

# the coverage and the date are reasons of their own
status 0 lacis cohort save node no-drug 'not treatment L01'
printf 'kind,source,from,to\nsurgery,PMSI,2008-01-01,\n' >node/coverage.csv
status 0 lacis cohort diff node no-drug --json
json "coverage" '[.reasons[].because] == [["coverage"]] and .moved.to_possible > 0 and .joined.certain == 0'
rm node/coverage.csv
status 0 lacis cohort diff node no-drug
says "as it was" "No difference" out

# a definition in use is one as well: its last version unless another is named
printf 'use "lung" and sex F\n' >women
status 0 lacis define node women women
status 0 lacis cohort save node floating 'use "women"' --json
json "it keeps which versions it used" \
    '.criteria == "use \"women\"" and .cut.definitions == [{"name": "women", "version": 1}, {"name": "lung", "version": 2}]'
status 0 lacis cohort save node fixed 'use "lung" v1 and sex F' --json
is "the same patients so far" "$(jq -c '[.certain, .possible]' out)" \
    "$(lacis count node 'use "women"' --json | jq -c '[.certain, .possible]')"
printf 'tumour { topography C34 stage IV }\n' >lung3
status 0 lacis define node lung lung3
status 0 lacis cohort diff node floating --json
json "a newer version of a definition" '[.reasons[].because] == [["definitions"]] and .left.certain > 0 and .joined.certain == 0'
status 0 lacis cohort diff node fixed
says "a version that is named stays" "No difference" out
status 4 lacis define node lung women
says "no definition uses itself" 'say which, as in use "lung" v1' err
status 4 lacis count node 'use "nothing"'

# ---- lists: who may, and where they go ----

status 3 lacis export node any --out list.csv --purpose operation
[ -e list.csv ] && fail "a refused list was written"
tail -n 1 node/audit.log >line
json "a refusal is logged" '.action == "export" and .outcome == "refused" and .purpose == "operation"' line
status 0 lacis export node "$criteria" --out list.csv --json
json "by pseudonym" '.by == "pseudonym" and .file == "list.csv"'
is "as many" "$(wc -l <after.csv)" "$(wc -l <list.csv)"
is "no number in it" "" "$(comm -12 <(numbers list.csv) known)"
is "for its owner" 600 "$(stat -c %a list.csv)"
is "a byte order mark" efbbbf "$(head -c 3 list.csv | od -An -tx1 | tr -d ' ')"
cp list.csv copy.csv
status 3 lacis export node any --out list.csv
says "what to do" "--force overwrites it" err
is "it is as it was" "" "$(diff list.csv copy.csv)"
status 0 lacis export node "$criteria" --out list.csv --force
is "pseudonyms stay" "" "$(diff list.csv copy.csv)"
status 9 lacis export node any --out nowhere/list.csv
status 2 lacis export node any --cohort c --out x.csv
status 2 lacis export node --out x.csv
status 2 lacis export node any
status 6 lacis export node --cohort nothing --out x.csv
is "nothing half-written stays" "" "$(find . -maxdepth 1 -name '*.csv.*')"

# ---- what was saved survives a rebuild; verify reads it ----

lacis cohort list node --json >list.json
rm -rf node/index
status 0 lacis rebuild node
status 0 lacis cohort list node --json
is "after a rebuild" "" "$(diff list.json out)"
status 0 lacis cohort diff node c
says "the same patients" "No difference" out
status 0 lacis verify node

# ---- killed in the middle of a save: all of it or nothing ----

for i in $(seq 40); do
    "$LACIS" cohort save node "killed $i" "$criteria" >/dev/null 2>&1 &
    victim=$!
    sleep "0.0$((i % 8))$((RANDOM % 10))"
    kill -KILL "$victim" 2>/dev/null
    wait "$victim" 2>/dev/null
done
status 0 lacis cohort list node --json
json "a cohort has its run" 'all(.cohorts[]; (.versions | length == 1) and (.runs | length == 1))'
echo "    $(jq '[.cohorts[] | select(.name | startswith("killed"))] | length' out) of 40 were saved before they were killed"
status 0 lacis verify node

# ---- a server answers the same ----

lacis define node lung >define.direct
lacis cohort show node c --json >show.direct
lacis cohort diff node c --run 1 --lang fr >diff.direct
lacis cohort run node c --same-cut --run 1 >again.direct
serve
status 0 lacis define node lung
is "define" "" "$(diff out define.direct)"
status 0 lacis cohort show node c --json
is "cohort show" "" "$(diff out show.direct)"
status 0 lacis cohort diff node c --run 1 --lang fr
is "cohort diff" "" "$(diff out diff.direct)"
status 0 lacis cohort run node c --same-cut --run 1
is "cohort run --same-cut" "" "$(diff out again.direct)"
status 0 lacis export node "$criteria" --out served.csv
is "export" "" "$(diff served.csv list.csv)"
status 3 lacis export node any --out x.csv --purpose operation
status 0 lacis define node lung lung
is "define a version" '"lung", version 4' "$(cat out)"
status 4 lacis define node lung wrong
says "the place of a mistake" "wrong: line 2, column" err
status 0 lacis cohort save node 'par le serveur / 1' 'sex F' --note 'a "note"' --as-of 2024-01-01
says "saved" '"par le serveur / 1", version 1, run 1' out
status 0 lacis cohort run node 'par le serveur / 1' --json
json "run" '.run == 2 and .cut.as_of == "2024-01-01"'
status 6 lacis cohort run node nothing
status 0 lacis cohort delete node 'par le serveur / 1' --yes
status 6 lacis cohort show node 'par le serveur / 1'
if command -v curl >/dev/null; then
    at=http://127.0.0.1:$(jq -r .port serve.out)
    is "the loopback address lists no patients" 403 \
        "$(curl -s -o out -w '%{http_code}' -H 'Content-Type: application/json' -d '{"criteria":"any"}' "$at/export")"
    is "nor saves" 403 \
        "$(curl -s -o out -w '%{http_code}' -H 'Content-Type: application/json' -d '{"name":"x","criteria":"any"}' "$at/cohorts")"
    is "it compares" 200 "$(curl -s -o out -w '%{http_code}' "$at/cohorts/c/diff?run=1")"
fi
stop

# ---- deleting asks ----

status 2 lacis cohort delete node c
says "nobody to ask" "--yes" err
status 0 lacis cohort delete node c --yes
status 6 lacis cohort delete node c --yes
status 0 lacis cohort list node --json
json "it is gone" 'all(.cohorts[]; .name != "c")'
status 0 lacis verify node
status 2 lacis cohort nonsense node
says "the actions are listed" "save, list, show, run, diff, delete" err
status 2 lacis cohort save node x
says "what an action wants" "expected lacis cohort save NODE NAME CRITERIA" err

status 2 lacis cohort run node no-drug --run 1
says "an option that would change nothing" "--run goes with --same-cut" err
status 2 lacis cohort diff node no-drug --note x
status 2 lacis cohort save node no-drug any --yes

# ---- a node of an older version takes saved things ----

if command -v sqlite3 >/dev/null; then
    lacis init old --centre villejuif --finess 940000664 >/dev/null
    lacis import old first.ndjson --quiet >/dev/null
    sqlite3 old/store/originals.db 'DROP TABLE run; DROP TABLE saved; PRAGMA user_version = 1'
    sqlite3 old/store/identities.db 'DROP TABLE run_key; PRAGMA user_version = 2'
    status 0 lacis cohort list old --json
    json "nothing saved in it" '.cohorts == []'
    status 0 lacis cohort save old c "$criteria" --json
    is "the same answer" "$(jq -c '[.certain, .possible]' saved.json)" "$(jq -c '[.certain, .possible]' out)"
    status 0 lacis verify old
fi

finish
