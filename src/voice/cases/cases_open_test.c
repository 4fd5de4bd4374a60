/*
 * Reading for machines, on both engines: nothing private comes out by any of the ways, and a search
 * finds exactly what the filters say, page after page.
 */
#include "voice/cases/cases_testing.h"

#include "platform/core/clock.h"

struct asking {
    struct cases_test *t;
    const struct case_search *search;
    const struct str *numbers;
    size_t n;
    struct case_list list;
    struct case_notes notes;
    struct case_photo_refs photos;
};

static enum err search_fn(struct tx *tx, void *arg)
{
    struct asking *q = arg;
    struct arena *a = q->t->arena;
    enum err rc = q->numbers ? cases_by_numbers(tx, a, q->numbers, q->n, day_today(), &q->list)
                             : cases_search(tx, a, q->search, day_today(), &q->list);
    return rc;
}

static enum err hanging_fn(struct tx *tx, void *arg)
{
    struct asking *q = arg;
    enum err rc = cases_notes(tx, q->t->arena, &q->list, &q->notes);
    return rc == ERR_OK ? cases_photo_refs(tx, q->t->arena, &q->list, &q->photos) : rc;
}

static struct case_list find(struct cases_test *t, struct case_search s)
{
    static const struct str home[] = {STRI("41704235825000")};
    struct asking q = {.t = t, .search = &s};
    if (!s.unit_count) {
        s.units = home;
        s.unit_count = 1;
    }
    if (!s.max)
        s.max = 100;
    assert_int_equal(db_read(t->app->db, SCOPE_COUNTRY, search_fn, &q), ERR_OK);
    return q.list;
}

static struct case_list find_numbers(struct cases_test *t, const struct str *numbers, size_t n)
{
    struct asking q = {.t = t, .numbers = numbers, .n = n};
    assert_int_equal(db_read(t->app->db, SCOPE_COUNTRY, search_fn, &q), ERR_OK);
    return q.list;
}

static struct asking hanging_on(struct cases_test *t, struct case_list list)
{
    struct asking q = {.t = t, .list = list};
    assert_int_equal(db_read(t->app->db, SCOPE_COUNTRY, hanging_fn, &q), ERR_OK);
    return q;
}

static struct case_photo_input photo_sample(void)
{
    struct str id = STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    return (struct case_photo_input){id, id, 800, 600};
}

/* A report with everything that could leak, looked at and answered. */
static struct case_receipt send_looked_at(struct cases_test *t, struct case_input in,
                                          struct case_change *c)
{
    struct case_photo_input photo = photo_sample();
    in.photos = &photo;
    in.photo_count = 1;
    struct case_receipt receipt = cases_send(t, in, c);
    struct case_look look = {in.words, in.street};
    int64_t id = cases_photos_of(t, *c).v[0].id;
    assert_int_equal(cases_do(t, c, cases_rule_look, &look), ERR_OK);
    assert_int_equal(cases_do(t, c, cases_rule_show_photo, &id), ERR_OK);
    assert_int_equal(cases_do_step(t, c, CASE_RESOLVED, "Оңдолду"), ERR_OK);
    return receipt;
}

/* The rules let nothing of a private report through; so that the statements stand alone, make one
 * private that was public. */
static enum err hide_rule(struct cases_test *t, struct tx *tx, struct case_change *c, void *arg)
{
    struct case_work w;
    (void)arg;
    enum err rc = case_work_begin(&w, t->app, tx, t->arena, c);
    if (rc != ERR_OK)
        return rc;
    w.is.hide = 1;
    return case_work_save(&w);
}

