#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_units.sh: one haemoglobin in four spellings, from the file to the answer and back to
# the patient's history. P1 to P3 have 12.5 g/dL, P4 a number without unit, P5 one that cannot
# be a haemoglobin.

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"

patient() { # NUMBER TYPE VALUE [UNIT]
    printf '{"patientId":"%s","birthdateYear":"1950","biologicalSex":"F",' "$1"
    printf '"measure":[{"measureType":"%s","measureValue":%s,' "$2" "$3"
    [ $# -lt 4 ] || printf '"measureUnit":"%s",' "$4"
    printf '"measureDate":"2020-03-01"}]}\n'
}

{
    patient P1 HEMOGLOBIN 12.5 g/dL
    patient P2 Hémoglobine 125 g/L
    patient P3 718-7 7.757 mmol/L
    patient P4 Hb 12.5
    patient P5 HGB 12.5 mmHg
} >patients.ndjson

status 0 lacis init node --centre villejuif --finess 940000664
status 0 lacis import node patients.ndjson --json
json "what cannot be converted is reported" '.patients == 5 and .refused == 1'
says "with its place and unit" '"patients.ndjson",5,"measure[0]","""mmHg"": expected g/dL"' \
    "$(jq -r .report out)"

for asked in 'HGB >= 12 g/dL' 'hémoglobine >= 120 g/L' 'HB > 7.4 mmol/L' 'HGB >= 12'; do
    status 0 lacis count node "measure $asked" --json
    json "measure $asked" '.certain == 4 and .possible == 1'
done
status 0 lacis count node 'measure HGB >= 13 g/dL' --json
json "none has so much" '.certain == 0 and .possible == 1'
status 0 lacis count node 'measure HGB = 125 g/L' --json
json "grams are exact" '.certain == 3 and .possible == 1'
status 4 lacis count node 'measure HGB >= 12 kg'
says "a unit of something else" "HGB is measured in g/dL: kg cannot be converted" err

status 0 lacis show node P2
says "what was said and what it counts as" "Value 125 (= 12.5 g/dL)" out
says "the unit that was said" "Unit g/L" out
status 0 lacis show node P4
says "a unit that was not" "Value 12.5 (no unit given, taken as g/dL)" out
status 0 lacis show node P5 --lang fr
says "inconvertible" "Valeur 12.5 (inconvertible en g/dL : non utilisé)" out
status 0 lacis show node P1
says "nothing to explain" "Value 12.5" out
status 0 lacis show node P2 --json
json "both numbers" '.facts | map(select(.group == "MEASURE"))[0] |
    .values.MEASURE_VALUE == 125 and .values.MEASURE_UNIT == "g/L" and
    .number == 12.5 and .unit == "g/dL"'
status 0 lacis show node P5 --json
json "no number" '.facts | map(select(.group == "MEASURE"))[0].number == null'
status 0 lacis verify node

finish
