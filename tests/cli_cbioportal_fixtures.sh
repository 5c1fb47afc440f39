#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_cbioportal_fixtures.sh: the wrong files with which cBioPortal tests its own validator, each put
# into a study of its own and imported. tests/data/cbioportal_fixtures.tsv says of each what it is put
# in as, how many patients come of it, and what is refused, where. Nothing of the files themselves is
# in the table: samples and patients are written as SAMPLE there.
#
# ctest-labels: slow
# ctest-timeout: 300

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"
fixtures=${SHARED_DATA-}/cbioportal/importer_fixtures
[ -d "$fixtures" ] || {
    echo "SHARED_DATA names no sample data"
    exit 77
}
table=$SOURCE_DIR/tests/data/cbioportal_fixtures.tsv

# samples STUDY: the samples on standard input, each of a patient of its own.
samples() {
    {
        printf 'PATIENT_ID\tSAMPLE_ID\n'
        tr -d '\r' | sort -u | awk '/^[A-Za-z0-9._-]+$/ { print "P-" $0 "\t" $0 }'
    } >"$1/data_clinical_sample.txt"
}

# owners STUDY FILE: a sample for each patient in the first column.
owners() {
    {
        printf 'PATIENT_ID\tSAMPLE_ID\n'
        grep -v '^#' "$2" | awk -F'\t' 'NR > 1 && $1 ~ /^[A-Za-z0-9._-]+$/ && !seen[$1]++ {
            print $1 "\t" $1 "-01" }'
    } >"$1/data_clinical_sample.txt"
}

# place ROLE FILE STUDY: the fixture as that file of the study, with the samples it speaks of.
place() {
    local file=$fixtures/$2
    mkdir -p "$3"
    case $1 in
    patient) cp "$file" "$3/data_clinical_patient.txt" && owners "$3" "$file" ;;
    sample) cp "$file" "$3/data_clinical_sample.txt" ;;
    timeline) cp "$file" "$3/data_timeline.txt" && owners "$3" "$file" ;;
    cna)
        cp "$file" "$3/data_cna.txt"
        grep -o 'TCGA-[A-Z0-9]*-[A-Z0-9]*-[0-9]*' "$file" | samples "$3"
        ;;
    mutations)
        cp "$file" "$3/data_mutations.txt"
        awk -F'\t' '/^#/ { next }
            !at { for (i = 1; i <= NF; i++) if ($i == "Tumor_Sample_Barcode") at = i; next }
            { print $at }' "$file" | samples "$3"
        ;;
    sv) cp "$file" "$3/data_sv.txt" && cut -f1 "$file" | samples "$3" ;;
    panels) cp "$file" "$3/data_gene_matrix.txt" && cut -f1 "$file" | samples "$3" ;;
    lists)
        mkdir "$3/case_lists"
        cp "$file"/* "$3/case_lists/"
        cat "$file"/* | grep case_list_ids | cut -d: -f2 | tr '\t ' '\n\n' | samples "$3"
        ;;
    resource_patient | resource_sample) cp "$file" "$3/data_$1.txt" && owners "$3" "$file" ;;
    unread)
        cp "$file" "$3/data_other_$(basename "$file")"
        printf 'PATIENT_ID\tSAMPLE_ID\nP\tP-01\n' >"$3/data_clinical_sample.txt"
        ;;
    study) cp -r "$file/." "$3" && chmod -R u+w "$3" ;;
    esac
}

# refusals: "line column: the beginning of the reason", each once, in order, at most eight.
refusals() {
    local report
    report=$(jq -r .report out)
    [ -n "$report" ] || {
        echo -
        return 0
    }
    python3 - "$report" <<'END'
import csv, re, sys
rows = list(csv.reader(open(sys.argv[1], newline="")))[1:]
said = []
for file, line, place, reason in sorted(rows, key=lambda r: (r[0], int(r[1]), r[2])):
    hide = lambda text: re.sub(r"(TCGA|TEST|INVALID|SJ|P-)[A-Z0-9;,:+*/ -]*[A-Z0-9]+", "SAMPLE", text)
    text = f"{line} {hide(place)}: {hide(reason)[:48].strip()}"
    if text not in said:
        said.append(text)
print("; ".join(said[:8]) or "-")
END
}

command -v python3 >/dev/null || {
    echo "python3 is absent"
    exit 77
}
lacis init node --centre fixtures --finess 940000664 >/dev/null
number=0
while IFS=$'\t' read -r role file patients refused expected _; do
    case $role in '' | '#'*) continue ;; esac
    number=$((number + 1))
    place "$role" "$file" "study_$number"
    lacis import node "study_$number" --json --quiet >out 2>err </dev/null
    is "exit status of $file" 0 $?
    if [ -n "${SHOW-}" ]; then
        printf '%s\t%s\t%s\t%s\t%s\n' "$role" "$file" "$(jq .patients out)" "$(jq .refused out)" "$(refusals)"
        continue
    fi
    is "patients of $file" "$patients" "$(jq .patients out)"
    is "refused of $file" "$refused" "$(jq .refused out)"
    is "what is refused of $file" "$expected" "$(refusals)"
done <"$table"
status 0 lacis verify node --quiet
finish