static void private_reports_never_come_out(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_change open, secret, held;
    struct case_input in = cases_sample();
    struct case_receipt shown = send_looked_at(&t, in, &open);
    struct case_receipt hidden = send_looked_at(&t, in, &secret);
    assert_int_equal(cases_do(&t, &secret, hide_rule, NULL), ERR_OK);
    in = cases_sample();
    in.suspicious = true;
    struct case_receipt spam = cases_send(&t, in, &held);
    assert_true(spam.held);
    assert_false(shown.held);

    struct case_list found = find(&t, (struct case_search){0});
    assert_int_equal(found.n, 1);
    assert_str_equal(found.v[0].number, shown.number);
    const struct str numbers[] = {hidden.number, spam.number, shown.number};
    found = find_numbers(&t, numbers, COUNT_OF(numbers));
    assert_int_equal(found.n, 1);
    assert_str_equal(found.v[0].number, shown.number);

    /* Also when a caller makes the list up. */
    struct asking q = hanging_on(&t, found);
    assert_int_equal(q.photos.n, 1);
    assert_true(q.notes.n >= 1);
    assert_str_equal(q.notes.v[q.notes.n - 1].words, STR("Оңдолду"));
    assert_int_equal(q.notes.v[q.notes.n - 1].state, CASE_RESOLVED);
    struct case_public forged[] = {{.unit = UNIT_HOME, .id = secret.id, .photos = 1},
                                   {.unit = UNIT_HOME, .id = held.id, .photos = 1}};
    q = hanging_on(&t, (struct case_list){.v = forged, .n = 2});
    assert_int_equal(q.photos.n, 0);
    assert_int_equal(q.notes.n, 0);
    cases_end(&t);
}

static void words_and_photos_wait_for_a_look(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_photo_input photo = photo_sample();
    struct case_input in = cases_sample();
    struct case_change c;
    in.photos = &photo;
    in.photo_count = 1;
    cases_send(&t, in, &c);
    struct case_list found = find(&t, (struct case_search){0});
    assert_int_equal(found.n, 1);
    assert_null(found.v[0].words.p);
    assert_null(found.v[0].street.p);
    assert_str_equal(found.v[0].village, VILLAGE_HOME);
    found.v[0].photos = 1;
    assert_int_equal(hanging_on(&t, found).photos.n, 0);
    assert_int_equal(hanging_on(&t, found).notes.n, 0);
    cases_end(&t);
}

static enum err note_rule(struct cases_test *t, struct tx *tx, struct case_change *c, void *arg)
{
    struct case_faults faults = {0};
    (void)arg;
    return cases_note(t->app, tx, t->arena, c, STR("Арыз ээси кошуна менен урушкан"), &faults);
}
static int rule_note(struct cases_test *t, struct case_change *c)
{
    return (int)cases_do(t, c, note_rule, NULL);
}

static void words_for_colleagues_are_no_notes(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_change c;
    cases_send(&t, cases_sample(), &c);
    assert_int_equal(rule_note(&t, &c), ERR_OK);
    struct asking q = hanging_on(&t, find(&t, (struct case_search){0}));
    for (size_t i = 0; i < q.notes.n; i++)
        assert_null(q.notes.v[i].words.p);
    cases_end(&t);
}

