/*
 * `aimak serve`: pages, APIs and background jobs in one process.
 *
 * Signals are blocked in every thread and waited for in this one. The first SIGTERM or SIGINT stops
 * accepting, lets running requests and jobs finish, and closes the database; a second one leaves
 * at once. Under systemd (Type=notify) readiness and stopping are told.
 */
#include "cmd/commands.h"
#include "cmd/house.h"
#include "cmd/tour.h"
#include "platform/core/log.h"
#include "platform/jobs/jobs.h"
#include "platform/net/http_server.h"

#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define STOP_GRACE_MS 15000

struct serve_options {
    int64_t workers, job_threads;
    bool migrate, plain_http, tour, unlimited;
};

static bool take_number(int *argc, char **argv, const char *name, int64_t least, int64_t most,
                        int64_t *out)
{
    const char *text = NULL;
    if (!cli_value(argc, argv, name, &text))
        return false;
    if (text && (!str_to_i64(str_from(text), out) || *out < least || *out > most)) {
        cli_say("%s needs a number from %lld to %lld", name, (long long)least, (long long)most);
        return false;
    }
    return true;
}

static bool take_options(struct serve_options *s, int *argc, char **argv)
{
    *s = (struct serve_options){.workers = 0, .job_threads = 2};
    if (!take_number(argc, argv, "--workers", 1, 512, &s->workers) ||
        !take_number(argc, argv, "--job-threads", 0, 64, &s->job_threads))
        return false;
    s->migrate = !cli_flag(argc, argv, "--no-migrate");
    s->plain_http = cli_flag(argc, argv, "--plain-http");
    s->tour = cli_flag(argc, argv, "--tour");
    s->unlimited = cli_flag(argc, argv, "--no-rate-limits");
    return cli_arguments(argc, argv, 0, 0);
}

/*
 * A page is built in some hundred kilobytes that are free again when it is sent. By default the C
 * library gives such memory back to the kernel at once and takes it anew for the next page (a tenth
 * of a page's processor time), and keeps eight heaps a processor.
 */
static void keep_freed_memory(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    mallopt(M_ARENA_MAX, (int)(processors < 1 ? 2 : processors * 2));
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

static bool is_loopback(const char *listen)
{
    return strncmp(listen, "127.", 4) == 0 || strncmp(listen, "[::1]:", 6) == 0 ||
           strncmp(listen, "localhost:", 10) == 0;
}

/* Tells systemd, when it asked to be told. */
static void notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof(to.sun_path))
        return;
    memcpy(to.sun_path, path, strlen(path));
    if (to.sun_path[0] == '@')
        to.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    (void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to, size);
    close(fd);
}

static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, set, NULL);
}

static void leave_at_once(int number)
{
    (void)number;
    _exit(130);
}

/* Until somebody asks to stop. SIGHUP is ignored: there is no file to read again. */
static void wait_for_stop(const sigset_t *set)
{
    int number = 0;
    do {
        if (sigwait(set, &number) != 0)
            continue;
    } while (number != SIGINT && number != SIGTERM);
    LOG(LOG_INFO, "serve.stopping", LOG_I("signal", number));
    signal(SIGINT, leave_at_once);
    signal(SIGTERM, leave_at_once);
    pthread_sigmask(SIG_UNBLOCK, set, NULL);
}

/* "http://HOST:PORT", with the port really in use. */
static void address_of(char *out, size_t size, const char *listen, int port)
{
    const char *colon = strrchr(listen, ':');
    int host = colon ? (int)(colon - listen) : (int)strlen(listen);
    snprintf(out, size, "http://%.*s:%d", host, listen, port);
}

static struct {
    const char *listen;
    char text[600];
} bound_address;

static void announce(const struct options *o, const char *address, const struct house *h, bool tour)
{
    if (tour && tour_print(o->data, h->app.public_url))
        putchar('\n');
    printf("aimak: listening on %s", address);
    if (strcmp(address, h->app.public_url) != 0)
        printf(" for %s", h->app.public_url);
    printf("\n");
    fflush(stdout);
    notify("READY=1\nSTATUS=Serving");
}

