/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/record.c: the line of a patient at a centre: who, the tumours, and the dirt.
 *
 * What is spoilt and how often is in struct synth_dirt. Three kinds are errors rather than
 * holes, and only in the records of the second centre of a shared person: a diagnosis a few
 * days off, an adenocarcinoma coded 8140/3 for what it is, and, at the first centre, a death
 * not heard of. */
#include "synth/record.h"

#include <string.h>

#include "synth/identity.h"
#include "synth/writer.h"

bool writer_holds(const struct writer *writer, const struct synth_fact *fact,
                  enum group group)
{
    return (fact->sides & writer->side) != 0 &&
           synth_is_covered(writer->world, writer->centre, group, fact->day);
}

void synth_view_year(struct synth_view *view, int year)
{
    unsigned bit = (unsigned)(year - VIEW_FIRST_YEAR);

    if (year >= VIEW_FIRST_YEAR && bit < 128)
        view->years[bit / 64] |= UINT64_C(1) << (bit % 64);
}

void synth_view_group(struct synth_view *view, const char *topography)
{
    unsigned group;

    if (topography[0] != 'C')
        return;
    group = (unsigned)(topography[1] - '0') * 10 + (unsigned)(topography[2] - '0');
    if (group < 100)
        view->groups[group / 64] |= UINT64_C(1) << (group % 64);
}

int writer_date(struct writer *writer, const struct date_keys *keys, day_number day)
{
    const struct synth_day_text *text =
        &writer->world->tables->day[day - SYNTH_FIRST_DAY];
    uint32_t draw = (uint32_t)(synth_next(&writer->random) >> 32);
    const char *month = text->month, *dom = text->day;

    put_word(writer->sheet, keys->year);
    if (draw >= writer->year_unknown && draw < writer->month_wrong) {
        if (draw < writer->month_unknown)
            month = dom = "UN";
        else if (draw < writer->day_unknown)
            dom = "UN";
        else
            month = "13";
    }
    if (draw < writer->year_unknown) {
        PUT(writer->sheet, "UN");
        month = dom = "UN";
    } else {
        put_bytes(writer->sheet, text->year, 4);
    }
    put_word(writer->sheet, keys->month);
    put_bytes(writer->sheet, month, 2);
    put_word(writer->sheet, keys->day);
    put_bytes(writer->sheet, dom, 2);
    put_char(writer->sheet, '"');
    if (draw < writer->year_unknown || memcmp(month, "13", 2) == 0)
        return 0;
    return (text->year[0] - '0') * 1000 + (text->year[1] - '0') * 100 +
           (text->year[2] - '0') * 10 + (text->year[3] - '0');
}

void writer_active(struct writer *writer, const struct date_keys *keys, day_number day)
{
    int year = writer_date(writer, keys, day);

    if (year)
        synth_view_year(writer->recorded, year);
}

void writer_origin(struct writer *writer, const struct synth_fact *fact)
{
    if (fact->elsewhere)
        PUT(writer->sheet, ",\"inOut\":\"out\",\"source\":");
    else
        PUT(writer->sheet, ",\"inOut\":\"in\",\"source\":");
    put_char(writer->sheet, (char)('0' + fact->source));
}

static bool spoilt(struct writer *writer, double rate)
{
    return synth_chance(&writer->random, rate);
}

/* One of the small fixed rates. */
static bool minor(struct writer *writer, double rate)
{
    return synth_chance(&writer->random, rate * writer->world->options->dirt.minor);
}

/* What the centre knows of life and death. Of a shared person the first centre often does
 * not hear of the death; lost patients are asked of INSEE. */
static struct synth_vital vital_of(struct writer *writer)
{
    const struct synth_person *person = writer->person;
    struct synth_vital vital = {.visit = person->last};
    bool knows = person->death != DAY_NONE;

    if (person->shared && writer->side == SIDE_HOME) {
        vital.visit = person->split + (int)synth_below(&writer->random, 200);
        if (vital.visit > person->last)
            vital.visit = person->last;
        knows = knows && !minor(writer, 0.6);
    } else if (knows && person->death > person->last) {
        knows = !minor(writer, 0.08);
    }
    vital.contact = vital.visit;
    vital.updated = vital.visit;
    vital.source = (uint8_t)synth_below(&writer->random, 3);
    if (knows) {
        vital.dead = true;
        vital.updated = person->death;
        if (person->death > person->last)
            vital.source = 0;
        else
            vital.contact = person->death;
    } else if (synth_chance(&writer->random, 0.4)) {
        int late = person->death == DAY_NONE ? SYNTH_END_DAY - vital.visit : 0;

        vital.contact =
            vital.visit + synth_between(&writer->random, 0, late > 60 ? 60 : late);
        vital.updated = vital.contact;
    }
    return vital;
}

