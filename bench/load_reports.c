/*
 * Residents who report, as many at once as asked for, through the pages that a resident uses.
 *
 *     load_reports PORT UNITS CLIENTS EACH NUMBERS
 *
 * UNITS is a file of municipality codes, one a line. Each of CLIENTS opens EACH forms, every one as
 * another person: an address of its own (X-Forwarded-For, so the server must trust 127.0.0.1 as its
 * proxy), its own visitor cookie, token and key. Nobody types a report in under three seconds, and
 * the server holds back who does, so the tool waits as long; then all forms are sent, and that
 * is the intake that is timed. Who is asked about similar reports says "mine is another one" and
 * sends again. Every limit of the server stays in force.
 *
 * Numbers of the reports that were acknowledged go to the file NUMBERS, one a line with the
 * municipality. Prints tab-separated: "forms", forms a second; "reports", reports a second,
 * milliseconds (median, 99th of 100, longest), how many, how many were asked about similar ones,
 * how often a full server asked to send again later. Ends with 1 at the first answer that is
 * neither a form nor a receipt.
 */
#include "platform/core/buf.h"
#include "platform/core/clock.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#define TYPING_MS 3200
#define RETRY_MS 500
#define EDGE "--------------------aimak-load"

struct form {
    struct str unit, cookie, csrf, once, began, village;
    struct str number;   /* of the receipt */
    int64_t sent_us;     /* how long until the receipt */
    unsigned int person; /* counted from 0 in the whole run */
};
struct client {
    pthread_t thread;
    int fd;
    struct arena *arena;
    struct buf in, out;
    struct str head, body; /* of the last answer, in `in` */
    struct form *forms;
    int nth, again, refused;
};

static struct sockaddr_in server = {.sin_family = AF_INET};
static struct str *units;
static size_t unit_count;
static int64_t each;

static void fail(const struct client *c, const char *what)
{
    fprintf(stderr, "load_reports: %s\n%.*s\n%.600s\n", what, STRF(c->head),
            c->body.n ? c->body.p : "");
    exit(1);
}

/* --- HTTP --- */

