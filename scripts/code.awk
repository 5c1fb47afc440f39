# SPDX-License-Identifier: Apache-2.0
#
# usage: awk -f scripts/code.awk FILE.c...
#
# Prints C as FILE:LINE:CODE, comments gone and literals emptied, so that the checks read
# code only. The name in an #include stays. Rough on purpose: no preprocessing.

FNR == 1 { in_comment = 0 }

{
    rest = $0
    code = ""
    if (!in_comment && match(rest, /^[ \t]*#[ \t]*include[ \t]*["<][^">]*[">]/)) {
        code = substr(rest, 1, RLENGTH)
        rest = substr(rest, RLENGTH + 1)
    }
    while (rest != "") {
        if (in_comment) {
            end = index(rest, "*/")
            if (!end)
                break
            rest = substr(rest, end + 2)
            in_comment = 0
            code = code " "
        } else if (!match(rest, /\/\*|\/\/|"|'/)) {
            code = code rest
            break
        } else {
            mark = substr(rest, RSTART, RLENGTH)
            code = code substr(rest, 1, RSTART - 1)
            rest = substr(rest, RSTART)
            if (mark == "//")
                break
            if (mark == "/*") {
                rest = substr(rest, 3)
                in_comment = 1
            } else if (match(rest, mark == "\"" ? "^\"([^\"\\\\]|\\\\.)*\"" \
                                                : "^'([^'\\\\]|\\\\.)*'")) {
                code = code mark mark
                rest = substr(rest, RLENGTH + 1)
            } else              # ends on a later line, or never
                break
        }
    }
    print FILENAME ":" FNR ":" code
}
