#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_contract.sh: what scripts rely on: keys of the JSON answers, exit statuses, help and man
# pages of each command, and what is said of mistakes. A dozen patients, some of them dirty,
# whose answers were worked out by hand:
#
#     P01 C34.1 IV KRAS            yes           P08 C34 I EGFR, and C18 IV KRAS   no: two tumours
#     P02 C34.1 IVA TP53           no: no KRAS   P09 C34 IV KRAS                   opposed
#     P03 C34.9 IV, not sequenced  unknown       P10 C25 III, dead
#     P04 C34.3 KRAS, no stage     unknown       P11 C64, sunitinib
#     P05 C50.4 II, month 13                     line 7: nobody's, line 10: P01 again,
#     P06 C61.9, unknown keys                    line 11: no JSON

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"
data=$SOURCE_DIR/tests/data
question='tumour { topography C34 stage IV altered KRAS }'

# ---- a node is made ----

status 0 lacis init node --centre villejuif --finess 940000664 --finess 940805831
says "what to do next" "lacis import node" out
status 0 lacis init other --centre lyon --finess 690000880 --json
json "init --json" '.folder == "other" and .centre == "lyon" and .finess == ["690000880"]'
status 3 lacis init node --centre villejuif --finess 940000664
says "a full folder" "node is not empty" err
status 2 lacis init third --centre villejuif
says "what is missing" "--centre and --finess are both needed" err
status 4 lacis init fourth --centre villejuif --finess 12
says "a wrong FINESS" 'FINESS "12"' err

# ---- an empty one answers ----

status 0 lacis count node any --json
json "nobody yet" '.certain == 0 and .possible == 0 and .patients == 0 and .sequence == 0'
status 0 lacis verify node
status 0 lacis status node

# ---- patients come in ----

cp "$data/dozen.ndjson" patients.ndjson
cp "$data/dozen_identities.csv" identities.csv
status 0 lacis import node patients.ndjson identities.csv --json
json "import has its keys" \
    'has("patients") and has("originals") and has("unchanged") and has("refused") and has("report")'
json "what was kept" '.patients == 11 and .originals == 10 and .unchanged == 1 and .opposed == 1'
json "identities" '.identities == 2'
json "what was refused" '.refused == 4 and .refused_records == 3 and .unknown_keys == 2'
report=$(jq -r .report out)
remarks=$(jq -r .remarks out)
is "a report has a head and a line for each refusal" 5 "$(wc -l <"$report")"
is "its columns" "file,line,place,reason" "$(head -n 1 "$report")"
says "the month" '"patients.ndjson",5,"primaryCancer[0].cancerDiagnosisDateMonth","month 13' "$report"
says "nobody's record" '"patients.ndjson",7,"","no patient number' "$report"
says "garbage" '"patients.ndjson",11,' "$report"
says "an INS that is not of the test root" '"identities.csv",4,' "$report"
says "an unknown key" '"patients.ndjson","tumourBoard","unknown key",1' "$remarks"
says "an unknown key of a tumour" 'colour' "$remarks"

status 0 lacis import node patients.ndjson identities.csv --json
json "the same again changes nothing" '.originals == 0 and .unchanged == .patients and .patients == 11'
json "the sequence stays" '.sequence == 10'

status 0 lacis import node patients.ndjson
says "in words" "11 patients kept: 0 originals, 11 unchanged" out
says "the opposition" "1 patient has expressed an opposition" out
says "the refusals" "patients.ndjson, line 5: primaryCancer[0].cancerDiagnosisDateMonth: month 13" out
says "the unknown keys" "tumourBoard: unknown key, 1 time" out
status 3 lacis import node patients.ndjson --strict
status 0 lacis import node patients.ndjson --lang fr
says "en français" "11 patients gardés : 0 original, 11 inchangés" out

# ---- and are counted ----

status 0 lacis count node "$question" --json
for key in certain possible patients sequence rules as_of milliseconds coverage; do
    json "count has $key" "has(\"$key\")"