static void write_who(struct writer *writer)
{
    static const char *const source[] = {"INSEE", "établissement", "dossier médical"};
    const struct synth_person *person = writer->person;
    struct sheet *sheet = writer->sheet;
    const struct synth_vital *vital = &writer->vital;
    char number[SYNTH_NUMBER_SIZE];
    unsigned length = synth_patient_number(writer->centre, person->place, number);

    PUT(sheet, "{\"patientId\":\"");
    put_bytes(sheet, number, length);
    PUT(sheet, "\",\"centreFiness\":\"");
    put_string(sheet, synth_centre_finess(writer->centre));
    PUT(sheet, "\",");
    writer_date(writer, DATE_KEYS("birthdate"), person->birth);
    if (person->woman)
        PUT(sheet, ",\"biologicalSex\":\"Female\"");
    else
        PUT(sheet, ",\"biologicalSex\":\"Male\"");
    if (vital->dead)
        PUT(sheet, ",\"latestNews\":{\"vitalStatus\":\"Dead\",\"vitalStatusSource\":\"");
    else
        PUT(sheet, ",\"latestNews\":{\"vitalStatus\":\"Alive\",\"vitalStatusSource\":\"");
    put_string(sheet, source[vital->source]);
    PUT(sheet, "\",");
    writer_date(writer, DATE_KEYS("vitalStatusUpdateDate"), vital->updated);
    put_char(sheet, ',');
    writer_active(writer, DATE_KEYS("latestVisitDate"), vital->visit);
    put_char(sheet, ',');
    writer_date(writer, DATE_KEYS("lastContactDate"), vital->contact);
    if (vital->dead) {
        put_char(sheet, ',');
        writer_date(writer, DATE_KEYS("deathDate"), person->death);
    }
    put_char(sheet, '}');
    writer->recorded->dead = vital->dead;
    writer->recorded->facts += 2;
}

static void write_information(struct writer *writer)
{
    struct sheet *sheet = writer->sheet;
    const struct synth_dirt *dirt = &writer->world->options->dirt;
    const struct synth_person *person = writer->person;
    bool opposed = spoilt(writer, dirt->opposed);
    bool informed = !spoilt(writer, dirt->not_informed);
    day_number day = person->informed;

    if (writer->side == SIDE_SECOND && day < person->split)
        day = person->split < person->last ? person->split + 1 : person->last;
    if (informed) {
        PUT(sheet, ",\"nonOpposition\":{\"informed\":\"OUI\",");
        writer_date(writer, DATE_KEYS("informationDate"), day);
    } else {
        PUT(sheet, ",\"nonOpposition\":{\"informed\":\"NON\"");
    }
    if (opposed) {
        PUT(sheet, ",\"nonOpposition\":\"NON\",");
        writer_date(writer, DATE_KEYS("oppositionDate"),
                    synth_between(&writer->random, day, person->last));
        put_char(sheet, '}');
    } else {
        PUT(sheet, ",\"nonOpposition\":\"OUI\"}");
    }
    writer->recorded->here = !opposed;
    writer->recorded->facts++;
}

static void write_risks(struct writer *writer)
{
    static const char *const key[13] = {"patientSmoking",
                                        "patientAlcohol",
                                        "patientUnBalancedDiet",
                                        "patientOverweight",
                                        "patientSedentaryLifestyle",
                                        "patientHormone",
                                        "patientInadequatBreastFeeding",
                                        "patientInfectiousDisease",
                                        "patientIonisingRadiation",
                                        "patientPollution",
                                        "patientUVRadiation",
                                        "patientOccupationalExposure",
                                        "patientChemicalExposure"};
    static const char *const value[] = {"", "OUI", "NON", "INCONNU"};
    struct sheet *sheet = writer->sheet;
    bool open = false;

    for (unsigned i = 0; i < 13; i++) {
        if (writer->person->risk[i] == 0)
            continue;
        if (open)
            put_char(sheet, ',');
        else
            PUT(sheet, ",\"riskFactor\":{");
        open = true;
        put_char(sheet, '"');
        put_string(sheet, key[i]);
        PUT(sheet, "\":\"");
        put_string(sheet, value[writer->person->risk[i]]);
        put_char(sheet, '"');
    }
    if (open) {
        put_char(sheet, '}');
        writer->recorded->facts++;
    }
}

