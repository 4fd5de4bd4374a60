/*
 * The register of open connections: deadlines that a trickle of bytes cannot move, a bound per
 * client address, and a decent end for sockets that are closed while the client still sends.
 *
 * The HTTP library has only an inactivity timeout, which a slow client resets with each byte. Here
 * one thread looks at every connection four times a second and shuts the overdue ones down; the
 * library then notices and closes. A socket is shut down under the lock that connections_remove
 * takes before the library closes it, so never a socket that has been given to somebody else.
 *
 * A server that closes while unread bytes are waiting makes the kernel send a reset, and the client
 * may lose the answer it was about to read ("413" becomes "connection reset"). Such sockets are
 * duplicated before the library closes them, and drained for a while.
 */
#include "platform/core/clock.h"
#include "platform/net/server_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <unistd.h>

enum {
    SWEEP_MS = 250,
    LINGER_MS = 10 * 1000,
    LINGER_AT_STOP_MS = 2 * 1000,
    LINGERING = 128,
    BUCKETS = 1024, /* of addresses */
};

struct address {
    struct address *next;
    unsigned char key[16];
    int count;
};

struct connections {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    struct connection *first;
    struct address *bucket[BUCKETS];
    struct {
        int socket;
        int64_t until_ms;
    } lingering[LINGERING];
    int lingering_count;
    int per_address;
    bool has_trusted;
    unsigned char trusted[16];
    bool quit;
    atomic_bool refuse;
    atomic_llong now;
};

