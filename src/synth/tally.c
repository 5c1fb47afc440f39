/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/tally.c: counts over views, and their file. */
#include "synth/tally.h"

#include <assert.h>
#include <string.h>

/* Returns the questions that hold, one bit each. */
static uint64_t count_view(struct synth_tally *tally, unsigned which,
                           const struct synth_question *questions,
                           const struct synth_view *view)
{
    uint64_t genes[(GENES + 63) / 64] = {0};
    uint64_t answers = 0;
    bool renal = false;

    for (unsigned i = 0; i < 128; i++)
        tally->year[which][i] += view->years[i / 64] >> (i % 64) & 1;
    for (unsigned word = 0; word < 2; word++)
        for (uint64_t bits = view->groups[word]; bits; bits &= bits - 1)
            tally->group[which][word * 64 + (unsigned)__builtin_ctzll(bits)]++;
    for (unsigned i = 0; i < view->n_altered; i++)
        genes[view->altered[i].gene / 64] |= UINT64_C(1) << (view->altered[i].gene % 64);
    for (unsigned word = 0; word < ARRAY_LENGTH(genes); word++)
        for (uint64_t bits = genes[word]; bits; bits &= bits - 1)
            tally->gene[which][word * 64 + (unsigned)__builtin_ctzll(bits)]++;
    assert(synth_n_questions <= MOST_QUESTIONS);
    for (unsigned i = 0; i < synth_n_questions; i++)
        if (synth_question_holds(questions, i, view)) {
            tally->question[which][i]++;
            answers |= UINT64_C(1) << i;
        }
    for (unsigned i = 0; i < MOST_TUMOURS; i++)
        renal = renal || (view->tumour[i].here && view->tumour[i].stage == 4 &&
                          strncmp(view->tumour[i].topography, "C64", 3) == 0);
    tally->renal_drug[which] += renal && view->n_drugs > 0;
    return answers;
}

uint64_t synth_tally_count(struct synth_tally *tally,
                           const struct synth_question *questions,
                           const struct synth_view *truth,
                           const struct synth_view *recorded)
{
    tally->persons++;
    tally->deaths[TRUE_COUNT] += truth->died;
    tally->deaths[RECORDED_COUNT] += recorded->dead;
    count_view(tally, RECORDED_COUNT, questions, recorded);
    return count_view(tally, TRUE_COUNT, questions, truth);
}

void synth_tally_add(struct synth_tally *tally, const struct synth_tally *more)
{
    uint64_t *into = (uint64_t *)tally;
    const uint64_t *from = (const uint64_t *)more;

    _Static_assert(sizeof *tally % sizeof *into == 0, "a tally is counters only");
    for (size_t i = 0; i < sizeof *tally / sizeof *into; i++)
        into[i] += from[i];
}

static const char *const count_name[COUNTS] = {"true", "recorded"};

static void put_key(struct sheet *sheet, const char *key)
{
    put_char(sheet, '"');
    put_string(sheet, key);
    PUT(sheet, "\": ");
}

static void put_count(struct sheet *sheet, const char *key, uint64_t count)
{
    put_key(sheet, key);
    put_number(sheet, count);
}

static void put_pair(struct sheet *sheet, const char *key, const uint64_t counts[COUNTS])
{
    PUT(sheet, "   ");
    put_key(sheet, key);
    PUT(sheet, "{\"true\": ");
    put_number(sheet, counts[TRUE_COUNT]);
    PUT(sheet, ", \"recorded\": ");
    put_number(sheet, counts[RECORDED_COUNT]);
    PUT(sheet, "},\n");
}

static void put_groups(struct sheet *sheet, const struct synth_tally *tally)
{
    PUT(sheet, "   \"patients_per_topography_group\": {\n");
    for (unsigned which = 0; which < COUNTS; which++) {
        const char *separator = "";

        PUT(sheet, "    ");
        put_key(sheet, count_name[which]);
        put_char(sheet, '{');
        for (unsigned i = 0; i < 100; i++) {
            if (tally->group[which][i] == 0)
                continue;
            put_string(sheet, separator);
            PUT(sheet, "\"C");
            put_char(sheet, (char)('0' + i / 10));
            put_char(sheet, (char)('0' + i % 10));
            PUT(sheet, "\": ");
            put_number(sheet, tally->group[which][i]);
            separator = ", ";
        }
        put_string(sheet, which + 1 < COUNTS ? "},\n" : "}\n");
    }
    PUT(sheet, "   },\n");
}

/* More often altered, then first in the alphabet. */
static bool before(const struct synth_tally *tally, unsigned which, unsigned a,
                   unsigned b)
{
    if (tally->gene[which][a] != tally->gene[which][b])
        return tally->gene[which][a] > tally->gene[which][b];
    return strcmp(synth_genes[a].symbol.text, synth_genes[b].symbol.text) < 0;
}

