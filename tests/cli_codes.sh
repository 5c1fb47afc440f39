#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_codes.sh: a centre's own codes and words become codes, by one command or a spreadsheet; the
# index follows at once, survives everything that the rest survives, and says so in its cut.

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"

count() { lacis count node "$1" --json | jq -c '[.certain,.possible]'; }
codebook() { lacis count node any --json | jq -r .cut.codebook; }
# the index is what the originals and the codebook say
sound() {
    status 0 lacis verify node
    says "verify" "No difference" out
}

cat >patients.ndjson <<'END'
{"patientId":"1","medication":[{"drugName":"Taxol 300 mg"},{"drugName":"TAXOL 300 MG "}],"primaryCancer":[{"topographyCode":"POUMON LSD","morphologyCode":"8140/3"}]}
{"patientId":"2","medication":[{"drugName":"taxol 300 mg"},{"drugName":"Potion, maison"}]}
{"patientId":"3","medication":[{"drugName":"Carboplatine","moleculeCode":"L01XA02"}],"measure":[{"measureType":"HB SANG","measureValue":12,"measureDate":"2024-01-02"}]}
{"patientId":"4","medication":[{"drugName":"=CMD()"}],"nonOpposition":[{"nonOpposition":"NO"}]}
END
lacis init node --centre villejuif --finess 940000664 >/dev/null
lacis import node patients.ndjson >/dev/null

# ---- the work list ----

status 0 lacis codes list node --json
json "what gave no code" '.unmapped == 5 and .patients == 4 and .facts == 7 and .mapped == 0'
json "by patients" '.texts[0] | .item == "drug_name" and .text == "Taxol 300 mg" and .patients == 2 and .facts == 3 and .system == "atc"'
json "a topography" '[.texts[] | select(.item == "topography")] | .[0].text == "POUMON LSD" and .[0].system == "icdo3-topography"'
json "a measure" '[.texts[] | select(.item == "measure_type")] | .[0].text == "HB SANG"'
json "no mapping has no digest" '.codebook == "0000000000000000"'
printf 'code\tlabel_fr\tbrands_fr\nL01CD01\tpaclitaxel\tTAXOL\nL01XA02\tcarboplatine\t\n' >atc.tsv
lacis vocab import node atc.tsv >/dev/null
status 0 lacis codes list node --json
json "a brand is a suggestion" '.texts[0] | .exact and .suggestions == ["L01CD01"]'
status 0 lacis codes list node --top 1 --lang fr
says "in French" "5 textes sans code : 4 patients, 7 faits" out
says "with its label" "= L01CD01 (paclitaxel)" out
says "and more" "et 4 autres" out

# ---- one mapping ----

is "before" "[0,2]" "$(count 'treatment L01CD01')"
status 0 lacis codes map node drug_name 'taxol  300 MG' l01cd01 --dry-run
says "the effect first" "2 patients, 3 facts" out
says "with the count of now" "treatment L01CD01: 0 certain, 2 possible" out
says "and nothing done" "nothing was changed" out
is "nothing done" "0000000000000000" "$(codebook)"
status 0 lacis codes map node drug_name 'taxol  300 MG' l01cd01 --caller marie
says "the effect" "treatment L01CD01: 0 → 2 certain" out
says "only those are indexed again" "2 patients indexed again" out
is "after" "2" "$(lacis count node 'treatment L01CD01' --json | jq .certain)"
with=$(codebook)
[ "$with" != 0000000000000000 ] || fail "the cut names no codebook"
sound
status 0 lacis codes mappings node --json
json "who and when" '.mappings == [{"item":"drug_name","text":"taxol  300 MG","code":"L01CD01","author":"marie","date":.mappings[0].date}] and (.mappings[0].date | test("^20[0-9-]{8}$"))'
status 0 lacis codes map node drug_name 'TAXOL 300 MG' L01CD01 --json
json "the same is no change" '.changed == 0 and .same == 1'
status 0 lacis show node 1
says "in the history" "Drug treatment : L01CD01 (Paclitaxel), Drug name Taxol 300 mg" out
grep -q '"action":"codes","detail":"1 codes"' node/audit.log || fail "no audit line"

# ---- what is wrong ----

status 4 lacis codes map node drug_name 'Potion, maison' NOTACODE
says "a wrong code" 'line 2: drug "NOTACODE": expected an ATC code' out
status 4 lacis codes map node nothing 'x' L01
says "a wrong item" 'item "nothing": expected one such as drug_name' out
status 4 lacis codes map node biomarker_name 'x' EGFR
says "a free name" 'item "biomarker_name": expected one such as drug_name' out
status 4 lacis codes map node drug_name 'inconnu' L01
says "a word for unknown" 'a word for "unknown"' out
printf 'text;code\nx;L01\n' >bad.csv
status 4 lacis codes import node bad.csv
says "a header" "bad.csv" err
says "which column" "a column item was expected" err
is "nothing changed" "$with" "$(codebook)"

# ---- others, and what came before ----

status 0 lacis codes map node topography 'POUMON LSD' C34.1
is "a topography" "1" "$(lacis count node 'tumour { topography C34.1 morphology 8140/3 }' --json | jq .certain)"
status 0 lacis codes map node measure_type 'HB SANG' HEMOGLOBIN
is "a measure" "1" "$(lacis count node 'measure HEMOGLOBIN >= 10' --json | jq .certain)"
sound
echo '{"patientId":"5","medication":[{"drugName":"Taxol 300 mg"}]}' >fifth.ndjson
lacis import node fifth.ndjson >/dev/null
is "who comes later is coded as well" "3" "$(lacis count node 'treatment L01CD01' --json | jq .certain)"
status 0 lacis import node patients.ndjson
is "and is refused no more" "" "$(grep -F 'POUMON LSD' out)"
three=$(codebook)