/* IPv4 as IPv4-mapped IPv6, so that "::ffff:1.2.3.4" and "1.2.3.4" are one address. */
static void full_address(const struct sockaddr *address, unsigned char to[16])
{
    memset(to, 0, 16);
    if (address && address->sa_family == AF_INET6) {
        memcpy(to, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
    } else if (address && address->sa_family == AF_INET) {
        to[10] = to[11] = 0xff;
        memcpy(to + 12, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
    }
}

static bool is_mapped(const unsigned char key[16])
{
    static const unsigned char prefix[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(key, prefix, sizeof(prefix)) == 0;
}

/* A household has a whole /64 of IPv6, so the /64 is what is counted. */
static void limit_key(const struct sockaddr *address, unsigned char to[16])
{
    full_address(address, to);
    if (!is_mapped(to))
        memset(to + 8, 0, 8);
}

static void address_text(const unsigned char full[16], char *to, size_t size)
{
    const void *from = is_mapped(full) ? full + 12 : full;
    if (!inet_ntop(is_mapped(full) ? AF_INET : AF_INET6, from, to, (socklen_t)size))
        to[0] = '\0';
}

static struct address **find_address(struct connections *c, const unsigned char key[16])
{
    uint32_t hash = 2166136261u;
    for (int i = 0; i < 16; i++)
        hash = (hash ^ key[i]) * 16777619u;
    struct address **at = &c->bucket[hash % BUCKETS];
    while (*at && memcmp((*at)->key, key, 16) != 0)
        at = &(*at)->next;
    return at;
}

static bool is_trusted(const struct connections *c, const struct sockaddr *address)
{
    unsigned char full[16];
    full_address(address, full);
    return c->has_trusted && memcmp(full, c->trusted, 16) == 0;
}

static void cut_if_overdue(struct connection *one, int64_t now_ms)
{
    int stage = atomic_load(&one->stage);
    /* Read after the stage: connection_enter writes them the other way round, so an old deadline
     * is never held against a new stage. */
    if (stage == STAGE_CUT || atomic_load(&one->deadline_ms) > now_ms ||
        !atomic_compare_exchange_strong(&one->stage, &stage, STAGE_CUT))
        return;
    /* While reading, the library takes the end of input for the client's; the way out stays open
     * for a word of explanation. A client that does not read gets none. */
    shutdown(one->socket, stage == STAGE_SEND ? SHUT_RDWR : SHUT_RD);
}

/*
 * The library reads once per event and believes a short read to be the last of what there is; when
 * the end of stream (the client's, or the one made by cutting) had come with the bytes, it never
 * looks again. Said once more, it is heard.
 */
static void repeat_end_of_stream(struct connection *one)
{
    int stage = atomic_load(&one->stage);
    char c;
    if (stage == STAGE_CUT || ((stage == STAGE_HEAD || stage == STAGE_BODY) &&
                               recv(one->socket, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 0))
        shutdown(one->socket, SHUT_RD);
}

/* Reads away what still comes; true when the socket is finished with. */
static bool drain(int socket)
{
    char scrap[16 * 1024];
    for (int i = 0; i < 16; i++) {
        ssize_t n = recv(socket, scrap, sizeof(scrap), MSG_DONTWAIT);
        if (n == 0)
            return true;
        if (n < 0)
            return errno != EAGAIN && errno != EINTR;
    }
    return false;
}

static void drain_lingering(struct connections *c, int64_t now_ms)
{
    for (int i = 0; i < c->lingering_count;) {
        if (!drain(c->lingering[i].socket) && c->lingering[i].until_ms > now_ms) {
            i++;
            continue;
        }
        close(c->lingering[i].socket);
        c->lingering[i] = c->lingering[--c->lingering_count];
    }
}

static void *sweep(void *arg)
{
    struct connections *c = arg;
    pthread_mutex_lock(&c->lock);
    while (!c->quit) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += SWEEP_MS * 1000000L;
        if (until.tv_nsec >= 1000000000L) {
            until.tv_sec++;
            until.tv_nsec -= 1000000000L;
        }
        pthread_cond_timedwait(&c->wake, &c->lock, &until);
        int64_t now = clock_monotonic_ms();
        for (struct connection *one = c->first; one; one = one->next) {
            repeat_end_of_stream(one);
            cut_if_overdue(one, now);
        }
        drain_lingering(c, now);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static void parse_trusted(struct connections *c, const char *text)
{
    struct sockaddr_storage room = {0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)&room;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)&room;
    if (text && inet_pton(AF_INET, text, &v4->sin_addr) == 1)
        room.ss_family = AF_INET;
    else if (text && inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
        room.ss_family = AF_INET6;
    else
        return;
    full_address((const struct sockaddr *)&room, c->trusted);
    c->has_trusted = true;
}

struct connections *connections_new(int per_address, const char *trusted_proxy)
{
    struct connections *c = err_memory(calloc(1, sizeof(*c)));
    c->per_address = per_address;
    parse_trusted(c, trusted_proxy);
    pthread_mutex_init(&c->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&c->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    INVARIANT(pthread_create(&c->thread, NULL, sweep, c) == 0);
    pthread_setname_np(c->thread, "deadlines");
    return c;
}

void connections_free(struct connections *c)
{
    pthread_mutex_lock(&c->lock);
    INVARIANT(c->first == NULL);
    int64_t until = clock_monotonic_ms() + LINGER_AT_STOP_MS;
    while (drain_lingering(c, clock_monotonic_ms()),
           c->lingering_count > 0 && clock_monotonic_ms() < until) {
        pthread_mutex_unlock(&c->lock);
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000000L}, NULL);
        pthread_mutex_lock(&c->lock);
    }
    while (c->lingering_count > 0)
        close(c->lingering[--c->lingering_count].socket);
    c->quit = true;
    pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
    for (size_t i = 0; i < BUCKETS; i++)
        while (c->bucket[i]) {
            struct address *gone = c->bucket[i];
            c->bucket[i] = gone->next;
            free(gone);
        }
    pthread_cond_destroy(&c->wake);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

bool connections_admit(struct connections *c, const struct sockaddr *address)
{
    if (atomic_load(&c->refuse))
        return false;
    if (c->per_address == 0 || is_trusted(c, address))
        return true;
    unsigned char key[16];
    limit_key(address, key);
    pthread_mutex_lock(&c->lock);
    struct address *known = *find_address(c, key);
    bool admitted = !known || known->count < c->per_address;
    pthread_mutex_unlock(&c->lock);
    return admitted;
}

void connections_refuse_new(struct connections *c)
{
    atomic_store(&c->refuse, true);
}

struct connection *connections_add(struct connections *c, int socket,
                                   const struct sockaddr *address)
{
    struct connection *one = err_memory(calloc(1, sizeof(*one)));
    unsigned char full[16];
    full_address(address, full);
    address_text(full, one->address, sizeof(one->address));
    limit_key(address, one->key);
    one->trusted = is_trusted(c, address);
    one->socket = socket;
    atomic_store(&one->stage, STAGE_HEAD);
    atomic_store(&one->deadline_ms, INT64_MAX);
    pthread_mutex_lock(&c->lock);
    one->next = c->first;
    if (c->first)
        c->first->previous = one;
    c->first = one;
    if (c->per_address > 0 && !one->trusted) {
        struct address **at = find_address(c, one->key);
        if (!*at) {
            *at = err_memory(calloc(1, sizeof(**at)));
            memcpy((*at)->key, one->key, 16);
        }
        (*at)->count++;
    }
    pthread_mutex_unlock(&c->lock);
    atomic_fetch_add(&c->now, 1);
    return one;
}

static void start_linger(struct connections *c, struct connection *one)
{
    if (c->lingering_count == LINGERING)
        return;
    int copy = fcntl(one->socket, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return;
    shutdown(copy, SHUT_WR);
    c->lingering[c->lingering_count].socket = copy;
    c->lingering[c->lingering_count].until_ms = clock_monotonic_ms() + LINGER_MS;
    c->lingering_count++;
}

void connections_remove(struct connections *c, struct connection *one)
{
    pthread_mutex_lock(&c->lock);
    if (one->next)
        one->next->previous = one->previous;
    if (one->previous)
        one->previous->next = one->next;
    else
        c->first = one->next;
    if (c->per_address > 0 && !one->trusted) {
        struct address **at = find_address(c, one->key);
        if (--(*at)->count == 0) {
            struct address *gone = *at;
            *at = gone->next;
            free(gone);
        }
    }
    if (one->linger)
        start_linger(c, one);
    pthread_mutex_unlock(&c->lock);
    atomic_fetch_sub(&c->now, 1);
    free(one);
}

int64_t connections_now(const struct connections *c)
{
    return atomic_load(&c->now);
}

bool connection_enter(struct connection *one, enum connection_stage stage, int64_t deadline_ms)
{
    int now = atomic_load(&one->stage);
    atomic_store(&one->deadline_ms, deadline_ms);
    while (now != STAGE_CUT)
        if (atomic_compare_exchange_weak(&one->stage, &now, stage))
            return true;
    return false;
}