/* Handlers read both, so they are set before the server's threads run. */
static void note_address(void *arg, const struct http_server *server)
{
    struct app *app = arg;
    app->server = server;
    address_of(bound_address.text, sizeof(bound_address.text), bound_address.listen,
               http_server_port(server));
}

static int serve(struct house *h, const struct options *o, const struct serve_options *s,
                 const sigset_t *set)
{
    char *address = bound_address.text;
    struct http_server *server = NULL;
    struct job_runner *jobs = NULL;
    struct http_server_options http = {
        .listen = o->listen,
        .workers = (int)s->workers,
        .per_address = o->trusted_proxy || is_loopback(o->listen) ? 0 : 64,
        .trusted_proxy = o->trusted_proxy,
        .body_limit = app_body_limit,
        .handle = app_handle,
        .refuse = app_refuse,
        .bound = note_address,
        .arg = &h->app,
    };
    int code = EXIT_ENVIRONMENT;
    bound_address.listen = o->listen;
    if (!o->public_url)
        h->app.public_url = address;
    enum err rc = http_server_start(&server, &http);
    if (rc != ERR_OK) {
        h->app.server = NULL;
        cli_say("cannot serve on %s: is the address right, and is nothing else serving there?",
                o->listen);
        return code;
    }
    rc = s->job_threads > 0 ? job_runner_start(&jobs, &h->app, (int)s->job_threads) : ERR_OK;
    if (rc == ERR_OK) {
        announce(o, address, h, s->tour);
        wait_for_stop(set);
        notify("STOPPING=1");
        code = EXIT_DONE;
    } else {
        cli_say("background jobs do not start (%s)", err_name(rc));
    }
    http_server_stop(server, STOP_GRACE_MS);
    h->app.server = NULL;
    if (jobs)
        job_runner_stop(jobs);
    return code;
}

static int run(const struct options *o, int argc, char **argv)
{
    struct serve_options s;
    struct house h;
    sigset_t set;
    if (!take_options(&s, &argc, argv))
        return EXIT_BAD_USAGE;
    bool https = o->public_url && strncmp(o->public_url, "https://", 8) == 0;
    if (!is_loopback(o->listen) && !https && !s.plain_http) {
        cli_say(
            "%s can be reached from outside, where passwords must travel over TLS: put a proxy in "
            "front and give --public-url https://..., or say --plain-http on a network you trust",
            o->listen);
        return EXIT_ENVIRONMENT;
    }
    block_signals(&set);
    keep_freed_memory();
    int code = house_open(&h, o, HOUSE_START | (s.migrate ? HOUSE_MIGRATE : 0));
    if (code != EXIT_DONE)
        return code;
    h.app.metrics_token = getenv("AIMAK_METRICS_TOKEN");
    for (int i = 0; s.unlimited && i < RATE__MAX; i++)
        h.app.limits[i].per_minute = -1;
    code = serve(&h, o, &s, &set);
    house_close(&h);
    LOG(LOG_INFO, "serve.stopped");
    return code;
}

const struct own_command command_serve = {
    .name = "serve",
    .usage = "[--workers N] [--job-threads N] [--no-migrate] [--plain-http]",
    .summary = "Serve pages and APIs, and do the background work",
    .help = "Missing migrations are applied first. The address is printed on standard output, the "
            "log (one\n"
            "JSON object a line) goes to standard error. SIGTERM stops after running requests are "
            "done.\n\n"
            "  --workers N          threads that answer requests (48)\n"
            "  --job-threads N      threads for background work (2); 0: another process does it\n"
            "  --no-migrate         refuse to start when migrations are missing\n"
            "  --plain-http         allow an address reachable from outside without TLS\n"
            "  --no-rate-limits     for measurements and behind a gateway that limits itself\n"
            "  --tour               print the demonstration's addresses and log-ins\n\n"
            "AIMAK_METRICS_TOKEN is the bearer token for /metrics; without one only loopback may "
            "ask.\n\n"
            "Examples:\n"
            "  aimak serve\n"
            "  aimak serve --data /var/lib/aimak --public-url https://aimak.example.kg \\\n"
            "      --trusted-proxy 127.0.0.1\n"
            "  aimak serve --db postgresql://aimak@db1,db2/aimak --listen 127.0.0.1:0\n",
    .run = run,
};
