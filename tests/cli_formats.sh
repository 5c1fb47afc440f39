#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_formats.sh: records out and in again. What leaves as OSIRIS-RWD comes back as the same
# records, byte for byte, through a node of its own; the other formats have the columns and the
# counts that jq, awk and a CSV reader of another language find in the same data.

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"
command -v python3 >/dev/null || { echo "python3 is absent"; exit 77; }

pid=
serve() {
    "$LACIS" serve "$1" --port 0 --json >serve.out 2>serve.err &
    pid=$!
    for _ in $(seq 100); do
        [ -s serve.out ] && return
        sleep 0.1
    done
    fail "the server does not start"
    finish
}

# new NODE: an empty one
new() {
    lacis init "$1" --centre villejuif --finess 940000664 >/dev/null
}

# ---- a synthetic centre, with a patient who says what synthetic ones do not ----

lacis synth --patients 3000 --seed 17 --plain --dense --quiet --out synth >/dev/null
cat >rare.ndjson <<'END'
{"patientId":"00007","centreFiness":"940000664","birthdate":"1962-UN-17","riskFactor":{"patientAlcohol":"UN"},"primaryCancer":[{"topographyGroup":"C50","morphologyGroup":"3","cancerDiagnosisCode":"=1+1","size":null,"tumorSize":[{"sizeValue":2.5,"sizeUnit":"cm","measurementDate":"2020-05","measurementMethod":"IRM"}],"stage":{"stageType":"FIGO","tStage":"T1"},"metastasis":[{"topographyCode":"C22"}],"tumorPathoEvent":{"eventType":4,"description":"Richter; \"confirmé\"\nle 3"}}],"generalState":{"measureType":"ALAT","measureValue":-1.5},"observation":{"observationType":"tabac","observationNomenclature":"SNOMED","observationValue":"oui","parentConcept":"@x"},"medication":[{"moleculeName":"-inib","indication":"essai"}],"somethingElse":1}
END

new a
status 0 lacis import a synth/villejuif.ndjson rare.ndjson --quiet

# ---- OSIRIS-RWD: out, in, out ----

status 0 lacis export a any --purpose quality --format osiris-rwd --out a.ndjson --json
json "what is told" '.format == "osiris-rwd" and .by == "number" and .withheld == 0
    and .vaguer == 0 and .homeless == 0 and .unknown == 1 and .refused > 0
    and .patients == .certain'
is "one patient a line" "$(jq .patients out)" "$(wc -l <a.ndjson)"
is "by number" "$(jq -r .patientId a.ndjson)" "$(jq -r .patientId a.ndjson | LC_ALL=C sort)"
is "nobody opposed" 0 "$(jq -r 'select(.nonOpposition.nonOpposition == "N") | .patientId' a.ndjson | wc -l)"

new b
status 0 lacis import b a.ndjson --quiet --strict --json
json "nothing is refused, nothing unknown" '.refused == 0 and .unknown_keys == 0'
status 0 lacis export b any --purpose quality --format osiris-rwd --out b.ndjson
cmp a.ndjson b.ndjson || fail "what was imported again is written otherwise"
status 0 lacis verify b
for criteria in any 'tumour { topography C50 stage I }' 'treatment L01' 'measure PS <= 1' \
    'age at diagnosis 40..60' 'tumour { altered TP53 }' dead; do
    is "$criteria" "$(lacis count a "$criteria" --json | jq -c '[.certain, .possible, .patients]')" \
        "$(lacis count b "$criteria" --json | jq -c '[.certain, .possible, .patients]')"
done
status 0 lacis show a 00007
grep -o '  .*   \[' out | sort >a.history
status 0 lacis show b 00007
grep -o '  .*   \[' out | sort >b.history
is "each fact of one history" "$(cat a.history)" "$(cat b.history)"
is "there are some" 9 "$(wc -l <a.history)"

status 0 lacis export a any --purpose quality --format osiris-rwd --out a.ndjson.gz
is "compressed" "$(sha256sum <a.ndjson)" "$(gzip -dc a.ndjson.gz | sha256sum)"

# ---- who may have it ----

status 0 lacis export a any --format osiris-rwd --out p.ndjson --json
json "by pseudonym" '.by == "pseudonym" and .withheld > 0'
is "no number of the centre" 0 "$(jq -r .patientId a.ndjson p.ndjson | sort | uniq -d | wc -l)"
is "no family, text, link or local number" 0 \
    "$(grep -cE '"(familyCancerHistory|description|indication|specimenId|dicomLink|findings)"' p.ndjson)"
