/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/manual_model.c: docs/model.md, the reference of attributes, out of the model's table. A
 * test compares the page in docs/ with what this writes. */
#include <string.h>

#include "base/buffer.h"
#include "cli/cli.h"
#include "model/model.h"
#include "vocab/units.h"

static const char *absence_words(const struct group_row *group)
{
    switch (group->absence) {
    case ABSENCE_COVERED: return "no, inside the coverage";
    case ABSENCE_STATED: return "no, if another value is stated";
    case ABSENCE_MEASURED: return "no, if the same was measured";
    case ABSENCE_SEQUENCED: return "no, if anything of the kind is there";
    }
    return "";
}

static const char *scope_words(enum scope scope)
{
    return scope == SCOPE_TUMOUR    ? "a tumour"
           : scope == SCOPE_PATIENT ? "the patient"
                                    : "a tumour if the source says so, else the patient";
}

static const char *type_words(enum type type)
{
    static const char *const words[] = {[TYPE_TEXT] = "text",
                                        [TYPE_CODE] = "code",
                                        [TYPE_NUMBER] = "number",
                                        [TYPE_DATE] = "date",
                                        [TYPE_FLAG] = "yes, no"};

    return words[type];
}

static void put_item(struct buffer *out, const struct item_row *item)
{
    buffer_printf(out, "| %s | %s | %s | %s%s | %s%s%s | %s | %s | %s%s%s |\n", item->id,
                  strcmp(item->osiris, "M") == 0 ? "" : item->osiris,
                  type_words(item->type),
                  item->system == VOCAB_NONE ? "" : vocab_system_name(item->system),
                  item->unit, *item->word ? "`" : "", item->word, *item->word ? "`" : "",
                  item->share == SHARE_SHARE ? "yes" : "no", item->fr,
                  *item->keys ? "`" : "", item->keys, *item->keys ? "`" : "");
}

static void put_group(struct buffer *out, const struct group_row *group)
{
    bool molecular = strcmp(group->osiris, "M") == 0;

    bool computed = model_is_computed(group->group);

    buffer_printf(out, "\n## %s%s%s (%s)\n\n", molecular ? "" : group->osiris,
                  molecular || computed ? "" : ". ", group->en, group->fr);
    buffer_printf(out, "`%s`; ", group->id);
    if (computed)
        buffer_printf(out, "computed out of `%s`, never said by a source",
                      model_group(model_sent_as(group->group))->id);
    else
        buffer_printf(out, "names in the sources: `%s`", group->keys);
    buffer_printf(out, ". Hangs on %s. Absence means %s%s%s.\n",
                  scope_words(group->scope), absence_words(group),
                  computed ? " of what it is computed out of" : "",
                  group->activity == ACTIVITY_COUNTS ? ". Counts as activity" : "");
    if (group->first == group->after)
        return;
    buffer_string(out,
                  "\n| item | OSIRIS-RWD | type | codes, unit | in criteria | shared | "
                  "French | names in the sources |\n|---|---|---|---|---|---|---|---|\n");
    for (enum item item = group->first; item < group->after; item++)
        put_item(out, model_item(item));
}

/* Whatever unit a source used, each is counted in its own. */
static void put_measures(struct buffer *out)
{
    buffer_string(
        out,
        "\n## Measures\n\nWhat `measure` and `state` know by more than one name (keys, "
        "labels and LOINC codes: `src/vocab/measures.def`), and the unit,\nin UCUM, in which "
        "it is counted and asked. Other names count as their source counts "
        "them.\n\n| measure | unit | French | English |\n|---|---|---|---|\n");
    for (size_t i = 0; i < vocab_known_count(VOCAB_MEASURE); i++) {
        const char *key = vocab_known(VOCAB_MEASURE, i);

        buffer_printf(out, "| `%s` | %s | %s | %s |\n", key, vocab_measure_unit(key),
                      vocab_label(VOCAB_MEASURE, key, LANG_FR),
                      vocab_label(VOCAB_MEASURE, key, LANG_EN));
    }
}

void manual_model(struct buffer *out)
{
    buffer_string(
        out,
        "# The attributes\n\nOSIRIS-RWD (MDS 2025-2) and its molecular annex, as "
        "`src/model/model.def` has them; this page is made from it\n(`lacis man`). "
        "Readers, checks, the index, the criteria language and the tables of answers "
        "follow the same rows. Names\nin the sources are compared without case, `_` "
        "and `-`; a date is three fields (…Day …Month …Year) or one text.\n");
    for (int group = GROUP_NONE + 1; group < GROUPS; group++)
        put_group(out, model_group((enum group)group));
    put_measures(out);
}
