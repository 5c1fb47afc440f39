#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_cbioportal.sh: study folders of cBioPortal into a node. Two real studies of the sample data are
# counted anew by awk, file by file, and what the node has is the same, row for row; the study in
# tests/data goes through the same door without sample data.
#
# ctest-labels: slow
# ctest-timeout: 300

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"

# facts NODE PATIENTS: every fact of these patients, one JSON a line.
facts() {
    while read -r patient; do
        lacis show "$1" "$patient" --json
    done <"$2" | jq -c '.facts[]' >facts.ndjson
}

# of GROUP [FILTER]: how many facts of it there are.
of() { jq -c "select(.group == \"$1\" and (${2-true}))" facts.ndjson | wc -l; }

# count CRITERIA: who certainly belongs.
count() { lacis count "$node" "$1" --json | jq .certain; }

new_node() {
    node=$1
    rm -rf "$node"
    lacis init "$node" --centre "$1" --finess 940000664 >/dev/null
}

# ---- the study written by hand ----

hand=$SOURCE_DIR/tests/data/cbioportal_study
new_node hand
status 0 lacis import hand "$hand" --json --quiet
json "the patients whose rows can be read" '.patients == 6 and .refused_records == 9'
is "a tumour of the lung with KRAS" 1 "$(count 'tumour { topography C34 altered KRAS }')"
is "found by either gene of a fusion" 1 "$(count 'fusion ALK')"
is "a silent mutation is no alteration" 0 "$(count 'altered TP53')"
is "a promoter of TERT is one" 1 "$(count 'altered TERT')"
is "amplified" 1 "$(count 'copy number EGFR status AMPLIFICATION')"
is "an attribute of the study" 1 "$(count 'observation SMOKER status NEVER')"
is "a number of the study" 2 "$(count 'measure PURITY >= 0.5')"
is "dead" 1 "$(count dead)"
status 0 lacis import hand "$hand" --json --quiet
json "the same study again changes nothing" '.unchanged == 6 and .originals == 0'
status 0 lacis verify hand --quiet

# ---- the same study in other writings ----

# said NODE: all facts of the study's patients, but for their numbers, sorted.
said() {
    for patient in H1 H2 H3 H4 H6 H7; do lacis show "$1" "$patient" --json; done |
        jq -S -c '.number as $n | .facts[] | del(.original, .position) + {n: $n}' | sort
}
said hand >said_hand

# same WHAT FOLDER: the study in FOLDER says the same.
same() {
    new_node other
    status 0 lacis import other "$2" --json --quiet
    said other >said_other
    is "$1" "" "$(diff said_hand said_other)"
}

# copy: the study as hand_2026, the name that it gives itself
copy() {
    rm -rf hand_2026
    cp -r "$hand" hand_2026
    chmod -R u+w hand_2026
}
tables() { ls hand_2026/data_*.txt; }

copy
for file in $(tables); do
    { printf '\357\273\277' && sed 's/$/\r/' "$file"; } | gzip >"$file.gz" && rm "$file"
done
same "with Windows line ends and a byte order mark, gzipped" hand_2026

copy
for file in $(tables); do
    awk -F'\t' -v OFS='\t' '/^#version/ { print; next }
        # names and rows backwards; a short row has its cells first
        { n = NF > n ? NF : n; sharp = sub(/^#/, "", $1)
          for (i = 1; i <= n; i++) printf "%s%s%s", i == 1 && sharp ? "#" : "", $(n + 1 - i), i == n ? "\n" : "\t" }' \
        "$file" >turned && mv turned "$file"
done
same "with its columns in another order" hand_2026

copy
for file in $(tables); do
    awk -F'\t' -v OFS='\t' '!/^#/ && !seen++ {
        for (i = 1; i <= NF; i++) if ($i !~ /^H[0-9]/) $i = tolower($i) } { print $0 "\t\t" }' \
        "$file" >turned && mv turned "$file"
done
same "with names in small letters and tabs behind each line" hand_2026

