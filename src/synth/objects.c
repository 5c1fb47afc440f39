/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/objects.c: the arrays of a record: treatments, events, molecular findings, measures.
 *
 * Each writer walks the person's array of its kind and takes what this centre knows of, what
 * its coverage reaches, and what hangs where it is writing. */
#include "synth/writer.h"

#include <string.h>

/* Opens the array at its first object, separates the others, closes it. */
struct list {
    struct writer *writer;
    struct word opening; /* ,"medication":[ */
    bool open;
};

#define LIST(writer, key)                                                 \
    {                                                                     \
        (writer), {",\"" key "\":[", sizeof(",\"" key "\":[") - 1}, false \
    }

static struct sheet *list_object(struct list *list)
{
    struct sheet *sheet = list->writer->sheet;

    if (list->open)
        put_char(sheet, ',');
    else
        put_word(sheet, list->opening);
    list->open = true;
    put_char(sheet, '{');
    list->writer->recorded->facts++;
    return sheet;
}

static void list_close(struct list *list)
{
    if (list->open)
        put_char(list->writer->sheet, ']');
}

/* Does FACT hang where we write? A treatment whose tumour this centre does not know of hangs
 * on the patient. */
static bool hangs(const struct writer *writer, const struct synth_fact *fact, int tumour)
{
    bool known = writer->person->tumour[fact->tumour].sides & writer->side;

    if (tumour == ON_PATIENT)
        return fact->detached || !known;
    return !fact->detached && fact->tumour == tumour;
}

static void put_quoted(struct sheet *sheet, struct word word)
{
    put_char(sheet, '"');
    put_word(sheet, word);
    put_char(sheet, '"');
}

void write_medications(struct writer *writer, int tumour)
{
    struct list list = LIST(writer, "medication");
    struct synth_view *view = writer->recorded;
    double minor = writer->world->options->dirt.minor;

    for (unsigned i = 0; i < writer->person->n_drugs; i++) {
        const struct synth_drug_fact *drug = &writer->person->drug[i];
        const struct synth_drug_row *row = &synth_drugs[drug->drug];
        struct sheet *sheet;
        unsigned draw;
        bool coded;

        if (!hangs(writer, &drug->fact, tumour) ||
            !writer_holds(writer, &drug->fact, GROUP_DRUG))
            continue;
        sheet = list_object(&list);
        draw = synth_below(&writer->random, 100);
        coded =
            !synth_chance(&writer->random, writer->world->options->dirt.drug_code_null);
        PUT(sheet, "\"moleculeCode\":");
        if (coded)
            put_quoted(sheet, row->atc);
        else
            PUT(sheet, "null");
        PUT(sheet, ",\"moleculeName\":");
        put_quoted(sheet,
                   row->brand.length && draw < 12 * minor ? row->brand : row->name);
        put_char(sheet, ',');
        writer_active(writer, DATE_KEYS("moleculeDate"), drug->fact.day);
        if (drug->end != DAY_NONE && drug->end > drug->fact.day &&
            draw < 100 - 10 * minor) {
            put_char(sheet, ',');
            writer_date(writer, DATE_KEYS("moleculeEndDate"), drug->end);
        }
        PUT(sheet, ",\"treatmentChange\":");
        put_number(sheet, drug->change);
        if (drug->trial)
            PUT(sheet, ",\"clinicalTrial\":\"OUI\"");
        else
            PUT(sheet, ",\"clinicalTrial\":\"NON\"");
        writer_origin(writer, &drug->fact);
        put_char(sheet, '}');
        view->drug[view->n_drugs].atc = coded ? row->atc.text : NULL;
        view->drug[view->n_drugs++].tumour = (int8_t)tumour;
    }
    list_close(&list);
}

void write_surgeries(struct writer *writer, int tumour)
{
    struct list list = LIST(writer, "surgery");

    for (unsigned i = 0; i < writer->person->n_surgeries; i++) {
        const struct synth_surgery *surgery = &writer->person->surgery[i];
        struct sheet *sheet;

        if (!hangs(writer, &surgery->fact, tumour) ||
            !writer_holds(writer, &surgery->fact, GROUP_SURGERY))
            continue;
        sheet = list_object(&list);
        writer_active(writer, DATE_KEYS("surgeryDate"), surgery->fact.day);
        PUT(sheet, ",\"ccamCode\":");
        put_quoted(sheet, surgery->act.ccam);
        PUT(sheet, ",\"label\":");
        put_quoted(sheet, surgery->act.label);
        writer_origin(writer, &surgery->fact);
        put_char(sheet, '}');
    }
    list_close(&list);
}

