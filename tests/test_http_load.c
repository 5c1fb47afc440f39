/* SPDX-License-Identifier: Apache-2.0
 *
 * test_http_load.c: eight clients ask while patients are imported and segments merged. Every
 * question is answered, and no answer forgets a patient that an earlier one had counted.
 *
 *     ctest-labels: threads */
#include "test_http_support.h"

#include <stdatomic.h>

#define CLIENTS 8
#define BEFORE 30
#define ROUNDS 6
#define EACH_ROUND 60 /* a multiple of three: two thirds are counted */

static struct served served;
static atomic_bool stop;
static atomic_int questions, refused;

struct client {
    pthread_t thread;
    int fd;
    bool local;
    unsigned number;
};

static int64_t certain_of(const struct answer *answer)
{
    static const char start[] = "{\"certain\":";

    if (strncmp(buffer_text(&answer->body), start, sizeof(start) - 1) != 0)
        return -1;
    return strtoll(answer->body.bytes + sizeof(start) - 1, NULL, 10);
}

/* cmocka's asserts are for the main thread only: here trouble is counted. */
static void *client_run(void *context)
{
    static const char *const others[] = {
        "GET /health HTTP/1.1\r\n" HOST "\r\n",
        "GET /metrics HTTP/1.1\r\n" HOST "\r\n",
        "GET /status HTTP/1.1\r\n" HOST "\r\n",
        "GET /count?criteria=any&by=topography&by=sex&funnel HTTP/1.1\r\n" HOST
        "Accept: text/plain\r\n\r\n",
        "GET /patients/3 HTTP/1.1\r\n" HOST "\r\n", /* over the socket */
    };
    const struct client *client = context;
    size_t n_others = ARRAY_LENGTH(others) - !client->local;
    int fd = client->fd;
    int64_t last = BEFORE / 3 * 2;

    for (unsigned i = client->number; !atomic_load(&stop); i++) {
        struct answer answer;

        send_text(fd,
                  "GET /count?criteria=tumour+%7B+topography+C34+%7D HTTP/1.1\r\n" HOST
                  "\r\n");
        read_answer(fd, false, &answer);
        if (answer.status != 200 || certain_of(&answer) < last) {
            fprintf(stderr, "%u after %lld: %s\n", answer.status, (long long)last,
                    buffer_text(&answer.body));
            atomic_fetch_add(&refused, 1);
        } else {
            last = certain_of(&answer);
        }
        answer_free(&answer);

        send_text(fd, others[i % n_others]);
        read_answer(fd, false, &answer);
        if (answer.status != 200) {
            fprintf(stderr, "%s%u %s\n", others[i % n_others], answer.status,
                    buffer_text(&answer.body));
            atomic_fetch_add(&refused, 1);
        }
        answer_free(&answer);
        atomic_fetch_add(&questions, 2);
    }
    close(fd);
    return NULL;
}

static void import_patients(unsigned first, unsigned after, unsigned version)
{
    struct answer answer;
    size_t length;
    char *text = patients_json(first, after, version, &length);

    upload(&served, text, length, &answer);
    if (answer.status != 200)
        fail_msg("%s", buffer_text(&answer.body));
    answer_free(&answer);
    free(text);
}

/* New patients, then other versions of the first ones; sometimes all segments are merged. */
static void import_round(unsigned round)
{
    unsigned first = BEFORE + 1 + round * EACH_ROUND;
    struct answer answer;
    int before = atomic_load(&questions);

    import_patients(first, first + EACH_ROUND, 0);
    import_patients(1, BEFORE + 1, round + 1);
    if (round % 2) {
        ask(&served, true, "POST /compact HTTP/1.1\r\n" HOST "\r\n", &answer);
        assert_int_equal(answer.status, 200);
        answer_free(&answer);
    }
    /* no round passes without questions */
    while (atomic_load(&questions) < before + CLIENTS && !atomic_load(&refused))
        usleep(1000);
}

static void questions_are_answered_while_patients_come(void **state)
{
    struct client clients[CLIENTS];
    struct answer answer;

    (void)state;
    log_configure(-1, LOG_ERROR);
    node_with(&served, BEFORE);
    server_up(&served);
    for (unsigned i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.local = i % 2, .number = i};
        clients[i].fd = i % 2 ? connect_local(&served) : connect_tcp(&served);
        assert_int_equal(
            pthread_create(&clients[i].thread, NULL, client_run, &clients[i]), 0);
    }
    for (unsigned round = 0; round < ROUNDS; round++)
        import_round(round);
    atomic_store(&stop, true);
    for (unsigned i = 0; i < CLIENTS; i++)
        pthread_join(clients[i].thread, NULL);

    ask(&served, false, "GET /count?criteria=topography+C34 HTTP/1.1\r\n" HOST "\r\n",
        &answer);
    assert_int_equal(certain_of(&answer), (BEFORE + ROUNDS * EACH_ROUND) / 3 * 2);
    answer_free(&answer);
    assert_int_equal(atomic_load(&refused), 0);
    assert_true(atomic_load(&questions) > CLIENTS * ROUNDS);
    fprintf(stderr, "%d questions\n", atomic_load(&questions));
    server_down(&served);
    node_remove(&served);
}

/* More connections than one address may have: those beyond are closed, the socket is still
 * reached, and when they are gone all is as before. */
static void the_loopback_address_cannot_take_everything(void **state)
{
    enum { MANY = 300 };
    static int fds[MANY];
    struct answer answer;
    unsigned served_ones = 0;
    unsigned closed = 0;

    (void)state;
    served = (struct served){0};
    node_with(&served, 3);
    server_up(&served);
    for (int i = 0; i < MANY; i++) {
        fds[i] = connect_tcp(&served);
        send_text(fds[i], "GET /health HTTP/1.1\r\n" HOST "\r\n");
    }
    for (int i = 0; i < MANY; i++) {
        read_answer(fds[i], false, &answer);
        served_ones += answer.status == 200;
        closed += answer.closed;
        answer_free(&answer);
    }
    assert_int_equal(served_ones + closed, MANY);
    assert_in_range(served_ones, 200, 256);
    ask(&served, true, "GET /health HTTP/1.1\r\n" HOST "\r\n", &answer);
    assert_int_equal(answer.status, 200);
    answer_free(&answer);
    for (int i = 0; i < MANY; i++)
        close(fds[i]);
    for (int i = 0; i < 1000; i++) {
        ask(&served, false, "GET /health HTTP/1.1\r\n" HOST "\r\n", &answer);
        if (answer.status == 200)
            break;
        answer_free(&answer);
        usleep(1000);
    }
    assert_int_equal(answer.status, 200);
    answer_free(&answer);
    server_down(&served);
    node_remove(&served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_are_answered_while_patients_come),
        cmocka_unit_test(the_loopback_address_cannot_take_everything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
