# SPDX-License-Identifier: Apache-2.0
#
# usage: awk -f compare.awk lacis.tsv peer.tsv
#
# Per question "ID true" or "ID false": are the two answers the same, cell for cell? Rows of
# the same keys are added up, and cells of nobody are none. Questions that the peer did not
# answer in time have no line.
BEGIN { FS = OFS = "\t" }
{
    id = $1
    cell = $1 FS $2 FS $3 FS $4
    seen[FNR == NR, id] = 1
    certain[FNR == NR, cell] += $5
    possible[FNR == NR, cell] += $6
    cells[cell] = id
    asked[id] = 1
}
END {
    for (cell in cells)
        if (certain[1, cell] != certain[0, cell] || possible[1, cell] != possible[0, cell])
            differs[cells[cell]]++
    for (id in asked)
        if ((0, id) in seen)
            print id, ((1, id) in seen) && !(id in differs) ? "true" : "false"
}
