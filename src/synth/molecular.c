/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/molecular.c: what is altered in a tumour, and whether anybody looked.
 *
 * The alterations of the profile are the truth of every tumour; only those of a sequenced
 * tumour are recorded, all of them. So a tumour without any recorded alteration was either
 * not sequenced or has none, which is what the model says of it (absence SEQUENCED). */
#include <string.h>

#include "synth/synth_internal.h"

static const char AMINO_ACIDS[] = "ACDEFGHIKLMNPQRSTVWY";
static const char BASES[] = "ACGT";

bool synth_is_altered(const struct synth_person *person, unsigned tumour,
                      enum synth_gene gene)
{
    for (unsigned i = 0; i < person->n_alterations; i++)
        if (person->alteration[i].gene == gene &&
            person->alteration[i].fact.tumour == tumour)
            return true;
    return false;
}

static enum synth_class draw_class(enum synth_nature nature, struct synth_random *random)
{
    unsigned r = synth_below(random, 100);

    if (nature != SUPPRESSOR)
        return r < 94 ? MISSENSE : r < 97 ? INFRAME_DELETION : SPLICE;
    return r < 48   ? MISSENSE
           : r < 72 ? NONSENSE
           : r < 84 ? FRAMESHIFT_DELETION
           : r < 90 ? FRAMESHIFT_INSERTION
           : r < 97 ? SPLICE
                    : INFRAME_DELETION;
}

static void draw_variant(const struct synth_tables *tables, struct synth_random *random,
                         struct synth_alteration *alteration)
{
    const struct synth_gene_row *gene = &synth_genes[alteration->gene];
    struct synth_rows hotspots = tables->hotspot[alteration->gene];
    unsigned draw = synth_below(random, 100);

    alteration->frequency = (uint16_t)(40 + synth_below(random, 520));
    for (unsigned i = 0; i < hotspots.n; i++) {
        const struct synth_hotspot *hotspot = &synth_hotspots[hotspots.first + i];

        if (draw < hotspot->weight) {
            alteration->hotspot = hotspot;
            alteration->class = hotspot->class;
            return;
        }
        draw -= hotspot->weight;
    }
    alteration->class = draw_class(gene->nature, random);
    alteration->residue = (uint16_t)(2 + synth_below(random, gene->residues - 2));
    alteration->from = AMINO_ACIDS[synth_below(random, 20)];
    alteration->to = AMINO_ACIDS[synth_below(random, 20)];
    if (alteration->to == alteration->from)
        alteration->to = alteration->from == 'A' ? 'V' : 'A';
    alteration->position = gene->megabase * 1000000 + synth_below(random, 900000);
    alteration->reference = BASES[synth_below(random, 4)];
    alteration->alternative = BASES[synth_below(random, 4)];
    if (alteration->alternative == alteration->reference)
        alteration->alternative = alteration->reference == 'A' ? 'G' : 'A';
}

static struct word draw_partner(const struct synth_tables *tables, enum synth_gene gene,
                                struct synth_random *random)
{
    struct synth_rows rows = tables->partner[gene];
    unsigned draw = synth_below(random, 100);

    for (unsigned i = 0; i + 1 < rows.n; i++) {
        if (draw < synth_partners[rows.first + i].weight)
            return synth_partners[rows.first + i].gene;
        draw -= synth_partners[rows.first + i].weight;
    }
    return synth_partners[rows.first + rows.n - 1].gene;
}

static void add_alteration(const struct synth_world *world, struct synth_person *person,
                           unsigned tumour, enum synth_gene gene,
                           enum synth_alteration_kind kind, struct synth_random *random)
{
    struct synth_alteration *alteration;

    if (person->n_alterations >= MOST_ALTERATIONS)
        return;
    alteration = &person->alteration[person->n_alterations++];
    *alteration = (struct synth_alteration){.gene = gene, .kind = kind};
    alteration->fact.tumour = (uint8_t)tumour;
    alteration->fact.sides = SIDE_HOME;
    alteration->fact.source = 1;
    switch (kind) {
    case VARIANT: draw_variant(world->tables, random, alteration); break;
    case FUSION: alteration->partner = draw_partner(world->tables, gene, random); break;
    case GAIN: alteration->frequency = (uint16_t)(6 + synth_below(random, 30)); break;
    case LOSS: alteration->frequency = 0; break;
    }
}

/* How often a tumour of that year is sequenced: rare in 2008, usual since 2018 for those
 * whose treatment depends on it. */
static double sequenced_share(const struct synth_tumour *tumour)
{
    int year = 1970 + (int)(tumour->day / 365.2425);
    double share = year < 2008 ? 0.02 : year < 2018 ? 0.04 + 0.055 * (year - 2008) : 0.62;

    switch (tumour->entity->care) {
    case CARE_NSCLC:
    case CARE_MELANOMA:
    case CARE_AML:
    case CARE_COLON:
    case CARE_GLIOMA:
    case CARE_GLIOBLASTOMA:
    case CARE_OVARY: return share * 1.35 > 0.95 ? 0.95 : share * 1.35;
    case CARE_PROSTATE:
    case CARE_BREAST_DCIS:
    case CARE_THYROID:
    case CARE_SKIN: return share * 0.35;
    default: return share * 0.85;
    }
}

void synth_molecular(const struct synth_world *world, struct synth_person *person,
                     unsigned number, struct synth_random *random)
{
    struct synth_tumour *tumour = &person->tumour[number];
    const struct synth_alteration_row *rows =
        world->tables->altered[tumour->entity->profile];
    unsigned n = world->tables->n_altered[tumour->entity->profile];
    unsigned start = person->n_alterations;
    int driver = (int)synth_below(random, 1000);
    double dense = world->options->dense ? 2.6 : 1;
    double passenger = world->options->dense ? 0.175 : 0.035;

    for (unsigned i = 0; i < n; i++) {
        if (rows[i].exclusive) {
            bool drawn = driver >= 0 && driver < rows[i].permille;

            driver -= rows[i].permille;
            if (!drawn)
                continue;
        } else if (synth_below(random, 1000) >= rows[i].permille) {
            continue;
        }
        add_alteration(world, person, number, rows[i].gene, rows[i].kind, random);
    }
    /* passengers in the genes that are long */
    for (unsigned gene = GENE_TTN; gene <= GENE_DNAH5; gene++)
        if (synth_chance(random, gene == GENE_TTN ? passenger * 3 : passenger))
            add_alteration(world, person, number, (enum synth_gene)gene, VARIANT, random);
    tumour->sequenced = synth_chance(random, sequenced_share(tumour) * dense);
    tumour->detached = synth_chance(random, 0.3);
    tumour->sequenced_day = tumour->day + synth_between(random, 10, 60);
    if (tumour->sequenced_day > person->last)
        tumour->sequenced_day = person->last;
    for (unsigned i = start; i < person->n_alterations; i++) {
        person->alteration[i].fact.day = tumour->sequenced_day;
        person->alteration[i].fact.detached = tumour->detached;
    }
}
