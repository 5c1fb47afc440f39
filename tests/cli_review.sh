#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_review.sh: why the tumours of a record are what they are, what is left to a human, and what
# a human's decision does to the record, to answers and to later imports.

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"

cancer() { # DATE TOPOGRAPHY MORPHOLOGY LATERALITY
    printf '{"diagnosisDate":"%s","topographyCode":"%s","morphologyCode":"%s","laterality":"%s"}' "$@"
}

{
    printf '{"patientId":"P1","primaryCancer":[%s,%s,%s,%s]}\n' \
        "$(cancer 2015-03-01 C50.4 8500/3 L)" "$(cancer 2016-03-01 C50.4 8500/3 R)" \
        "$(cancer 2020 C50.4 8500/3 UN)" "$(cancer 2021-05-01 C78.7 8140/6 NA)"
    printf '{"patientId":"P2","primaryCancer":[%s,%s]}\n' \
        "$(cancer 2015 C53.9 8140/3 NA)" "$(cancer 2018 C54.1 8140/3 NA)"
    printf '{"patientId":"P3","primaryCancer":[%s,%s]}\n' \
        "$(cancer 2015-01-01 C50.4 8500/3 L)" "$(cancer 2019-01-01 C50.4 8500/3 L)"
    printf '{"patientId":"P4","primaryCancer":[%s]}\n' "$(cancer 2015 C18.7 8140/0 NA)"
} >patients.ndjson
lacis init node --centre villejuif --finess 940000664 >/dev/null
status 0 lacis import node patients.ndjson --quiet

# ---- why ----

status 0 lacis show node P3 --why --lang fr
says "the rule, its item and what it says" "règle 8.1 TUMOUR_JOINED : même tumeur" out
says "what the source had split" "SOURCE_SPLIT_OVERRULED" out
says "the recurrence" "Récidive locale ou régionale" out
status 0 lacis show node P3 --why --json
json "the facts it was decided on" \
    '[.decisions[] | select(.rule == "TUMOUR_JOINED")] | .[0].facts == [{"group":"PRIMARY_CANCER","original":3,"position":0},{"group":"PRIMARY_CANCER","original":3,"position":1}]'
status 0 lacis show node P3 --json
json "only when asked" 'has("decisions") | not'
status 0 lacis show node P4 --json
json "benign: kept, not counted" '.tumours | length == 1 and (.[0].counted | not) and .[0].kind == "out_of_scope"'
is "no tumour is certain" 0 "$(lacis count node 'tumour { topography C18 }' --json | jq .certain)"
is "its codes are the patient's" 1 "$(lacis count node any --by topography --json |
    jq '.groups[] | select(.key == ["C18"]) | .certain')"

# ---- the list ----

status 0 lacis review node --json --quiet
json "the questions" \
    '.rules == {"SECONDARY_UNDECIDED":3,"TUMOUR_AMBIGUOUS":2,"CONTIGUOUS_SITES":1} and .questions == 6'
json "with the age of what they are about" 'all(.review[]; .days == 0)'
status 0 lacis review node --rule contiguous_sites --lang fr --quiet
says "in words" "récidive par contiguïté" out
status 4 lacis review node --rule nothing --quiet
status 3 lacis review node --purpose research --quiet
says "why not" "for care and quality" err

# statement NUMBER TUMOUR: its name, as the list has it
statement() {
    lacis review node --json --quiet |
        jq -r "[.review[] | select(.number == \"$1\") | .statements[] | select($2)][0].statement"
}
tumours() { lacis show node "$1" --json | jq '[.tumours[] | select(.counted)] | length'; }
left=$(statement P1 '.laterality == "L"')
vague=$(statement P1 '.laterality == "" and .topography == "C50.4"')
liver=$(statement P1 '.topography == "C78.7"')
cervix=$(statement P2 '.topography == "C53.9"')
corpus=$(statement P2 '.topography == "C54.1"')

# ---- decisions ----

is "before" 3 "$(tumours P1)"
status 0 lacis review node decide P1 same "$left" "$vague" --caller anna
is "the same tumour" 2 "$(tumours P1)"
status 0 lacis show node P1 --why
says "who said so" "decided by a human (SAME, anna, " out
is "the liver may be of either" 2 "$(lacis review node --json --quiet |
    jq '[.review[] | select(.number == "P1")] | length')"
status 0 lacis review node decide P1 metastasis "$liver" "$left" --caller anna
is "nothing left of this patient" 0 "$(lacis review node --json --quiet |
    jq '[.review[] | select(.number == "P1")] | length')"
is "answers know it" 1 \
    "$(lacis count node 'tumour { topography C50 laterality L metastasis C22 }' --json | jq .certain)"
status 0 lacis review node decide P2 same "$cervix" "$corpus"
is "a recurrence by contiguity" 1 "$(tumours P2)"
status 0 lacis review node decide P2 different "$cervix" "$corpus"
is "on second thoughts" 2 "$(tumours P2)"
is "and not asked again" 0 "$(lacis review node --json --quiet |
    jq '[.review[] | select(.number == "P2")] | length')"
status 0 lacis review node decide P2 undo "$corpus" "$cervix"
is "asked again" 1 "$(lacis review node --json --quiet |
    jq '[.review[] | select(.number == "P2")] | length')"
status 6 lacis review node decide P2 undo "$corpus" "$cervix"
says "nothing to undo" "nothing was decided" err
status 6 lacis review node decide P2 same "$corpus" 0123456789abcdef
status 6 lacis review node decide P99 same "$corpus" "$cervix"
status 4 lacis review node decide P2 perhaps "$corpus" "$cervix"
status 4 lacis review node decide P2 same "$corpus" "$corpus"
status 2 lacis review node decide P2 same

# ---- they survive ----

status 0 lacis rebuild node --quiet
is "a rebuild" 2 "$(tumours P1)"
status 0 lacis verify node --quiet
sed 's/"patientId":"P1",/"patientId":"P1","sex":"F",/' patients.ndjson >again.ndjson
status 0 lacis import node again.ndjson --quiet
is "the next import" 2 "$(tumours P1)"
is "and its index" 1 \
    "$(lacis count node 'tumour { topography C50 laterality L metastasis C22 } and sex F' --json | jq .certain)"
sed 's/2021-05-01/2021-06-01/' again.ndjson >changed.ndjson
status 0 lacis import node changed.ndjson --quiet
status 0 lacis review node --json --quiet
json "not what they are no longer about" '.rules.JUDGED_IN_VAIN == 1 and .rules.SECONDARY_UNDECIDED == 2'
status 0 lacis verify node --quiet
says "the audit log has the decision" '"action":"decide"' node/audit.log
printf '{"patientId":"P5","judgement":[{"judgementVerdict":"SAME"}]}\n' >outside.ndjson
status 0 lacis import node outside.ndjson --quiet --json
json "no hospital's file decides" '.unknown_keys == 1'

# ---- through a server ----

lacis serve node --port 0 >served 2>&1 &
server=$!
for _ in $(seq 50); do
    [ -S node/socket ] && break
    sleep 0.1
done
status 0 lacis review node decide P2 same "$cervix" "$corpus"
is "decided through it" 1 "$(tumours P2)"
status 0 lacis show node P2 --why --lang fr
says "told through it" "décidé par un humain" out
kill "$server"
wait "$server"

finish