done
json "one certain, two possible" '.certain == 1 and .possible == 2 and .patients == 9'
json "the cut" '.sequence == 10 and .rules >= 1 and (.as_of | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))'
json "no groups unless asked" '(has("groups") or has("funnel")) | not'

counts() { # CRITERIA CERTAIN POSSIBLE
    status 0 lacis count node "$1" --json
    is "$1" "$2 $3" "$(jq -r '"\(.certain) \(.possible)"' out)"
}
counts any 9 0
counts 'topography C34' 5 0
counts 'topography C34 and stage IV' 4 1 # P08: of two tumours, outside of tumour { }; P04: no stage
counts 'altered KRAS' 3 5 # five were not sequenced
counts 'tumour { topography C18 altered KRAS }' 1 0
counts dead 1 0
counts 'sex F and not dead' 4 0
counts 'treatment L01EX01' 1 0
counts 'treatment L01E' 1 0 # a subtree
counts 'treatment L' 1 0
counts 'diagnosed in 2019' 1 1 # P05: month 13, so no date at all
counts 'diagnosed from 2019-06-01 to 2019-12-31' 0 2 # P06: some day of 2019
counts 'diagnosed in 2020' 0 1

status 0 lacis count node any --by topography --json
json "groups by topography" '[.groups[] | {(.key[0]): .certain}] | add
    == {"C18": 1, "C25": 1, "C34": 5, "C50": 1, "C61": 1, "C64": 1}'
status 0 lacis count node any --by topography --top 1 --json
json "the largest group" '.groups | length == 1 and .[0].key == ["C34"]'
status 0 lacis count node 'topography C34' --by sex --by stage --json
json "two dimensions" '.by == ["sex", "stage"] and all(.groups[]; .key | length == 2)'
status 0 lacis count node "$question" --funnel --json
json "a funnel" '[.funnel[].certain] == [5, 3, 1] and ([.funnel[].line][1] == "stage IV")'

status 0 lacis count node "$question"
says "in words" "1 certain, 2 possible  (of 9 patients;" out
status 0 env LC_ALL= LC_MESSAGES=fr_FR.UTF-8 "$LACIS" count node "$question"
says "the language of the environment" "1 retrouvé, 2 à vérifier" out
status 0 env LC_ALL= LANG=fr_FR.UTF-8 "$LACIS" count node "$question" --lang en
says "unless told otherwise" "1 certain, 2 possible" out
says "the question as a sentence" "Patients with one and the same tumour" out
status 0 lacis count node "$question" --json
json "in both languages" '.sentence | (.fr | startswith("Patients dont une même tumeur"))
    and (.en | startswith("Patients with one and the same tumour"))'
# ---- one number a patient, and the plan ----

status 0 lacis count node any --histogram 'age at diagnosis' --bin 2.5 --json
json "everybody is counted once" '.certain == (.histogram | .n + .none + .unknown)'
json "and stands in one class" '.histogram | .n > 0 and .n == ([.bins[].n] | add)'
json "whose width is the one asked for" '[.histogram.bins[] | .to - .from] | all(. == 2.5)'
json "the median lies between" '.histogram | .min <= .q1 and .q1 <= .median and .median <= .q3 and .q3 <= .max'
status 0 lacis count node any --histogram 'age at diagnosis' --bin 2.5 --lang fr
says "a decimal comma" ",5 à <" out
says "en français" "médiane" out
status 4 lacis count node any --histogram 'age at diagnosis' --bin 0
says "a width above 0" "bin 0: expected a width above 0" err
status 4 lacis count node any --histogram 'surgery any'
says "the place is in the value" "histogram, column 1: surgery carries no number" err
is "and none in the criteria" "1" "$(wc -l <err)"
status 0 lacis count node "$question" --explain --json
json "the plan begins with the whole" '.plan[0].depth == 0 and .plan[0].asked == .patients
    and .plan[0].certain == .certain and .work.facts > 0'