is "no day of birth" 0 "$(jq -r 'select((.birthdateDay // "UN") != "UN") | .patientId' p.ndjson | wc -l)"
status 3 lacis export a any --format csv --purpose operation --out refused
[ ! -e refused ] || fail "a refused export leaves a folder"
says "the refusal is in the audit log" '"outcome":"refused"' a/audit.log
says "so are the others" 'by pseudonym as osiris-rwd' a/audit.log
status 3 lacis export a any --format osiris-rwd --out p.ndjson
says "nothing is overwritten" "already there" err
status 2 lacis export a any --format fhir --out x
status 2 lacis export a any --format osiris-rwd --decimal point --out x
mkdir readonly && chmod 500 readonly
[ "$(id -u)" = 0 ] || status 9 lacis export a any --format csv --out readonly/csv
is "nothing half-written" "" "$(find . -maxdepth 1 -name '*.*.??????')"

# ---- the certain ones only; beside a server ----

altered='tumour { topography C34 altered KRAS }'
status 0 lacis export a "$altered" --format osiris-rwd --out both.ndjson --json
json "certain and possible" "[.certain, .patients - .certain] == $(lacis count a "$altered" --json | jq -c '[.certain, .possible]') and .certain < .patients"
status 0 lacis export a "$altered" --certain --format osiris-rwd --out certain.ndjson --json
json "the certain ones" ".patients == .certain and .certain == $(lacis count a "$altered" --json | jq .certain)"
status 0 lacis export a "$altered" --certain --out certain.csv
is "as a list" "$(wc -l <certain.ndjson)" "$(tail -n +2 certain.csv | wc -l)"

serve a
status 0 lacis export a "$altered" --certain --out certain_there.csv
cmp certain.csv certain_there.csv || fail "the server lists others"
status 0 lacis export a any --purpose quality --format osiris-rwd --out c.ndjson
kill -TERM "$pid"
wait "$pid"
cmp a.ndjson c.ndjson || fail "beside a server it is written otherwise"

# ---- tables for spreadsheets ----

status 0 lacis export a any --purpose quality --format csv --lang fr --out csv
status 3 lacis export a any --purpose quality --format csv --out csv
status 0 lacis export a any --purpose quality --format csv --lang fr --out csv --force
is "no folder beside it" "" "$(find . -maxdepth 1 -name 'csv.*')"
cat >read.py <<'END'
import csv, json, sys
def table(name):
    raw = open("csv/" + name, "rb").read()
    assert raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\r\n"), name
    assert raw.count(b"\n") == raw.count(b"\r\n"), name
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert all(len(row) == len(rows[0]) for row in rows), name
    assert len(set(rows[0])) == len(rows[0]), rows[0]
    return [dict(zip(rows[0], row)) for row in rows[1:]]
patients = [json.loads(line) for line in open("a.ndjson")]
def inside(key):
    for patient in patients:
        for fact in patient.get(key, []):
            yield fact
        for tumour in patient.get("primaryCancer", []):
            yield from tumour.get(key, [])
for file, key in (("drug", "medication"), ("surgery", "surgery"), ("tnm", "tnmEvent"),
                  ("specimen", "biologicalSpecimen"), ("variant", "variant"),
                  ("biomarker", "biomarker"), ("imaging", "imaging"), ("size", "tumorSize")):
    n = len(list(inside(key)))
    assert n > 0 and len(table(file + ".csv")) == n, (file, n)
measures = len(table("measure.csv")) + len(table("state.csv"))
said = len(list(inside("measure"))) + len(list(inside("generalState")))
assert measures == said, (measures, said)
assert len(table("primary_cancer.csv")) == sum(len(p.get("primaryCancer", [])) for p in patients)
people = table("patient.csv")
assert [row["Patient"] for row in people] == [p["patientId"] for p in patients]
rare = next(row for row in people if row["Patient"] == "00007")
assert rare["Date de naissance"] == "1962-UN-17" and rare["Réponse"] == "retrouvé", rare
cancer = next(row for row in table("primary_cancer.csv") if row["Patient"] == "00007")
assert cancer["Topographie"] == "C50" and cancer["Topographie (libellé)"] == "Sein", cancer
assert cancer["Code de diagnostic de la source"] == "'=1+1", cancer
event = next(row for row in table("tumour_event.csv") if row["Patient"] == "00007")
assert event["Description"] == 'Richter; "confirmé" le 3', event
state = next(row for row in table("state.csv") if row["Patient"] == "00007")
assert state["Valeur"] == "-1,5", state
drug = next(row for row in table("drug.csv") if row["Patient"] == "00007")
assert drug["Nom de la molécule"] == "'-inib", drug
seen = next(row for row in table("observation.csv") if row["Patient"] == "00007")
assert seen["Rattachement"] == "'@x", seen
assert len(table("line.csv")) > 0
END
checks=$((checks + 1))
python3 read.py || fail "the tables"
status 0 lacis export a any --format csv --lang en --decimal point --out csv_en
is "in English, with a point" '"Patient";"Answer";"Centre (FINESS)";"Date of birth";"Sex";"Sex (label)"' \
    "$(head -n 1 csv_en/patient.csv | tr -d '\357\273\277' | cut -d ';' -f 1-6)"