static void write_relatives(struct writer *writer)
{
    static const char *const parent[] = {"mère",       "père",       "sœur",  "frère",
                                         "grand-mère", "grand-père", "fille", "fils"};
    struct sheet *sheet = writer->sheet;

    for (unsigned i = 0; i < writer->person->n_relatives; i++) {
        const struct synth_relative *relative = &writer->person->relative[i];

        if (i == 0)
            PUT(sheet, ",\"familyCancerHistory\":[{\"topographyCode\":\"");
        else
            PUT(sheet, ",{\"topographyCode\":\"");
        put_word(sheet, relative->topography);
        PUT(sheet, "\",\"parentage\":\"");
        put_string(sheet, parent[relative->parent]);
        PUT(sheet, "\"}");
        writer->recorded->facts++;
    }
    if (writer->person->n_relatives)
        put_char(sheet, ']');
}

static bool has_tnm(const struct synth_tumour *tumour)
{
    return tumour->entity->scale == SCALE_TNM || tumour->entity->scale == SCALE_FIGO ||
           tumour->entity->scale == SCALE_INSITU;
}

static void write_tnm(struct writer *writer, const struct synth_tumour *tumour)
{
    struct sheet *sheet = writer->sheet;
    int year = 1970 + (int)(tumour->tnm_day / 365.2425);

    if (!has_tnm(tumour) || minor(writer, 0.1))
        return;
    PUT(sheet, ",\"tnmEvent\":[{\"tnmType\":\"");
    put_char(sheet, tumour->pathological ? 'p' : 'c');
    PUT(sheet, "\",\"tnmVersion\":\"");
    put_char(sheet, year < 2010 ? '6' : year < 2018 ? '7' : '8');
    PUT(sheet, "\",\"tValue\":\"T");
    if (minor(writer, 0.03))
        put_char(sheet, 'X');
    else if (tumour->entity->scale == SCALE_INSITU)
        PUT(sheet, "is");
    else
        put_number(sheet, tumour->t);
    PUT(sheet, "\",\"nValue\":\"N");
    if (minor(writer, 0.08))
        put_char(sheet, 'X');
    else
        put_number(sheet, tumour->n);
    PUT(sheet, "\",\"mValue\":\"M");
    if (minor(writer, 0.08))
        put_char(sheet, 'X');
    else
        put_number(sheet, tumour->m);
    PUT(sheet, "\",");
    writer_active(writer, DATE_KEYS("tnmDate"), tumour->tnm_day);
    PUT(sheet, "}]");
    writer->recorded->facts++;
}

/* Records the stage in VIEW_STAGE; missing, coarse or mistyped at their rates. */
static void write_stage(struct writer *writer, const struct synth_tumour *tumour,
                        uint8_t *view_stage)
{
    static const char *const scale[] = {"TNM", "FIGO",    "Ann Arbor",
                                        "ISS", "Masaoka", "TNM"};
    static const char *const roman[] = {"0", "I", "II", "III", "IV"};
    const struct synth_dirt *dirt = &writer->world->options->dirt;
    struct sheet *sheet = writer->sheet;

    if (tumour->stage > 4 || spoilt(writer, dirt->stage_missing) ||
        (writer->side == SIDE_SECOND && spoilt(writer, 0.55)))
        return;
    PUT(sheet, ",\"stage\":[{\"stageType\":\"");
    put_string(sheet, scale[tumour->entity->scale]);
    PUT(sheet, "\",\"stageValue\":\"");
    if (spoilt(writer, dirt->wrong_code)) {
        PUT(sheet, "VII");
    } else {
        put_string(sheet, roman[tumour->stage]);
        if (tumour->letter && !spoilt(writer, dirt->stage_coarse))
            put_char(sheet, tumour->letter);
        *view_stage = tumour->stage;
    }
    PUT(sheet, "\"}]");
    writer->recorded->facts++;
}