void write_radiotherapies(struct writer *writer, int tumour)
{
    struct list list = LIST(writer, "radiotherapy");

    for (unsigned i = 0; i < writer->person->n_radiotherapies; i++) {
        const struct synth_radiotherapy *radiotherapy = &writer->person->radiotherapy[i];
        struct sheet *sheet;

        if (!hangs(writer, &radiotherapy->fact, tumour) ||
            !writer_holds(writer, &radiotherapy->fact, GROUP_RADIOTHERAPY))
            continue;
        sheet = list_object(&list);
        PUT(sheet, "\"ccamCode\":\"ZZNL050\",");
        writer_active(writer, DATE_KEYS("radiationDate"), radiotherapy->fact.day);
        put_char(sheet, ',');
        writer_date(writer, DATE_KEYS("radiationEndDate"), radiotherapy->end);
        PUT(sheet, ",\"doseGy\":");
        put_number(sheet, radiotherapy->gray);
        PUT(sheet, ".0,\"fractions\":");
        put_number(sheet, radiotherapy->fractions);
        PUT(sheet, ",\"topographyCode\":");
        put_quoted(sheet, radiotherapy->topography);
        writer_origin(writer, &radiotherapy->fact);
        put_char(sheet, '}');
    }
    list_close(&list);
}

void write_events(struct writer *writer, int tumour)
{
    struct list list = LIST(writer, "tumorPathoEvent");

    for (unsigned i = 0; i < writer->person->n_events; i++) {
        const struct synth_event *event = &writer->person->event[i];
        struct sheet *sheet;

        if (event->fact.tumour != tumour ||
            !writer_holds(writer, &event->fact, GROUP_TUMOUR_EVENT))
            continue;
        sheet = list_object(&list);
        PUT(sheet, "\"eventType\":\"");
        put_number(sheet, event->type);
        PUT(sheet, "\",");
        writer_active(writer, DATE_KEYS("firstMentionDate"), event->fact.day);
        PUT(sheet, ",\"topographyCode\":");
        put_quoted(sheet, event->topography);
        PUT(sheet, ",\"diagnosisMethod\":");
        put_number(sheet, event->method);
        put_char(sheet, '}');
    }
    list_close(&list);
}

void write_metastases(struct writer *writer, int tumour)
{
    struct list list = LIST(writer, "metastasis");

    for (unsigned i = 0; i < writer->person->n_metastases; i++) {
        const struct synth_metastasis *metastasis = &writer->person->metastasis[i];
        struct sheet *sheet;

        if (metastasis->fact.tumour != tumour ||
            !writer_holds(writer, &metastasis->fact, GROUP_METASTASIS))
            continue;
        sheet = list_object(&list);
        PUT(sheet, "\"metastasisTopographyCode\":");
        put_quoted(sheet, metastasis->topography);
        put_char(sheet, ',');
        writer_active(writer, DATE_KEYS("metastasisDiscoveryDate"), metastasis->fact.day);
        put_char(sheet, '}');
    }
    list_close(&list);
}

void write_progressions(struct writer *writer, int tumour)
{
    struct list list = LIST(writer, "progression");

    for (unsigned i = 0; i < writer->person->n_progressions; i++) {
        const struct synth_fact *fact = &writer->person->progression[i].fact;
        struct sheet *sheet;

        if (fact->tumour != tumour || !writer_holds(writer, fact, GROUP_PROGRESSION))
            continue;
        sheet = list_object(&list);
        PUT(sheet, "\"progression\":\"OUI\",");
        writer_active(writer, DATE_KEYS("progressionDate"), fact->day);
        put_char(sheet, '}');
    }
    list_close(&list);
}

