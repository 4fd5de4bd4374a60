/*
 * Sessions: who is behind a cookie.
 *
 * A session is a row; the cookie is 256 random bits of which the row holds a hash. Staff are logged
 * out after half an hour without a request and after twelve hours in any case; residents after
 * thirty days. Rights are read afresh with every request, so a role that was taken away or a
 * session that was ended is so at once.
 *
 * When a session was last seen is kept in this process and written to the database once a minute by
 * a schedule: a page that only reads costs no write.
 */
#include "community/people/people_internal.h"

#include <pthread.h>

#define TOKEN_BYTES 32
#define TOKEN_LENGTH 43
/* Far more than the schedule that writes last-seen times can be late. */
#define PURGE_SLACK_MS (10 * MS_MINUTE)

/* --- last seen --- */

enum { SEEN_SLOTS = 16384, SEEN_PROBES = 8 };

struct seen {
    int64_t session;
    int64_t seen_ms;
    int64_t written_ms; /* what the database knows */
};
static struct seen seen_table[SEEN_SLOTS];
static pthread_mutex_t seen_lock = PTHREAD_MUTEX_INITIALIZER;

/* The entry of a session, or the one that may be forgotten first. */
static struct seen *seen_entry(int64_t session)
{
    uint64_t hash = (uint64_t)session * UINT64_C(0x9e3779b97f4a7c15);
    struct seen *oldest = NULL;
    for (size_t i = 0; i < SEEN_PROBES; i++) {
        struct seen *e = &seen_table[((hash >> 40) + i) % SEEN_SLOTS];
        if (e->session == session)
            return e;
        if (!oldest || e->seen_ms < oldest->seen_ms)
            oldest = e;
    }
    *oldest = (struct seen){.session = session};
    return oldest;
}

/* Notes a request of the session. False, and nothing is noted, when it had been silent for
 * `idle_ms` (0: never too long). Both under one lock: two requests at once must not wake it. */
static bool seen_note(int64_t session, int64_t known_ms, int64_t now_ms, int64_t idle_ms)
{
    pthread_mutex_lock(&seen_lock);
    struct seen *e = seen_entry(session);
    int64_t before = e->seen_ms > known_ms ? e->seen_ms : known_ms;
    bool live = idle_ms == 0 || now_ms - before < idle_ms;
    if (known_ms > e->written_ms)
        e->written_ms = known_ms;
    e->seen_ms = live && now_ms > before ? now_ms : before;
    pthread_mutex_unlock(&seen_lock);
    return live;
}

int64_t session_seen_ms(int64_t session, int64_t known_ms)
{
    uint64_t hash = (uint64_t)session * UINT64_C(0x9e3779b97f4a7c15);
    pthread_mutex_lock(&seen_lock);
    for (size_t i = 0; i < SEEN_PROBES; i++) {
        const struct seen *e = &seen_table[((hash >> 40) + i) % SEEN_SLOTS];
        if (e->session == session && e->seen_ms > known_ms)
            known_ms = e->seen_ms;
    }
    pthread_mutex_unlock(&seen_lock);
    return known_ms;
}

void sessions_forget(void)
{
    pthread_mutex_lock(&seen_lock);
    memset(seen_table, 0, sizeof(seen_table));
    pthread_mutex_unlock(&seen_lock);
}

struct seen_list {
    struct seen *v;
    size_t n, cap;
};

static enum err write_seen(struct tx *tx, void *arg)
{
    const struct seen_list *list = arg;
    enum err rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < list->n; i++)
        rc = sql_session_seen(tx, NULL, .id = list->v[i].session, .seen_ms = list->v[i].seen_ms);
    return rc;
}

enum err sessions_flush(struct app *app, struct arena *a)
{
    struct seen_list list = {0};
    pthread_mutex_lock(&seen_lock);
    for (size_t i = 0; i < SEEN_SLOTS; i++)
        if (seen_table[i].session && seen_table[i].seen_ms - seen_table[i].written_ms >= MS_SECOND)
            ARENA_PUSH(a, list, seen_table[i]);
    pthread_mutex_unlock(&seen_lock);
    if (list.n == 0)
        return ERR_OK;
    enum err rc = db_write(app->db, SCOPE_COUNTRY, write_seen, &list);
    if (rc != ERR_OK)
        return rc;
    pthread_mutex_lock(&seen_lock);
    for (size_t i = 0; i < list.n; i++) {
        struct seen *e = seen_entry(list.v[i].session);
        if (list.v[i].seen_ms > e->written_ms)
            e->written_ms = list.v[i].seen_ms;
        if (e->seen_ms < e->written_ms)
            e->seen_ms = e->written_ms;
    }
    pthread_mutex_unlock(&seen_lock);
    return ERR_OK;
}

static enum err purge(struct tx *tx, void *arg)
{
    int64_t now = *(int64_t *)arg;
    enum err rc = sql_session_purge(tx, NULL, .now_ms = now,
                                    .staff_before_ms = now - STAFF_IDLE_MS - PURGE_SLACK_MS);
    if (rc == ERR_OK)
        rc = sql_login_code_purge(tx, NULL, .before_ms = now - MS_DAY);
    return rc;
}

