/* The public log as strangers get it: checked from the answers alone. */
#include "platform/formats/json.h"
#include "platform/trail/trail_internal.h"
#include "tests/support/client.h"

#define UNIT_CODE "41702215010000"

static enum err append(struct tx *tx, void *arg)
{
    enum err rc = ERR_OK;
    for (int i = 0; i < *(int *)arg && rc == ERR_OK; i++)
        rc =
            trail_append(tx, STR(UNIT_CODE), "case_state", STR("7K3M-Q2XD-4"), STR("secret"), NULL);
    return rc;
}

static void add(struct test_app *t, int n)
{
    assert_int_equal(db_write(t->app.db, STR(UNIT_CODE), append, &n), ERR_OK);
    assert_int_equal(trail_sequence(&t->app, true), ERR_OK);
}

static struct test_app *open_app(void)
{
    return TEST_APP(&web_slice, &jobs_slice, &trail_slice);
}

static void an_empty_log_says_so(void **state)
{
    (void)state;
    struct test_app *t = open_app();
    struct test_answer a = test_get(t, "/m/" UNIT_CODE "/trail");
    test_status(a, 200);
    test_contains(a, "There are no entries yet.");
    test_contains(a, "A new entry appears here within a minute.");
    test_status(test_get(t, "/m/" UNIT_CODE "/trail/checkpoint"), 404);
    test_status(test_get(t, "/m/" UNIT_CODE "/trail/entries.txt"), 200);
    test_status(test_get(t, "/m/" UNIT_CODE "/trail/proof/0"), 404);
    test_app_close(t);
}

static void the_page_lists_and_pages(void **state)
{
    (void)state;
    struct test_app *t = open_app();
    add(t, 60);
    struct test_answer a = test_get(t, "/m/" UNIT_CODE "/trail");
    test_contains(a, "A report changed state");
    test_contains(a, "7K3M-Q2XD-4");
    test_contains(a, "60 entries");
    test_contains(a, "/trail/proof/59");
    test_lacks(a, "/trail/proof/9\"");
    test_contains(a, "Older entries");
    test_contains(a, "/trail?before=10");
    test_lacks(a, "secret");
    a = test_get(t, "/m/" UNIT_CODE "/trail?before=10");
    test_contains(a, "/trail/proof/9\"");
    test_lacks(a, "Older entries");
    test_status(test_get(t, "/m/" UNIT_CODE "/trail?before=x"), 200);
    test_app_close(t);
}

static struct hash hash_of(struct str hex)
{
    struct hash h = {{0}};
    size_t n = 0;
    assert_int_equal(sodium_hex2bin(h.b, sizeof h.b, hex.p, hex.n, NULL, &n, NULL), 0);
    assert_int_equal(n, MERKLE_HASH);
    return h;
}

/* Only what the answers say, and the key: no look into the database. */
static void a_stranger_can_check_a_proof(void **state)
{
    (void)state;
    struct test_app *t = open_app();
    add(t, 5);
    add(t, 2);
    struct test_answer a = test_get(t, "/m/" UNIT_CODE "/trail/proof/4");
    test_status(a, 200);
    const struct json *j;
    struct checkpoint c;
    struct note_key key;
    struct hash path[MERKLE_LEVELS];
    assert_int_equal(json_parse(t->arena, a.body, 100000, &j, NULL), ERR_OK);
    struct str note = json_str_of(j, "checkpoint");
    note_key_derive(&key, t->app.key);
    assert_true(checkpoint_signed_by(note, key.public_key));
    assert_int_equal(checkpoint_read(note, &c), ERR_OK);
    size_t n = json_count(json_get(j, "path"));
    for (size_t i = 0; i < n; i++) {
        struct str s = STR_NULL;
        assert_true(json_as_str(json_at(json_get(j, "path"), i), &s));
        path[i] = hash_of(s);
    }
    struct hash leaf = merkle_leaf(json_str_of(j, "entry"));
    assert_true(hash_eq(leaf, hash_of(json_str_of(j, "leaf"))));
    assert_true(merkle_proves(leaf, 4, c.size, path, n, c.root));
    test_status(test_get(t, "/m/" UNIT_CODE "/trail/proof/7"), 404);
    test_status(test_get(t, "/m/" UNIT_CODE "/trail/proof/-1"), 404);
    test_status(test_get(t, "/m/" UNIT_CODE "/trail/proof/x"), 404);
    test_app_close(t);
}

static void a_stranger_can_recompute_the_log(void **state)
{
    (void)state;
    struct test_app *t = open_app();
    add(t, 5001); /* over one file */
    struct test_answer a = test_get(t, "/m/" UNIT_CODE "/trail/checkpoint");
    struct checkpoint c;
    struct merkle m = {0};
    char next[100] = "/m/" UNIT_CODE "/trail/entries.txt";
    assert_int_equal(checkpoint_read(a.body, &c), ERR_OK);
    for (int file = 0; next[0]; file++) {
        struct str line, part[7];
        a = test_get(t, next);
        test_status(a, 200);
        next[0] = '\0';
        for (struct str rest = a.body; str_split(&rest, '\n', &line);) {
            if (str_starts(line, STR("#more\t")))
                snprintf(next, sizeof next, "%.*s", STRF(str_slice(line, 6, line.n)));
            if (str_empty(line) || line.p[0] == '#')
                continue;
            for (int i = 0; i < 7; i++)
                assert_true(str_split(&line, '\t', &part[i]));
            struct str entry =
                arena_printf(t->arena, "aimak-trail-v1\n%s\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n",
                             UNIT_CODE, STRF(part[0]), STRF(part[1]), STRF(part[2]), STRF(part[3]),
                             STRF(part[4]), STRF(part[5]));
            struct hash leaf = merkle_leaf(entry);
            assert_true(hash_eq(leaf, hash_of(part[6])));
            merkle_add(&m, leaf, NULL, NULL);
        }
        assert_true(file < 3);
    }
    assert_int_equal(m.size, 5001);
    assert_int_equal(c.size, 5001);
    assert_true(hash_eq(merkle_root(&m), c.root));
    test_status(test_get(t, "/m/" UNIT_CODE "/trail/entries.txt?from=-1"), 404);
    test_app_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_log_says_so),
        cmocka_unit_test(the_page_lists_and_pages),
        cmocka_unit_test(a_stranger_can_check_a_proof),
        cmocka_unit_test(a_stranger_can_recompute_the_log),
    };
    return cmocka_run_group_tests_name("trail_web", tests, NULL, NULL);
}
