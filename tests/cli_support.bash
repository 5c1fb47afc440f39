# SPDX-License-Identifier: Apache-2.0
#
# cli_support.bash: what the scenarios of the command line share. Read by tests/cli_*.sh.
#
# Each scenario runs in a folder of its own, in English, and goes on after a failure, so that
# one run shows all there is to mend; finish says how many there were.

set -u
: "${LACIS:?the program, as ctest says}" "${SOURCE_DIR:?}"
export LC_ALL=C
unset LC_MESSAGES LANG

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0
checks=0

[ -x "$LACIS" ] || { echo "$LACIS is absent: make builds it"; exit 1; }
command -v jq >/dev/null || { echo "jq is absent"; exit 77; }

lacis() { "$LACIS" "$@"; }

fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
}

# is WHAT EXPECTED FOUND
is() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] || fail "$1: expected \"$2\", found \"$3\""
}

# says WHAT TEXT FILE: the file contains the text.
says() {
    checks=$((checks + 1))
    grep -qF -- "$2" "$3" || {
        fail "$1: expected \"$2\" in:"
        sed 's/^/    /' "$3"
    }
}

# status EXPECTED COMMAND...: standard output in ./out, standard error in ./err.
status() {
    local expected=$1 found
    shift
    "$@" >out 2>err </dev/null
    found=$?
    is "exit status of $*" "$expected" "$found"
    # nothing is on standard error when all went well, and something when it did not
    if [ "$expected" = 0 ]; then
        is "standard error of $*" "" "$(cat err)"
    fi
}

# json WHAT FILTER [FILE]: the jq filter is true of the file (or of ./out).
json() {
    checks=$((checks + 1))
    jq -e "$2" "${3-out}" >/dev/null 2>&1 || {
        fail "$1: not so: $2"
        cut -c 1-2000 "${3-out}" | sed 's/^/    /'
    }
}

# spoil SEGMENT: damage what lies between its arrays and its directory: all postings
# (segment.h).
spoil() {
    local first after
    first=$(od -An -v -tu8 -j 384 -N 8 "$1") # arrays_end
    after=$(od -An -v -tu8 -j 344 -N 8 "$1") # blocks_offset
    head -c $((after - first)) /dev/zero | tr '\0' '\377' |
        dd of="$1" bs=1 seek=$((first)) conv=notrunc status=none
}

finish() {
    if [ "$failures" -gt 0 ]; then
        echo "$failures of $checks checks failed"
        exit 1
    fi
    echo "$checks checks passed"
}
