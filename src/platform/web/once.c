/* Forms that are sent twice; see once.h. */
#include "platform/web/once.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/web/web_priv.h"

#include <pthread.h>
#include <sodium.h>

#define WAYS 8
#define FIELD_LENGTH 22 /* of a good key: 16 random bytes in base64url */

struct entry {
    unsigned char key[ONCE_KEY_BYTES];
    int64_t until_ms; /* 0: free */
    bool running;
    struct once_result result;
};

struct once_table {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    size_t rows; /* power of two */
    struct entry *entries;
};

struct once_table *once_new(size_t entries)
{
    struct once_table *t = err_memory(calloc(1, sizeof *t));
    for (t->rows = 1; t->rows * WAYS < entries;)
        t->rows *= 2;
    t->entries = err_memory(calloc(t->rows * WAYS, sizeof *t->entries));
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->ended, NULL);
    return t;
}

void once_free(struct once_table *t)
{
    if (!t)
        return;
    pthread_mutex_destroy(&t->lock);
    pthread_cond_destroy(&t->ended);
    free(t->entries);
    free(t);
}

/* --- the table; all with the lock held ------------------------------------------------------- */

static struct entry *row_of(struct once_table *t, const unsigned char *key)
{
    size_t at = (size_t)key[0] | (size_t)key[1] << 8 | (size_t)key[2] << 16;
    return t->entries + (at & (t->rows - 1)) * WAYS;
}

static struct entry *find(struct once_table *t, const unsigned char *key, int64_t now_ms)
{
    struct entry *row = row_of(t, key);
    for (size_t i = 0; i < WAYS; i++)
        if ((row[i].running || row[i].until_ms > now_ms) &&
            memcmp(row[i].key, key, ONCE_KEY_BYTES) == 0)
            return &row[i];
    return NULL;
}

/* The oldest that nobody works on; NULL when all are being worked on. */
static struct entry *place(struct once_table *t, const unsigned char *key)
{
    struct entry *row = row_of(t, key), *oldest = NULL;
    for (size_t i = 0; i < WAYS; i++)
        if (!row[i].running && (!oldest || row[i].until_ms < oldest->until_ms))
            oldest = &row[i];
    return oldest;
}

/* --- begin and end --------------------------------------------------------------------------- */

enum once_turn once_begin(struct once_table *t, const unsigned char key[ONCE_KEY_BYTES],
                          int64_t wait_ms, struct once_result *result)
{
    int64_t end_ms = clock_monotonic_ms() + wait_ms;
    struct timespec until = {.tv_sec = (time_t)(end_ms / 1000),
                             .tv_nsec = (long)(end_ms % 1000) * 1000000};
    enum once_turn turn = ONCE_FIRST;
    struct entry *e;
    pthread_mutex_lock(&t->lock);
    while ((e = find(t, key, clock_monotonic_ms())) && e->running && turn == ONCE_FIRST)
        if (pthread_cond_clockwait(&t->ended, &t->lock, CLOCK_MONOTONIC, &until) != 0)
            turn = ONCE_LATE;
    if (e && !e->running) {
        turn = ONCE_DONE;
        *result = e->result;
    } else if (!e) {
        turn = ONCE_FIRST;
        e = place(t, key);
        if (e) { /* without a place it is handled, just not remembered */
            *e = (struct entry){.running = true};
            memcpy(e->key, key, ONCE_KEY_BYTES);
        }
    }
    pthread_mutex_unlock(&t->lock);
    return turn;
}

void once_end(struct once_table *t, const unsigned char key[ONCE_KEY_BYTES],
              const struct once_result *result)
{
    int64_t now_ms = clock_monotonic_ms();
    pthread_mutex_lock(&t->lock);
    struct entry *e = find(t, key, now_ms);
    if (e && e->running) {
        e->running = false;
        e->until_ms = result ? now_ms + (result->brief ? ONCE_COOKIE_MS : ONCE_KEPT_MS) : 0;
        if (result)
            e->result = *result;
    }
    pthread_cond_broadcast(&t->ended);
    pthread_mutex_unlock(&t->lock);
}

/* --- requests -------------------------------------------------------------------------------- */

/* Whose form, where, and every byte of it. False for what is no form of ours. */
static bool key_of(struct req *r, unsigned char key[ONCE_KEY_BYTES])
{
    struct req_inputs in;
    bool keyed = false;
    if (r->priv->csrf != CSRF_GOOD || req_body_raw(r, &in) != ERR_OK)
        return false;
    for (size_t i = 0; i < in.n && !keyed; i++)
        keyed = !in.v[i].is_file && str_eq(in.v[i].name, STR("once")) &&
                in.v[i].value.n == FIELD_LENGTH;
    if (!keyed)
        return false;
    struct str parts[] = {r->http->path, r->http->query, req_cookie(r, SESSION_COOKIE),
                          req_cookie(r, VISITOR_COOKIE), r->http->body};
    crypto_generichash_state state;
    crypto_generichash_init(&state, r->app->key, sizeof(r->app->key), ONCE_KEY_BYTES);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        uint64_t n = parts[i].n;
        crypto_generichash_update(&state, (const unsigned char *)&n, sizeof n);
        if (n)
            crypto_generichash_update(&state, (const unsigned char *)parts[i].p, n);
    }
    crypto_generichash_final(&state, key, ONCE_KEY_BYTES);
    return true;
}

/* What to remember of the answer; false: nothing, the next is handled anew. */
static bool keep_answer(struct req *r, enum err rc, struct once_result *out)
{
    struct str to = r->priv->location, cookies = buf_view(&r->priv->cookies.headers);
    *out = (struct once_result){.brief = r->priv->cookie_set};
    if (rc != ERR_OK || to.n >= sizeof out->location || cookies.n >= sizeof out->cookies)
        return false;
    if (cookies.n)
        memcpy(out->cookies, cookies.p, cookies.n);
    if (to.p && (r->resp->status == 303 || r->resp->status == 204)) {
        memcpy(out->location, to.p, to.n);
        return true;
    }
    return r->priv->wrote && r->resp->status < 300;
}

static void answer_again(struct req *r, const struct once_result *result)
{
    LOG(LOG_INFO, "form.again", LOG_C("route", r->route->path));
    if (result->location[0]) {
        resp_redirect(r, arena_str(r->arena, str_from(result->location)));
    } else {
        r->error_detail = MSG_web_err_again_next;
        resp_error(r, ERR_CONFLICT);
    }
    buf_cstr(&r->priv->cookies.headers, result->cookies);
}

enum err once_handle(struct req *r)
{
    unsigned char key[ONCE_KEY_BYTES];
    struct once_result result = {0};
    if (!key_of(r, key))
        return r->route->handle(r);
    switch (once_begin(r->app->web->once, key, ONCE_WAIT_MS, &result)) {
    case ONCE_DONE:
        answer_again(r, &result);
        return ERR_OK;
    case ONCE_LATE:
        return ERR_BUSY;
    case ONCE_FIRST:
        break;
    }
    enum err rc = r->route->handle(r);
    bool kept = keep_answer(r, rc, &result);
    once_end(r->app->web->once, key, kept ? &result : NULL);
    return rc;
}