json "and has the lines" '[.plan[].line] | contains(["topography C34", "stage IV", "altered KRAS"])'
status 0 lacis count node "$question" --explain --lang fr
says "le plan" "Plan (dans l’ordre du travail)" out

printf '%s\n' "$question" >trial.criteria
status 0 lacis count node @trial.criteria --json
json "criteria from a file" '.certain == 1'
lacis count node - --json <trial.criteria >out
json "criteria from the standard input" '.certain == 1'

# ---- as JSON, and with remarks ----

json_question='{"tumour":{"and":[{"fact":"topography","codes":["C34"]},{"fact":"stage","codes":["IV"]},{"fact":"altered","codes":["KRAS"]}]}}'
status 0 lacis count node "$question" --json
is "criteria as JSON" "$json_question" "$(jq -c .criteria_json out)"
json "no remarks" '.remarks == []'
status 0 lacis count node "$json_question" --json
json "the same, asked as JSON" '.certain == 1 and .criteria == "tumour { topography C34 and stage IV and altered KRAS }"'
jq . <<<"$json_question" >trial.json
status 0 lacis count node @trial.json --json
json "JSON from a file" '.certain == 1'
status 4 lacis count node '{"and":[{"any":true},{"fact":"stage","codes":["ZZ"]}]}'
says "its pointer" 'line 1, column 47: /and/1/codes/0: stage "ZZ"' err
lacis count node 'topography C34 and stage IV' >out 2>err
says "a remark beside the answer" "remark, line 1, column 20: " err
says "what to write" "write: tumour { topography C34 and stage IV }" err
says "the answer itself" "4 certain, 1 possible" out
lacis count node 'sex F and sex M' --lang fr >out 2>err
says "en français" "attention, ligne 1, colonne 11 : « sex F » et « sex M »" err
status 0 lacis count node 'sex F and measure PS > 7' --json
json "remarks as JSON" '.remarks | length == 1 and .[0].severity == "warning" and .[0].concern == "number"
    and .[0].pointer == "/and/1" and .[0].column == 11 and (.[0].message_fr | test("de 0 à 5"))'
is "none on standard error" "" "$(cat err)"

status 0 lacis complete 'tumour { topography sei' --lang fr
is "proposals" "$(printf 'C50\tcode\tSein')" "$(cat out)"
status 0 lacis complete 'age > ' --json
json "proposals as JSON" '.from == 6 and .proposals[0].kind == "number" and .proposals[0].insert == null'

# ---- criteria without a node ----

status 0 lacis criteria 'not measure PS >= 2 in the last 30 days'
is "canonical text, French, English" "3" "$(wc -l <out)"
says "canonical" "not measure PS >= 2 started in the last 30 days" out
says "en français" "Patients sans PS (OMS) supérieur ou égal à 2 au cours des 30 derniers jours" out
says "in English" "Patients with no PS (WHO) of 2 or more in the last 30 days" out
status 0 lacis criteria @trial.criteria --lang fr
says "one language" "Patients dont" out
is "and no other" "0" "$(grep -c 'Patients with' out)"
status 0 lacis criteria 'sex F' --json
json "as JSON" '. == {"criteria": "sex F", "sentence": {"fr": "Patientes", "en": "Female patients"}}'
status 2 lacis criteria 'dead and topografy C34'
says "where the mistake is" "line 1, column 10" err
is "and a caret" "           ^" "$(tail -n 1 err)"

# ---- a patient changes ----

sed -n '3s/"stageValue": "IV"/"stageValue": "II"/p' patients.ndjson >newer.ndjson
status 0 lacis import node newer.ndjson --json
json "a new version" '.patients == 1 and .originals == 1 and .unchanged == 0'
status 0 lacis count node "$question" --json
json "P03 is no longer possible" '.certain == 1 and .possible == 1 and .sequence == 11'
status 0 lacis verify node --json
json "verify finds no difference" '.sound and .differences == 0'

# ---- one patient ----

