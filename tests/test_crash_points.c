/* SPDX-License-Identifier: Apache-2.0
 *
 * test_crash_points.c: the power is cut at every single sync of a store's life, and what
 * store_commit() had returned for is there, whole.
 *
 * One life: made, opened, eight batches (new patients, versions, identities, a cohort and its
 * run, two erasures of whom it holds), closed and opened twice on the way. It is lived again and again on a disk that loses power
 * (support/fault_vfs.h) at its first sync, at its second, and so on to the last, and each time
 * with all that was not synced lost, with parts of it, and with none. Then:
 *
 *   - both files pass SQLite's integrity check;
 *   - invariants 1 to 3 of store.h hold;
 *   - the batch under way is there or not, never in part;
 *   - a key that was destroyed is nowhere in the files;
 *   - a saved cohort has its run, which opens, and nobody who was erased is in it;
 *   - the store goes on working, also when power is cut again while it mends itself.
 *
 * ctest-labels: slow */
#include <fcntl.h>

#include "store/saved.h"
#include "store/test_fixture.h"
#include "support/fault_vfs.h"

#define BATCHES 8
#define NEW_PATIENTS 4 /* a batch */
#define PATIENTS (BATCHES * NEW_PATIENTS)
#define KINDS 2
#define RUN_BATCH 3                     /* saves a cohort … */
#define RUN_PATIENTS (2 * NEW_PATIENTS) /* … of those of the batches before */

/* What a patient should look like. Texts and names are the number of the batch that wrote
 * them, 0 for none. */
struct expected {
    int texts[KINDS];
    int name;
    bool is_erased;
};

/* After some batch. */
struct model {
    struct expected patients[PATIENTS];
    int64_t sequence;
};

/* What a batch does: one list, for the store and for the model. */
struct operation {
    enum { PUT, NAME, ERASE } what;
    int patient;
    int kind;
};

struct script {
    struct operation operations[64];
    size_t count;
};

static void add(struct script *script, int what, int patient, int kind)
{
    script->operations[script->count++] =
        (struct operation){.what = what, .patient = patient, .kind = kind};
}

static struct script script_of(int batch)
{
    struct script script = {.count = 0};
    int first = (batch - 1) * NEW_PATIENTS;

    if (batch == 5) { /* identities alone: nothing takes a sequence number */
        for (int patient = 0; patient < first; patient += 3)
            add(&script, NAME, patient, 0);
        return script;
    }
    for (int patient = first; patient < first + NEW_PATIENTS; patient++) {
        add(&script, PUT, patient, 0);
        if (patient % 2)
            add(&script, PUT, patient, 1);
        if (patient % 3 == 0)
            add(&script, NAME, patient, 0);
    }
    for (int patient = batch % 3; patient < first; patient += 4) /* new versions */
        add(&script, PUT, patient, batch % 2);
    if (batch == 4 || batch == 7)
        add(&script, ERASE, batch, 0); /* patient 4 of batch 2, patient 7 */
    return script;
}

static void model_apply(struct model *model, int batch)
{
    struct script script = script_of(batch);

    for (size_t i = 0; i < script.count; i++) {
        const struct operation *operation = &script.operations[i];
        struct expected *patient = &model->patients[operation->patient];

        if (patient->is_erased)
            continue;
        switch (operation->what) {
        case PUT: patient->texts[operation->kind] = batch; break;
        case NAME: patient->name = batch; continue;
        case ERASE: *patient = (struct expected){.is_erased = true}; break;
        }
        model->sequence++;
    }
}

/* ---- a life ---- */

struct life {
    struct fixture *fix;
    int committed;                    /* batches that store_commit() returned for */
    int begun;                        /* the last one that was begun */
    struct model models[BATCHES + 1]; /* after each batch */
    uint32_t persons[PATIENTS];       /* numbers of persons, once committed */
    unsigned char keys[PATIENTS][32]; /* of those that will be erased */
    bool has_key[PATIENTS];
};

static const char *number_of(struct life *life, int patient)
{
    return arena_printf(life->fix->arena, "IPP %d", patient);
}

