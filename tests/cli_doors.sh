#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_doors.sh: folders and tables come in: the pivot tables of OSIRIS, and a table of the centre's
# own by a mapping; the same again; what is broken; a mapping that changes; an import that is killed.
#
# ctest-timeout: 600

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"
data=$SOURCE_DIR/tests/data
cp -r "$data/pivot" "$data/rcp.csv" "$data/rcp.json" .
node() { rm -rf node && lacis init node --centre villejuif --finess 940000664 >/dev/null; }

counts() { # CRITERIA CERTAIN
    status 0 lacis count node "$1" --json
    is "$1" "$2" "$(jq .certain out)"
}

# ---- a folder of pivot tables: ';' ',' tab, BOM, CRLF, Latin-9, comments ----

node
status 0 lacis import node pivot --json
json "three patients" '.patients == 3 and .originals == 3 and .refused == 1 and .refused_records == 0'
says "the file, line and column of what is refused" \
    '"pivot/OSIRIS_pivot_TumorPathologyEvent.csv",5,"TumorPathologyEvent_DiagnosisDate"' "$(jq -r .report out)"
says "a comment is told of" '"pivot/OSIRIS_pivot_Patient.csv","","a row without Instance_Id that is a comment' \
    "$(jq -r .remarks out)"
counts 'topography C34 treatment L01XA01' 1
counts 'event metastasis' 1
counts 'surgery QEFA003' 1
counts dead 1
status 0 lacis show node P2
says "Latin-9" "NAUSÉES" out
says "a date in French order" "born 3 Apr 1955" out
status 0 lacis import node pivot --json
json "the same again" '.originals == 0 and .unchanged == 3 and .absent == 0'

# one patient changes, one is no longer delivered
sed -i 's/C50.4/C50.5/; /^P3/d' pivot/OSIRIS_pivot_TumorPathologyEvent.csv
sed -i '/^P3/d' pivot/OSIRIS_pivot_Patient.csv
status 0 lacis import node pivot
says "one changed" "2 patients kept: 1 original, 1 unchanged" out
says "one is absent" "1 patient of this source was not in this delivery: what was kept of them stays" out
counts 'topography C50.5' 1
counts 'topography C18' 1
status 0 lacis import node pivot --lang fr
says "en français" "1 patient connu de cette source n'est pas dans cette livraison : ce qui en était gardé reste" out

# another source of the same centre does not take its place
cp -r pivot registre
sed -i 's/C34.1/C34.3/' registre/OSIRIS_pivot_TumorPathologyEvent.csv
status 0 lacis import node registre --source registre --json
json "originals of its own" '.originals == 2 and .absent == 0'
counts 'topography C34.1' 1
counts 'topography C34.3' 1
status 0 lacis verify node

status 4 lacis import node pivot/OSIRIS_pivot_Drug.csv
says "one table alone" "one of the pivot tables of OSIRIS: import the folder" err
status 4 lacis import node pivot --door hl7v2
says "no such door" "no door is called hl7v2" err
status 4 lacis import node pivot --source 'a b'
says "a source has a name" "expected up to 64 letters" err

# ---- folders of something else ----

mkdir mixed empty
cp "$data/dozen.ndjson" mixed/patients.ndjson
cp "$data/dozen_identities.csv" mixed/identities.csv
echo hello >mixed/README.md
status 0 lacis import node mixed --json
json "its files, one after the other" '.patients == 11 and .identities == 2'
says "by their names" '"mixed/patients.ndjson",5' "$(jq -r .report out)"
status 4 lacis import node empty
says "nothing to import" "a folder without a file that can be imported" err

# ---- a table and its mapping ----

node
status 4 lacis import node rcp.csv
says "what to do" "lacis mapping suggest NODE FILE proposes one" err
status 0 lacis mapping suggest node rcp.csv
says "a proposal" '"topographycode": "Topographie",  // C34.1' out
cp out proposed.json
status 0 lacis mapping check node proposed.json rcp.csv
says "what it would give" "Topography C34.1" out
status 0 lacis mapping check node rcp.json rcp.csv --json
json "facts of the first patient" '.patients[0] | .number == "2001" and .line == 2 and
    ([.facts[] | select(.object == "STATE") | .items.STATE_VALUE] == [1, 2])'