enum err sessions_purge(struct app *app, struct arena *a)
{
    int64_t now = clock_now_ms();
    (void)a;
    return db_write(app->db, SCOPE_COUNTRY, purge, &now);
}

/* --- who asks --- */

struct lookup {
    struct arena *a;
    struct str hash;
    int64_t now_ms, day;
    struct sql_session_actor_rows rows;
};

static enum err read_actor(struct tx *tx, void *arg)
{
    struct lookup *l = arg;
    return sql_session_actor(tx, l->a, &l->rows, .token_hash = l->hash, .now_ms = l->now_ms,
                             .day = l->day);
}

static void add_grant(struct actor *actor, const struct sql_session_actor_row *row)
{
    struct role_grant *g = &actor->grants[actor->grant_count];
    if (!row->role.p || actor->grant_count == (int)COUNT_OF(actor->grants) ||
        row->scope.n >= sizeof(g->scope) || !role_parse(row->role, &g->role))
        return;
    memcpy(g->scope, row->scope.p, row->scope.n);
    g->scope[row->scope.n] = '\0';
    actor->grant_count++;
}

enum err people_load_actor(struct req *r, struct str token)
{
    struct lookup l = {.a = r->arena, .now_ms = clock_now_ms(), .day = day_today()};
    if (token.n != TOKEN_LENGTH)
        return ERR_OK;
    l.hash = people_hash(r->arena, r->app, "session", token);
    enum err rc = db_read(r->db, SCOPE_COUNTRY, read_actor, &l);
    if (rc != ERR_OK || l.rows.n == 0)
        return rc;
    const struct sql_session_actor_row *first = &l.rows.v[0];
    if (!seen_note(first->id, first->seen_ms, l.now_ms, first->staff ? STAFF_IDLE_MS : 0))
        return ERR_OK;
    struct actor *actor = &r->actor;
    *actor = (struct actor){
        .person_id = first->person_id,
        .session_id = first->id,
        .second_factor = first->second_factor != 0,
        .must_change_password = first->staff && first->must_change.set && first->must_change.v,
        .name = first->name,
    };
    for (size_t i = 0; i < l.rows.n; i++)
        add_grant(actor, &l.rows.v[i]);
    return ERR_OK;
}

/* --- beginning, turning, ending --- */

struct str browser_of(struct req *r)
{
    static const struct {
        const char *mark, *name;
    } programs[] = {{"YaBrowser", "Yandex"}, {"OPR/", "Opera"},
                    {"Edg/", "Edge"},        {"SamsungBrowser", "Samsung Internet"},
                    {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"},
                    {"Safari/", "Safari"}},
      systems[] = {{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},
                   {"Windows", "Windows"}, {"Mac OS", "macOS"},  {"Linux", "Linux"}};
    struct str agent = req_header(r, "User-Agent");
    const char *program = "", *system = "";
    for (size_t i = 0; i < COUNT_OF(programs) && !*program; i++)
        if (str_find(agent, str_from(programs[i].mark)) >= 0)
            program = programs[i].name;
    for (size_t i = 0; i < COUNT_OF(systems) && !*system; i++)
        if (str_find(agent, str_from(systems[i].mark)) >= 0)
            system = systems[i].name;
    return arena_printf(r->arena, "%s%s%s", program, *program && *system ? ", " : "", system);
}

void session_make(struct req *r, int64_t person, bool staff, struct session_new *out)
{
    *out = (struct session_new){
        .token = id_secret(r->arena, TOKEN_BYTES),
        .browser = browser_of(r),
        .id = id_new(),
        .person = person,
        .staff = staff,
        .now_ms = clock_now_ms(),
    };
    out->token_hash = people_hash(r->arena, r->app, "session", out->token);
    out->expires_ms = out->now_ms + (staff ? STAFF_MOST_MS : RESIDENT_MOST_MS);
}

enum err session_insert(struct tx *tx, const struct req *r, const struct session_new *s)
{
    enum err rc = ERR_OK;
    if (r->actor.session_id)
        TRY(sql_session_end(tx, NULL, .id = r->actor.session_id, .person_id = r->actor.person_id));
    rc = sql_session_add(tx, NULL, .id = s->id, .token_hash = s->token_hash, .person_id = s->person,
                         .staff = s->staff, .second_factor = s->second_factor,
                         .browser = s->browser, .now_ms = s->now_ms, .expires_ms = s->expires_ms);
out:
    return rc;
}

void session_give(struct req *r, const struct session_new *s)
{
    req_session_set(r, s->token, s->staff ? 0 : RESIDENT_MOST_MS / MS_SECOND, s->staff);
}

void session_turn_make(struct req *r, bool second_factor, struct session_turn *out)
{
    out->token = id_secret(r->arena, TOKEN_BYTES);
    out->token_hash = people_hash(r->arena, r->app, "session", out->token);
    out->second_factor = second_factor;
}

enum err session_turn_write(struct tx *tx, const struct req *r, const struct session_turn *s)
{
    return sql_session_rotate(tx, NULL, .id = r->actor.session_id, .person_id = r->actor.person_id,
                              .token_hash = s->token_hash, .second_factor = s->second_factor);
}

void session_turn_give(struct req *r, const struct session_turn *s)
{
    /* Only staff sessions turn. */
    req_session_set(r, s->token, 0, true);
    r->actor.second_factor = s->second_factor;
}