/* Long texts now and then, so that there are overflow pages. */
static const char *text_of(struct life *life, int patient, int kind, int batch)
{
    size_t length = (patient + batch) % 5 == 0 ? 40000 : 300;
    char *text = arena_alloc(life->fix->arena, length + 64);
    int start = snprintf(text, 64, "patient %d kind %d batch %d ", patient, kind, batch);
    uint64_t seed = (uint64_t)(patient * 100 + kind * 10 + batch);

    for (size_t i = (size_t)start; i < length; i++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        text[i] = (char)('0' + (seed >> 58));
    }
    return text;
}

static const char *name_of(struct life *life, int batch)
{
    return arena_printf(life->fix->arena, "NOM %d", batch);
}

static int operate(struct life *life, const struct operation *operation, int batch)
{
    struct fixture *fix = life->fix;
    const char *text = text_of(life, operation->patient, operation->kind, batch);
    struct identity identity = {.birth_name = name_of(life, batch)};
    enum put_outcome outcome;
    struct packed packed;
    uint32_t person;
    int64_t sequence;
    bool is_new;

    if (life->models[batch - 1].patients[operation->patient].is_erased)
        return 0;
    if (store_person(fix->store, "", number_of(life, operation->patient), &person,
                     &is_new, &fix->err) < 0)
        return -1;
    switch (operation->what) {
    case PUT:
        must(packer_pack(fix->packer, NULL, text, strlen(text), &packed, &fix->err), fix);
        return store_put(fix->store, person, operation->kind, "940000664", &packed,
                         &outcome, &sequence, &fix->err);
    case NAME:
        return store_put_identity(fix->store, person, &identity, &outcome, &fix->err);
    case ERASE: return store_erase(fix->store, person, &fix->err);
    }
    return -1;
}

/* Remember the keys that this batch is going to destroy. */
static void keys_remember(struct life *life, const struct script *script)
{
    for (size_t i = 0; i < script->count; i++) {
        int patient = script->operations[i].patient;
        const char *hex;

        if (script->operations[i].what != ERASE)
            continue;
        hex = sql(life->fix, "identities.db",
                  arena_printf(life->fix->arena,
                               "SELECT hex(key) FROM person WHERE number = '%s'",
                               number_of(life, patient)));
        assert_int_equal(strlen(hex), 64);
        for (size_t byte = 0; byte < 32; byte++) {
            char digits[3] = {hex[2 * byte], hex[2 * byte + 1], 0};

            life->keys[patient][byte] = (unsigned char)strtoul(digits, NULL, 16);
        }
        life->has_key[patient] = true;
    }
}

static unsigned char run_answer(int patient)
{
    return (unsigned char)(patient % 3);
}

/* Persons of the batches before are numbered in the order of patients. */
static int save_run(struct life *life)
{
    struct fixture *fix = life->fix;
    struct saved cohort = {.name = "c", .text = "any", .author = "", .note = ""};
    struct saved_run run = {.cohort = "c",
                            .version = 1,
                            .author = "",
                            .coverage_text = "",
                            .definitions = ""};
    uint32_t person[RUN_PATIENTS];
    unsigned char answer[RUN_PATIENTS];
    unsigned number;
    bool is_new;

    for (int patient = 0; patient < RUN_PATIENTS; patient++) {
        person[patient] = life->persons[patient];
        answer[patient] = run_answer(patient);
    }
    memcpy(run.incarnation, store_incarnation(fix->store), sizeof(run.incarnation));
    if (store_save(fix->store, SAVED_COHORT, &cohort, &number, &is_new, &fix->err) < 0)
        return -1;
    return store_run_save(fix->store, &run,
                          &(struct run_persons){RUN_PATIENTS, person, answer}, &number,
                          &fix->err);
}

static int batch_live(struct life *life, int batch)
{
    struct fixture *fix = life->fix;
    struct script script = script_of(batch);

    keys_remember(life, &script);
    life->begun = batch;
    if (store_begin(fix->store, &fix->err) < 0)
        return -1;
    for (size_t i = 0; i < script.count; i++)
        if (operate(life, &script.operations[i], batch) < 0)
            return -1;
    if (batch == RUN_BATCH && save_run(life) < 0)
        return -1;
    if (store_commit(fix->store, fix->now + batch, &fix->err) < 0)
        return -1;
    life->committed = batch;
    for (int patient = 0; patient < PATIENTS; patient++)
        if (!life->models[batch].patients[patient].is_erased && !life->persons[patient])
            must(store_find(fix->store, number_of(life, patient), &life->persons[patient],
                            &fix->err),
                 fix);
    return 0;
}