status 0 lacis show node P01
says "his tumour" "C34.1" out
says "his name" "MARTIN" out
status 0 lacis show node P01 --json
json "show --json" '.number == "P01" and (.facts | length > 0)'
status 0 lacis show node P09
says "an opposed one is shown in care" "opposed to research" out
status 6 lacis show node P99
status 0 lacis show node P11
says "a line" "Line (computed) : L01EX01 (Sunitinib)" out
says "without its number, and the calculation that made it" \
    "Line number not known   [lines-1]" out
status 0 lacis show node P11 --json
json "its number is not known where no M and no stage is" \
    'any(.facts[]; .group == "LINE" and .computed == "lines-1" and .values.LINE_NUMBER == null)'
status 0 lacis count node 'line L01EX01' --json
json "the line is certain" '.certain == 1'
status 0 lacis count node 'line L01EX01 = 1' --json
json "that it is the first is possible" '.certain == 0 and .possible == 1'

# ---- files that are not as they should be ----

: >empty.ndjson
gzip -c patients.ndjson | head -c 300 >cut.ndjson.gz
gzip -c patients.ndjson >whole.ndjson.gz
status 0 lacis import node empty.ndjson --json
json "an empty file" '.patients == 0 and .refused == 0'
status 0 lacis import node whole.ndjson.gz --json
json "gzip" '.patients == 11 and .originals == 1' # P03 as it was
status 0 lacis import node cut.ndjson.gz --json
json "a gzip file cut short" '.refused == 1'
says "its reason" "cut short" "$(jq -r .report out)"
status 3 lacis import node cut.ndjson.gz --strict
status 6 lacis import node nowhere.ndjson
says "a missing file" "nowhere.ndjson" err
"$LACIS" import node nowhere.ndjson patients.ndjson --json >out 2>err </dev/null
is "a missing file beside a good one" 6 $?
json "the good one is kept" '.patients == 11 and .error.code == "not_found"'
lacis import node - --json <patients.ndjson >out
json "the standard input" '.patients == 11'

# ---- mistakes ----

status 6 lacis count nowhere any
says "not a node" "is not a node: make one with lacis init" err
status 4 lacis count node 'tumour { topography C34 stage ZZ }'
says "where it is" "line 1, column 31" err
is "the caret stands under the mistake" "                                ^" "$(tail -n 1 err)"
printf 'topography C34\nand (sex F\n' >wrong.criteria
status 4 lacis count node @wrong.criteria
says "the file" "wrong.criteria: line" err
status 4 lacis count node 'stage ZZ' --json
json "as JSON" '.error | .code == "input" and .line == 1 and .column == 7 and (.message | length > 0)'
says "and in words" "lacis: line 1, column 7" err
status 4 lacis count node any --by colour
says "dimensions are listed" "topography" err
status 2 lacis count node
says "what is expected" "expected lacis count NODE CRITERIA" err
status 2 lacis count node topography C34
says "quotes" "put them in 'quotes'" err
status 2 lacis count node any --nonsense
says "an unknown option" "unknown option --nonsense" err
status 2 lacis count node any --nonsense --json
json "usage as JSON" '.error.code == "usage"'
status 2 lacis count node any --top 0
status 2 lacis count node any --top
says "a missing value" "--top wants a value" err
status 2 lacis count node any --as-of 2021-13-01
status 2 lacis count node any --purpose fun
status 2 lacis count node any --lang de
status 2 lacis count node any --by sex --by stage --by age --by year
status 2 lacis nonsense
status 2 lacis help nonsense
"$LACIS" >out 2>err
is "no command at all" 2 $?
says "shows the commands" "lacis COMMAND" out
lacis count node any >/dev/full 2>err
is "a full standard output" 9 $?

# ---- a disk that lies ----