static void write_grade(struct writer *writer, const struct synth_tumour *tumour)
{
    struct sheet *sheet = writer->sheet;

    if (tumour->grade == 0 || minor(writer, 0.1))
        return;
    switch (tumour->entity->care) {
    case CARE_PROSTATE:
        PUT(sheet, ",\"grade\":[{\"gradeType\":\"Gleason\",\"gradeValue\":\"");
        put_char(sheet, (char)('5' + tumour->grade));
        break;
    case CARE_KIDNEY:
        PUT(sheet, ",\"grade\":[{\"gradeType\":\"Fuhrman\",\"gradeValue\":\"G");
        put_char(sheet, (char)('0' + tumour->grade));
        break;
    case CARE_BREAST_HR:
    case CARE_BREAST_HER2:
    case CARE_BREAST_TN:
        PUT(sheet, ",\"grade\":[{\"gradeType\":\"SBR\",\"gradeValue\":\"");
        put_char(sheet, (char)('0' + tumour->grade));
        break;
    default:
        PUT(sheet, ",\"grade\":[{\"gradeType\":\"UN\",\"gradeValue\":\"G");
        put_char(sheet, (char)('0' + tumour->grade));
    }
    PUT(sheet, "\"}]");
    writer->recorded->facts++;
}

/* Less precise, as the second centre codes it: unspecified, carcinoma, or the unspecified
 * code of its own group. */
static const char *coarser_morphology(struct writer *writer, const char *morphology)
{
    unsigned code = 0;
    unsigned draw = synth_below(&writer->random, 100);

    for (int i = 0; i < 4; i++)
        code = code * 10 + (unsigned)(morphology[i] - '0');
    if (draw >= 62 || morphology[5] != '3')
        return morphology;
    if (draw < 18)
        return "8000/3";
    if (code > 8010 && code < 8580 && draw < 40)
        return "8010/3";
    if ((code >= 8140 && code <= 8389) || (code >= 8480 && code <= 8551))
        return "8140/3";
    return morphology;
}

static void write_codes(struct writer *writer, const struct synth_tumour *tumour,
                        unsigned number)
{
    const struct synth_dirt *dirt = &writer->world->options->dirt;
    struct sheet *sheet = writer->sheet;
    const char *morphology = tumour->morphology.text;
    char topography[8];
    double coarse = writer->side == SIDE_SECOND ? 0.3 : dirt->topography_coarse;
    /* of several tumours each keeps what tells it from the others (outline.c) */
    bool alone = writer->person->n_tumours == 1;

    memcpy(topography, tumour->topography.text, 6);
    if (writer->side == SIDE_SECOND)
        morphology = coarser_morphology(writer, morphology);
    if (spoilt(writer, dirt->wrong_code) && alone) {
        PUT(sheet, ",\"topographyCode\":\"C99.9x\"");
        topography[0] = '\0';
    } else {
        if (spoilt(writer, coarse))
            topography[4] = '9';
        PUT(sheet, ",\"topographyCode\":\"");
        put_string(sheet, topography);
        PUT(sheet, "\",\"topographyGroup\":\"");
        put_bytes(sheet, topography, 3);
        put_char(sheet, '"');
        synth_view_group(writer->recorded, topography);
    }
    PUT(sheet, ",\"morphologyCode\":\"");
    if (spoilt(writer, tumour->past ? 0.3 * dirt->minor : dirt->morphology_unknown) &&
        alone) {
        PUT(sheet, "NA"); /* OSIRIS-RWD: past cancers, brain */
        morphology = "";
    } else if (spoilt(writer, dirt->wrong_code) && alone) {
        PUT(sheet, "81400/3");
        morphology = "";
    } else {
        put_string(sheet, morphology);
    }
    memcpy(writer->recorded->tumour[number].topography, topography, sizeof topography);
    memcpy(writer->recorded->tumour[number].morphology, morphology,
           strlen(morphology) + 1);
    if (tumour->side == 'A')
        PUT(sheet, "\",\"laterality\":\"NA\"");
    else if (spoilt(writer, dirt->side_unknown) && alone)
        PUT(sheet, "\",\"laterality\":\"UN\"");
    else if (tumour->side == 'R')
        PUT(sheet, "\",\"laterality\":\"R\"");
    else
        PUT(sheet, "\",\"laterality\":\"L\"");
}