copy
rm hand_2026/meta_*
grep -v SVPANEL said_hand >said_kept # but for the panel that only a meta file names
mv said_kept said_hand
same "without meta files" hand_2026

# ---- what may be laid down about a study ----

# a day zero makes dates of days
cp -r "$hand" anchored
chmod -R u+w anchored
echo "day_zero: 2001-02-03" >anchored/lacis.txt
new_node anchor
status 0 lacis import anchor anchored --json --quiet
lacis show anchor H1 --json >out
json "a sample ten days before day zero" \
    'any(.facts[]; .group == "SPECIMEN" and .date == "2001-01-24")'
json "the drug from day 20 to day 80" \
    'any(.facts[]; .group == "DRUG" and .date == "2001-02-23" and .end == "2001-04-24")'
json "12.5 months of 30.4 to 30.5 days, as precise as they are written" \
    'any(.facts[]; .values.DEATH_DATE == "2002-02-14..2002-02-23")'
json "the diagnosis is day zero" \
    'any(.facts[]; .group == "PRIMARY_CANCER" and .date == "2001-02-03")'

# numbers of patients are the study's own, unless it is said that they are the centre's
echo "patients: own" >anchored/lacis.txt
status 0 lacis import hand anchored --json --quiet
node=hand
is "H1 of the study and H1 of the centre are two" 12 "$(count any)"
echo "patients: mine" >anchored/lacis.txt
status 0 lacis import hand anchored --json --quiet
says "what may stand there is told" "expected own" "$(jq -r .report out)"

# ---- the studies of the sample data ----

data=${SHARED_DATA-}/cbioportal
[ -d "$data/lgg_ucsf_2014" ] || {
    finish
    echo "SHARED_DATA names no sample data: the study written by hand alone"
    exit 0
}

plain() { # FILE without comments, carriage returns and quotes; gzip undone
    case $1 in *.gz) gzip -dc "$1" ;; *) cat "$1" ;; esac | tr -d '\r' | grep -v '^#'
}

# column FILE NAME: its cells, empty ones too, one a line.
column() {
    plain "$1" | awk -F'\t' -v name="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
        { print $at }'
}

study=$data/lgg_ucsf_2014
new_node lgg
status 0 lacis import lgg "$study" --json --quiet
for file in patient sample; do column "$study/data_clinical_$file.txt" PATIENT_ID; done |
    sort -u >patients
json "every patient" ".patients == $(wc -l <patients) and .refused == 0"
facts lgg patients
is "samples" "$(column "$study/data_clinical_sample.txt" SAMPLE_ID | sort -u | wc -l)" \
    "$(of SPECIMEN)"
is "mutations" "$(column "$study/data_mutations.txt" Samples | wc -l)" "$(of VARIANT)"
is "who is dead" "$(column "$study/data_clinical_patient.txt" OS_STATUS | grep -c '^1:')" \
    "$(count dead)"
is "women" "$(column "$study/data_clinical_patient.txt" SEX | grep -c Female)" "$(count 'sex F')"
# a day of an event is a measure of its own, two of one day are one
for event in specimen status surgery treatment; do
    is "days of $event" \
        "$(plain "$study/data_timeline_$event.txt" | awk -F'\t' 'NR > 1 { print $1, $2 }' | sort -u | wc -l)" \
        "$(of MEASURE ".values.MEASURE_TYPE == \"${event^^} DAY\"")"
done
is "drugs by name and patient" \
    "$(plain "$study/data_timeline_treatment.txt" | awk -F'\t' 'NR > 1 && $7 != "" {
        n = split($7, drug, " [+] "); for (i = 1; i <= n; i++) print $1, drug[i] }' | sort -u | wc -l)" \
    "$(of DRUG)"