json "what would be refused" '[.refused[] | [.line, .place]] | contains([[5, "Côté"], [5, "Date J1"],
    [5, "Date naissance"], [7, ""], [8, ""]])'
status 0 lacis mapping check node rcp.json rcp.csv --rows 1
says "so many rows" "patient 2001" out
is "and no more" 0 "$(grep -c 2002 out)"
counts any 0

status 0 lacis mapping add node rcp.json --json
json "kept" '.source == "rcp" and .version == 1 and .patients == 0'
status 0 lacis import node rcp.csv --json
json "patients" '.patients == 3 and .originals == 3 and .refused_records == 2'
report=$(jq -r .report out)
says "no number" '"rcp.csv",7,"","no patient number"' "$report"
says "too few cells" '"rcp.csv",8,"","6 cells: expected 15, as in the first row"' "$report"
says "a value that the mapping does not have" \
    '"rcp.csv",5,"Côté","""Haut"": not among the values of the mapping: add it there"' "$report"
says "a date" '"rcp.csv",5,"Date J1","""xx"": expected a date DD/MM/YYYY"' "$report"
counts 'stage III' 1
counts 'tumour { topography C50 stage II }' 1
counts 'tumour { topography C50 stage III }' 0
counts 'last measure PS = 2' 1
counts 'measure HGB > 12' 1
status 0 lacis import node rcp.csv --json
json "the same again" '.originals == 0 and .unchanged == 3'
gzip -k rcp.csv
status 0 lacis import node rcp.csv.gz --mapping rcp --json
json "packed, and by name" '.originals == 0 and .unchanged == 3'
status 4 lacis import node rcp.csv --mapping nope
says "no such mapping" "no mapping is called nope" err
status 2 lacis import node rcp.csv --mapping rcp --source rcp

# a changed mapping reads anew what was imported
model=$(lacis count node any --json | jq -r .cut.model)
sed -i 's/"stageValue": "Stade"/"stageValue": {"column": "Stade", "values": {"II": "IV"}}/' rcp.json
status 0 lacis mapping add node rcp.json
says "the next version" "rcp, version 2" out
counts 'stage IV' 2
checks=$((checks + 1))
[ "$model" != "$(lacis count node any --json | jq -r .cut.model)" ] || fail "the cut tells the mappings apart"
status 0 lacis mapping add node rcp.json
says "the same again is that version" "rcp, version 2" out
status 0 lacis mapping list node --json
json "listed" '.mappings == [{"source": "rcp", "version": 2, "objects": 6, "columns": 14, "patients": 3}]'
status 0 lacis verify node
status 0 lacis mapping remove node rcp
counts 'stage IV' 0
counts any 3
status 6 lacis mapping remove node rcp
says "none of that name" "no mapping is called rcp" err
status 0 lacis mapping list node
says "none" "no mapping" out
status 0 lacis mapping add node rcp.json
counts 'stage IV' 2

# mistakes in a mapping
sed 's/"topographyCode"/"topografyCode"/' rcp.json >wrong.json
status 4 lacis mapping add node wrong.json
says "with its line" 'line 13: "topografyCode": no item of Primary tumour; it has' err
echo '{' >wrong.json
status 4 lacis mapping add node wrong.json
says "no JSON" "not JSON" err

sed 's/"source": "rcp"/"source": "osiris-pivot"/' rcp.json >wrong.json
status 4 lacis mapping add node wrong.json
says "a name that is taken" 'the name of another format' err
status 4 lacis import node pivot --source rcp
says "and the other way round" "a mapping of the node is called rcp: give this source another name" err

# two mappings for one table
sed 's/"source": "rcp"/"source": "rcp-2"/' rcp.json >second.json
status 0 lacis mapping add node second.json
status 4 lacis import node rcp.csv
says "which of them" "the mappings rcp and rcp-2 both read this table: say which with --mapping" err
status 0 lacis import node rcp.csv --mapping rcp-2 --json
json "a source of its own" '.originals == 3'

# ---- broken tables ----

node
lacis mapping add node rcp.json >/dev/null
head -n 1 rcp.csv >head.csv