/* Reports of both municipalities on successive days; every filter against a filter in C. */
#define MANY 40
static void a_search_finds_what_it_says(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    static const char *const faults[] = {"water.leak", "water.none", "", "lighting.dark"};
    int64_t start = day_start_ms(day_at(2026, 3, 2));
    for (int i = 0; i < MANY; i++) {
        struct case_input in = cases_sample();
        struct case_change c;
        bool other = i % 5 == 4;
        in.service = i % 4 == 3 ? STR("lighting") : STR("water");
        in.fault = str_from(faults[i % 4]);
        in.unit = other ? UNIT_OTHER : UNIT_HOME;
        in.village = other ? VILLAGE_OTHER : VILLAGE_HOME;
        in.words = arena_printf(t.arena, "Кабар %d", i);
        in.at_ms = start + i * MS_DAY;
        cases_send(&t, in, &c);
        if (i % 3 == 0)
            assert_int_equal(cases_do_step(&t, &c, CASE_REFUSED, "Биздики эмес"), ERR_OK);
    }
    const struct str both[] = {UNIT_HOME, UNIT_OTHER};
    const struct str codes[] = {STR("water.leak"), STR("water")};
    struct case_search family = {.units = both, .unit_count = 2};
    assert_int_equal(find(&t, family).n, MANY);
    assert_int_equal(find(&t, (struct case_search){0}).n, MANY - MANY / 5);

    struct case_search s = family;
    s.codes = codes;
    s.code_count = 2;
    assert_int_equal(find(&t, s).n, MANY / 2);
    s.code_count = 1;
    assert_int_equal(find(&t, s).n, MANY / 4);
    s.codes = codes + 1; /* "water" alone: only reports that name no fault */
    assert_int_equal(find(&t, s).n, MANY / 4);
    s = family;
    s.service = STR("lighting");
    assert_int_equal(find(&t, s).n, MANY / 4);
    s = family;
    s.village = VILLAGE_HOME;
    assert_int_equal(find(&t, s).n, MANY - MANY / 5);
    s = family;
    s.states = CASE_BIT(CASE_REFUSED);
    assert_int_equal(find(&t, s).n, (MANY + 2) / 3);
    s = family;
    s.from_ms = start + 10 * MS_DAY;
    s.to_ms = start + 19 * MS_DAY;
    assert_int_equal(find(&t, s).n, 10);

    /* By number of page and by edge, every case comes once and newest first. */
    for (int by_edge = 0; by_edge < 2; by_edge++) {
        size_t seen = 0;
        int64_t before = INT64_MAX;
        s = family;
        s.max = 7;
        for (;;) {
            struct case_list page = find(&t, s);
            assert_int_equal(page.n, seen + 7 <= MANY ? 7 : MANY - seen);
            for (size_t i = 0; i < page.n; i++) {
                assert_true(page.v[i].created_ms < before);
                before = page.v[i].created_ms;
            }
            seen += page.n;
            assert_int_equal(page.more, seen < MANY);
            if (!page.more)
                break;
            s.skip = by_edge ? 0 : seen;
            s.edge_ms = by_edge ? before : 0;
            s.edge_id = by_edge ? page.v[page.n - 1].id : 0;
        }
        assert_int_equal(seen, MANY);
    }
    cases_end(&t);
}

static void cases_of_the_same_instant_are_parted_by_id(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    clock_set_for_test(day_start_ms(day_at(2026, 3, 2)));
    for (int i = 0; i < 5; i++)
        cases_send(&t, cases_sample(), NULL);
    struct case_search s = {.max = 2};
    size_t seen = 0;
    for (int page = 0; page < 3; page++) {
        struct case_list found = find(&t, s);
        seen += found.n;
        s.edge_ms = found.v[found.n - 1].created_ms;
        s.edge_id = found.v[found.n - 1].id;
    }
    assert_int_equal(seen, 5);
    assert_int_equal(find(&t, s).n, 0);
    cases_end(&t);
}

static void numbers_are_taken_as_typed(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_receipt one = cases_send(&t, cases_sample(), NULL);
    struct buf *loose = buf_in(t.arena);
    for (size_t i = 0; i < one.number.n; i++)
        if (one.number.p[i] != '-')
            buf_char(loose, (char)tolower((unsigned char)one.number.p[i]));
    const struct str numbers[] = {buf_view(loose), STR("\"]"), STR("777"), STR("")};
    struct case_list found = find_numbers(&t, numbers, COUNT_OF(numbers));
    assert_int_equal(found.n, 1);
    assert_int_equal(find_numbers(&t, numbers + 1, 3).n, 0);
    cases_end(&t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(private_reports_never_come_out),
        BODY(words_and_photos_wait_for_a_look),
        BODY(words_for_colleagues_are_no_notes),
        BODY(a_search_finds_what_it_says),
        BODY(cases_of_the_same_instant_are_parted_by_id),
        BODY(numbers_are_taken_as_typed),
    };
    return slice_test_run("cases_open", bodies, COUNT_OF(bodies));
}
