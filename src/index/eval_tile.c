/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_tile.c: from tile to tile of a segment. See eval_history.h. */
#include "index/eval_history.h"

size_t tile_list(const struct tile *tile, uint32_t *rows)
{
    size_t n = 0;

    for (size_t w = tile->row / 64; w < set_words(tile->after_row); w++)
        for (uint64_t bits = tile->live[w]; bits; bits &= bits - 1) {
            uint32_t row = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(bits));

            if (row >= tile->row && row < tile->after_row)
                rows[n++] = row;
        }
    return n;
}

/* Rows that are asked for in a tile: few enough that their facts stay in the cache, many
 * enough that beginning a tile costs nothing. And rows in all, for the ranks. */
#define TILE_ASKED 4096
#define TILE_ROWS ((uint32_t)1 << 17)

/* Where a tile that begins at ROW ends, by rows. */
static uint32_t tile_end(const uint64_t *wanted, uint32_t row, uint32_t rows)
{
    uint32_t asked = 0, end = row;

    while (end < rows && end - row < TILE_ROWS && asked < TILE_ASKED) {
        asked += (uint32_t)__builtin_popcountll(wanted[end / 64]);
        end = end / 64 * 64 + 64;
    }
    return end < rows ? end : rows;
}

/* The tile after TILE: whole patients. */
static struct tile next_tile(const struct evaluator *ev, enum segment_level level,
                             const uint64_t *wanted, struct tile tile)
{
    const struct segment *segment = ev->segment;
    uint32_t end = tile_end(wanted, tile.after_row, (uint32_t)level_rows(ev, level));

    tile.patient = tile.after_patient;
    tile.row = tile.after_row;
    tile.after_patient = tile.after_row = end;
    if (level == LEVEL_PATIENT)
        return tile;
    tile.after_patient =
        end < segment->tumours ? segment->tumour_patient[end] : segment->patients;
    if (tile.after_patient <= tile.patient) /* all tumours of one patient */
        tile.after_patient = tile.patient + 1;
    tile.after_row = segment->first_tumour[tile.after_patient];
    return tile;
}

/* What going from tile to tile needs. */
struct visiting {
    struct source *const *sources;
    size_t n;
    uint32_t *rank, *rows;
    size_t rank_capacity, rows_capacity;
};

/* The live rows of TILE into ROWS, each with its rank. */
static void rank_rows(struct visiting *visiting, struct tile *tile)
{
    size_t rows = tile->after_row - tile->row;

    memory_grow((void **)&visiting->rank, &visiting->rank_capacity, rows + 1,
                sizeof(*visiting->rank));
    memory_grow((void **)&visiting->rows, &visiting->rows_capacity, rows + 1,
                sizeof(*visiting->rows));
    tile->rank = visiting->rank;
    tile->n_ranks = (uint32_t)tile_list(tile, visiting->rows);
    for (uint32_t r = 0; r < tile->n_ranks; r++)
        visiting->rank[visiting->rows[r] - tile->row] = r;
}

/* What is required comes first. */
static void load_sources(const struct visiting *visiting, const struct tile *tile)
{
    for (int required = 1; required >= 0; required--)
        for (size_t i = 0; i < visiting->n; i++)
            if (visiting->sources[i] && (visiting->sources[i]->required > 0) == required)
                source_load(visiting->sources[i], tile);
}

void history_each(const struct evaluator *ev, struct source *const *sources, size_t n,
                  enum segment_level level, const uint64_t *wanted, history_visit *visit,
                  void *context)
{
    const struct segment *segment = ev->segment;
    size_t rows = level_rows(ev, level);
    struct visiting visiting = {.sources = sources, .n = n};
    struct tile tile = {.live = set_new(ev->arena, rows)};

    if (wanted)
        set_copy(tile.live, wanted, rows);
    else
        set_fill(tile.live, rows);
    while (tile.after_patient < segment->patients) {
        tile = next_tile(ev, level, tile.live, tile);
        rank_rows(&visiting, &tile);
        if (tile.n_ranks == 0)
            continue;
        load_sources(&visiting, &tile);

        size_t n_live = tile_list(&tile, visiting.rows);

        for (size_t i = 0; i < n_live; i++) {
            uint32_t row = visiting.rows[i];
            struct history history = {
                ev, tile.rank[row - tile.row], row,
                level == LEVEL_TUMOUR ? segment->tumour_patient[row] : row, LINK_NONE};

            visit(&history, context);
        }
        ev->work->rows += n_live;
    }
    for (size_t i = 0; i < n; i++)
        source_close(sources[i]);
    memory_free(visiting.rank);
    memory_free(visiting.rows);
}