void write_markers(struct writer *writer, int tumour)
{
    static const char *const status[] = {"Négatif", "Positif", "Non contributif"};
    struct list list = LIST(writer, "biomarker");

    for (unsigned i = 0; i < writer->person->n_markers; i++) {
        const struct synth_marker_fact *marker = &writer->person->marker[i];
        struct sheet *sheet;

        if (marker->fact.tumour != tumour ||
            !writer_holds(writer, &marker->fact, GROUP_BIOMARKER))
            continue;
        sheet = list_object(&list);
        PUT(sheet, "\"biomarkerName\":");
        put_quoted(sheet, marker->marker->name);
        PUT(sheet, ",\"biomarkerAnalysis\":");
        put_quoted(sheet, marker->marker->assay);
        PUT(sheet, ",\"biomarkerStatus\":\"");
        put_string(sheet, status[marker->status]);
        put_char(sheet, '"');
        if (marker->marker->percent && marker->status != 2) {
            PUT(sheet, ",\"biomarkerValueNum\":");
            put_number(sheet, marker->percent);
            PUT(sheet, ",\"biomarkerUnit\":\"%\"");
        }
        put_char(sheet, ',');
        writer_active(writer, DATE_KEYS("biomarkerDate"), marker->fact.day);
        put_char(sheet, '}');
    }
    list_close(&list);
}

static void put_change(struct sheet *sheet, const struct synth_alteration *alteration)
{
    PUT(sheet, ",\"hgvsp\":\"p.");
    put_char(sheet, alteration->class == SPLICE ? 'X' : alteration->from);
    put_number(sheet, alteration->residue);
    switch (alteration->class) {
    case MISSENSE: put_char(sheet, alteration->to); break;
    case NONSENSE: put_char(sheet, '*'); break;
    case FRAMESHIFT_DELETION:
    case FRAMESHIFT_INSERTION: PUT(sheet, "fs"); break;
    case SPLICE: PUT(sheet, "_splice"); break;
    default: PUT(sheet, "del");
    }
    put_char(sheet, '"');
}

static void put_variant(struct sheet *sheet, const struct synth_alteration *alteration)
{
    static const char *const class[] = {
        [MISSENSE] = "Missense_Mutation",
        [NONSENSE] = "Nonsense_Mutation",
        [FRAMESHIFT_DELETION] = "Frame_Shift_Del",
        [FRAMESHIFT_INSERTION] = "Frame_Shift_Ins",
        [INFRAME_DELETION] = "In_Frame_Del",
        [INFRAME_INSERTION] = "In_Frame_Ins",
        [SPLICE] = "Splice_Site",
    };
    const struct synth_hotspot *hotspot = alteration->hotspot;
    const struct synth_gene_row *gene = &synth_genes[alteration->gene];

    PUT(sheet, "\"gene\":");
    put_quoted(sheet, gene->symbol);
    PUT(sheet, ",\"chromosome\":");
    put_quoted(sheet, gene->chromosome);
    PUT(sheet, ",\"position\":");
    put_number(sheet, hotspot ? hotspot->position : alteration->position);
    PUT(sheet, ",\"reference\":\"");
    if (hotspot) {
        put_word(sheet, hotspot->reference);
        PUT(sheet, "\",\"alternative\":\"");
        put_word(sheet, hotspot->alternative);
        PUT(sheet, "\",\"hgvsc\":");
        put_quoted(sheet, hotspot->coding);
        PUT(sheet, ",\"hgvsp\":");
        put_quoted(sheet, hotspot->protein);
    } else {
        bool insertion = alteration->class == FRAMESHIFT_INSERTION;
        bool deletion = alteration->class == FRAMESHIFT_DELETION;

        put_char(sheet, insertion ? '-' : alteration->reference);
        PUT(sheet, "\",\"alternative\":\"");
        put_char(sheet, deletion ? '-' : alteration->alternative);
        put_char(sheet, '"');
        put_change(sheet, alteration);
    }
    PUT(sheet, ",\"classification\":\"");
    put_string(sheet, class[alteration->class]);
    PUT(sheet, "\",\"vaf\":");
    put_decimal(sheet, alteration->frequency, 3);
}

static void put_specimen_id(struct sheet *sheet, const struct writer *writer,
                            const struct synth_specimen *specimen)
{
    PUT(sheet, "\"specimenId\":\"S");
    put_number(sheet, writer->centre);
    put_char(sheet, '-');
    put_number(sheet, specimen->id);
    put_char(sheet, '"');
}

/* Tumours are sequenced on the first sample of the tumour. What was recorded on the patient
 * does not say on which: reports from elsewhere seldom do. */
static void put_sequenced_specimen(struct sheet *sheet, const struct writer *writer,
                                   const struct synth_alteration *alteration)
{
    for (unsigned i = 0; i < writer->person->n_specimens; i++) {
        const struct synth_specimen *specimen = &writer->person->specimen[i];

        if (specimen->fact.tumour != alteration->fact.tumour || specimen->healthy ||
            alteration->fact.detached)
            continue;
        put_char(sheet, ',');
        put_specimen_id(sheet, writer, specimen);
        return;
    }
}