static void put_genes(struct sheet *sheet, const struct synth_tally *tally)
{
    PUT(sheet, "   \"top20_altered_genes\": {\n");
    for (unsigned which = 0; which < COUNTS; which++) {
        bool taken[GENES] = {false};

        PUT(sheet, "    ");
        put_key(sheet, count_name[which]);
        put_char(sheet, '[');
        for (unsigned rank = 0; rank < 20; rank++) {
            unsigned best = GENES;

            for (unsigned i = 0; i < GENES; i++)
                if (!taken[i] && tally->gene[which][i] > 0 &&
                    (best == GENES || before(tally, which, i, best)))
                    best = i;
            if (best == GENES)
                break;
            taken[best] = true;
            put_string(sheet, rank ? ", [\"" : "[\"");
            put_word(sheet, synth_genes[best].symbol);
            PUT(sheet, "\", ");
            put_number(sheet, tally->gene[which][best]);
            put_char(sheet, ']');
        }
        put_string(sheet, which + 1 < COUNTS ? "],\n" : "]\n");
    }
    PUT(sheet, "   },\n");
}

static void put_years(struct sheet *sheet, const struct synth_tally *tally)
{
    PUT(sheet, "   \"active_per_year\": {\n");
    for (unsigned which = 0; which < COUNTS; which++) {
        const char *separator = "";

        PUT(sheet, "    ");
        put_key(sheet, count_name[which]);
        put_char(sheet, '{');
        for (unsigned i = 0; i < 128; i++) {
            if (tally->year[which][i] == 0)
                continue;
            put_string(sheet, separator);
            put_char(sheet, '"');
            put_number(sheet, VIEW_FIRST_YEAR + i);
            PUT(sheet, "\": ");
            put_number(sheet, tally->year[which][i]);
            separator = ", ";
        }
        put_string(sheet, which + 1 < COUNTS ? "},\n" : "}\n");
    }
    PUT(sheet, "   },\n");
}

static void put_questions(struct sheet *sheet, const struct synth_tally *tally)
{
    PUT(sheet, "   \"criteria\": [\n");
    for (unsigned i = 0; i < synth_n_questions; i++) {
        PUT(sheet, "    {\"text\": \"");
        put_string(sheet, synth_question_texts[i]);
        PUT(sheet, "\", \"true\": ");
        put_number(sheet, tally->question[TRUE_COUNT][i]);
        PUT(sheet, ", \"recorded\": ");
        put_number(sheet, tally->question[RECORDED_COUNT][i]);
        put_string(sheet, i + 1 < synth_n_questions ? "},\n" : "}\n");
    }
    PUT(sheet, "   ]\n");
}

static unsigned question_number(const char *text)
{
    for (unsigned i = 0; i < synth_n_questions; i++)
        if (strcmp(synth_question_texts[i], text) == 0)
            return i;
    return 0;
}

static void put_tally(struct sheet *sheet, const char *name,
                      const struct synth_tally *tally)
{
    unsigned kras = question_number("topography C34 and altered KRAS");
    unsigned kras4 = question_number("tumour { topography C34 stage IV altered KRAS }");
    uint64_t pair[COUNTS], pair4[COUNTS];

    for (unsigned which = 0; which < COUNTS; which++) {
        pair[which] = tally->question[which][kras];
        pair4[which] = tally->question[which][kras4];
    }
    sheet_room(sheet, 65536);
    PUT(sheet, "  ");
    put_key(sheet, name);
    PUT(sheet, "{\n   ");
    put_count(sheet, "records", tally->records);
    PUT(sheet, ",\n   ");
    put_count(sheet, "opposed_records", tally->opposed);
    PUT(sheet, ",\n   ");
    put_count(sheet, "patients", tally->persons);
    PUT(sheet, ",\n   ");
    put_count(sheet, "facts", tally->facts);
    PUT(sheet, ",\n");
    put_pair(sheet, "deaths", tally->deaths);
    put_pair(sheet, "persons_C34_and_KRAS_variant", pair);
    put_pair(sheet, "persons_same_tumour_C34_stage_IV_and_KRAS_variant", pair4);
    put_pair(sheet, "persons_same_tumour_C64_stage_IV_and_any_drug", tally->renal_drug);
    put_groups(sheet, tally);
    put_genes(sheet, tally);
    put_years(sheet, tally);
    put_questions(sheet, tally);
    PUT(sheet, "  }");
}

