/* SPDX-License-Identifier: Apache-2.0
 *
 * node/histogram.c: the numbers of a cohort's patients, as JSON and as words. */
#include <inttypes.h>
#include <math.h>

#include "base/buffer.h"
#include "node/node_internal.h"

void histogram_json(struct buffer *out, const struct node_answer *answer)
{
    const struct histogram *histogram = answer->histogram;
    const struct {
        const char *name;
        double value;
    } numbers[] = {{"min", histogram->least},     {"q1", histogram->quartile},
                   {"median", histogram->median}, {"q3", histogram->third_quartile},
                   {"max", histogram->most},      {"mean", histogram->mean}};

    buffer_string(out, ",\"histogram\":{\"value\":");
    buffer_json_string(out, answer->value);
    buffer_printf(out, ",\"n\":%" PRIu64 ",\"none\":%" PRIu64 ",\"unknown\":%" PRIu64,
                  histogram->n, histogram->none, histogram->unknown);
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
        buffer_printf(out, ",\"%s\":", numbers[i].name);
        buffer_json_number(out, numbers[i].value);
    }
    buffer_string(out, ",\"bins\":[");
    for (size_t i = 0; i < histogram->n_bins; i++) {
        buffer_string(out, i ? ",{\"from\":" : "{\"from\":");
        buffer_json_number(out, histogram->bins[i].from);
        buffer_string(out, ",\"to\":");
        buffer_json_number(out, histogram->bins[i].to);
        buffer_printf(out, ",\"n\":%" PRIu64 "}", histogram->bins[i].n);
    }
    buffer_string(out, "]}");
}

static const char *decimal(struct buffer *text, bool french)
{
    for (size_t i = 0; i < text->length && french; i++)
        if (text->bytes[i] == '.')
            text->bytes[i] = ',';
    return buffer_text(text);
}

/* To four figures, as far as they say something. */
static void text_number(struct buffer *out, const char *name, double number, bool french)
{
    struct buffer text;

    buffer_init(&text, 64);
    buffer_printf(&text, fabs(number) >= 1000 ? "%.0f" : "%.4g", number);
    buffer_printf(out, "   %s %s", name, decimal(&text, french));
    buffer_free(&text);
}

static void text_summary(struct buffer *out, const struct histogram *histogram,
                         bool french)
{
    buffer_count(out, histogram->n, french);
    buffer_string(out,
                  french ? " patients ; sans valeur " : " patients; without a value ");
    buffer_count(out, histogram->none, french);
    buffer_string(out, french ? " ; non connue " : "; not known ");
    buffer_count(out, histogram->unknown, french);
    buffer_char(out, '\n');
    if (histogram->n == 0)
        return;
    text_number(out, "min", histogram->least, french);
    text_number(out, french ? "1er quartile" : "1st quartile", histogram->quartile,
                french);
    text_number(out, french ? "médiane" : "median", histogram->median, french);
    text_number(out, french ? "3e quartile" : "3rd quartile", histogram->third_quartile,
                french);
    text_number(out, "max", histogram->most, french);
    text_number(out, french ? "moyenne" : "mean", histogram->mean, french);
    buffer_char(out, '\n');
}

#define BAR_WIDTH 50

static void text_bin(struct buffer *out, const struct bin *bin, uint64_t most,
                     bool french)
{
    struct buffer name;

    buffer_init(&name, 128);
    buffer_printf(&name, french ? "%g à < %g" : "%g to < %g", bin->from, bin->to);
    buffer_right(out, decimal(&name, french), 20);
    buffer_free(&name);
    buffer_right_count(out, bin->n, 11, french);
    buffer_string(out, "  ");
    for (uint64_t i = 0; i < (bin->n * BAR_WIDTH + most / 2) / most; i++)
        buffer_string(out, "▇");
    buffer_char(out, '\n');
}

void histogram_text(struct buffer *out, const struct node_answer *answer, bool french)
{
    const struct histogram *histogram = answer->histogram;
    uint64_t most = 1;

    buffer_printf(out, "\n%s\n", answer->value);
    text_summary(out, histogram, french);
    for (size_t i = 0; i < histogram->n_bins; i++)
        most = histogram->bins[i].n > most ? histogram->bins[i].n : most;
    for (size_t i = 0; i < histogram->n_bins; i++)
        text_bin(out, &histogram->bins[i], most, french);
}