/* Findings of KIND or OTHER, of sequenced tumours, that hang on TUMOUR. */
static const struct synth_alteration *finding(const struct writer *writer, unsigned i,
                                              int tumour, enum synth_alteration_kind kind,
                                              enum synth_alteration_kind other,
                                              enum group group)
{
    const struct synth_alteration *alteration = &writer->person->alteration[i];

    if ((alteration->kind != kind && alteration->kind != other) ||
        !writer->person->tumour[alteration->fact.tumour].sequenced ||
        !hangs(writer, &alteration->fact, tumour) ||
        !writer_holds(writer, &alteration->fact, group))
        return NULL;
    return alteration;
}

void write_variants(struct writer *writer, int tumour)
{
    struct list list = LIST(writer, "variant");
    struct synth_view *view = writer->recorded;

    for (unsigned i = 0; i < writer->person->n_alterations; i++) {
        const struct synth_alteration *alteration =
            finding(writer, i, tumour, VARIANT, VARIANT, GROUP_VARIANT);
        struct sheet *sheet;

        if (!alteration)
            continue;
        sheet = list_object(&list);
        put_variant(sheet, alteration);
        put_char(sheet, ',');
        writer_date(writer, DATE_KEYS("variantDate"), alteration->fact.day);
        put_sequenced_specimen(sheet, writer, alteration);
        put_char(sheet, '}');
        view->altered[view->n_altered].gene = (uint16_t)alteration->gene;
        view->altered[view->n_altered++].tumour = (int8_t)tumour;
    }
    list_close(&list);
}

void write_fusions(struct writer *writer, int tumour)
{
    struct list list = LIST(writer, "fusion");

    for (unsigned i = 0; i < writer->person->n_alterations; i++) {
        const struct synth_alteration *alteration =
            finding(writer, i, tumour, FUSION, FUSION, GROUP_FUSION);
        struct sheet *sheet;

        if (!alteration)
            continue;
        sheet = list_object(&list);
        PUT(sheet, "\"gene\":");
        put_quoted(sheet, synth_genes[alteration->gene].symbol);
        PUT(sheet, ",\"partner\":");
        put_quoted(sheet, alteration->partner);
        put_char(sheet, ',');
        writer_date(writer, DATE_KEYS("fusionDate"), alteration->fact.day);
        put_sequenced_specimen(sheet, writer, alteration);
        put_char(sheet, '}');
    }
    list_close(&list);
}

void write_copy_numbers(struct writer *writer, int tumour)
{
    struct list list = LIST(writer, "copyNumber");

    for (unsigned i = 0; i < writer->person->n_alterations; i++) {
        const struct synth_alteration *alteration =
            finding(writer, i, tumour, GAIN, LOSS, GROUP_COPY_NUMBER);
        struct sheet *sheet;

        if (!alteration)
            continue;
        sheet = list_object(&list);
        PUT(sheet, "\"gene\":");
        put_quoted(sheet, synth_genes[alteration->gene].symbol);
        if (alteration->kind == GAIN)
            PUT(sheet, ",\"call\":\"AMPLIFICATION\",\"copies\":");
        else
            PUT(sheet, ",\"call\":\"DEEP DELETION\",\"copies\":");
        put_number(sheet, alteration->frequency);
        put_char(sheet, ',');
        writer_date(writer, DATE_KEYS("analysisDate"), alteration->fact.day);
        put_sequenced_specimen(sheet, writer, alteration);
        put_char(sheet, '}');
    }
    list_close(&list);
}

void write_specimens(struct writer *writer)
{
    static const char *const type[] = {"Pièce opératoire", "Biopsie",
                                       "Prélèvement cellulaire", "Liquide"};
    struct list list = LIST(writer, "biologicalSpecimen");

    for (unsigned i = 0; i < writer->person->n_specimens; i++) {
        const struct synth_specimen *specimen = &writer->person->specimen[i];
        struct sheet *sheet;

        if (!writer_holds(writer, &specimen->fact, GROUP_SPECIMEN))
            continue;
        sheet = list_object(&list);
        put_specimen_id(sheet, writer, specimen);
        PUT(sheet, ",\"specimenType\":\"");
        put_string(sheet, type[specimen->type]);
        if (specimen->healthy)
            PUT(sheet, "\",\"specimenNature\":\"Tissu sain\",");
        else
            PUT(sheet, "\",\"specimenNature\":\"Tissu tumoral\",");
        writer_active(writer, DATE_KEYS("specimenDate"), specimen->fact.day);
        PUT(sheet, ",\"topographyCode\":");
        put_quoted(sheet, specimen->topography);
        put_char(sheet, '}');
    }
    list_close(&list);
}

