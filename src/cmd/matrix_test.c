/*
 * Every route of the program, as everybody: nobody, each role in its own municipality and in a
 * foreign one, with and without the second factor, and as another site. What may be refused is
 * refused before the handler; what is allowed answers without falling over, on demo data. A new
 * route is in here by being a route.
 */
#include "tests/support/client.h"

#include "cmd/slices.h"
#include "community/places/places.h"
#include "platform/web/demo.h"

/* Two municipalities of different oblasts. */
static char home[16], foreign[16];

struct visitor {
    bool known;
    enum role role;
    bool second_factor;
};

struct counts {
    int asked, refused;
};

static bool is_country_role(enum role role)
{
    return role == ROLE_PROGRAMME || role == ROLE_NATIONAL || role == ROLE_ADMINISTRATOR;
}

static void become(struct test_app *t, const struct visitor *v)
{
    struct actor actor = {.person_id = 7,
                          .session_id = 7,
                          .second_factor = v->second_factor,
                          .name = STR("Somebody"),
                          .grant_count = 1};
    test_new_visitor(t);
    if (!v->known)
        return;
    actor.grants[0].role = v->role;
    snprintf(actor.grants[0].scope, sizeof actor.grants[0].scope, "%s",
             is_country_role(v->role) ? "*" : home);
    test_login(t, &actor);
}

/* The path with something in each {name} that has the right shape. */
static const char *fill(struct test_app *t, const char *pattern, const char *unit)
{
    struct buf *out = buf_in(t->arena);
    struct str rest = str_from(pattern);
    for (ptrdiff_t open; (open = str_find_char(rest, '{')) >= 0;) {
        buf_str(out, str_slice(rest, 0, (size_t)open));
        rest = str_slice(rest, (size_t)open + 1, rest.n);
        struct str name = str_slice(rest, 0, (size_t)str_find_char(rest, '}'));
        rest = str_slice(rest, name.n + 1, rest.n);
        buf_cstr(out, str_eq(name, STR("unit"))     ? unit
                      : str_eq(name, STR("format")) ? "json"
                      : str_eq(name, STR("id"))     ? "1"
                                                    : "water");
    }
    buf_str(out, rest);
    return arena_cstr(t->arena, buf_view(out));
}

static bool has_unit(const struct route *route)
{
    return strstr(route->path, "{unit}") != NULL;
}

enum expected { ALLOWED, LOG_IN, CONFIRM, DENIED };

/* Some page of this role asks for the code. */
static bool role_confirms(enum role role)
{
    for (int p = 0; p < PERM__MAX; p++)
        if (access_role_carries(role, (enum permission)p) &&
            access_needs_second_factor((enum permission)p))
            return true;
    return false;
}

/* By the table of rights and the scope alone; the router's own code is not asked. */
static enum expected expect(const struct route *route, const struct visitor *v, bool at_home)
{
    enum permission p = route->permission;
    bool anonymous = !v->known || (route->flags & (ROUTE_NO_CSRF | ROUTE_LIVE));
    if (p == PERM_PUBLIC)
        return ALLOWED;
    if (anonymous)
        return LOG_IN;
    if (p == PERM_LOGGED_IN)
        return ALLOWED;
    if (!access_role_carries(v->role, p) ||
        (has_unit(route) && !at_home && !is_country_role(v->role)))
        return DENIED;
    /* The first page of the desk shows what other pages guard: it asks whom they ask. */
    bool confirms = access_needs_second_factor(p) ||
                    (strcmp(route->path, "/desk") == 0 && role_confirms(v->role));
    return confirms && !v->second_factor ? CONFIRM : ALLOWED;
}

static void judge(struct test_answer a, enum expected e, const struct route *route,
                  const char *path, const struct visitor *v)
{
    bool page = !(route->flags & (ROUTE_API | ROUTE_OPEN311)) && strcmp(route->method, "GET") == 0;
    struct str to = test_header_of(a, "Location");
    bool good = a.status >= 200 && a.status < 500 && a.status != 405 && a.status != 415;
    switch (e) {
    case ALLOWED:
        /* The slice may still say no to a made-up record, but never "log in" to whom it knows. */
        good = good && (a.status != 401 || !v->known) &&
               !str_starts(to, STR(WEB_SECOND_FACTOR_PATH "?"));
        break;
    case LOG_IN:
        good = page ? a.status == 303 && str_starts(to, STR(WEB_LOGIN_PATH "?next="))
                    : a.status == 401 || (a.status == 403 && (route->flags & ROUTE_OPEN311));
        break;
    case CONFIRM:
        good = page ? a.status == 303 && str_starts(to, STR(WEB_SECOND_FACTOR_PATH "?next="))
                    : a.status == 403;
        break;
    case DENIED:
        good = a.status == 403;
        break;
    }
    if (!good)
        fail_msg("%s %s (%s) as %s%s: status %d, expected %s\n%.*s", route->method, path,
                 route->handler_name, v->known ? role_code(v->role) : "nobody",
                 v->known && !v->second_factor ? " without the second factor" : "", a.status,
                 (const char *[]){"an answer", "log-in", "the second factor", "403"}[e],
                 (int)(a.body.n > 1500 ? 1500 : a.body.n), a.body.p);
}

struct round {
    struct test_app *t;
    struct visitor visitor;
    const char *unit;
    struct counts counts;
};

