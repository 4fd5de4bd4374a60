/*
 * The ceiling of pages: a server that does the same queries and sends the same bytes, and nothing
 * else. A plain epoll loop a thread; the statements and answers are recorded from the program's
 * own handlers at start (record.h), so that it cannot do less than the pages ask.
 *
 *     bare_server --db URL --data DIR --listen 127.0.0.1:PORT THREADS PATTERN...
 *
 * PATTERN is a path; {unit} stands for every municipality. Prints "listening on http://..." when it
 * is ready. It reads nothing of a request but its target: no sessions, languages, limits or logs.
 */
#include "runner.h"

#include "platform/core/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_MOST 4096
#define UNITS_MOST 2000

struct client {
    int fd;
    size_t have, sent;              /* of the request; of the answer */
    const struct recording *answer; /* being sent */
    char request[REQUEST_MOST];
};

static struct recordings pages;
static const struct recording **places; /* hash table by path */
static size_t place_count;
static const char *url;
static struct sockaddr_in address = {.sin_family = AF_INET};

static size_t place_of(struct str path)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < path.n; i++)
        hash = (hash ^ (unsigned char)path.p[i]) * UINT64_C(1099511628211);
    size_t at = hash & (place_count - 1);
    while (places[at] && !str_eq(places[at]->path, path))
        at = (at + 1) & (place_count - 1);
    return at;
}

static void index_pages(void)
{
    for (place_count = 64; place_count < pages.n * 4; place_count *= 2)
        continue;
    places = err_memory(calloc(place_count, sizeof(const struct recording *)));
    for (size_t i = 0; i < pages.n; i++)
        places[place_of(pages.v[i].path)] = &pages.v[i];
}

static void close_client(struct client *c)
{
    close(c->fd);
    free(c);
}

/* False when the client is gone. */
static bool go_on_sending(int epoll, struct client *c)
{
    struct str answer = c->answer->answer;
    while (c->sent < answer.n) {
        ssize_t n = send(c->fd, answer.p + c->sent, answer.n - c->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            struct epoll_event e = {.events = EPOLLOUT, .data.ptr = c};
            epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &e);
            return true;
        }
        if (n <= 0)
            return false;
        c->sent += (size_t)n;
    }
    c->answer = NULL;
    return true;
}

static bool answer_requests(int epoll, struct runner *runner, struct client *c)
{
    char *end;
    while (!c->answer && c->have > 0 && (end = memmem(c->request, c->have, "\r\n\r\n", 4))) {
        char *from = memchr(c->request, ' ', c->have);
        char *to = from ? memchr(from + 1, ' ', (size_t)(end - from)) : NULL;
        size_t used = (size_t)(end - c->request) + 4;
        if (!to)
            return false;
        c->answer = places[place_of(str_of(from + 1, (size_t)(to - from - 1)))];
        if (!c->answer)
            return false; /* wrk then counts an error */
        c->sent = 0;
        runner_page(runner, c->answer);
        memmove(c->request, c->request + used, c->have - used);
        c->have -= used;
        if (!go_on_sending(epoll, c))
            return false;
    }
    return c->have < REQUEST_MOST;
}

static bool serve_client(int epoll, struct runner *runner, struct client *c, uint32_t events)
{
    if (events & (EPOLLERR | EPOLLHUP))
        return false;
    if (events & EPOLLOUT) {
        if (c->answer && !go_on_sending(epoll, c))
            return false;
        if (!c->answer) {
            struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
            epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &e);
        }
        return answer_requests(epoll, runner, c);
    }
    ssize_t n = recv(c->fd, c->request + c->have, REQUEST_MOST - c->have, 0);
    if (n < 0 && errno == EAGAIN)
        return true;
    if (n <= 0)
        return false;
    c->have += (size_t)n;
    return answer_requests(epoll, runner, c);
}

static int open_listener(void)
{
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 1024) != 0) {
        perror("bare_server");
        exit(EXIT_ENVIRONMENT);
    }
    socklen_t n = sizeof address;
    getsockname(fd, (struct sockaddr *)&address, &n); /* the port, when 0 was asked for */
    return fd;
}

static void *loop(void *arg)
{
    int listener = *(int *)arg, epoll = epoll_create1(EPOLL_CLOEXEC), on = 1;
    struct runner *runner = runner_open(url, false);
    struct epoll_event events[64], e = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &e);
    for (;;) {
        int n = epoll_wait(epoll, events, COUNT_OF(events), -1);
        for (int i = 0; i < n; i++) {
            struct client *c = events[i].data.ptr;
            if (c) {
                if (!serve_client(epoll, runner, c, events[i].events))
                    close_client(c);
                continue;
            }
            int fd;
            while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
                c = err_memory(calloc(1, sizeof *c));
                c->fd = fd;
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                e = (struct epoll_event){.events = EPOLLIN, .data.ptr = c};
                epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
            }
        }
    }
    return NULL;
}

static void record_all(const struct options *o, struct arena *a, char **patterns, int count)
{
    struct house h;
    if (house_open(&h, o, HOUSE_READ_ONLY | HOUSE_START) != EXIT_DONE)
        exit(EXIT_ENVIRONMENT);
    for (int i = 0; i < RATE__MAX; i++)
        h.app.limits[i].per_minute = -1;
    record_pages(&h.app, a, patterns, count, UNITS_MOST, &pages);
    house_close(&h);
    index_pages();
}

int main(int argc, char **argv)
{
    struct options o;
    int64_t threads = 0, port = 0;
    pthread_t thread;
    argc--;
    argv++;
    const char *colon = options_take(&o, &argc, argv) ? strrchr(o.listen, ':') : NULL;
    if (!colon || argc < 2 || !str_to_i64(str_from(argv[0]), &threads) || threads < 1 ||
        threads > 64 || !str_to_i64(str_from(colon + 1), &port)) {
        fprintf(stderr, "usage: bare_server --db URL --data DIR --listen 127.0.0.1:PORT THREADS "
                        "PATTERN...\n");
        return EXIT_BAD_USAGE;
    }
    signal(SIGPIPE, SIG_IGN);
    log_set_level(LOG_WARN);
    url = o.db;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)port);
    record_all(&o, arena_new(), argv + 1, argc - 1);
    int *listeners = err_memory(calloc((size_t)threads, sizeof *listeners));
    for (int64_t i = 0; i < threads; i++)
        listeners[i] = open_listener();
    for (int64_t i = 1; i < threads; i++)
        INVARIANT(pthread_create(&thread, NULL, loop, &listeners[i]) == 0);
    printf("listening on http://127.0.0.1:%d (%zu pages, %zu statements and %zu bytes the first)\n",
           ntohs(address.sin_port), pages.n, pages.v[0].n, pages.v[0].answer.n);
    fflush(stdout);
    loop(&listeners[0]);
    return EXIT_DONE;
}