void write_measures(struct writer *writer)
{
    static const char *const type[] = {"", "PS", "weight", "height"};
    struct list list = LIST(writer, "measure");

    for (unsigned i = 0; i < writer->person->n_measures; i++) {
        const struct synth_measure *measure = &writer->person->measure[i];
        bool lab = measure->type == MEASURE_LAB;
        struct sheet *sheet;

        if (!writer_holds(writer, &measure->fact, lab ? GROUP_MEASURE : GROUP_STATE))
            continue;
        sheet = list_object(&list);
        PUT(sheet, "\"measureType\":\"");
        if (lab)
            put_word(sheet, writer->world->tables->labs[measure->lab].name);
        else
            put_string(sheet, type[measure->type]);
        PUT(sheet, "\",\"measureValue\":");
        put_decimal(sheet, measure->value, measure->decimals);
        if (lab) {
            PUT(sheet, ",\"measureUnit\":");
            put_quoted(sheet, writer->world->tables->labs[measure->lab].unit);
        } else if (measure->type != MEASURE_PS) {
            if (measure->type == MEASURE_WEIGHT)
                PUT(sheet, ",\"measureUnit\":\"kg\"");
            else
                PUT(sheet, ",\"measureUnit\":\"cm\"");
        }
        put_char(sheet, ',');
        writer_active(writer, DATE_KEYS("measureDate"), measure->fact.day);
        put_char(sheet, '}');
    }
    list_close(&list);
}

void write_imagings(struct writer *writer)
{
    struct list list = LIST(writer, "imaging");

    for (unsigned i = 0; i < writer->person->n_imagings; i++) {
        const struct synth_imaging_fact *imaging = &writer->person->imaging[i];
        struct sheet *sheet;

        if (!writer_holds(writer, &imaging->fact, GROUP_IMAGING))
            continue;
        sheet = list_object(&list);
        PUT(sheet, "\"modality\":");
        put_quoted(sheet, synth_imagings[imaging->row].modality);
        PUT(sheet, ",\"bodyPart\":");
        put_quoted(sheet, synth_imagings[imaging->row].part);
        put_char(sheet, ',');
        writer_date(writer, DATE_KEYS("imagingDate"), imaging->fact.day);
        PUT(sheet, ",\"inOut\":\"in\",\"source\":1}");
    }
    list_close(&list);
}

void write_morbids(struct writer *writer)
{
    struct list list = LIST(writer, "relatedPathology");

    for (unsigned i = 0; i < writer->person->n_morbids; i++) {
        const struct synth_morbid_fact *morbid = &writer->person->morbid[i];
        struct sheet *sheet;

        if (!writer_holds(writer, &morbid->fact, GROUP_MORBID_EVENT))
            continue;
        sheet = list_object(&list);
        PUT(sheet, "\"relatedPathologyCode\":");
        put_quoted(sheet, morbid->code);
        put_char(sheet, ',');
        writer_date(writer, DATE_KEYS("relatedPathologyDiagnosisDate"), morbid->fact.day);
        put_char(sheet, '}');
    }
    list_close(&list);
}

void write_observations(struct writer *writer)
{
    struct list list = LIST(writer, "observation");

    for (unsigned i = 0; i < writer->person->n_observations; i++) {
        const struct synth_observation_fact *observation =
            &writer->person->observation[i];
        struct sheet *sheet;

        if (!writer_holds(writer, &observation->fact, GROUP_OBSERVATION))
            continue;
        sheet = list_object(&list);
        PUT(sheet, "\"observationType\":");
        put_quoted(sheet, synth_observations[observation->row].type);
        PUT(sheet, ",\"observationValue\":");
        put_quoted(sheet, synth_observations[observation->row].value[observation->value]);
        put_char(sheet, ',');
        writer_date(writer, DATE_KEYS("observationDate"), observation->fact.day);
        PUT(sheet, ",\"source\":4}");
    }
    list_close(&list);
}