/* As far as the power lasts. */
static void live(struct life *life)
{
    struct fixture *fix = life->fix;

    if (store_create(fix->folder, &fix->err) < 0)
        return;
    for (int batch = 1; batch <= BATCHES; batch++) {
        if (batch == 4 || batch == 6) { /* which copies the logs into the files */
            store_close(fix->store);
            fix->store = NULL;
        }
        if (!fix->store)
            fix->store = store_open(fix->folder, STORE_WRITE, &fix->err);
        if (!fix->store || fault_vfs_is_cut() || batch_live(life, batch) < 0)
            return;
    }
}

/* ---- what is left of it ---- */

static void assert_tables(struct fixture *fix)
{
    const char *attach =
        arena_printf(fix->arena, "ATTACH '%s' AS i;", path_of(fix, "identities.db"));

    assert_sql(fix, "identities.db", "PRAGMA integrity_check", "ok");
    assert_sql(fix, "originals.db", "PRAGMA integrity_check", "ok");
    assert_sql(fix, "identities.db", "PRAGMA foreign_key_check", "");
    /* invariant 1 */
    assert_sql(fix, "originals.db",
               arena_printf(fix->arena,
                            "%s SELECT count(*) FROM original"
                            " WHERE person NOT IN (SELECT id FROM i.person)",
                            attach),
               "0");
    /* invariant 2: the batches cover the sequence without hole or overlap */
    assert_sql(
        fix, "originals.db",
        "SELECT count(*) FROM batch AS b WHERE first_sequence <> 1 + coalesce("
        "(SELECT max(last_sequence) FROM batch WHERE last_sequence < b.last_sequence), 0)",
        "0");
    assert_sql(fix, "originals.db",
               "SELECT (SELECT count(*) FROM original) ="
               " coalesce((SELECT max(last_sequence) FROM batch), 0)",
               "1");
    /* each fragment is at its last version */
    assert_sql(
        fix, "originals.db",
        "SELECT count(*) FROM fragment AS f WHERE sequence <> (SELECT max(sequence) FROM"
        " original AS o WHERE o.person = f.person AND o.kind = f.kind"
        " AND o.origin = f.origin)",
        "0");
}

/* After the sweep, also the counts and the tombstones. */
static void assert_swept(struct fixture *fix)
{
    const char *attach =
        arena_printf(fix->arena, "ATTACH '%s' AS i;", path_of(fix, "identities.db"));

    assert_sql(
        fix, "originals.db",
        "SELECT originals = (SELECT count(*) FROM fragment WHERE kind >= 0) AND persons ="
        " (SELECT count(DISTINCT person) FROM fragment WHERE kind >= 0) FROM state",
        "1");
    assert_sql(fix, "identities.db",
               "SELECT identities = (SELECT count(*) FROM identity) FROM state", "1");
    assert_sql(fix, "originals.db",
               arena_printf(fix->arena,
                            "%s SELECT count(*) FROM i.person WHERE (key IS NULL) <>"
                            " (id IN (SELECT person FROM fragment WHERE kind < 0))",
                            attach),
               "0");
    assert_sql(fix, "originals.db",
               arena_printf(fix->arena,
                            "%s SELECT count(*) FROM i.person WHERE id NOT IN"
                            " (SELECT person FROM fragment) AND id NOT IN"
                            " (SELECT person FROM i.identity)",
                            attach),
               "0");
}

static const char *expected_originals(struct life *life, const struct expected *expected,
                                      int patient)
{
    const char *all = "";

    for (int kind = 0; kind < KINDS; kind++)
        if (expected->texts[kind])
            all = arena_printf(life->fix->arena, "%s%d@940000664=%s;", all, kind,
                               text_of(life, patient, kind, expected->texts[kind]));
    return all;
}

static bool has_name(struct life *life, uint32_t person, int batch)
{
    struct identity *identity;

    must(store_identity(life->fix->store, life->fix->arena, person, &identity,
                        &life->fix->err),
         life->fix);
    return identity ? batch && strcmp(identity->birth_name, name_of(life, batch)) == 0
                    : !batch;
}

