/*
 * The register: matching explains itself, merges resolve everywhere and can be taken back in any
 * order, imports are taken whole or not at all, and pages show people only to whom they may.
 */
#define place scratch_place /* the store's fixture has a struct of the same name as places */
#include "platform/web/slice_testing.h"
#undef place
#include "tests/support/client.h"

#include "community/calendar/calendar.h"
#include "community/people/people.h"
#include "community/persons/persons_internal.h"
#include "community/places/places.h"

#include "platform/channels/outbox.h"
#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/jobs/jobs.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"

#define HOME "41702205848000"
#define OTHER "41704235837000"

struct world {
    struct test_app *t;
    struct arena *a;
};

static struct person_move heard[64];
static size_t heard_n;

static enum err listen(struct app *app, struct tx *tx, struct arena *a,
                       const struct person_move *moves, size_t n)
{
    (void)app, (void)tx, (void)a;
    for (heard_n = 0; heard_n < n && heard_n < COUNT_OF(heard); heard_n++)
        heard[heard_n] = moves[heard_n];
    return ERR_OK;
}

static struct world begin(void **state)
{
    struct test_app *t =
        TEST_APP_ON(*(const bool *)*state, &web_slice, &jobs_slice, &trail_slice, &outbox_slice,
                    &places_slice, &people_slice, &calendar_slice, &persons_slice);
    struct demo_context demo = {.arena = t->arena, .today = day_today()};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    persons_on_move(listen);
    heard_n = 0;
    return (struct world){t, t->arena};
}

static struct register_person somebody(const char *family, const char *given,
                                       const char *patronymic, int year)
{
    return (struct register_person){.id = id_new(),
                                    .family = str_from(family),
                                    .given = str_from(given),
                                    .patronymic = str_from(patronymic),
                                    .sex = STR("f"),
                                    .birth_year = year ? I64(year) : I64_NONE,
                                    .home = STR(HOME)};
}

enum deed { ADD, GET, MERGE, UNDO, PART, FIND, RESOLVE };
struct task {
    struct world *w;
    enum deed deed;
    struct register_person p;
    int64_t one, two;
    int64_t *ids, *roots;
    size_t n;
    struct matches matches;
    enum person_fault fault;
};

static enum err do_job(struct tx *tx, void *arg)
{
    struct task *j = arg;
    struct arena *a = j->w->a;
    struct app *app = &j->w->t->app;
    switch (j->deed) {
    case ADD:
        return persons_add(tx, a, &j->p, day_today(), true, 1, &j->fault);
    case GET:
        return persons_get(tx, a, j->one, &j->p);
    case MERGE:
        return persons_merge(app, tx, a, j->one, j->two, 1);
    case UNDO:
        return persons_undo(app, tx, a, j->one, 1);
    case PART:
        return persons_say_different(tx, a, j->one, j->two, 1);
    case FIND:
        return persons_find_same(tx, a, &j->p, &j->matches);
    case RESOLVE:
        return persons_resolve(tx, a, j->ids, j->n, j->roots);
    }
    return ERR_INPUT;
}

static enum err run(struct world *w, struct task *j)
{
    j->w = w;
    return db_write(w->t->app.db, SCOPE_COUNTRY, do_job, j);
}

static int64_t added(struct world *w, struct register_person p)
{
    struct task j = {.deed = ADD, .p = p};
    assert_int_equal(run(w, &j), ERR_OK);
    return p.id;
}

static int64_t root_of(struct world *w, int64_t id)
{
    struct task j = {.deed = GET, .one = id};
    assert_int_equal(run(w, &j), ERR_OK);
    return j.p.root;
}

static int score_of(struct register_person a, struct register_person b)
{
    struct match m, turned;
    int sum = 0;
    persons_compare(&a, &b, &m);
    persons_compare(&b, &a, &turned);
    assert_int_equal(m.score, turned.score); /* it does not matter who is asked about whom */
    for (size_t i = 0; i < m.n; i++)
        sum += match_reason_points(m.reasons[i]);
    assert_int_equal(m.score, sum < 0 ? 0 : sum > 100 ? 100 : sum);
    return m.score;
}

static void likeness_is_the_sum_of_its_reasons(void **state)
{
    (void)state;
    struct register_person a = somebody("Демоева", "Айгүл", "Бакытовна", 1980);
    struct register_person same = somebody("ДЕМОЕВА", "Айгул", "Б.", 1980);
    assert_true(score_of(a, same) >= MATCH_LIKELY);
    struct register_person turned = somebody("Айгүл", "Демоева", "", 1980);
    assert_true(score_of(a, turned) >= MATCH_LIKELY);
    struct register_person initial = somebody("Демоева", "А.", "", 1981);
    assert_true(score_of(a, initial) >= MATCH_POSSIBLE && score_of(a, initial) < MATCH_LIKELY);
    struct register_person mother = somebody("Демоева", "Айгүл", "Асановна", 1955);
    assert_true(score_of(a, mother) < MATCH_POSSIBLE);
    struct register_person brother = somebody("Демоев", "Айбек", "Бакытович", 1980);
    brother.sex = STR("m");
    assert_true(score_of(a, brother) < MATCH_POSSIBLE);
    struct register_person namesake = somebody("Демоева", "Айгүл", "", 0);
    namesake.home = STR(OTHER);
    assert_true(score_of(a, namesake) < MATCH_POSSIBLE);
    namesake.phone = a.phone = STR("+996700123456");
    assert_true(score_of(a, namesake) >= MATCH_LIKELY);
}