static void write_tumour(struct writer *writer, unsigned number, unsigned occurrence)
{
    const struct synth_person *person = writer->person;
    const struct synth_tumour *tumour = &person->tumour[number];
    struct sheet *sheet = writer->sheet;
    day_number day = tumour->day;
    bool second_hand = writer->side == SIDE_SECOND && tumour->sides == SIDE_BOTH;
    uint32_t months = writer->month_unknown, days = writer->day_unknown,
             wrong = writer->month_wrong;

    if (second_hand && synth_chance(&writer->random, 0.5))
        day += synth_between(&writer->random, -7, 7);
    if (day > person->last || day < person->birth)
        day = tumour->day;
    writer->recorded->tumour[number].here = true;
    writer->recorded->facts++;
    PUT(sheet, "{\"occurrence\":");
    put_number(sheet, occurrence);
    if (tumour->past || minor(writer, 0.02))
        PUT(sheet, ",\"managedInCentre\":\"NON\",");
    else
        PUT(sheet, ",\"managedInCentre\":\"OUI\",");
    if (tumour->past && minor(writer, 0.6)) /* of a past cancer the year suffices */
        writer->month_unknown = writer->day_unknown = writer->month_wrong = UINT32_MAX;
    else if (second_hand &&
             day == tumour->day) /* of the others it knows the month only */
        writer->day_unknown = writer->month_wrong = UINT32_MAX;
    writer_active(writer, DATE_KEYS("cancerDiagnosisDate"), day);
    writer->month_unknown = months;
    writer->day_unknown = days;
    writer->month_wrong = wrong;
    PUT(sheet, ",\"diagnosisMethod\":");
    put_number(sheet, minor(writer, 0.03) ? 9 : tumour->method);
    write_codes(writer, tumour, number);
    if (!second_hand) {
        if (tumour->size) {
            PUT(sheet, ",\"tumorSizeMm\":");
            put_number(sheet, tumour->size);
        }
        write_tnm(writer, tumour);
    }
    write_stage(writer, tumour, &writer->recorded->tumour[number].stage);
    if (!second_hand)
        write_grade(writer, tumour);
    write_events(writer, (int)number);
    write_metastases(writer, (int)number);
    write_progressions(writer, (int)number);
    write_surgeries(writer, (int)number);
    write_radiotherapies(writer, (int)number);
    write_medications(writer, (int)number);
    write_markers(writer, (int)number);
    write_variants(writer, (int)number);
    write_fusions(writer, (int)number);
    write_copy_numbers(writer, (int)number);
    put_char(sheet, '}');
}

static void write_tumours(struct writer *writer)
{
    unsigned written = 0;

    PUT(writer->sheet, ",\"primaryCancer\":[");
    for (unsigned i = 0; i < writer->person->n_tumours; i++) {
        if (!(writer->person->tumour[i].sides & writer->side))
            continue;
        if (written++)
            put_char(writer->sheet, ',');
        write_tumour(writer, i, written);
    }
    put_char(writer->sheet, ']');
}

static void write_line(struct writer *writer)
{
    write_who(writer);
    write_information(writer);
    write_risks(writer);
    write_relatives(writer);
    write_tumours(writer);
    write_medications(writer, ON_PATIENT);
    write_surgeries(writer, ON_PATIENT);
    write_radiotherapies(writer, ON_PATIENT);
    write_morbids(writer);
    write_specimens(writer);
    write_measures(writer);
    write_imagings(writer);
    write_observations(writer);
    write_variants(writer, ON_PATIENT);
    write_fusions(writer, ON_PATIENT);
    write_copy_numbers(writer, ON_PATIENT);
    PUT(writer->sheet, "}\n");
}

static void active_on(struct synth_view *view, const struct synth_fact *fact,
                      uint8_t side)
{
    if (fact->sides & side) {
        int year, month, day;

        day_to_civil(fact->day, &year, &month, &day);
        synth_view_year(view, year);
    }
}