static void open_connection(struct client *c)
{
    int on = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&server, sizeof server) != 0)
        fail(c, "cannot connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static struct str header(const struct client *c, const char *name, struct str *rest)
{
    struct str from = rest ? *rest : c->head, line;
    while (str_split(&from, '\n', &line)) {
        ptrdiff_t colon = str_find_char(line, ':');
        if (colon < 0 || !str_eq_nocase_ascii(str_slice(line, 0, (size_t)colon), str_from(name)))
            continue;
        if (rest)
            *rest = from;
        return str_trim(str_slice(line, (size_t)colon + 1, line.n));
    }
    return STR_NULL;
}

static void receive(struct client *c)
{
    char *end = NULL;
    int64_t length = 0;
    size_t want = 0;
    buf_clear(&c->in);
    while (!end || c->in.n < want) {
        ssize_t n = recv(c->fd, buf_reserve(&c->in, 65536), 65536, 0);
        if (n <= 0)
            fail(c, "the connection was closed");
        c->in.n += (size_t)n;
        end = memmem(c->in.p, c->in.n, "\r\n\r\n", 4);
        if (end && !want) {
            c->head = str_of(c->in.p, (size_t)(end - c->in.p));
            if (!str_to_i64(header(c, "Content-Length", NULL), &length))
                fail(c, "an answer without a length");
            want = (size_t)(end - c->in.p) + 4 + (size_t)length;
        }
    }
    size_t start = (size_t)(end - c->in.p) + 4;
    c->head = str_of(c->in.p, start - 4);
    c->body = str_of(c->in.p + start, c->in.n - start);
}

static void ask(struct client *c)
{
    for (size_t sent = 0; sent < c->out.n;) {
        ssize_t n = send(c->fd, c->out.p + sent, c->out.n - sent, MSG_NOSIGNAL);
        if (n <= 0)
            fail(c, "the connection was closed");
        sent += (size_t)n;
    }
    receive(c);
    if (str_eq_nocase_ascii(header(c, "Connection", NULL), STR("close"))) {
        close(c->fd);
        open_connection(c);
    }
}

static bool status_is(const struct client *c, const char *status)
{
    return c->head.n > 12 && memcmp(c->head.p + 9, status, 3) == 0;
}

/* --- the form --- */

/* What stands between `before` and the next quotation mark. */
static struct str after(struct client *c, const char *before)
{
    ptrdiff_t at = str_find(c->body, str_from(before));
    if (at < 0)
        return STR_NULL;
    struct str rest = str_slice(c->body, (size_t)at + strlen(before), c->body.n);
    ptrdiff_t end = str_find_char(rest, '"');
    return arena_str(c->arena, str_slice(rest, 0, end < 0 ? 0 : (size_t)end));
}

static void put_person(struct client *c, const struct form *f)
{
    buf_printf(&c->out, "X-Forwarded-For: 10.%u.%u.%u\r\n", f->person >> 16 & 255,
               f->person >> 8 & 255, f->person & 255);
}

static void open_form(struct client *c, struct form *f)
{
    f->unit = units[f->person % unit_count];
    buf_clear(&c->out);
    buf_printf(&c->out, "GET /m/%.*s/report?service=water HTTP/1.1\r\nHost: 127.0.0.1\r\n",
               STRF(f->unit));
    put_person(c, f);
    buf_cstr(&c->out, "\r\n");
    ask(c);
    if (!status_is(c, "200"))
        fail(c, "no form");
    struct buf *cookies = buf_in(c->arena);
    struct str rest = c->head, cookie;
    while ((cookie = header(c, "Set-Cookie", &rest)).p) {
        ptrdiff_t end = str_find_char(cookie, ';');
        buf_cstr(cookies, cookies->n ? "; " : "");
        buf_str(cookies, str_slice(cookie, 0, end < 0 ? cookie.n : (size_t)end));
    }
    f->cookie = buf_view(cookies);
    f->csrf = after(c, "name=\"csrf\" value=\"");
    f->once = after(c, "name=\"once\" value=\"");
    f->began = after(c, "name=\"began\" value=\"");
    f->village = after(c, "option value=\"4");
    if (!f->cookie.n || !f->csrf.n || !f->once.n || !f->began.n)
        fail(c, "a form without its tokens");
}

static void put_field(struct buf *out, const char *name, struct str value)
{
    buf_printf(out, "--" EDGE "\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%.*s\r\n",
               name, STRF(value));
}

/* As browsers send it: every field of the form, also the empty ones. */
static struct str filled_in(struct client *c, const struct form *f, bool similar_seen)
{
    struct buf *b = buf_in(c->arena);
    struct arena *a = c->arena;
    put_field(b, "csrf", f->csrf);
    put_field(b, "once", f->once);
    put_field(b, "service", STR("water"));
    put_field(b, "began", f->began);
    put_field(b, "similar_seen", similar_seen ? STR("1") : STR(""));
    put_field(b, "fault", STR("water.leak"));
    if (f->village.n)
        put_field(b, "village", arena_printf(a, "4%.*s", STRF(f->village)));
    put_field(b, "street", arena_printf(a, "Түз көчө %u", f->person));
    put_field(b, "lat", STR(""));
    put_field(b, "lon", STR(""));
    put_field(b, "words",
              arena_printf(a,
                           "Өлчөө үчүн кабар %u: эртеден бери суу агып жатат, кошуналар да "
                           "айтып жатышат, тезирээк чара көрүп койсоңуздар.",
                           f->person));
    buf_cstr(b, "--" EDGE "\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"\"\r\n"
                "Content-Type: application/octet-stream\r\n\r\n\r\n");
    put_field(b, "name", STR(""));
    put_field(b, "email", STR(""));
    put_field(b, "phone", STR(""));
    put_field(b, "website", STR(""));
    buf_cstr(b, "--" EDGE "--\r\n");
    return buf_view(b);
}

static void send_form(struct client *c, struct form *f, bool similar_seen)
{
    struct str body = filled_in(c, f, similar_seen);
    buf_clear(&c->out);
    buf_printf(&c->out,
               "POST /m/%.*s/report HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
               "Content-Type: multipart/form-data; boundary=" EDGE "\r\nContent-Length: %zu\r\n"
               "Cookie: %.*s\r\n",
               STRF(f->unit), body.n, STRF(f->cookie));
    put_person(c, f);
    buf_cstr(&c->out, "\r\n");
    buf_str(&c->out, body);
    ask(c);
}

static void report(struct client *c, struct form *f)
{
    int64_t began = clock_monotonic_us();
    send_form(c, f, false);
    while (status_is(c, "503")) { /* the same form again, as the page asks people to */
        c->refused++;
        usleep(RETRY_MS * 1000);
        send_form(c, f, false);
    }
    if (status_is(c, "200") && str_find(c->body, STR("name=\"similar_seen\" value=\"1\"")) >= 0) {
        c->again++;
        send_form(c, f, true);
    }
    struct str place = header(c, "Location", NULL);
    if (!status_is(c, "303") || !str_starts(place, STR("/c/")))
        fail(c, "no receipt");
    place = str_slice(place, 3, place.n);
    ptrdiff_t end = str_find_char(place, '/');
    f->number = arena_str(c->arena, str_slice(place, 0, end < 0 ? place.n : (size_t)end));
    f->sent_us = clock_monotonic_us() - began;
}

/* --- clients --- */

static void *open_all(void *arg)
{
    struct client *c = arg;
    for (int64_t i = 0; i < each; i++) {
        c->forms[i].person = (unsigned int)((int64_t)c->nth * each + i);
        open_form(c, &c->forms[i]);
    }
    return NULL;
}

static void *send_all(void *arg)
{
    struct client *c = arg;
    for (int64_t i = 0; i < each; i++)
        report(c, &c->forms[i]);
    return NULL;
}

/* Seconds that all took. */
static double run(struct client *clients, int64_t count, void *(*what)(void *))
{
    int64_t began = clock_monotonic_us();
    for (int64_t i = 0; i < count; i++)
        INVARIANT(pthread_create(&clients[i].thread, NULL, what, &clients[i]) == 0);
    for (int64_t i = 0; i < count; i++)
        pthread_join(clients[i].thread, NULL);
    return (double)(clock_monotonic_us() - began) / 1e6;
}

static void read_units(struct arena *a, const char *path)
{
    char line[64];
    FILE *f = fopen(path, "re");
    units = ARENA_ARRAY(a, struct str, 4096);
    while (f && unit_count < 4096 && fgets(line, sizeof line, f))
        units[unit_count++] = arena_str(a, str_trim(str_from(line)));
    if (f)
        fclose(f);
    if (!unit_count) {
        fprintf(stderr, "load_reports: %s names no municipality\n", path);
        exit(2);
    }
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void tell(const struct client *clients, int64_t count, double seconds, const char *path)
{
    FILE *f = fopen(path, "we");
    int64_t n = 0, again = 0, refused = 0,
            *took = err_memory(calloc((size_t)(count * each), sizeof *took));
    INVARIANT(f);
    for (int64_t i = 0; i < count; i++) {
        again += clients[i].again;
        refused += clients[i].refused;
        for (int64_t k = 0; k < each; k++) {
            const struct form *form = &clients[i].forms[k];
            fprintf(f, "%.*s %.*s\n", STRF(form->unit), STRF(form->number));
            took[n++] = form->sent_us;
        }
    }
    qsort(took, (size_t)n, sizeof *took, by_value);
    int64_t middle = took[n / 2], slow = took[n * 99 / 100], slowest = took[n - 1];
    printf("reports\t%.1f\t%.1f\t%.1f\t%.1f\t%lld\t%lld\t%lld\n", (double)n / seconds,
           (double)middle / 1000, (double)slow / 1000, (double)slowest / 1000, (long long)n,
           (long long)again, (long long)refused);
    free(took);
    if (fclose(f) != 0)
        exit(1);
}

int main(int argc, char **argv)
{
    int64_t port = 0, count = 0;
    struct arena *a = arena_new();
    if (argc != 6 || !str_to_i64(str_from(argv[1]), &port) ||
        !str_to_i64(str_from(argv[3]), &count) || !str_to_i64(str_from(argv[4]), &each) ||
        count < 1 || count > 1000 || each < 1 || count * each > 1 << 24) {
        fprintf(stderr, "usage: load_reports PORT UNITS CLIENTS EACH NUMBERS\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.sin_port = htons((uint16_t)port);
    read_units(a, argv[2]);
    struct client *clients = err_memory(calloc((size_t)count, sizeof *clients));
    for (int64_t i = 0; i < count; i++) {
        struct client *c = &clients[i];
        c->nth = (int)i;
        c->arena = arena_new();
        c->forms = ARENA_ARRAY(c->arena, struct form, (size_t)each);
        open_connection(c);
    }
    double opening = run(clients, count, open_all);
    printf("forms\t%.1f\n", (double)(count * each) / opening);
    fflush(stdout);
    usleep(TYPING_MS * 1000);
    tell(clients, count, run(clients, count, send_all), argv[5]);
    return 0;
}
