/* SPDX-License-Identifier: Apache-2.0
 *
 * http/server.c: sockets, start and stop. See server.h.
 *
 * Connections of the Unix socket are accepted here and handed to the library: it could accept
 * them itself, but it would read the name of the other end into too small a place, and it
 * would not ask who is there. */
#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/log.h"
#include "base/pool.h"
#include "http/server_internal.h"

#define BACKLOG 256
/* What running requests get when the server stops, and the last answer of an import. */
#define STOP_MILLISECONDS 10000.0
#define LAST_ANSWER_MILLISECONDS 2000.0
#define STATUS_MILLISECONDS 1000.0

/* ---- status ---- */

int server_status(struct server *server, struct node_status *status_r, struct error *err)
{
    double now = clock_milliseconds();
    int result = 0;

    pthread_mutex_lock(&server->status_lock);
    if (server->status_time == 0 || now - server->status_time > STATUS_MILLISECONDS) {
        result = node_status(server->node, &server->status, err);
        server->status_time = result == 0 ? now : 0;
    }
    if (result == 0)
        *status_r = server->status;
    pthread_mutex_unlock(&server->status_lock);
    return result;
}

void server_status_forget(struct server *server)
{
    pthread_mutex_lock(&server->status_lock);
    server->status_time = 0;
    pthread_mutex_unlock(&server->status_lock);
}

unsigned server_connections(struct server *server)
{
    const union MHD_DaemonInfo *found =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

    return found ? found->num_connections : 0;
}

/* ---- sockets ---- */

static int listen_loopback(unsigned port, unsigned *port_r, struct error *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int on = 1;
    int fd = port > UINT16_MAX
                 ? -1
                 : socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (port > UINT16_MAX)
        return error_set(err, ERROR_INPUT, "port %u: 0 to 65535 was expected", port);
    if (fd < 0)
        return error_errno(err, "cannot make a socket");

    /* connections of a server that has just ended must not keep its port */
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
        listen(fd, BACKLOG) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
        if (errno == EADDRINUSE)
            error_set(err, ERROR_BUSY,
                      "port %u of 127.0.0.1 is taken: name another one, or 0 for any",
                      port);
        else
            error_errno(err, "cannot listen on port %u of 127.0.0.1", port);
        close(fd);
        return -1;
    }
    *port_r = ntohs(address.sin_port);
    return fd;
}

/* A path may be longer than the 107 bytes that fit an address: then by way of its folder,
 * whose descriptor FOLDER_R is to be closed afterwards (-1: not needed). */
static int local_address(const char *path, struct sockaddr_un *address_r, int *folder_r,
                         struct error *err)
{
    const char *name = strrchr(path, '/');
    char folder[4096];

    *address_r = (struct sockaddr_un){.sun_family = AF_UNIX};
    *folder_r = -1;
    if (strlen(path) < sizeof(address_r->sun_path)) {
        memcpy(address_r->sun_path, path, strlen(path) + 1);
        return 0;
    }
    if (!name || (size_t)(name - path) >= sizeof(folder) || strlen(name) > 64)
        return error_set(err, ERROR_LIMIT, "%s: too long for a socket", path);
    memcpy(folder, path, (size_t)(name - path));
    folder[name - path] = '\0';
    *folder_r = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*folder_r < 0)
        return error_errno(err, "cannot open %s", folder);
    snprintf(address_r->sun_path, sizeof(address_r->sun_path), "/proc/self/fd/%d%s",
             *folder_r, name);
    return 0;
}

/* A socket that nobody listens on is left over from a server that was killed. */
static int remove_leftover(const char *path, const struct sockaddr_un *address,
                           struct error *err)
{
    struct stat found;
    int probe;
    bool alive;

    if (lstat(path, &found) < 0)
        return errno == ENOENT ? 0 : error_errno(err, "cannot look at %s", path);
    if (!S_ISSOCK(found.st_mode))
        return error_set(err, ERROR_REFUSED, "%s is there and is no socket", path);
    probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0)
        return error_errno(err, "cannot make a socket");
    /* EAGAIN: somebody listens, and has a long queue */
    alive = connect(probe, (const struct sockaddr *)address, sizeof(*address)) == 0 ||
            errno == EAGAIN;
    close(probe);
    if (alive)
        return error_set(err, ERROR_BUSY, "another server answers on %s", path);
    return unlink(path) == 0 ? 0 : error_errno(err, "cannot remove %s", path);
}

static int listen_local(const char *path, struct error *err)
{
    struct sockaddr_un address;
    int folder;
    int fd = -1;

    if (local_address(path, &address, &folder, err) < 0)
        return -1;
    if (remove_leftover(path, &address, err) == 0) {
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        /* on Linux the mode of the unbound socket becomes that of the file, so nobody can
         * come in between bind() and a chmod() */
        if (fd < 0 || fchmod(fd, 0600) < 0 ||
            bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
            listen(fd, BACKLOG) < 0) {
            error_errno(err, "cannot listen on %s", path);
            if (fd >= 0)
                close(fd);
            fd = -1;
        }
    }
    if (folder >= 0)
        close(folder);
    return fd;
}

