#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_vocab.sh: official lists: imported in the forms in which they are published, kept side by
# side, shown wherever labels are, and changing no data.

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"

cp "$SOURCE_DIR/tests/data/dozen.ndjson" patients.ndjson
lacis init node --centre villejuif --finess 940000664 >/dev/null
lacis import node patients.ndjson >/dev/null
answer() { lacis count node any --by topography --by treatment --json | jq -S 'del(.milliseconds,.groups[]?.label)'; }
answer >before

printf 'C34     |0|0|0|Poumon|Tumeur maligne des bronches et du poumon\nC341    |0|0|0|Lobe sup|Tumeur maligne du lobe sup\xe9rieur\nE119    |0|0|0|Diab|Diab\xe8te de type 2\n' >LIBCIM10MULTI.TXT
cat >icd10.xml <<'END'
<?xml version="1.0" encoding="UTF-8"?>
<ClaML version="2.0.0"><Title name="ICD-10" version="2019">ICD-10</Title>
<Class code="E11" kind="category"><Rubric kind="preferred"><Label xml:lang="en">Type 2 diabetes</Label></Rubric></Class>
<Class code="E11.9" kind="category"><Rubric kind="preferred"><Label xml:lang="en">Without complications</Label></Rubric></Class>
</ClaML>
END
printf 'code\tlabel_fr\tlabel_en\nC34.1\tLobe supérieur, poumon\tUpper lobe, lung\nC34.2\tLobe moyen\t\nQ1.2\t\t\n' >topography.tsv
printf 'hgnc_id\tsymbol\tname\tprev_symbol\nHGNC:1\tEGFR\tepidermal growth factor receptor\tERBB\n' | gzip >hgnc_complete_set.txt.gz
echo '{"TISSUE":{"code":"TISSUE","name":"Tissue","children":{"LUAD":{"code":"LUAD","name":"Lung Adenocarcinoma","children":{}}}}}' >oncotree.json

# ---- import ----

status 0 lacis vocab list node
says "none yet" "No official list" out
status 0 lacis vocab import node LIBCIM10MULTI.TXT --list-version 2026
says "what it was" "icd10 2026 : 3 codes (ATIH), in use now" out
status 0 lacis vocab import node icd10.xml --json
json "a version of the file" '.list.system == "icd10" and .list.version == "2019" and .list.format == "ClaML" and .list.used'
status 0 lacis vocab import node topography.tsv --system icdo3-topography --list-version 3.2 --lang fr
says "what was left out" "ligne 4 : topography \"Q1.2\"" out
status 0 lacis vocab import node hgnc_complete_set.txt.gz oncotree.json
says "one" "gene " out
says "and the other" "oncotree " out
status 0 lacis vocab list node --json
json "side by side" '[.lists[] | select(.system == "icd10") | [.version, .used]] == [["2019", true], ["2026", false]]'
json "all of them" '.lists | length == 5'
grep -q '"action":"vocab.import","detail":"icd10 2026","outcome":"3 codes"' node/audit.log || fail "no audit line"

# ---- labels ----

status 0 lacis count node 'topography C34.1' --lang fr
says "in a sentence" "Lobe supérieur, poumon" out
lacis count node 'topography C34.9' >out 2>err
says "a code that the list lacks" "C34.9 is not in ICD-O-3" err
status 0 lacis count node 'topography C34'
says "the built-in label stays where there is none" "Bronchus, lung" out
answer >after
is "no answer changes" "$(cat before)" "$(cat after)"
status 0 lacis verify node
status 0 lacis vocab use node icd10 2026
json_use=$(lacis vocab list node --json | jq -c '[.lists[] | select(.used and .system == "icd10") | .version]')
is "another version" '["2026"]' "$json_use"
status 0 lacis vocab use node icdo3-topography none
status 0 lacis count node 'topography C34.1' --lang fr
is "out of use" "" "$(grep 'Lobe' out)"
status 0 lacis vocab use node icdo3-topography 3.2

# ---- what is wrong ----

printf 'a\tb\n1\t2\n' >nothing.tsv
status 4 lacis vocab import node nothing.tsv
says "what was expected" "nothing.tsv: a header was expected that names a column of codes" err
status 4 lacis vocab import node icd10.xml --system atc
says "another system" "not half of the 2 codes are of atc" err
printf '<ClaML>\n<Class>\n' >broken.xml
status 4 lacis vocab import node broken.xml
says "not XML" "broken.xml" err
status 6 lacis vocab import node nowhere.tsv
status 6 lacis vocab use node icd10 1999
status 2 lacis vocab use node stage 1
status 2 lacis vocab import node icd10.xml --system nothing
status 4 lacis vocab import node icd10.xml --list-version ../../etc
is "nothing half-written" "$(lacis vocab list node --json | jq '.lists | length')" "5"

# ---- the cache comes back ----

for packed in node/vocabularies/icdo3*.packed; do
    printf 'xxxx' | dd of="$packed" bs=1 seek=60 conv=notrunc status=none
done
status 0 lacis count node 'topography C34.1' --lang fr
says "made again" "Lobe supérieur, poumon" out
rm node/vocabularies/*.packed
status 0 lacis count node 'topography C34.1' --lang fr
says "and again" "Lobe supérieur, poumon" out

# ---- through a server ----

lacis vocab list node --json >direct
"$LACIS" serve node --port 0 --json >serve.out 2>serve.err &
pid=$!
for _ in $(seq 100); do
    [ -s serve.out ] && break
    sleep 0.1
done
status 0 lacis vocab list node --json
is "the same list" "$(cat direct)" "$(cat out)"
printf 'code;label_fr\nC34.1;Sommet du poumon\n' >newer.csv
status 0 lacis vocab import node newer.csv --system icdo3-topography --list-version 4 --lang fr
says "in words" "icdo3-topography 4 : 1 codes" out
status 0 lacis count node 'topography C34.1' --lang fr
says "at once" "Sommet du poumon" out
status 0 lacis vocab use node icdo3-topography 3.2
status 0 lacis count node 'topography C34.1' --lang fr
says "and back" "Lobe supérieur, poumon" out
status 0 lacis vocab remove node icdo3-topography 4 --json
json "removed" '.lists | length == 5'
status 6 lacis vocab remove node icdo3-topography 4
status 4 lacis vocab import node nothing.tsv
says "with the file's name" "nothing.tsv: a header was expected" err
kill "$pid"
wait "$pid"
status 0 lacis vocab remove node icd10 2026
is "no file is left" "" "$(ls node/vocabularies | grep icd10@2026)"

finish
