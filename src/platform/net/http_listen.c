/* The socket that the server listens on. */
#include "platform/core/log.h"
#include "platform/net/server_parts.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <unistd.h>

enum { OTHER_DESCRIPTORS = 512 }; /* databases, files, outgoing connections */

int http_listen_room(int connections)
{
    struct rlimit limit;
    rlim_t wanted = (rlim_t)connections + OTHER_DESCRIPTORS;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return connections;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= wanted)
        return connections;
    connections = (int)(limit.rlim_cur > 2 * OTHER_DESCRIPTORS ? limit.rlim_cur - OTHER_DESCRIPTORS
                                                               : limit.rlim_cur / 2);
    LOG(LOG_WARN, "http.few_descriptors", LOG_I("limit", limit.rlim_cur),
        LOG_I("connections", connections));
    return connections;
}

/* "127.0.0.1:8080", "[::1]:0", ":80" (every address). */
static enum err split(struct str text, char *host, size_t size, const char **port)
{
    const char *colon = text.p ? strrchr(text.p, ':') : NULL;
    uint64_t number;
    if (!colon || !str_to_u64(str_from(colon + 1), &number) || number > UINT16_MAX)
        return ERR_CONFIG;
    struct str name = str_of(text.p, (size_t)(colon - text.p));
    if (name.n >= 2 && name.p[0] == '[' && name.p[name.n - 1] == ']')
        name = str_slice(name, 1, name.n - 2);
    if (name.n >= size)
        return ERR_CONFIG;
    snprintf(host, size, "%.*s", STRF(name));
    *port = colon + 1;
    return ERR_OK;
}

enum err http_listen(const char *text, int *listener, int *port)
{
    enum err rc = ERR_OK;
    int fd = -1;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found = NULL;
    char host[256];
    const char *service;
    TRY(split(str_from(text), host, sizeof(host), &service));
    if (getaddrinfo(host[0] ? host : NULL, service, &hints, &found) != 0)
        FAIL(ERR_CONFIG);
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } bound = {.v6 = {0}};
    socklen_t size = sizeof(bound);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) != 0 ||
        bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, SOMAXCONN) != 0 ||
        getsockname(fd, &bound.any, &size) != 0)
        FAIL(ERR_IO);
    *port = ntohs(bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port);
    *listener = fd;
    fd = -1;
out:
    if (rc != ERR_OK)
        LOG(LOG_ERROR, "http.listen_failed", LOG_C("listen", text),
            LOG_I("errno", rc == ERR_IO ? errno : 0));
    if (fd >= 0)
        close(fd);
    if (found)
        freeaddrinfo(found);
    return rc;
}
