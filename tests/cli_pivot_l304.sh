#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_pivot_l304.sh: the group's own example of the pivot tables of OSIRIS v1, patient L304, against
# its files: rows are counted and cells are cut out by awk, which knows nothing of our tables.

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"
pivot=${SHARED_DATA-}/osiris/pivot_csv
[ -d "$pivot" ] || {
    echo "SHARED_DATA names no sample data"
    exit 77
}

# rows TABLE: those of L304 that have an Instance_Id.
rows() { grep -c '^L304,[0-9]' "$pivot/OSIRIS_pivot_$1.csv"; }

# cell TABLE INSTANCE COLUMN
cell() {
    tr -d '\r' <"$pivot/OSIRIS_pivot_$1.csv" | awk -F, -v instance="$2" -v column="$3" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i }
        NR > 1 && $1 == "L304" && $2 == instance { print $at; exit }'
}

# facts GROUP: how many the record has.
facts() { jq "[.facts[] | select(.group == \"$1\")] | length" record; }

# value GROUP N ITEM: of the Nth fact of the group, in the order of the rows (position).
value() {
    jq -r "[.facts[] | select(.group == \"$1\")] | sort_by(.position) | .[$2].values.$3" record
}

status 0 lacis init node --centre test --finess 940000664
status 0 lacis import node "$pivot" --json
json "L304, and L036 of whom nothing is said" '.patients == 2 and .originals == 2'
json "four values are refused, no row" '.refused == 4 and .refused_records == 0'
report=$(jq -r .report out)
for refusal in 'TumorPathologyEvent.csv",3,"TumorPathologyEvent_PerformanceStatus"' \
    'Drug.csv",2,"Drug_Code"' 'Drug.csv",3,"Drug_Code"' \
    'BiologicalSample.csv",2,"BiologicalSample_Nature"'; do
    says "the file and the line" "$refusal" "$report"
done
lacis show node L304 --json >record

# ---- as many facts as rows ----

is "surgeries and drugs" "$(rows Treatment)" "$(($(facts SURGERY) + $(facts DRUG) / $(rows Drug)))"
is "drugs" "$(rows Drug)" "$(facts DRUG)"
is "events" "$(rows TumorPathologyEvent)" "$(($(facts PRIMARY_CANCER) + $(facts TUMOUR_EVENT)))"
is "samples" "$(rows BiologicalSample)" "$(facts SPECIMEN)"
is "biomarkers" "$(rows Biomarker)" "$(facts BIOMARKER)"
is "variants" "$(rows Variant)" "$(facts VARIANT)"
is "copy numbers" "$(rows CopyNumber)" "$(facts COPY_NUMBER)"
is "fusions" "$(rows Fusion)" "$(facts FUSION)"
is "related pathologies" "$(rows RelatedPathology)" "$(facts MORBID_EVENT)"
is "family history" "$(rows FamilyCancerHistory)" "$(facts FAMILY_HISTORY)"
is "consents" "$(rows Consent)" "$(facts INFORMATION)"
is "TNM: of the two events, none of the table, whose rows are empty" 2 "$(facts TNM)"
is "a response without a status is none" 0 "$(facts PROGRESSION)"
# the adverse event, the quality of the resection of the surgery, the authorisation
is "observations" $(($(rows AdverseEvent) + $(rows Consent) + 1)) "$(facts OBSERVATION)"
is "G8 of each event" "$(rows TumorPathologyEvent)" "$(facts MEASURE)"
is "PS of the first event; the other is refused" 1 "$(facts STATE)"

# ---- and what they say ----

is "born" "$(cell Patient 1 Patient_BirthDate)" "$(jq -r .birth record)"
is "died" "$(cell Patient 1 Patient_DeathDate)" "$(jq -r .death record)"
is "last news" "$(cell Patient 1 Patient_LastNewsDate)" "$(jq -r .last_news record)"
is "sex" "$(cell Patient 1 Patient_Gender)" "HL7:$(jq -r .sex record)"
is "status: UMLS:C1546956 is dead" "DEAD" "$(jq -r .vital_status record)"
is "one tumour" 1 "$(jq '.tumours | length' record)"
is "diagnosis" "$(cell TumorPathologyEvent 1 TumorPathologyEvent_DiagnosisDate)" \
    "$(jq -r '.tumours[0].diagnosis' record)"