head -c $(($(head -n 2 rcp.csv | wc -c) + 20)) rcp.csv >cut.csv
status 0 lacis import node cut.csv --json
json "a table that is cut keeps what is whole" '.patients == 1 and .refused_records == 1'
{ sed 's/;Morphologie/;Morpho/' head.csv && sed -n 2p rcp.csv; } >column.csv
status 4 lacis import node column.csv
says "a column that is missing" "the mapping rcp comes nearest, but 1 of its columns are not there, such as Morphologie" err
status 0 lacis import node column.csv --mapping rcp --json
json "without it, when told" '.patients == 1'
: >empty.csv
status 0 lacis import node empty.csv --json
json "empty" '.patients == 0'
status 4 lacis import node empty.csv --mapping rcp
says "empty by a mapping" "a table without a first row" err
{ cat head.csv && head -c 3000 /dev/zero; } >binary.csv
status 0 lacis import node binary.csv --mapping rcp --json
json "bytes that are no text" '.patients == 0 and .refused_records == 1'
says "say so" "a NUL byte" "$(jq -r .report out)"
{ cat head.csv && printf '2009;"' && head -c 2000000 /dev/zero | tr '\0' x; } >huge.csv
status 0 lacis import node huge.csv --json
json "a line without end" '.patients == 0 and .refused_records == 1'
says "say so too" "is a quote never closed?" "$(jq -r .report out)"
tr ';' '#' <rcp.csv >hash.csv
status 4 lacis import node hash.csv --mapping rcp
says "an unknown separator" "no column IPP" err
sed '1s/;Hb;/;IPP;/' rcp.csv >twice.csv
status 4 lacis import node twice.csv --mapping rcp
says "two columns of one name" "two columns are called IPP" err
tr ';' '|' <rcp.csv >pipe.csv
sed -i 's/"source": "rcp",/"source": "pipe", "delimiter": "|",/' rcp.json
lacis mapping add node rcp.json >/dev/null
status 0 lacis import node pipe.csv --mapping pipe --json
json "a separator that is said" '.patients == 3'
printf 'Patient_Id;Instance_Id;Instance_Id\nP1;1;1\n' >pivot/OSIRIS_pivot_TNM.csv
status 0 lacis import node pivot --json
json "the other tables are read" '.patients == 2'
says "the wrong one is refused" '"pivot/OSIRIS_pivot_TNM.csv",1,"","two columns are called Instance_Id' "$(jq -r .report out)"

# ---- an import that is killed, and once more ----

node
mkdir large
awk 'BEGIN { print "Patient_Id;Instance_Id;Patient_Gender;Patient_BirthDate"
    for (i = 1; i <= 40000; i++) printf "Q%d;1;HL7:F;19%02d-01-01\n", i, i % 100 }' >large/Patient.csv
awk 'BEGIN { print "Patient_Id;Instance_Id;TumorPathologyEvent_Type;TumorPathologyEvent_TopographyCode"
    for (j = 1; j <= 3; j++) for (i = 40000; i > 0; i--)
        printf "Q%d;%d;UMLS:C0677930;C%d\n", i, j, 15 + (i + j) % 40 }' >large/TumorPathologyEvent.csv
for seconds in 0.05 0.3 0.8; do
    "$LACIS" import node large >/dev/null 2>&1 &
    import=$!
    sleep "$seconds"
    kill -9 "$import" 2>/dev/null
    wait "$import" 2>/dev/null
done
is "nothing is left behind" "" "$(find node -name 'tables-*')"
status 0 lacis import node large --json
json "all of it" '.patients == 40000 and .refused == 0'
counts any 40000
status 0 lacis verify node

# ---- while a server has the node open ----

lacis mapping add node "$data/rcp.json" >/dev/null
"$LACIS" serve node --port 0 >/dev/null 2>server.log &
server=$!
for _ in $(seq 100); do [ -S node/socket ] && break; sleep 0.1; done
status 7 lacis import node pivot
says "a folder" "a folder is not imported while a server has the node open" err
status 0 lacis import node rcp.csv --json
json "a table is read by its mapping" '.patients == 3 and .refused_records == 2'
status 7 lacis import node rcp.csv --mapping rcp
says "not by name" "are not for a node that a server has open" err
status 7 lacis mapping add node rcp.json
says "a mapping" "a server has the node node open" err
kill "$server"
wait "$server" 2>/dev/null
finish