static void put_definitions(struct sheet *sheet)
{
    static const char *const definition[][2] = {
        {"person", "one patientId of one centre, or the two that truth_links.csv joins"},
        {"patients",
         "records with nonOpposition NON are left out, of every count below; the "
         "other centre's record of the same person stays"},
        {"true",
         "of what the centre (or, under distinct, both) did or was told, before "
         "anything was left out or mistyped; variants of all tumours, sequenced or "
         "not"},
        {"recorded",
         "of what the file says; what is not said or cannot be read counts as "
         "no; a fact that hangs on no tumour belongs to the sole tumour if "
         "there is one; under distinct the two records of a person are joined, "
         "tumour by tumour"},
        {"deaths", "true: died by 2026-06-30, whoever knows; recorded: vitalStatus Dead"},
        {"vital_status_in_criteria", "as of the record's vitalStatusUpdateDate, true and "
                                     "recorded alike"},
        {"active",
         "at least one date in that year among: cancer diagnosis, TNM, tumour "
         "event, metastasis, progression, surgery, radiotherapy, biomarker, drug "
         "start, measure, specimen, latest visit (not: birth, drug end, last "
         "contact, death, information, imaging, observation, variant); a date "
         "with month 13 is no date"},
        {"altered", "at least one variant (protein-changing; no fusion, no copy number)"},
        {"stage_IV",
         "stageValue starts with IV, any stageType, in the same primaryCancer"},
        {"any_drug", "at least one medication entry, dated or not, coded or not"},
        {"ties", "genes with equal counts are in alphabetical order"},
    };

    PUT(sheet, " \"definitions\": {\n");
    for (size_t i = 0; i < ARRAY_LENGTH(definition); i++) {
        PUT(sheet, "  ");
        put_key(sheet, definition[i][0]);
        put_char(sheet, '"');
        put_string(sheet, definition[i][1]);
        put_string(sheet, i + 1 < ARRAY_LENGTH(definition) ? "\",\n" : "\"\n");
    }
    PUT(sheet, " },\n");
}

static void put_share(struct sheet *sheet, const char *key, double share)
{
    PUT(sheet, ", ");
    put_key(sheet, key);
    put_decimal(sheet, (uint64_t)(share * 1000 + 0.5), 3);
}

static void put_options(struct sheet *sheet, const struct synth_options *options)
{
    const struct synth_dirt *dirt = &options->dirt;

    PUT(sheet, " \"options\": {");
    put_count(sheet, "patients", options->patients);
    PUT(sheet, ", ");
    put_count(sheet, "seed", options->seed);
    PUT(sheet, ", ");
    put_count(sheet, "centres", options->centres);
    put_share(sheet, "overlap", options->overlap);
    put_string(sheet, options->dense ? ", \"dense\": true" : ", \"dense\": false");
    PUT(sheet, "},\n \"rates\": {");
    put_key(sheet, "day_unknown");
    put_decimal(sheet, (uint64_t)(dirt->day_unknown * 1000 + 0.5), 3);
    put_share(sheet, "month_unknown", dirt->month_unknown);
    put_share(sheet, "year_unknown", dirt->year_unknown);
    put_share(sheet, "stage_missing", dirt->stage_missing);
    put_share(sheet, "stage_coarse", dirt->stage_coarse);
    put_share(sheet, "side_unknown", dirt->side_unknown);
    put_share(sheet, "topography_coarse", dirt->topography_coarse);
    put_share(sheet, "morphology_unknown", dirt->morphology_unknown);
    put_share(sheet, "wrong_code", dirt->wrong_code);
    put_share(sheet, "drug_code_null", dirt->drug_code_null);
    put_share(sheet, "detached", dirt->detached);
    put_share(sheet, "opposed", dirt->opposed);
    put_share(sheet, "not_informed", dirt->not_informed);
    put_share(sheet, "identity", dirt->identity);
    put_share(sheet, "ins_missing", dirt->ins_missing);
    put_share(sheet, "minor", dirt->minor);
    PUT(sheet, "},\n");
}

void synth_tally_write(const struct synth_world *world, const struct synth_tally *tallies,
                       uint64_t shared, struct sheet *sheet)
{
    unsigned n = world->options->centres;

    sheet_room(sheet, 65536);
    PUT(sheet, "{\n");
    put_definitions(sheet);
    put_options(sheet, world->options);
    put_char(sheet, ' ');
    put_count(sheet, "shared_persons", shared);
    PUT(sheet, ",\n \"centres\": {\n");
    for (unsigned i = 0; i < n; i++) {
        put_tally(sheet, synth_centre_name(i), &tallies[i]);
        put_string(sheet, i + 1 < n ? ",\n" : "\n");
    }
    PUT(sheet, " },\n");
    put_tally(sheet, "distinct", &tallies[n]);
    PUT(sheet, "\n}\n");
}
