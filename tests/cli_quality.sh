#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_quality.sh: a load that is complete, a second one whose drugs lost their codes, the same
# figures beside another centre's, the facts at odds by patient, a proposal of coverage; and the
# figures of real patients, where they are at hand, counted anew by jq straight from the file.

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"

patient() { # NUMBER YEAR CODE DOSE
    printf '{"patientId":"%s","birthdate":"1950-06-01","biologicalSex":"F",' "$1"
    printf '"primaryCancer":[{"cancerDiagnosisDate":"%s-03-10","topographyCode":"C34.1",' "$2"
    printf '"radiotherapy":[{"radiationDate":"%s-06-01","doseGy":%s}]}],' "$2" "$4"
    printf '"medication":[{"moleculeName":"x","moleculeCode":%s,"moleculeDate":"%s-04",' \
        "$3" "$2"
    printf '"source":"1"}]}\n'
}

for i in 1 2 3 4 5 6 7 8 9 10; do patient "A$i" $((2009 + i)) '"L01XA01"' 60; done >first.ndjson
for i in 1 2 3 4 5 6 7 8 9 10; do patient "B$i" 2020 null 6000; done >second.ndjson

# quality NODE OPTION...: the answer into ./out, with single blanks.
quality() {
    status 0 lacis quality "$@"
    tr -s ' ' <out >flat && mv flat out
}

status 0 lacis init node --centre villejuif --finess 940000664
status 0 lacis import node first.ndjson

quality node
says "the first time nothing stands beside" "Quality: villejuif" out
is "no change is told" 0 "$(grep -c 'Change since' out)"
says "complete" "12.1 Treatment * 100.0 %" out
says "dates without a day" "to the day 0.0 %" out
says "nothing is at odds" "radiotherapy dose outside 0.5 to 120 Gy : 0 of 10" out
status 0 lacis quality node --json
json "the same in JSON" '.patients == 10 and .tumours == 10 and
    ([.groups[] | select(.group == "DRUG").items[] | select(.item == "DRUG_CODE").stated] == [10])'
json "by year" '[.groups[] | select(.group == "DRUG").cells[] | select(.[1] == 2015)] == [[1,2015,1]]'

status 0 lacis import node second.ndjson
quality node
says "the load before" "Change since: villejuif" out
says "a fall is marked" "12.1 Treatment * 50.0 % -50.0 !" out
says "a dose in cGy" "radiotherapy-dose 50.0 % +50.0 !" out
quality node --lang fr
says "in French" "50,0 % -50,0 !" out
quality node --by year
says "years as columns" "2019" out
quality node --by source
says "sources as columns" "source 1" out
is "a second look at the same load keeps the one before" 1 \
    "$(lacis quality node | grep -c 'Change since: villejuif.*(#10)')"

status 0 lacis quality node --check radiotherapy-dose
is "ten facts, one a patient" 10 "$(grep -c '^B[0-9]*  *06/01/2020\|^B[0-9]* .*6000' out)"
says "with its proof" "[#" out
status 0 lacis quality node --check radiotherapy-dose --json
json "the same in JSON" '.facts | length == 10 and all(.number[0:1] == "B")'
status 3 lacis quality node --check radiotherapy-dose --purpose research
says "not for research" "listed by number for care or quality" err
status 2 lacis quality node --check dosis
says "which there are" "lacis quality NODE names them" err

status 0 lacis quality node --share
json "no cells" '[.. | objects | select(has("cells"))] == []'
cp out shared.json
quality node --against shared.json
says "whose" "Beside: villejuif" out
is "two columns are equal" 2 \
    "$(grep '^12.1 ' out | grep -o ' 50.0 %' | wc -l)"
status 6 lacis quality node --against nowhere.json
echo '{"format":"x"}' >wrong.json
status 4 lacis quality node --against wrong.json
says "what was expected" "wrong.json: not figures of quality" err
head -c 100 shared.json >cut.json
status 4 lacis quality node --against cut.json

printf '{"patientId":"C1","medication":[{"moleculeCode":"L01XA01","moleculeDate":"2019-04-01","source":"4"}],%s}\n' \
    '"imaging":[{"modality":"CT","imagingDate":"2019-04-01","source":"3"}]' >text.ndjson
status 0 lacis import node text.ndjson
status 0 lacis coverage node --suggest
is "neither what is read in texts nor what comes from outside" 0 "$(grep -c 'text\|outside' out)"
is "nor a kind that only comes so" 0 "$(grep -c '^imaging' out)"
says "the kinds that count" "drug,this centre,2010-01-01," out
cp out node/coverage.csv
status 0 lacis coverage node --json
json "it can be used as it is" '.assumed == false and (.rows | length) >= 2'

chmod 0500 node/quality
if [ "$(id -u)" != 0 ]; then
    status 9 lacis quality node
fi
chmod 0700 node/quality
status 0 lacis verify node

# ---- real patients ----

tcga=${SHARED_DATA-}/tcga
[ -f "$tcga/villejuif.ndjson.gz" ] || { finish; exit; }
status 0 lacis init tcga --centre villejuif --finess 940000664
lacis import tcga "$tcga/villejuif.ndjson.gz" --quiet >/dev/null
lacis quality tcga --json >quality.json

stated() { # GROUP ITEM
    jq -c "[.groups[] | select(.group == \"$1\") | .objects, (.items[] | select(.item == \"$2\").stated)]" \
        quality.json
}
# counted straight from the file: objects, and those whose KEY says something. What is told twice
# of a patient, word for word, is one.
counted() { # PATH KEY
    zcat "$tcga/villejuif.ndjson.gz" | jq -n -c "[inputs
        | select((.nonOpposition.nonOpposition // \"\") != \"NON\") | [$1] | unique | .[]
        | [1, (if (.$2 // \"\" | tostring | . != \"\" and . != \"UN\") then 1 else 0 end)]]
        | [(map(.[0]) | add), (map(.[1]) | add)]"
}
is "drugs and their codes" "$(counted '.medication[]?' moleculeCode)" "$(stated DRUG DRUG_CODE)"
is "drugs and their names" "$(counted '.medication[]?' moleculeName)" "$(stated DRUG DRUG_NAME)"
is "tumours and their morphology" "$(counted '.primaryCancer[]?' morphologyCode)" \
    "$(stated PRIMARY_CANCER MORPHOLOGY)"
is "stages" "$(counted '.primaryCancer[]?.stage[]?' stageValue | jq -c '[.[0]]')" \
    "$(stated STAGE STAGE_VALUE | jq -c '[.[0]]')"

finish