is "topography" "$(cell TumorPathologyEvent 1 TumorPathologyEvent_TopographyCode)" \
    "$(value PRIMARY_CANCER 0 TOPOGRAPHY)"
is "morphology" "$(cell TumorPathologyEvent 1 TumorPathologyEvent_MorphologyCode)" \
    "$(value PRIMARY_CANCER 0 MORPHOLOGY)"
is "the recurrence" "$(cell TumorPathologyEvent 2 TumorPathologyEvent_StartDate)" \
    "$(value TUMOUR_EVENT 0 EVENT_MENTION)"
is "where" "$(cell TumorPathologyEvent 2 TumorPathologyEvent_TopographyCode)" \
    "$(value TUMOUR_EVENT 0 EVENT_TOPOGRAPHY)"
is "N of the first event" "$(cell TumorPathologyEvent 1 TumorPathologyEvent_N)" "$(value TNM 0 TNM_N)"
is "N of the second" "$(cell TumorPathologyEvent 2 TumorPathologyEvent_N)" "$(value TNM 1 TNM_N)"
is "PS" "$(cell TumorPathologyEvent 1 TumorPathologyEvent_PerformanceStatus)" "$(value STATE 0 STATE_VALUE)"
is "the surgery" "$(cell Treatment 1 Treatment_StartDate)" "$(value SURGERY 0 SURGERY_DATE)"
for drug in 1 2; do
    is "drug $drug" "$(cell Drug $drug Drug_Name)" "$(value DRUG $((drug - 1)) DRUG_NAME)"
    is "since" "$(cell Treatment "$(cell Drug $drug Treatment_Ref)" Treatment_StartDate)" \
        "$(value DRUG $((drug - 1)) DRUG_START)"
    is "in a trial" YES "$(value DRUG $((drug - 1)) DRUG_TRIAL)"
done
for sample in 1 2; do
    is "sample $sample" "$(cell BiologicalSample $sample BiologicalSample_ExternalAccession)" \
        "$(value SPECIMEN $((sample - 1)) SPECIMEN_ID)"
    is "of" "$(cell BiologicalSample $sample BiologicalSample_CollectDate)" \
        "$(value SPECIMEN $((sample - 1)) SPECIMEN_DATE)"
done
for variant in 1 2; do
    is "variant $variant" "$(cell Variant $variant Alteration_GenomicStart)" \
        "$(value VARIANT $((variant - 1)) VARIANT_POSITION)"
    is "of the sample" "$(cell Analysis "$(cell Variant $variant Analysis_Ref)" BiologicalSample_Ref)" \
        "$(value VARIANT $((variant - 1)) VARIANT_SPECIMEN)"
done
is "its gene, by the annotations" TP53 "$(value VARIANT 0 VARIANT_GENE)"
is "its protein, of the first transcript" V25F "$(value VARIANT 0 VARIANT_PROTEIN)"
is "copies" "$(cell CopyNumber 1 CNV_CopyNumber)" "$(value COPY_NUMBER 0 COPY_VALUE)"
is "a gain" GAIN "$(value COPY_NUMBER 0 COPY_CALL)"
is "family" "$(cell FamilyCancerHistory 1 FamilyCancerHistory_TopographyCode)" \
    "$(value FAMILY_HISTORY 0 FAMILY_TOPOGRAPHY)"
is "pathology" "$(cell RelatedPathology 1 RelatedPathology_PathologyCode)" \
    "$(value MORBID_EVENT 0 MORBID_CODE)"
is "informed" "$(cell Consent 1 Consent_Date)" "$(value INFORMATION 0 INFORMED_DATE)"

status 0 lacis import node "$pivot" --json
json "the same again changes nothing" '.originals == 0 and .unchanged == 2 and .absent == 0'
status 0 lacis verify node
finish