static void finds_who_is_there(void **state)
{
    struct world w = begin(state);
    int64_t first = added(&w, somebody("Демоева", "Айгүл", "Бакытовна", 1980));
    added(&w, somebody("Демоева", "Жаңыл", "", 1990));
    struct task j = {.deed = FIND, .p = somebody("демоева", "Айгул", "", 1980)};
    assert_int_equal(run(&w, &j), ERR_OK);
    assert_int_equal(j.matches.n, 1);
    assert_int_equal(j.matches.v[0].person.id, first);
    /* Exchanged names are found too. */
    j.p = somebody("Айгүл", "Демоева", "", 1980);
    assert_int_equal(run(&w, &j), ERR_OK);
    assert_int_equal(j.matches.n, 1);
    test_app_close(w.t);
}

static void a_merge_can_be_taken_back(void **state)
{
    struct world w = begin(state);
    int64_t a = added(&w, somebody("Демоева", "А", "", 1980)),
            b = added(&w, somebody("Демоева", "Б", "", 1980)),
            c = added(&w, somebody("Демоева", "В", "", 1980));
    struct task merge = {.deed = MERGE, .one = c, .two = b};
    assert_int_equal(run(&w, &merge), ERR_OK);
    merge = (struct task){.deed = MERGE, .one = b, .two = a};
    assert_int_equal(run(&w, &merge), ERR_OK);
    assert_int_equal(heard_n, 2); /* b and c both mean a now */
    assert_int_equal(root_of(&w, c), a);
    assert_int_equal(root_of(&w, b), a);
    /* Who is merged already cannot be merged again, nor a person with itself. */
    merge = (struct task){.deed = MERGE, .one = c, .two = a};
    assert_int_equal(run(&w, &merge), ERR_INPUT);
    merge = (struct task){.deed = MERGE, .one = a, .two = a};
    assert_int_equal(run(&w, &merge), ERR_INPUT);
    int64_t ids[] = {c, 17, a}, roots[3] = {9, 9, 9};
    struct task resolve = {.deed = RESOLVE, .ids = ids, .roots = roots, .n = 3};
    assert_int_equal(run(&w, &resolve), ERR_OK);
    assert_int_equal(roots[0], a);
    assert_int_equal(roots[1], 0);
    assert_int_equal(roots[2], a);
    /* Undone in the order they were made: c goes with b. */
    struct task undo = {.deed = UNDO, .one = b};
    assert_int_equal(run(&w, &undo), ERR_OK);
    assert_int_equal(root_of(&w, b), b);
    assert_int_equal(root_of(&w, c), b);
    assert_int_equal(heard_n, 2);
    undo = (struct task){.deed = UNDO, .one = c};
    assert_int_equal(run(&w, &undo), ERR_OK);
    assert_int_equal(root_of(&w, c), c);
    assert_int_equal(run(&w, &undo), ERR_INPUT);
    test_app_close(w.t);
}

/* Random merges and undoings: the end of each chain is what the pointers say, worked out anew. */
static void chains_end_where_the_pointers_lead(void **state)
{
    struct world w = begin(state);
    enum { N = 12 };
    int64_t ids[N], parent[N];
    uint64_t dice = 7;
    for (int i = 0; i < N; i++) {
        ids[i] = added(&w, somebody("Демоев", "Адам", "", 1950 + i));
        parent[i] = -1;
    }
    for (int step = 0; step < 120; step++) {
        dice = dice * UINT64_C(6364136223846793005) + 1442695040888963407u;
        int x = (int)(dice >> 33) % N, y = (int)(dice >> 41) % N;
        if ((dice >> 50) % 3) {
            struct task j = {.deed = MERGE, .one = ids[x], .two = ids[y]};
            bool allowed = x != y && parent[x] < 0 && parent[y] < 0;
            assert_int_equal(run(&w, &j), allowed ? ERR_OK : ERR_INPUT);
            if (allowed)
                parent[x] = y;
        } else {
            struct task j = {.deed = UNDO, .one = ids[x]};
            assert_int_equal(run(&w, &j), parent[x] >= 0 ? ERR_OK : ERR_INPUT);
            parent[x] = -1;
        }
        int64_t roots[N];
        struct task j = {.deed = RESOLVE, .ids = ids, .roots = roots, .n = N};
        assert_int_equal(run(&w, &j), ERR_OK);
        for (int i = 0; i < N; i++) {
            int end = i;
            while (parent[end] >= 0)
                end = (int)parent[end];
            assert_int_equal(roots[i], ids[end]);
        }
    }
    test_app_close(w.t);
}