lacis compact node >/dev/null
lacis count node "$question" --by topography --json | jq -c '[.certain, .possible, .groups]' >healthy
for segment in node/index/segment-*; do spoil "$segment"; done
lacis count node "$question" --by topography --json >out 2>err
is "a damaged index answers" 0 $?
is "as before" "$(cat healthy)" "$(jq -c '[.certain, .possible, .groups]' out)"
says "and says so" '"event":"index.damaged"' err
status 0 lacis count node "$question" # and is quiet again
status 0 lacis verify node
lacis cohort save node damaged "$question" --purpose research >/dev/null
for what in "cohort run node damaged" "cohort diff node damaged"; do
    for segment in node/index/segment-*; do spoil "$segment"; done
    # shellcheck disable=SC2086
    lacis $what --json >out 2>err
    is "a damaged index: $what" 0 $?
    says "is made again: $what" '"event":"index.damaged"' err
done
for segment in node/index/segment-*; do spoil "$segment"; done
status 1 lacis verify node
says "what to do" "lacis rebuild" err
status 0 lacis rebuild node
status 0 lacis verify node

# ---- who asked ----

status 0 lacis count node dead --caller anna --purpose care
tail -n 1 node/audit.log >line
json "the audit log says who asked for what" \
    '.caller == "anna" and .via == "cli" and .purpose == "care" and .action == "count" and .detail == "dead"' line
sed -i '3s/count/show_/;3s/import/IMPORT/' node/audit.log
status 1 lacis verify node
says "a line of it that was changed" "audit.log line 3 was changed" err

# ---- a lost index comes back ----

rm -rf other
lacis init other --centre villejuif --finess 940000664 >/dev/null
lacis import other patients.ndjson >/dev/null
rm -rf other/index
status 0 lacis count other "$question" --json
json "by itself" '.certain == 1 and .possible == 2'
status 0 lacis rebuild other --json
json "rebuild" '.patients == 9'
status 0 lacis compact other
status 0 lacis verify other
says "verify in words" "No difference: " out
status 0 lacis coverage other --json
json "coverage" '.assumed and (.rows == []) and any(.kinds[]; .kind == "drug")'
json "lines follow drugs" 'all(.kinds[]; .kind != "line")'
printf 'kind,source,from,to\nline,CHIMIO,2014-01-01,\n' >other/coverage.csv
status 4 lacis coverage other
says "a computed kind is not declared" "expected a kind such as drug" err
printf 'kind,source,from,to\ndrug,CHIMIO,2014-01-01,\n' >other/coverage.csv
status 0 lacis coverage other
says "what was declared" "CHIMIO" out
status 0 lacis count other any --json
json "is in every answer" '.coverage.declared'
status 0 lacis count other 'line any = 1' --json
json "lines are covered as drugs are" '[.remarks[] | select(.severity == "warning")] == []'

# ---- help, manual, completion ----

commands=$(lacis help --json | jq -r '.commands[].name')
is "there are commands" 1 "$(($(echo "$commands" | wc -w) >= 18))"
mkdir man
status 0 lacis man --out man
for command in $commands; do
    status 0 lacis "$command" --help
    says "help of $command" "lacis $command" out
    status 0 lacis help "$command" --lang fr
    says "aide de $command" "Usage : lacis $command" out
    says "man page of $command" ".SH NAME" "man/lacis-$command.1"
    # every option of the help is in the manual
    for option in $(lacis help "$command" --json | jq -r '.options[].name'); do
        says "$command --$option in the manual" "\\-\\-${option//-/\\-}" "man/lacis-$command.1"
    done
done
says "man page of the program" ".TH LACIS 1" man/lacis.1
is "docs/model.md is what the model says" "" "$(diff man/model.md "$SOURCE_DIR/docs/model.md")"
is "docs/criteria.schema.json is what the model says" "" \
    "$(diff man/criteria.schema.json "$SOURCE_DIR/docs/criteria.schema.json")"
if command -v groff >/dev/null; then
    is "groff finds nothing to say" "" "$(groff -man -Tutf8 -ww -z man/*.1 2>&1)"
fi
status 0 lacis --version
status 0 lacis version --json
json "version" '.version and .rules >= 1'
lacis completion >lacis.bash
bash -n lacis.bash || fail "completion is not bash"

finish