#define ACTIVE(kind, plural)                          \
    for (unsigned i = 0; i < person->n_##plural; i++) \
    active_on(truth, &person->kind[i].fact, side)

/* The truth of what SIDE did or was told. */
static void describe(const struct synth_person *person, uint8_t side,
                     const struct synth_vital *vital, struct synth_view *truth)
{
    struct synth_fact visit = {.day = vital->visit, .sides = side};

    truth->dead = vital->dead;
    active_on(truth, &visit, side);
    for (unsigned i = 0; i < person->n_tumours; i++) {
        const struct synth_tumour *tumour = &person->tumour[i];
        struct synth_fact fact = {.day = tumour->day, .sides = tumour->sides};

        if (!(tumour->sides & side))
            continue;
        truth->tumour[i].here = true;
        memcpy(truth->tumour[i].topography, tumour->topography.text, 6);
        memcpy(truth->tumour[i].morphology, tumour->morphology.text, 7);
        truth->tumour[i].stage = tumour->stage;
        synth_view_group(truth, tumour->topography.text);
        active_on(truth, &fact, side);
        if (has_tnm(tumour) && (side == SIDE_HOME || tumour->sides != SIDE_BOTH)) {
            fact.day = tumour->tnm_day;
            active_on(truth, &fact, side);
        }
    }
    ACTIVE(drug, drugs);
    ACTIVE(surgery, surgeries);
    ACTIVE(radiotherapy, radiotherapies);
    ACTIVE(event, events);
    ACTIVE(metastasis, metastases);
    ACTIVE(progression, progressions);
    ACTIVE(marker, markers);
    ACTIVE(specimen, specimens);
    ACTIVE(measure, measures);
    for (unsigned i = 0; i < person->n_drugs; i++)
        if (person->drug[i].fact.sides & side) {
            truth->drug[truth->n_drugs].atc = synth_drugs[person->drug[i].drug].atc.text;
            truth->drug[truth->n_drugs++].tumour = (int8_t)person->drug[i].fact.tumour;
        }
    for (unsigned i = 0; i < person->n_alterations; i++)
        if ((person->alteration[i].fact.sides & side) &&
            person->alteration[i].kind == VARIANT) {
            truth->altered[truth->n_altered].gene = (uint16_t)person->alteration[i].gene;
            truth->altered[truth->n_altered++].tumour =
                (int8_t)person->alteration[i].fact.tumour;
        }
}

static void view_clear(struct synth_view *view, const struct synth_person *person)
{
    view->here = view->dead = false;
    view->died = person->death != DAY_NONE;
    view->woman = person->woman;
    view->years[0] = view->years[1] = view->groups[0] = view->groups[1] = 0;
    view->n_altered = view->n_drugs = view->facts = 0;
    for (unsigned i = 0; i < MOST_TUMOURS; i++) {
        view->tumour[i].here = false;
        view->tumour[i].topography[0] = view->tumour[i].morphology[0] = '\0';
        view->tumour[i].stage = STAGE_NONE;
    }
}

static uint32_t of_all(double share)
{
    return share >= 1 ? UINT32_MAX : (uint32_t)(share * 4294967295.0);
}

void synth_record_write(const struct synth_world *world,
                        const struct synth_person *person, unsigned centre,
                        struct sheet *sheet, struct synth_view *recorded,
                        struct synth_view *truth)
{
    const struct synth_dirt *dirt = &world->options->dirt;
    struct writer writer = {
        .world = world,
        .person = person,
        .sheet = sheet,
        .recorded = recorded,
        .random = synth_stream(world->options->seed, centre, person->place, SYNTH_DIRT),
        .centre = centre,
        .side = centre == person->home ? SIDE_HOME : SIDE_SECOND,
        .year_unknown = of_all(dirt->year_unknown),
        .month_unknown = of_all(dirt->year_unknown + dirt->month_unknown),
        .day_unknown =
            of_all(dirt->year_unknown + dirt->month_unknown + dirt->day_unknown),
        .month_wrong = of_all(dirt->year_unknown + dirt->month_unknown +
                              dirt->day_unknown + dirt->wrong_code),
    };

    view_clear(recorded, person);
    view_clear(truth, person);
    sheet_room(sheet, SHEET_RECORD);
    writer.vital = vital_of(&writer);
    write_line(&writer);
    describe(person, writer.side, &writer.vital, truth);
    truth->here = recorded->here;
}

void synth_view_join(struct synth_view *a, const struct synth_view *b)
{
    if (!b->here)
        return;
    if (!a->here) {
        *a = *b;
        return;
    }
    a->dead = a->dead || b->dead;
    for (int i = 0; i < 2; i++) {
        a->years[i] |= b->years[i];
        a->groups[i] |= b->groups[i];
    }
    for (unsigned i = 0; i < MOST_TUMOURS; i++) {
        if (!b->tumour[i].here)
            continue;
        if (!a->tumour[i].here) {
            a->tumour[i] = b->tumour[i];
            continue;
        }
        if (!a->tumour[i].topography[0])
            memcpy(a->tumour[i].topography, b->tumour[i].topography, 8);
        if (!a->tumour[i].morphology[0])
            memcpy(a->tumour[i].morphology, b->tumour[i].morphology, 8);
        if (a->tumour[i].stage == STAGE_NONE)
            a->tumour[i].stage = b->tumour[i].stage;
    }
    for (unsigned i = 0; i < b->n_altered && a->n_altered < MOST_ALTERATIONS; i++)
        a->altered[a->n_altered++] = b->altered[i];
    for (unsigned i = 0; i < b->n_drugs && a->n_drugs < MOST_DRUGS; i++)
        a->drug[a->n_drugs++] = b->drug[i];
}