grep -q ';-1\.5;' csv_en/state.csv || fail "a decimal point"

# ---- the pivot ----

status 0 lacis export a any --purpose quality --format osiris-pivot --out pivot --json
json "what has no place is counted" '.homeless > 0 and .patients > 0'
is "18 files" 18 "$(find pivot -type f | wc -l)"
cat >pivot.py <<'END'
import csv, json, os, sys
def table(name):
    raw = open("pivot/OSIRIS_pivot_%s.csv" % name, newline="", encoding="utf-8").read()
    assert raw.endswith("\r\n")
    rows = list(csv.reader(raw.splitlines(keepends=True)))
    assert all(len(row) == len(rows[0]) for row in rows), name
    for number, row in enumerate(rows[1:], 1):
        assert row[1] == str(number), (name, row)
    return [dict(zip(rows[0], row)) for row in rows[1:]]
files = {f[len("OSIRIS_pivot_"):-len(".csv")]: table(f[len("OSIRIS_pivot_"):-len(".csv")])
         for f in os.listdir("pivot")}
# every reference leads to a row of the same patient
for name, column, to in (
        ("TumorPathologyEvent", "TumorPathologyEvent_ParentRef", "TumorPathologyEvent"),
        ("TNM", "TumorPathologyEvent_Ref", "TumorPathologyEvent"),
        ("Treatment", "TumorPathologyEvent_Ref", "TumorPathologyEvent"),
        ("Drug", "Treatment_Ref", "Treatment"), ("Variant", "Analysis_Ref", "Analysis"),
        ("Biomarker", "Analysis_Ref", "Analysis"), ("CopyNumber", "Analysis_Ref", "Analysis"),
        ("Fusion", "Analysis_Ref", "Analysis"), ("BiologicalSample", "Consent_Ref", "Consent"),
        ("Analysis", "BiologicalSample_Ref", "BiologicalSample")):
    led = 0
    for row in files[name]:
        if row[column]:
            led += 1
            assert files[to][int(row[column]) - 1]["Patient_Id"] == row["Patient_Id"], (name, row)
    assert led > 0 or name == "Analysis", name
of = {"OSIRIS:O15-5": "Variant", "OSIRIS:O15-4": "CopyNumber", "OSIRIS:O15-3": "Fusion"}
for row in files["Annotation"]:
    to = files[of[row["AlterationOnSample_AlterationType"]]]
    assert to[int(row["Alteration_Ref"]) - 1]["Patient_Id"] == row["Patient_Id"], row
patients = [json.loads(line) for line in open("a.ndjson")]
assert [row["Patient_Id"] for row in files["Patient"]] == [p["patientId"] for p in patients]
primary = [row for row in files["TumorPathologyEvent"]
           if row["TumorPathologyEvent_Type"] == "UMLS:C0677930"]
assert len(primary) == sum(len(p.get("primaryCancer", [])) for p in patients)
gender = {"M": "HL7:M", "F": "HL7:F", "UN": "UMLS:C0439673", None: "UMLS:C0439673"}
for row, patient in zip(files["Patient"], patients):
    assert row["Patient_Gender"] == gender[patient.get("biologicalSex")], row
example = os.path.join(os.environ.get("SHARED_DATA", "/nonexistent"), "osiris/pivot_csv")
if os.path.isdir(example): # the columns of the pivot's own example files
    for name in files:
        with open(os.path.join(example, "OSIRIS_pivot_%s.csv" % name), encoding="utf-8-sig") as theirs, \
             open("pivot/OSIRIS_pivot_%s.csv" % name, encoding="utf-8") as ours:
            assert theirs.readline().strip() == ours.readline().strip(), name
END
checks=$((checks + 1))
python3 pivot.py || fail "the pivot"
status 0 lacis export b any --purpose quality --format osiris-pivot --out pivot_b
diff -rq pivot pivot_b || fail "the same records are another pivot"

finish