#define CSV_HEAD "family,given,sex,birth_year,municipality,phone\r\n"

static void an_import_is_whole_or_nothing(void **state)
{
    struct world w = begin(state);
    test_login_as(w.t, ROLE_PROGRAMME, "*");
    const char *bad = CSV_HEAD "Демоева,Айгүл,f,1980," HOME ",\r\nДемоев,Бек,x,1980," HOME ",\r\n";
    struct test_answer a =
        test_post(w.t, "/desk/persons/import", "text", bad, "do", "import", NULL);
    test_status(a, 422);
    test_contains(a, "3"); /* the row */
    test_lacks(test_get(w.t, "/desk/persons"), "Демоева");
    const char *good =
        CSV_HEAD "Демоева,Айгүл,f,1980," HOME ",\r\nДемоев,Бек,m,1975," OTHER ",\r\n";
    test_status(test_post(w.t, "/desk/persons/import", "text", good, "do", "check", NULL), 200);
    test_lacks(test_get(w.t, "/desk/persons"), "Демоева");
    test_status(test_post(w.t, "/desk/persons/import", "text", good, "do", "import", NULL), 200);
    test_contains(test_get(w.t, "/desk/persons"), "Демоева");
    a = test_post(w.t, "/desk/persons/import", "text", good, "do", "import", NULL);
    test_contains(a, "0 people were added");
    /* A municipality sees its own people alone, and imports no others. */
    test_new_visitor(w.t);
    test_login_as(w.t, ROLE_OFFICER, HOME);
    a = test_get(w.t, "/desk/persons");
    test_contains(a, "Демоева");
    test_lacks(a, "Бек");
    a = test_post(w.t, "/desk/persons/import", "text", good, "do", "import", NULL);
    test_status(a, 422);
    test_new_visitor(w.t);
    test_login_as(w.t, ROLE_NATIONAL, "*");
    test_status(test_get(w.t, "/desk/persons"), 403);
    test_app_close(w.t);
}

static void pages_merge_and_part(void **state)
{
    struct world w = begin(state);
    int64_t a = added(&w, somebody("Демоева", "Айгүл", "", 1980)),
            b = added(&w, somebody("Демоева", "Айгүл", "", 1980)),
            c = added(&w, somebody("Айгүл", "Демоева", "", 1980));
#define NUMBER(id) arena_cstr(w.a, arena_printf(w.a, "%lld", (long long)(id)))
#define CARD(id) arena_cstr(w.a, arena_printf(w.a, "/desk/persons/%lld", (long long)(id)))
    test_login_as(w.t, ROLE_PROGRAMME, "*");
    test_contains(test_get(w.t, "/desk/persons/pairs"), "Family and first names are the same");
    test_status(test_post(w.t, "/desk/persons/pairs", "low", NUMBER(a), "high", NUMBER(b),
                          "verdict", "same", NULL),
                303);
    assert_int_equal(root_of(&w, b), a);
    test_status(test_post(w.t, "/desk/persons/pairs", "low", NUMBER(a), "high", NUMBER(c),
                          "verdict", "different", NULL),
                303);
    test_contains(test_get(w.t, "/desk/persons/pairs"), "Nobody seems");
    test_contains(test_get(w.t, CARD(a)), "Take the merge back");
    test_contains(test_get(w.t, CARD(b)), "part of another one");
    test_status(test_post(w.t, "/desk/persons/undo", "gone", NUMBER(b), NULL), 303);
    assert_int_equal(root_of(&w, b), b);
    /* A card that somebody else changed meanwhile is not overwritten. */
    test_status(test_post(w.t, CARD(a), "revision", "1", "family", "Демоева", "given", "Айгүл",
                          "home", HOME, "position", "Бухгалтер", NULL),
                303);
    test_contains(test_get(w.t, CARD(a)), "Бухгалтер");
    test_status(test_post(w.t, CARD(a), "revision", "1", "family", "Башка", "home", HOME, NULL),
                422);
    test_new_visitor(w.t);
    test_login_as(w.t, ROLE_HEAD, OTHER);
    test_status(test_get(w.t, CARD(a)), 404);
    test_status(test_get(w.t, "/desk/persons/pairs"), 403);
    test_app_close(w.t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(likeness_is_the_sum_of_its_reasons), BODY(finds_who_is_there),
        BODY(a_merge_can_be_taken_back),          BODY(chains_end_where_the_pointers_lead),
        BODY(an_import_is_whole_or_nothing),      BODY(pages_merge_and_part),
    };
    return slice_test_run("persons", bodies, COUNT_OF(bodies));
}
