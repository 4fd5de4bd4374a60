/* Writing statements down; see record.h. */
#include "record.h"

#include "community/places/places.h"
#include "platform/net/http_server.h"

#include <pthread.h>

enum err __real_tx_run(struct tx *tx, const struct db_query *query, const struct db_value *values,
                       db_row_fn row, void *arg, int64_t *affected);
enum err __real_db_read(struct db *db, struct str scope, db_fn fn, void *arg);
enum err __real_db_write(struct db *db, struct str scope, db_fn fn, void *arg);
enum err __real_db_append(struct db *db, struct str scope, db_fn fn, void *arg);
enum err __wrap_tx_run(struct tx *tx, const struct db_query *query, const struct db_value *values,
                       db_row_fn row, void *arg, int64_t *affected);
enum err __wrap_db_read(struct db *db, struct str scope, db_fn fn, void *arg);
enum err __wrap_db_write(struct db *db, struct str scope, db_fn fn, void *arg);
enum err __wrap_db_append(struct db *db, struct str scope, db_fn fn, void *arg);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct recording *current;
static struct arena *memory;

void record_start(struct arena *a, struct recording *out)
{
    pthread_mutex_lock(&lock);
    memory = a;
    current = out;
    pthread_mutex_unlock(&lock);
}

void record_stop(void)
{
    record_start(NULL, NULL);
}

static struct db_value *copy_values(const struct db_query *query, const struct db_value *values)
{
    struct db_value *copy = ARENA_ARRAY(memory, struct db_value, (size_t)query->in_count);
    for (int i = 0; i < query->in_count; i++) {
        copy[i] = values[i];
        if (values[i].type == DB_STR || values[i].type == DB_BLOB)
            copy[i].s = arena_str(memory, values[i].s);
    }
    return copy;
}

enum err __wrap_tx_run(struct tx *tx, const struct db_query *query, const struct db_value *values,
                       db_row_fn row, void *arg, int64_t *affected)
{
    pthread_mutex_lock(&lock);
    if (current) {
        struct recorded r = {query, copy_values(query, values), current->transactions - 1};
        ARENA_PUSH(memory, *current, r);
    }
    pthread_mutex_unlock(&lock);
    return __real_tx_run(tx, query, values, row, arg, affected);
}

struct wrapped {
    db_fn fn;
    void *arg;
    struct str scope;
};

/* Inside the transaction, on the thread that runs it. */
static enum err wrapped_fn(struct tx *tx, void *arg)
{
    const struct wrapped *w = arg;
    pthread_mutex_lock(&lock);
    if (current) {
        int n = current->transactions++;
        if ((n & (n - 1)) == 0) { /* room for twice as many */
            struct str *more = ARENA_ARRAY(memory, struct str, (size_t)(n ? n * 2 : 1));
            if (n)
                memcpy(more, current->scopes, (size_t)n * sizeof *more);
            current->scopes = more;
        }
        current->scopes[n] = arena_str(memory, w->scope);
    }
    pthread_mutex_unlock(&lock);
    return w->fn(tx, w->arg);
}

enum err __wrap_db_read(struct db *db, struct str scope, db_fn fn, void *arg)
{
    struct wrapped w = {fn, arg, scope};
    return __real_db_read(db, scope, wrapped_fn, &w);
}

enum err __wrap_db_write(struct db *db, struct str scope, db_fn fn, void *arg)
{
    struct wrapped w = {fn, arg, scope};
    return __real_db_write(db, scope, wrapped_fn, &w);
}

enum err __wrap_db_append(struct db *db, struct str scope, db_fn fn, void *arg)
{
    struct wrapped w = {fn, arg, scope};
    return __real_db_append(db, scope, wrapped_fn, &w);
}

/* --- pages --- */

static struct str wire_form(struct arena *a, const struct http_response *out)
{
    struct buf *b = buf_in(a);
    size_t n = out->static_body ? out->static_size : out->body.n;
    buf_printf(b,
               "HTTP/1.1 %d OK\r\nContent-Length: %zu\r\nDate: Sun, 22 Nov 2026 03:15:00 GMT\r\n"
               "X-Request-Id: 0123456789abcdef\r\n",
               out->status, n);
    buf_str(b, buf_view(&out->headers));
    buf_cstr(b, "\r\n");
    buf_put(b, out->static_body ? out->static_body : out->body.p, n);
    return buf_view(b);
}

static void ask(struct app *app, struct arena *a, struct str path, struct recording *out)
{
    ptrdiff_t mark = str_find_char(path, '?');
    const struct http_header headers[] = {{STR("Host"), STR("127.0.0.1")}};
    struct http_request in = {
        .method = STR("GET"),
        .path = mark < 0 ? path : str_slice(path, 0, (size_t)mark),
        .query = mark < 0 ? STR("") : str_slice(path, (size_t)mark + 1, path.n),
        .target = path,
        .body = STR(""),
        .address = STR("127.0.0.1"),
        .headers = headers,
        .header_count = COUNT_OF(headers),
        .id = "bench",
    };
    struct http_response response = {.status = 500, .file_fd = -1};
    app_handle(app, &in, &response);
    out->status = response.status;
    out->answer = wire_form(a, &response);
    buf_free(&response.headers);
    buf_free(&response.body);
}

void record_ask(struct app *app, struct arena *a, struct str path)
{
    struct recording unused;
    ask(app, a, path, &unused);
}

void record_page(struct app *app, struct arena *a, struct str path, struct recording *out)
{
    *out = (struct recording){.path = path};
    struct recording warm = {.path = path};
    ask(app, a, path, &warm);
    record_start(a, out);
    ask(app, a, path, out);
    record_stop();
}

void record_pages(struct app *app, struct arena *a, char **patterns, int count, size_t most,
                  struct recordings *out)
{
    const struct territory *t = territory_get(app, a);
    for (int p = 0; p < count; p++) {
        struct str pattern = str_from(patterns[p]);
        ptrdiff_t at = str_find(pattern, STR("{unit}"));
        size_t done = 0;
        for (size_t i = 0; i < t->n && done < most; i++) {
            const struct place *place = t->all[i];
            struct recording r;
            struct str path = pattern;
            if (at >= 0 && (!place_is_municipality(place) || place->successor))
                continue;
            if (at >= 0)
                path = arena_printf(a, "%.*s%.*s%s", (int)at, pattern.p, STRF(place->code),
                                    pattern.p + at + 6);
            record_page(app, a, path, &r);
            if (r.status != 200) {
                fprintf(stderr, "%.*s answers %d\n", STRF(path), r.status);
                exit(EXIT_FAULT);
            }
            ARENA_PUSH(a, *out, r);
            done++;
            if (at < 0)
                break;
        }
    }
}
