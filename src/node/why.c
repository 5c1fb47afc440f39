/* SPDX-License-Identifier: Apache-2.0
 *
 * node/why.c: the decisions of a merge in words, each with its rule and the facts it was taken
 * on. */
#include <inttypes.h>

#include "base/buffer.h"
#include "node/node_internal.h"
#include "record/rules.h"

static void text_fact(struct buffer *out, const struct fact *fact, enum lang lang)
{
    if (!fact)
        return;
    buffer_string(out, "   ");
    fact_proof_print(out, fact, lang);
}

void why_text(struct buffer *out, const struct decisions *decisions, int tumour,
              enum lang lang)
{
    bool french = lang == LANG_FR;

    for (size_t i = 0; i < decisions->n; i++) {
        const struct decision *decision = &decisions->decision[i];
        const struct rule_row *row = rule_row(decision->rule);

        if (decision->tumour != tumour)
            continue;
        buffer_printf(out, "  %s %s%s%s : %s", french ? "règle" : "rule", row->item,
                      *row->item ? " " : "", row->id, french ? row->fr : row->en);
        if (*decision->detail)
            buffer_printf(out, " (%s)", decision->detail);
        if (decision->to_review)
            buffer_string(out, french ? " [à revoir]" : " [to review]");
        text_fact(out, decision->fact, lang);
        text_fact(out, decision->other, lang);
        buffer_char(out, '\n');
    }
}

static void json_proof(struct buffer *out, const struct fact *fact, bool first)
{
    if (!fact)
        return;
    buffer_printf(out, "%s{\"group\":\"%s\",\"original\":%" PRId64 ",\"position\":%u}",
                  first ? "" : ",", model_group(fact->group)->id, fact->sequence,
                  fact->position);
}

void why_json(struct buffer *out, const struct decisions *decisions, enum lang lang)
{
    buffer_string(out, ",\"decisions\":[");
    for (size_t i = 0; i < decisions->n; i++) {
        const struct decision *decision = &decisions->decision[i];
        const struct rule_row *row = rule_row(decision->rule);

        buffer_printf(out, "%s{\"rule\":\"%s\",\"item\":\"%s\",\"text\":", i ? "," : "",
                      row->id, row->item);
        buffer_json_string(out, lang == LANG_FR ? row->fr : row->en);
        if (decision->tumour != TUMOUR_NONE)
            buffer_printf(out, ",\"tumour\":%d", decision->tumour + 1);
        buffer_printf(
            out, ",\"to_review\":%s,\"detail\":", decision->to_review ? "true" : "false");
        buffer_json_string(out, decision->detail);
        buffer_string(out, ",\"facts\":[");
        json_proof(out, decision->fact, true);
        json_proof(out, decision->other, !decision->fact);
        buffer_string(out, "]}");
    }
    buffer_char(out, ']');
}
