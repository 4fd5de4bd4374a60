/* The wire that can be cut; see proxy_test.h. One thread, poll, plain text only (sslmode=disable).
 */
#include "platform/store/proxy_test.h"

#include "platform/core/err.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAIRS 64

struct pair {
    int client, server; /* -1: free place */
    bool cut_after, warn;
};

struct proxy {
    pthread_t thread;
    pthread_mutex_t lock;
    struct sockaddr_in target;
    int listener, port, accepted, times;
    enum proxy_mode mode;
    char word[40];
    bool stop;
    struct pair pairs[PAIRS];
};

static void cut(struct pair *p)
{
    if (p->client >= 0)
        close(p->client);
    if (p->server >= 0)
        close(p->server);
    *p = (struct pair){-1, -1, false, false};
}

static bool send_all(int fd, const char *p, ssize_t n)
{
    while (n > 0) {
        ssize_t done = send(fd, p, (size_t)n, MSG_NOSIGNAL);
        if (done <= 0)
            return false;
        p += done;
        n -= done;
    }
    return true;
}

static void accept_one(struct proxy *p)
{
    int on = 1, client = accept(p->listener, NULL, NULL);
    if (client < 0)
        return;
    p->accepted++;
    for (int i = 0; i < PAIRS && p->mode != PROXY_REFUSE; i++)
        if (p->pairs[i].client < 0) {
            int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (connect(server, (struct sockaddr *)&p->target, sizeof p->target) != 0) {
                close(server);
                break;
            }
            setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            p->pairs[i] = (struct pair){client, server, false, false};
            return;
        }
    close(client);
}

/* A NoticeResponse of severity WARNING, as a cancelled wait for a synchronous standby sends it. */
static bool send_warning(int fd)
{
    static const char fields[] = "SWARNING\0VWARNING\0C01000\0Mcanceling wait for synchronous "
                                 "replication due to user request\0";
    unsigned n = (unsigned)sizeof fields + 4; /* its own length and the closing zero included */
    char head[5] = {'N', (char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};
    return send_all(fd, head, 5) && send_all(fd, fields, sizeof fields);
}

static void pump(struct proxy *p, struct pair *pair, bool from_client)
{
    char bytes[16384];
    ssize_t n = recv(from_client ? pair->client : pair->server, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n <= 0) {
        cut(pair);
        return;
    }
    bool armed = p->times > 0 && (p->mode == PROXY_CUT_BEFORE || p->mode == PROXY_CUT_AFTER ||
                                  p->mode == PROXY_WARN);
    if (from_client && armed && memmem(bytes, (size_t)n, p->word, strlen(p->word))) {
        p->times--;
        if (p->mode == PROXY_CUT_BEFORE) {
            cut(pair);
            return;
        }
        pair->cut_after = p->mode == PROXY_CUT_AFTER;
        pair->warn = p->mode == PROXY_WARN;
    } else if (!from_client && pair->cut_after) {
        cut(pair);
        return;
    } else if (!from_client && pair->warn) {
        pair->warn = false;
        if (!send_warning(pair->client)) {
            cut(pair);
            return;
        }
    }
    if (!send_all(from_client ? pair->server : pair->client, bytes, n))
        cut(pair);
}

static void *proxy_main(void *arg)
{
    struct proxy *p = arg;
    for (;;) {
        struct pollfd fds[1 + 2 * PAIRS];
        int n = 0;
        pthread_mutex_lock(&p->lock);
        bool frozen = p->mode == PROXY_FREEZE, stop = p->stop;
        if (p->mode == PROXY_REFUSE)
            for (int i = 0; i < PAIRS; i++)
                cut(&p->pairs[i]);
        fds[n++] = (struct pollfd){.fd = frozen ? -1 : p->listener, .events = POLLIN};
        for (int i = 0; i < PAIRS; i++) {
            fds[n++] = (struct pollfd){.fd = frozen ? -1 : p->pairs[i].client, .events = POLLIN};
            fds[n++] = (struct pollfd){.fd = frozen ? -1 : p->pairs[i].server, .events = POLLIN};
        }
        pthread_mutex_unlock(&p->lock);
        if (stop)
            return NULL;
        if (poll(fds, (nfds_t)n, 5) <= 0)
            continue;
        pthread_mutex_lock(&p->lock);
        if (p->mode != PROXY_FREEZE) {
            for (int i = 0; i < PAIRS; i++) {
                if (p->pairs[i].client >= 0 && fds[1 + 2 * i].revents)
                    pump(p, &p->pairs[i], true);
                if (p->pairs[i].server >= 0 && fds[2 + 2 * i].revents)
                    pump(p, &p->pairs[i], false);
            }
            if (fds[0].revents)
                accept_one(p);
        }
        pthread_mutex_unlock(&p->lock);
    }
}

struct proxy *proxy_start(const char *host, int port)
{
    struct proxy *p = calloc(1, sizeof *p);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof here;
    INVARIANT(p);
    pthread_mutex_init(&p->lock, NULL);
    for (int i = 0; i < PAIRS; i++)
        p->pairs[i] = (struct pair){-1, -1, false, false};
    p->target = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    INVARIANT(inet_pton(AF_INET, host, &p->target.sin_addr) == 1);
    p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    INVARIANT(bind(p->listener, (struct sockaddr *)&here, sizeof here) == 0 &&
              listen(p->listener, 64) == 0 &&
              getsockname(p->listener, (struct sockaddr *)&here, &n) == 0);
    p->port = ntohs(here.sin_port);
    INVARIANT(pthread_create(&p->thread, NULL, proxy_main, p) == 0);
    return p;
}

int proxy_port(const struct proxy *p)
{
    return p->port;
}

void proxy_set(struct proxy *p, enum proxy_mode mode, const char *word, int times)
{
    pthread_mutex_lock(&p->lock);
    p->mode = mode;
    p->times = times;
    snprintf(p->word, sizeof p->word, "%s", word ? word : "");
    pthread_mutex_unlock(&p->lock);
    usleep(20000); /* the thread's poll has noticed */
}

int proxy_accepted(struct proxy *p)
{
    pthread_mutex_lock(&p->lock);
    int n = p->accepted;
    pthread_mutex_unlock(&p->lock);
    return n;
}

bool proxy_done(struct proxy *p)
{
    pthread_mutex_lock(&p->lock);
    bool done = p->times == 0;
    pthread_mutex_unlock(&p->lock);
    return done;
}

void proxy_stop(struct proxy *p)
{
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    for (int i = 0; i < PAIRS; i++)
        cut(&p->pairs[i]);
    close(p->listener);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