# ---- caches come back ----

rm -r node/index node/codes.found node/codes.applied
is "without caches" "3" "$(lacis count node 'treatment L01CD01' --json | jq .certain)"
sound
status 0 lacis codes list node --json
printf 'x' | dd of=node/codes.found bs=1 seek=80 conv=notrunc status=none
lacis codes list node --json >again
is "a damaged cache is made again" "$(cat out)" "$(cat again)"
lacis rebuild node -q >/dev/null
is "rebuilt" "3" "$(lacis count node 'treatment L01CD01' --json | jq .certain)"
# a crash after codes.csv and before the index: the next opening applies it
cp node/codes.csv kept.csv
grep -v 'taxol' kept.csv >node/codes.csv
is "codes.csv says what holds" "0" "$(lacis count node 'treatment L01CD01' --json | jq .certain)"
sound
cp kept.csv node/codes.csv
is "and again" "3" "$(lacis count node 'treatment L01CD01' --json | jq .certain)"
is "the same mappings, the same digest" "$three" "$(codebook)"
echo 'drug_name,"potion","NOTACODE","",""' >>node/codes.csv
status 4 lacis count node any
says "a wrong line is named" "codes.csv" err
says "with its line" "line 5: drug \"NOTACODE\": expected an ATC code" err
cp kept.csv node/codes.csv

# ---- a spreadsheet ----

status 0 lacis codes export node --out list.csv
is "the header" 'item,text,patients,facts,suggestion,label,code' "$(head -n 1 list.csv | tr -d '\r' | tail -c +4)"
says "no formula" "\"'=CMD()\"" list.csv
status 3 lacis codes export node --out list.csv
sed 's/"Potion, maison",1,1,.*$/"Potion, maison",1,1,"","",L01XX/; s/,"'"'"'=CMD()".*$/,"'"'"'=CMD()",1,1,"","",L02/' list.csv >filled.csv
status 0 lacis codes import node filled.csv --dry-run --json
json "would" '.trial and .changed == 2 and .refused == 0'
status 0 lacis codes import node filled.csv --json
json "many at once" '.changed == 2 and .patients == 2'
status 0 lacis codes list node --json
json "nothing is left" '.unmapped == 0 and .mapped == 5'
sound

# ---- taken back ----

status 0 lacis codes unmap node drug_name 'Taxol 300 MG' --lang fr
says "in French" "treatment L01CD01 : 3 → 0 retrouvés" out
is "taken back" "0" "$(lacis count node 'treatment L01CD01' --json | jq .certain)"
sound
status 0 lacis codes unmap node drug_name 'Taxol 300 MG' --json
json "twice is once" '.changed == 0'
lacis codes map node drug_name 'Taxol 300 MG' L01CD01 >/dev/null

# ---- through a server ----

lacis codes list node --json >direct_list
lacis codes mappings node >direct_mappings
"$LACIS" serve node --port 0 --json >serve.out 2>serve.err &
pid=$!
for _ in $(seq 100); do
    [ -s serve.out ] && break
    sleep 0.1
done
status 0 lacis codes list node --json
is "the list" "$(cat direct_list)" "$(cat out)"
status 0 lacis codes mappings node
is "the mappings" "$(cat direct_mappings)" "$(cat out)"
status 0 lacis codes unmap node drug_name 'Taxol 300 mg' --json
json "taken back" '.changed == 1 and .counts[0].after.certain == 0'
is "at once" "0" "$(lacis count node 'treatment L01CD01' --json | jq .certain)"
status 0 lacis codes map node drug_name 'Taxol 300 mg' L01CD01 --lang fr
says "in words" "3 patients réindexés" out
is "and given again" "3" "$(lacis count node 'treatment L01CD01' --json | jq .certain)"
status 0 lacis codes export node --out through.csv
kill "$pid"
wait "$pid"
sound

# ---- real drug names: an oncologist's hour with the list (the sample data) ----

tcga=${SHARED_DATA-}/tcga/villejuif.ndjson.gz
if [ -f "$tcga" ]; then
    lacis init real --centre villejuif --finess 940000664 >/dev/null
    lacis import real "$tcga" -q >/dev/null
    lacis vocab import real "$SHARED_DATA/vocab/atc.tsv.gz" >/dev/null
    status 0 lacis codes list real --json
    before=$(jq .facts out)
    # worked out anew from the file: named drugs without a code
    is "drugs without a code" "$before" \
        "$(gzip -dc "$tcga" | jq '[.. | objects | select(has("moleculeName") and .moleculeCode == null and (.moleculeName // "" | test("^ *$") | not))] | length' | awk '{n += $1} END {print n}')"
    # what has the very name of a drug, or of a brand
    lacis codes export real --out real.csv >/dev/null
    jq -r '["item","text","code"], (.texts[] | select(.exact) | [.item, .text, .suggestions[0]]) | @csv' out >exact.csv
    status 0 lacis codes import real exact.csv --json
    json "mapped" '.changed > 30 and .refused == 0'
    touched=$(jq '[.changes[].facts] | add' out)
    status 0 lacis codes list real --json
    is "fewer are without" "$((before - touched))" "$(jq .facts out)"
    status 0 lacis verify real
    echo "TCGA: $before drug facts without a code, $((before - touched)) after $(($(wc -l <exact.csv) - 1)) mappings by name"
fi

finish