static void ask(void *arg, const struct slice *slice, const struct route *route)
{
    struct round *round = arg;
    const char *path = fill(round->t, route->path, round->unit);
    enum expected e = expect(route, &round->visitor, strcmp(round->unit, home) == 0);
    struct test_answer a;
    (void)slice;

    /* Whoever logs out must be logged in again for the next route. */
    become(round->t, &round->visitor);
    if (strcmp(route->method, "POST") == 0)
        a = test_post(round->t, path, NULL);
    else
        a = test_send(round->t, &(struct test_request){.method = route->method, .path = path});
    judge(a, e, route, path, &round->visitor);
    round->counts.asked++;
    round->counts.refused += e != ALLOWED;
}

static void find_units(struct test_app *t)
{
    const struct territory *all = territory_get(&t->app, t->arena);
    const struct place *first = NULL;
    for (size_t i = 0; i < all->n && !foreign[0]; i++) {
        const struct place *p = all->all[i];
        if (!place_is_municipality(p) || p->valid_to != INT64_MAX)
            continue;
        if (!first) {
            first = p;
            snprintf(home, sizeof home, "%.*s", STRF(p->code));
        } else if (place_oblast(p) != place_oblast(first)) {
            snprintf(foreign, sizeof foreign, "%.*s", STRF(p->code));
        }
    }
    assert_true(home[0] && foreign[0]);
}

static int open_app(void **state)
{
    struct test_app *t = test_app_open(false, all_slices, all_slices_count);
    struct demo_context demo = {.arena = t->arena, .today = day_today()};
    t->app.demo = true;
    for (size_t i = 0; i < all_slices_count; i++)
        if (all_slices[i]->demo && all_slices[i]->demo(&t->app, &demo) != ERR_OK)
            return 1;
    find_units(t);
    *state = t;
    return 0;
}

static int close_app(void **state)
{
    test_app_close(*state);
    return 0;
}

static void run_round(struct round *round)
{
    app_each_route(&round->t->app, ask, round);
}

static void test_nobody(void **state)
{
    struct round round = {.t = *state, .unit = home};
    run_round(&round);
    assert_true(round.counts.asked > 0);
}

static void test_every_role(void **state)
{
    struct counts sum = {0};
    for (int role = 0; role < ROLE__MAX; role++)
        for (int second = 0; second < 2; second++)
            for (int at = 0; at < 2; at++) {
                struct round round = {.t = *state,
                                      .visitor = {true, (enum role)role, second == 1},
                                      .unit = at ? foreign : home};
                run_round(&round);
                sum.asked += round.counts.asked;
                sum.refused += round.counts.refused;
            }
    print_message("# %d requests, %d refused\n", sum.asked, sum.refused);
}

/* Another site makes the browser of somebody who may do everything send a form. */
static void forge(void *arg, const struct slice *slice, const struct route *route)
{
    struct round *round = arg;
    (void)slice;
    if (strcmp(route->method, "GET") == 0 || (route->flags & (ROUTE_NO_CSRF | ROUTE_LIVE)))
        return;
    const char *path = fill(round->t, route->path, home);
    for (int role = 0; role < ROLE__MAX; role++) {
        struct visitor v = {true, (enum role)role, true};
        become(round->t, &v);
        const char *token = arena_cstr(round->t->arena, test_token(round->t));
        struct test_header headers[] = {
            {"Origin", "https://evil.example"}, {"X-CSRF-Token", token}, {0}};
        struct test_request forged = {.method = route->method, .path = path, .headers = headers};
        struct test_answer a = test_send(round->t, &forged);
        if (a.status != 403 && a.status != 404)
            fail_msg("%s %s from another site as %s: status %d", route->method, path,
                     role_code(v.role), a.status);
        round->counts.asked++;
        /* And without any token, from nowhere known. */
        forged.headers = NULL;
        a = test_send(round->t, &forged);
        if (a.status != 403 && a.status != 404)
            fail_msg("%s %s without a token as %s: status %d", route->method, path,
                     role_code(v.role), a.status);
    }
}

static void test_other_sites(void **state)
{
    struct round round = {.t = *state, .unit = home};
    app_each_route(&round.t->app, forge, &round);
    assert_true(round.counts.asked > 0);
}

/* A municipality that does not exist, and codes that are none, are not found by anybody. */
static void probe(void *arg, const struct slice *slice, const struct route *route)
{
    static const char *const codes[] = {"41799999999000",    "417", "%2e%2e",
                                        "41702220820000%00", "*",   "'%20OR%20'1'='1"};
    struct round *round = arg;
    (void)slice;
    if (!has_unit(route) || strcmp(route->method, "GET") != 0)
        return;
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct visitor v = {true, ROLE_ADMINISTRATOR, true};
        const char *path = fill(round->t, route->path, codes[i]);
        become(round->t, &v);
        struct test_answer a = test_get(round->t, path);
        if (a.status != 404)
            fail_msg("%s: status %d", path, a.status);
    }
}

static void test_unknown_municipalities(void **state)
{
    struct round round = {.t = *state};
    app_each_route(&round.t->app, probe, &round);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_every_role),
        cmocka_unit_test(test_other_sites),
        cmocka_unit_test(test_unknown_municipalities),
    };
    return cmocka_run_group_tests(tests, open_app, close_app);
}
