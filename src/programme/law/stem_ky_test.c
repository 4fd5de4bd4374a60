/*
 * The Kyrgyz stemmer against words of known lemmas: how many forms of a word it brings together
 * (recall), and how much of what it brings together belongs together (precision), both over pairs
 * of forms. One list for developing, one that was written before tuning and is only measured.
 */
#include "programme/law/stem_ky.h"

#include "platform/core/testing.h"

struct form {
    struct str key, stem;
    size_t lemma;
};
struct list {
    struct form *v;
    size_t n, cap;
    size_t lemmas;
    struct {
        struct str (*v)[2];
        size_t n, cap;
    } apart;
};

static struct str key_of(struct arena *a, struct str word)
{
    struct buf *b = buf_in(a);
    utf8_search_key(b, word);
    return buf_view(b);
}

static struct str stem_of(struct arena *a, struct str key)
{
    char out[STEM_KY_MAX];
    return arena_str(a, stem_ky(key, out));
}

static void read_list(struct arena *a, const char *name, struct list *out)
{
    char path[512];
    char line[4096];
    const char *root = getenv("AIMAK_SOURCE");
    snprintf(path, sizeof path, "%s/src/programme/law/words/%s", root ? root : ".", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    *out = (struct list){0};
    while (fgets(line, sizeof line, file)) {
        struct str rest = arena_str(a, str_trim(str_from(line))), word;
        if (rest.n == 0 || rest.p[0] == '#')
            continue;
        if (rest.p[0] == '!') {
            struct str pair[2];
            rest = str_slice(rest, 1, rest.n);
            assert_true(str_split(&rest, ' ', &pair[0]) && str_split(&rest, ' ', &pair[1]));
            struct str(*more)[2] =
                arena_grow(a, out->apart.v, out->apart.n, &out->apart.cap, sizeof *out->apart.v);
            out->apart.v = more;
            more[out->apart.n][0] = key_of(a, pair[0]);
            more[out->apart.n++][1] = key_of(a, pair[1]);
            continue;
        }
        while (str_split(&rest, ' ', &word)) {
            struct form f = {.key = key_of(a, word), .lemma = out->lemmas};
            f.stem = stem_of(a, f.key);
            ARENA_PUSH(a, *out, f);
        }
        out->lemmas++;
    }
    fclose(file);
}

static void measure(const char *name, double least_recall, double least_precision,
                    size_t most_fallen)
{
    struct arena *a = arena_new();
    struct list list;
    read_list(a, name, &list);
    int64_t same_lemma = 0, together = 0, right = 0;
    for (size_t i = 0; i < list.n; i++)
        for (size_t k = i + 1; k < list.n; k++) {
            if (str_eq(list.v[i].key, list.v[k].key))
                continue;
            bool lemma = list.v[i].lemma == list.v[k].lemma;
            bool stem = str_eq(list.v[i].stem, list.v[k].stem);
            same_lemma += lemma;
            together += stem;
            right += lemma && stem;
        }
    double recall = (double)right / (double)same_lemma;
    double precision = (double)right / (double)together;
    print_message("# %s: %zu words of %zu lemmas, recall %.3f, precision %.3f\n", name, list.n,
                  list.lemmas, recall, precision);
    if (getenv("AIMAK_WORDS"))
        for (size_t i = 0, first = 0; i < list.n; i++) {
            if (i > 0 && list.v[i].lemma != list.v[i - 1].lemma)
                first = i;
            if (!str_eq(list.v[i].stem, list.v[first].stem))
                print_message("#   %.*s is %.*s, but %.*s %.*s\n", STRF(list.v[first].key),
                              STRF(list.v[first].stem), STRF(list.v[i].key), STRF(list.v[i].stem));
        }
    assert_true(recall >= least_recall);
    assert_true(precision >= least_precision);
    size_t fallen = 0;
    for (size_t i = 0; i < list.apart.n; i++)
        if (str_eq(stem_of(a, list.apart.v[i][0]), stem_of(a, list.apart.v[i][1]))) {
            fallen++;
            print_message("#   %.*s and %.*s fell together\n", STRF(list.apart.v[i][0]),
                          STRF(list.apart.v[i][1]));
        }
    assert_true(fallen <= most_fallen);
    arena_free(a);
}

static void test_words_for_developing(void **state)
{
    (void)state;
    /* What falls together is mostly of one root: бөл and бөлүм, кур and курулуш, төлө and төлөм. */
    measure("ky_dev.txt", 0.985, 0.94, 0);
}

static void test_words_not_seen_before(void **state)
{
    (void)state;
    /* келишим and келин, чыгым and чыгыш are cut down to the verbs that they come from. */
    measure("ky_heldout.txt", 0.92, 0.88, 2);
}

static void test_measuring_words_are_unknown(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct list list;
    read_list(a, "ky_heldout.txt", &list);
    for (size_t i = 0; i < list.n; i++)
        if (stem_ky_knows(list.v[i].key))
            fail_msg("%.*s is in the stemmer's own list", STRF(list.v[i].key));
    arena_free(a);
}

/* Whatever letters come: no longer than the word, and settled. */
static void test_any_word_is_settled(void **state)
{
    (void)state;
    property_seed(311);
    for (int i = 0; i < 30000; i++) {
        struct buf b = BUF_EMPTY;
        for (int64_t n = property_between(0, 30); n > 0; n--)
            buf_utf8(&b, (uint32_t)property_between(0x0430, 0x044F));
        char one[STEM_KY_MAX], two[STEM_KY_MAX];
        struct str stem = stem_ky(buf_view(&b), one);
        assert_true(stem.n <= b.n || b.n <= 8);
        assert_true(utf8_is_text(stem));
        assert_str_equal(stem_ky(stem, two), stem);
        buf_free(&b);
    }
    char out[STEM_KY_MAX];
    assert_str_equal(stem_ky(STR("law"), out), STR("law"));
    assert_str_equal(stem_ky(STR("137"), out), STR("137"));
    assert_str_equal(stem_ky(STR(""), out), STR(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_for_developing),
        cmocka_unit_test(test_words_not_seen_before),
        cmocka_unit_test(test_measuring_words_are_unknown),
        cmocka_unit_test(test_any_word_is_settled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