/* PATIENT is as EXPECTED, but for a name, which may be OTHER as well. */
static void assert_patient(struct life *life, int patient,
                           const struct expected *expected, int other)
{
    struct fixture *fix = life->fix;
    uint32_t person;

    must(store_find(fix->store, number_of(life, patient), &person, &fix->err), fix);
    if (expected->is_erased) {
        assert_int_equal(person, 0);
        assert_all(fix, life->persons[patient], "");
        return;
    }
    assert_string_equal(all_of(fix, fix->store, person),
                        expected_originals(life, expected, patient));
    assert_true(has_name(life, person, expected->name) || has_name(life, person, other));
    if (life->persons[patient]) /* nobody is numbered anew */
        assert_int_equal(person, life->persons[patient]);
}

static bool folder_holds(struct fixture *fix, const unsigned char key[32])
{
    static const char *const files[] = {"identities.db", "identities.db-wal"};
    static char content[4 << 20];

    for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
        int fd = open(path_of(fix, files[i]), O_RDONLY);
        ssize_t length = fd < 0 ? 0 : read(fd, content, sizeof(content));

        if (fd >= 0)
            close(fd);
        if (length > 0 && memmem(content, (size_t)length, key, 32))
            return true;
    }
    return false;
}

/* The cohort is there with its run, or neither is. */
static void assert_run(struct life *life, const struct model *model, bool is_there)
{
    struct fixture *fix = life->fix;
    struct run_persons persons;
    struct saved *cohort;
    size_t n = 0;

    assert_sql(
        fix, "originals.db",
        arena_printf(fix->arena,
                     "ATTACH '%s' AS i; SELECT (SELECT group_concat(id) FROM i.run_key)"
                     " IS (SELECT group_concat(key) FROM run)",
                     path_of(fix, "identities.db")),
        "1");
    must(store_saved(fix->store, fix->arena, SAVED_COHORT, "c", 0, &cohort, &fix->err),
         fix);
    assert_int_equal(cohort != NULL, is_there);
    if (!is_there) {
        assert_sql(fix, "originals.db", "SELECT count(*) FROM run", "0");
        return;
    }
    must(store_run_persons(fix->store, fix->arena, "c", 1, &persons, &fix->err), fix);
    for (int patient = 0; patient < RUN_PATIENTS; patient++) {
        if (model->patients[patient].is_erased)
            continue;
        assert_true(n < persons.n);
        assert_int_equal(persons.person[n], life->persons[patient]);
        assert_int_equal(persons.answer[n], run_answer(patient));
        n++;
    }
    assert_int_equal(persons.n, n);
}

static void assert_what_is_left(struct life *life)
{
    struct fixture *fix = life->fix;
    const struct model *before = &life->models[life->committed];
    const struct model *after = &life->models[life->begun];
    struct model model = *before;
    int64_t sequence;

    must(store_cut(fix->store, &sequence, &(int64_t){0}, &fix->err), fix);
    if (sequence == after->sequence) {
        model = *after;
    } else if (sequence != before->sequence) {
        /* identities.db went first with its erasures: they were finished at the opening */
        for (int patient = 0; patient < PATIENTS; patient++)
            if (after->patients[patient].is_erased &&
                !model.patients[patient].is_erased) {
                model.patients[patient] = (struct expected){.is_erased = true};
                model.sequence++;
            }
        assert_int_equal(sequence, model.sequence);
    }
    for (int patient = 0; patient < PATIENTS; patient++) {
        struct expected expected = model.patients[patient];

        /* identities.db commits first, and perhaps alone */
        expected.name = after->patients[patient].name;
        assert_patient(life, patient, &expected,
                       sequence == before->sequence ? before->patients[patient].name
                                                    : expected.name);
        if (expected.is_erased)
            assert_false(folder_holds(fix, life->keys[patient]));
    }
    assert_run(life, &model,
               life->committed >= RUN_BATCH ||
                   (life->begun == RUN_BATCH && sequence == after->sequence));
}

/* One more batch, and everything as it was. */
static void assert_lives_on(struct life *life)
{
    struct fixture *fix = life->fix;
    uint32_t newcomer = patient(fix, "newcomer", "hello");

    for (int patient = 0; patient < PATIENTS; patient++)
        assert_int_not_equal(newcomer, life->persons[patient]);
    reopen(fix);
    assert_all(fix, newcomer, "1@=hello;");
    assert_tables(fix);
    assert_swept(fix);
}

