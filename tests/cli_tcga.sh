#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cli_tcga.sh: two centres of real, de-identified patients (OSIRIS-RWD, 10,117 records, a
# million variants). All figures of expected.json that are of one centre are met exactly, and
# those of a centre that expected.json does not give are worked out anew by jq, straight from
# the file.
#
# ctest-labels: slow
# ctest-timeout: 900

# shellcheck source=tests/cli_support.bash
. "$(dirname "$0")/cli_support.bash"
tcga=${SHARED_DATA-}/tcga
[ -f "$tcga/expected.json" ] || {
    echo "SHARED_DATA names no sample data"
    exit 77
}

expected() { jq -S -c "$1" "$tcga/expected.json"; }

# groups CRITERIA WORD: {value: certain} of the groups that are stated, keys in order.
groups() {
    lacis count "$centre" "$1" --by "$2" --json |
        jq -S -c '[.groups[] | select(.key[0] != "" and .certain > 0) | {(.key[0]): .certain}] | add'
}

certain() { lacis count "$centre" "$1" --json | jq .certain; }

finess() { [ "$1" = villejuif ] && echo 940000664 || echo 690000000; }

for centre in villejuif lyon; do
    lacis init "$centre" --centre "$centre" --finess "$(finess "$centre")" >/dev/null
    status 0 lacis import "$centre" "$tcga/$centre.ndjson.gz" "$tcga/identities_$centre.csv" \
        --quiet --json
    patients=$(expected ".including_opposed.patients_per_centre.$centre")
    json "every record of $centre is kept" \
        ".patients == $patients and .originals == $patients and .unchanged == 0 and .refused_records == 0"
    json "every identity of $centre" ".identities == $patients"
    json "no unknown key" '.unknown_keys == 0'
    is "opposed patients of $centre" \
        "$(expected "(.including_opposed.patients_per_centre.$centre -
            .excluding_opposed_records.patients_per_centre.$centre)")" "$(jq .opposed out)"

    is "patients of $centre" \
        "$(expected ".excluding_opposed_records.patients_per_centre.$centre")" "$(certain any)"
    is "deaths of $centre" \
        "$(expected ".excluding_opposed_records.deaths_per_centre.$centre")" "$(certain dead)"
    is "active patients of each year of $centre" \
        "$(expected ".excluding_opposed_records.active_per_year.$centre")" "$(groups any year)"
    for year in 1998 2015 2021; do
        is "active in $year" \
            "$(expected ".excluding_opposed_records.active_per_year.$centre.\"$year\"")" \
            "$(certain "active $year")"
    done
    status 0 lacis verify "$centre" --quiet
done

# ---- one centre anew, by jq alone ----

centre=lyon
gzip -dc "$tcga/$centre.ndjson.gz" |
    jq -c 'select(.nonOpposition.nonOpposition != "NON") | {
        topography: ([.primaryCancer[]?.topographyCode | select(type == "string") | .[0:3]] | unique),
        genes: ([.variant[]?.gene, .primaryCancer[]?.variant[]?.gene | select(. != null)] | unique),
        sex: .biologicalSex,
        drugs: ([.medication[]?, .primaryCancer[]?.medication[]?] | length > 0),
        c64_iv: ([.primaryCancer[]? | select((.topographyCode // "" | .[0:3]) == "C64"
            and any(.stage[]?, .tnmEvent[]?; .stageValue // "" | startswith("IV")))] | length > 0)
    }' >reduced.json

# distinct patients of each value, largest first, as [value, patients]
tally() {
    jq -r "$1" reduced.json | sort | uniq -c | sort -k1,1nr -k2,2 |
        awk '{ printf "[\"%s\",%d]\n", $2, $1 }'
}

is "topography groups of $centre" \
    "$(tally '.topography[]' | jq -S -c -n '[inputs | {(.[0]): .[1]}] | add')" \
    "$(groups any topography)"
is "the twenty genes most often altered in $centre" "$(tally '.genes[]' | head -n 20)" \
    "$(lacis count "$centre" any --by altered --json |
        jq -c '[.groups[] | select(.key[0] != "") | [.key[0], .certain]]
            | sort_by([-.[1], .[0]]) | .[:20][]')"
is "lung cancers with KRAS" \
    "$(jq -n '[inputs | select((.topography | index("C34")) and (.genes | index("KRAS")))] | length' \
        reduced.json)" "$(certain 'topography C34 and altered KRAS')"
is "kidney cancers of stage IV with any drug" \
    "$(jq -n '[inputs | select(.c64_iv and .drugs)] | length' reduced.json)" \
    "$(certain 'tumour { topography C64 stage IV } and treatment any')"
is "women" "$(jq -n '[inputs | select(.sex == "Female")] | length' reduced.json)" \
    "$(certain 'sex F')"

# ---- the same file again ----

status 0 lacis import lyon "$tcga/lyon.ndjson.gz" --quiet --json
json "changes nothing" '.originals == 0 and .unchanged == .patients and .patients == 4587'

finish