# every cell of the clinical files that says something: the value under its attribute's name
for file in patient sample; do
    plain "$study/data_clinical_$file.txt" | awk -F'\t' '
        NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i; next }
        { for (i = 1; i <= NF; i++)
            if (name[i] !~ /^(PATIENT_ID|SAMPLE_ID|SEX)$/ && $i != "" && $i != "NA")
                for (p = 1; p <= NF; p++) if (name[p] == "PATIENT_ID") print $p "\t" name[i] "\t" toupper($i) }'
done | sort -u >cells
is "cells of the clinical files" "$(wc -l <cells)" \
    "$(($(of OBSERVATION '(.values.OBSERVATION_TYPE | test("^(STATUS|(SPECIMEN|SURGERY|TREATMENT) .*)$") | not)') +
        $(of MEASURE '(.values.MEASURE_TYPE | test(" DAY$") | not)')))"
status 0 lacis verify lgg --quiet

# with a day zero the months of survival and the day of the event DECEASED are of one death: each
# interval of months has that day in it, so that the record knows the day
cp -r "$study" dated
chmod -R u+w dated
echo "day_zero: 2000-01-01" >dated/lacis.txt
new_node zero
status 0 lacis import zero dated --json --quiet
while read -r patient; do lacis show zero "$patient" --json; done <patients >records
is "deaths whose day is known" \
    "$(plain "$study/data_timeline_status.txt" | awk -F'\t' '$5 == "DECEASED" { print $1 }' | sort -u | wc -l)" \
    "$(jq -c 'select(.death | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))' records | wc -l)"
is "who was forty at diagnosis" \
    "$(column "$study/data_clinical_patient.txt" AGE | awk '$1 >= 40' | wc -l)" \
    "$(count 'age at diagnosis >= 40')"
is "who was treated with a drug" \
    "$(plain "$study/data_timeline_treatment.txt" | awk -F'\t' '$7 != "" && NR > 1 { print $1 }' | sort -u | wc -l)" \
    "$(count 'treatment any')"

study=$data/study_es_0
new_node es
status 0 lacis import es "$study" --json --quiet
{
    column "$study/data_clinical_patients.txt.gz" PATIENT_ID
    column "$study/data_clinical_samples.txt" PATIENT_ID
} | sort -u >patients
json "every patient of es_0" ".patients == $(wc -l <patients) and .refused == 0"
facts es patients
is "samples of es_0" "$(column "$study/data_clinical_samples.txt" SAMPLE_ID | sort -u | wc -l)" \
    "$(of SPECIMEN)"
is "mutations of es_0" \
    "$(plain "$study/data_mutations_extended.maf.gz" | awk -F'\t' '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == "Variant_Classification") at = i; next }
        $at !~ /^(Silent|Intron|IGR|RNA|3.UTR|5.UTR|3.Flank|5.Flank)$/ { n++ } END { print n }')" \
    "$(of VARIANT)"
is "calls of copy number of es_0" \
    "$(column "$study/data_cna_discrete.txt.gz" Value | grep -cE '^(-2|-1.5|-1|1|2)$')" \
    "$(of COPY_NUMBER)"
is "amplifications of es_0" \
    "$(column "$study/data_cna_discrete.txt.gz" Value | grep -cx 2)" \
    "$(of COPY_NUMBER '.values.COPY_CALL == "AMPLIFICATION"')"
# either gene of two different ones; the same pair in one patient is one fact
is "structural variants of es_0" \
    "$(plain "$study/data_structural_variants.txt" | awk -F'\t' '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { s = substr($at["Sample_Id"], 1, 12); a = $at["Site1_Hugo_Symbol"]; b = $at["Site2_Hugo_Symbol"]
          if (a == "NA") a = ""; if (b == "NA") b = ""
          if (a != "") print s, a, b; if (b != "" && b != a) print s, b, a }' | sort -u | wc -l)" \
    "$(of FUSION)"
is "dead of es_0" \
    "$(column "$study/data_clinical_patients.txt.gz" OS_STATUS | grep -c '^1:DECEASED')" \
    "$(count dead)"
status 0 lacis verify es --quiet

finish
