/* SPDX-License-Identifier: Apache-2.0
 *
 * node/vocabularies_print.c: the lists of a node → JSON, text. */
#include <inttypes.h>

#include "base/buffer.h"
#include "node/vocabularies.h"

#define SYSTEM_COLUMNS 18
#define VERSION_COLUMNS 16
#define COUNT_COLUMNS 9
#define SHOWN 5 /* refusals in words; JSON has more */

static const char *day_text(int64_t seconds, char out[DATE_TEXT_SIZE])
{
    day_number day = (day_number)(seconds / 86400);

    return date_print_iso((struct interval){day, day}, out);
}

static void json_list(struct buffer *out, const struct node_vocabulary *list)
{
    char day[DATE_TEXT_SIZE];

    buffer_printf(out,
                  "{\"system\":\"%s\",\"version\":\"%s\",\"used\":%s,\"codes\":%" PRIu64
                  ",\"imported\":\"%s\",\"format\":\"%s\",\"source\":",
                  vocab_system_name(list->system), list->version,
                  list->used ? "true" : "false", list->codes,
                  day_text(list->imported, day), list->format);
    buffer_json_string(out, list->source);
    buffer_char(out, '}');
}

void node_vocabularies_json(struct buffer *out, const struct node_vocabulary *lists,
                            size_t n)
{
    buffer_string(out, "{\"lists\":[");
    for (size_t i = 0; i < n; i++) {
        buffer_string(out, i ? "," : "");
        json_list(out, &lists[i]);
    }
    buffer_string(out, "]}");
}

static void text_list(struct buffer *out, const struct node_vocabulary *list, bool french)
{
    char day[DATE_TEXT_SIZE];

    buffer_padded(out, vocab_system_name(list->system), SYSTEM_COLUMNS);
    buffer_char(out, ' ');
    buffer_padded(out, list->version, VERSION_COLUMNS);
    buffer_char(out, ' ');
    buffer_right_count(out, list->codes, COUNT_COLUMNS, french);
    buffer_printf(out, " codes  %s  %s%s\n", day_text(list->imported, day), list->source,
                  !list->used ? ""
                  : french    ? "  (utilisée)"
                              : "  (in use)");
}

void node_vocabularies_text(struct buffer *out, const struct node_vocabulary *lists,
                            size_t n, enum lang lang)
{
    bool french = lang == LANG_FR;

    for (size_t i = 0; i < n; i++)
        text_list(out, &lists[i], french);
    if (n == 0)
        buffer_string(out, french ? "Aucune liste officielle : les libellés sont ceux du "
                                    "programme.\n"
                                  : "No official list: labels are those of the "
                                    "program.\n");
}

void node_vocabulary_imported_json(struct buffer *out,
                                   const struct vocabulary_imported *imported)
{
    buffer_string(out, "{\"list\":");
    json_list(out, &imported->list);
    buffer_printf(out, ",\"replaced\":%s,\"refused\":%zu,\"refusals\":[",
                  imported->replaced ? "true" : "false", imported->n_refused);
    for (size_t i = 0; i < imported->n_refusals; i++) {
        buffer_printf(out, "%s{\"line\":%u,\"reason\":", i ? "," : "",
                      imported->refusals[i].line);
        buffer_json_string(out, imported->refusals[i].reason);
        buffer_char(out, '}');
    }
    buffer_string(out, "]}");
}

void node_vocabulary_imported_text(struct buffer *out,
                                   const struct vocabulary_imported *imported,
                                   enum lang lang)
{
    const struct node_vocabulary *list = &imported->list;
    bool french = lang == LANG_FR;
    size_t shown = imported->n_refusals < SHOWN ? imported->n_refusals : SHOWN;

    buffer_printf(out, "%s %s : ", vocab_system_name(list->system), list->version);
    buffer_count(out, list->codes, french);
    buffer_printf(out, french ? " codes (%s), %s\n" : " codes (%s), %s\n", list->format,
                  imported->replaced
                      ? (french ? "la liste a été remplacée" : "the list was replaced")
                      : (french ? "utilisée désormais" : "in use now"));
    if (imported->n_refused == 0)
        return;
    buffer_string(out, "  ");
    buffer_count(out, imported->n_refused, french);
    if (french)
        buffer_printf(out, " ligne%s sans code de ce système, laissée%s de côté :\n",
                      imported->n_refused > 1 ? "s" : "",
                      imported->n_refused > 1 ? "s" : "");
    else
        buffer_printf(out, " line%s without a code of that system, left out:\n",
                      imported->n_refused > 1 ? "s" : "");
    for (size_t i = 0; i < shown; i++) {
        if (imported->refusals[i].line > 0)
            buffer_printf(out, french ? "    ligne %u : " : "    line %u: ",
                          imported->refusals[i].line);
        else
            buffer_string(out, "    ");
        buffer_printf(out, "%s\n", imported->refusals[i].reason);
    }
    if (imported->n_refused > shown)
        buffer_string(out, "    …\n");
}