/* The mode of the file keeps others out; this does when somebody has changed it. */
static void accept_local(struct server *server, int listening)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);
    int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0) {
        /* gone again; or no descriptor left, and then asking at once again helps nobody */
        if (errno == EMFILE || errno == ENFILE)
            nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
        return;
    }
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ||
        (peer.uid != geteuid() && peer.uid != 0)) {
        log_event(LOG_WARNING, "http.stranger", LOG_NUMBER("uid", peer.uid));
        close(fd);
        return;
    }
    transfer_add_local(server, fd);
}

/* ---- the word to stop ---- */

static atomic_int signal_fd = -1;

static void on_signal(int number)
{
    int saved = errno;
    uint64_t one = 1;

    (void)number;
    /* full means that it was said before */
    if (write(atomic_load(&signal_fd), &one, sizeof(one)) < 0)
        errno = saved;
    errno = saved;
}

struct signals {
    int fd;
    struct sigaction terminate, interrupt; /* what was there before */
};

/* Handlers rather than a signalfd: whichever thread of the process a signal meets, and
 * whatever that thread blocks or not, the word arrives. */
static int signals_take(struct signals *signals, struct error *err)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

    signals->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (signals->fd < 0)
        return error_errno(err, "cannot make an event descriptor");
    atomic_store(&signal_fd, signals->fd);
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, &signals->terminate);
    sigaction(SIGINT, &action, &signals->interrupt);
    return 0;
}

static void signals_give_back(struct signals *signals)
{
    if (signals->fd < 0)
        return;
    sigaction(SIGTERM, &signals->terminate, NULL);
    sigaction(SIGINT, &signals->interrupt, NULL);
    atomic_store(&signal_fd, -1);
    close(signals->fd);
}

/* ---- running ---- */

static int serve(struct server *server, int local, int stop, struct error *err)
{
    struct pollfd watched[] = {{.fd = stop, .events = POLLIN},
                               {.fd = local, .events = POLLIN}};

    for (;;) {
        int ready = poll(watched, ARRAY_LENGTH(watched), -1);

        if (ready < 0 && errno != EINTR)
            return error_errno(err, "cannot wait for connections");
        if (ready <= 0)
            continue;
        if (watched[0].revents)
            return 0;
        if (watched[1].revents)
            accept_local(server, local);
    }
}

/* Those that run are waited for; new ones, also those that come over the socket, hear that
 * the server stops. */
static void drain(struct server *server, int local)
{
    struct pollfd watched = {.fd = local, .events = POLLIN};
    double end = clock_milliseconds() + STOP_MILLISECONDS;

    atomic_store(&server->stopping, true);
    while (atomic_load(&server->metrics.running) > 0 && clock_milliseconds() < end) {
        if (writer_is_busy(&server->writer) &&
            end < clock_milliseconds() + LAST_ANSWER_MILLISECONDS)
            end = clock_milliseconds() + LAST_ANSWER_MILLISECONDS;
        if (poll(&watched, 1, 5) > 0)
            accept_local(server, local);
    }
}

static void free_scratch(void *arena)
{
    arena_free(arena);
}

static void server_open(struct server *server, struct node *node, uint64_t import_limit)
{
    *server = (struct server){
        .node = node,
        .import_limit = import_limit ? import_limit : SERVER_IMPORT_LIMIT,
    };
    if (pthread_key_create(&server->scratch, free_scratch) != 0)
        panic("http: no room for each thread's own memory");
    pthread_mutex_init(&server->status_lock, NULL);
    metrics_init(&server->metrics);
    writer_start(server);
}

static void server_close(struct server *server)
{
    writer_stop(&server->writer);
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    pthread_mutex_destroy(&server->status_lock);
    pthread_key_delete(server->scratch);
}

static int run(struct server *server, int loopback, int local, int stop, unsigned port,
               const struct server_options *options, struct error *err)
{
    if (transfer_start(server, loopback,
                       options->threads ? options->threads : pool_cores(), err) < 0) {
        close(loopback);
        return -1;
    }
    log_event(LOG_INFO, "http.listening", LOG_NUMBER("port", port),
              LOG_STRING("socket", options->socket_path ? options->socket_path : ""));
    if (options->ready)
        options->ready(options->context, port);

    int status = serve(server, local, stop, err);

    log_event(LOG_INFO, "http.stopping",
              LOG_NUMBER("running", atomic_load(&server->metrics.running)));
    drain(server, local);
    return status;
}

int server_run(struct node *node, const struct server_options *options, struct error *err)
{
    struct server server;
    struct signals signals = {.fd = -1};
    unsigned port = 0;
    int local = -1;
    int loopback = -1;
    int status = -1;

    server_open(&server, node, options->import_limit);
    if (options->socket_path)
        local = listen_local(options->socket_path, err);
    if (local >= 0 || !options->socket_path)
        loopback = listen_loopback(options->port, &port, err);
    if (loopback >= 0) {
        if (options->stop_fd >= 0 || signals_take(&signals, err) == 0)
            status = run(&server, loopback, local,
                         options->stop_fd >= 0 ? options->stop_fd : signals.fd, port,
                         options, err);
        else
            close(loopback);
    }
    server_close(&server);
    if (local >= 0) {
        close(local);
        unlink(options->socket_path);
    }
    signals_give_back(&signals);
    return status;
}