/* A reader; here, so that a failed test can close it. */
static struct store *bystander;

struct plan {
    enum fault_loss loss;
    uint64_t seed;
    unsigned again; /* power is cut again at this sync of the next opening; 0 = not */
};

static void crash_while_opening(struct fixture *fix, unsigned sync,
                                const struct plan *plan)
{
    fault_vfs_cut_at(plan->again, plan->loss, plan->seed + sync * 1000 + 500);
    store_close(store_open(fix->folder, STORE_WRITE, NULL));
    fault_vfs_restart();
}

/* Is there a sync number SYNC? */
static bool crash_at(struct fixture *fix, unsigned sync, const struct plan *plan)
{
    static struct life whole;
    struct life *life = &whole;
    bool was_cut;

    *life = (struct life){.fix = fix};
    for (int batch = 1; batch <= BATCHES; batch++) {
        life->models[batch] = life->models[batch - 1];
        model_apply(&life->models[batch], batch);
    }

    fault_vfs_cut_at(sync, plan->loss, plan->seed + sync * 1000);
    live(life);
    store_close(fix->store);
    fix->store = NULL;
    was_cut = fault_vfs_is_cut();
    if (!was_cut)
        assert_int_equal(life->committed, BATCHES);
    fault_vfs_restart();
    if (plan->again && life->begun > 0)
        crash_while_opening(fix, sync, plan);

    /* a reader throughout, so that no connection is the last one, which tidies up */
    bystander = store_open(fix->folder, STORE_READ, &fix->err);
    if (bystander) {
        assert_tables(fix); /* before anything is swept */
    } else {                /* not made yet, so that it can be made */
        expect_error(fix, -1, ERROR_NOT_FOUND, "holds no store");
        assert_int_equal(life->begun, 0);
        must(store_create(fix->folder, &fix->err), fix);
    }
    fix->store = open_store(fix, STORE_WRITE);
    assert_tables(fix);
    assert_swept(fix);
    assert_what_is_left(life);
    store_close(bystander);
    bystander = NULL;
    assert_lives_on(life);

    return was_cut;
}

static int fixture_unplug(void **state)
{
    struct fixture *fix = *state;

    store_close(bystander);
    bystander = NULL;
    store_close(fix->store);
    fix->store = NULL;
    fault_vfs_restart(); /* which forgets what is not yet on the real disk */
    return fixture_free(state);
}

static void run(void **state, struct plan plan)
{
    unsigned sync = 0;
    bool was_cut;

    do {
        sync++;
        was_cut = crash_at(*state, sync, &plan);
        assert_int_equal(fixture_unplug(state), 0);
        assert_int_equal(fixture_new(state), 0);
    } while (was_cut);
    assert_true(sync > 50);
    print_message("%u sync points\n", sync - 1);
}

static void nothing_is_lost_but_what_was_not_synced(void **state)
{
    run(state, (struct plan){.loss = FAULT_LOSE_ALL});
}

static void torn_writes_are_not_seen(void **state)
{
    run(state, (struct plan){.loss = FAULT_LOSE_SOME, .seed = 1});
}

static void other_torn_writes_are_not_seen(void **state)
{
    run(state, (struct plan){.loss = FAULT_LOSE_SOME, .seed = 2});
}

static void a_process_may_die_and_the_machine_go_on(void **state)
{
    run(state, (struct plan){.loss = FAULT_LOSE_NONE});
}

static void a_second_cut_while_mending_does_no_more_harm(void **state)
{
    run(state, (struct plan){.loss = FAULT_LOSE_SOME, .seed = 3, .again = 1});
    run(state, (struct plan){.loss = FAULT_LOSE_ALL, .again = 2});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_new, fixture_unplug)
        TEST(nothing_is_lost_but_what_was_not_synced),
        TEST(torn_writes_are_not_seen),
        TEST(other_torn_writes_are_not_seen),
        TEST(a_process_may_die_and_the_machine_go_on),
        TEST(a_second_cut_while_mending_does_no_more_harm),
    };

    fault_vfs_install();
    return cmocka_run_group_tests_name("crash points", tests, NULL, NULL);
}
