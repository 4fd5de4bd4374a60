/* Log lines: valid JSON whatever is passed, whole under threads, silent below the level. */
#include "platform/core/log.h"

#include "platform/core/testing.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <sys/mman.h>

static int captured = -1, real_stderr = -1;

static void capture(void)
{
    fflush(stderr);
    captured = memfd_create("log", 0);
    real_stderr = dup(STDERR_FILENO);
    assert_true(captured >= 0 && real_stderr >= 0);
    assert_true(dup2(captured, STDERR_FILENO) >= 0);
    /* Appending, as under a service manager, so that lines of threads do not overwrite. */
    assert_int_equal(fcntl(captured, F_SETFL, O_APPEND), 0);
}

/* What was written since capture(). */
static void release(struct buf *b)
{
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    off_t n = lseek(captured, 0, SEEK_END);
    assert_true(n >= 0);
    assert_int_equal(pread(captured, buf_reserve(b, (size_t)n), (size_t)n, 0), n);
    b->n += (size_t)n;
    close(captured);
}

static json_t *parse_line(struct str line)
{
    json_error_t error;
    json_t *json = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!json)
        fail_msg("%s in %.*s", error.text, STRF(line));
    return json;
}

static const char *text_in(json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static void test_a_line_has_its_fields(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    clock_set_for_test(INT64_C(1795309200123));
    capture();
    log_set_request(STR("r-1"));
    errno = ENOENT;
    LOG(LOG_WARN, "db.lost", LOG_S("host", STR("a \"b\"\\\n")), LOG_I("waited_ms", -42),
        LOG_C("none", NULL));
    int kept = errno;
    log_set_request(STR(""));
    LOG(LOG_ERROR, "bare");
    release(&b);
    clock_set_for_test(0);
    assert_int_equal(kept, ENOENT);
    struct str rest = buf_view(&b), line;
    assert_true(str_split(&rest, '\n', &line));
    assert_str_equal(line, STR("{\"time\":\"2026-11-22T07:00:00.123+06:00\",\"level\":\"warn\","
                               "\"event\":\"db.lost\",\"request\":\"r-1\","
                               "\"host\":\"a \\\"b\\\"\\\\\\n\",\"waited_ms\":-42,\"none\":null}"));
    assert_true(str_split(&rest, '\n', &line));
    assert_str_equal(line, STR("{\"time\":\"2026-11-22T07:00:00.123+06:00\",\"level\":\"error\","
                               "\"event\":\"bare\"}"));
    assert_int_equal(rest.n, 0);
    buf_free(&b);
}

static void test_levels(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    capture();
    LOG(LOG_DEBUG, "quiet");
    log_set_level(LOG_DEBUG);
    LOG(LOG_DEBUG, "heard");
    log_set_level(LOG_ERROR);
    LOG(LOG_WARN, "quiet");
    log_set_level(LOG_INFO);
    LOG(LOG_INFO, "heard");
    release(&b);
    struct str rest = buf_view(&b), line;
    for (int i = 0; i < 2; i++) {
        assert_true(str_split(&rest, '\n', &line));
        assert_true(str_find(line, STR("\"heard\"")) > 0);
    }
    assert_int_equal(rest.n, 0);
    buf_free(&b);
}

static void test_the_request_id_is_bounded(void **state)
{
    (void)state;
    char longest[100];
    memset(longest, 'x', sizeof(longest));
    log_set_request(str_of(longest, sizeof(longest)));
    assert_int_equal(log_request().n, 40);
    log_set_request(STR_NULL);
    assert_true(str_empty(log_request()));
}

/* Random bytes cannot break the line or the JSON; text comes back as it was. */
static void test_no_value_can_forge_a_line(void **state)
{
    (void)state;
    property_seed(71);
    for (int i = 0; i < 2000; i++) {
        struct buf value = BUF_EMPTY, written = BUF_EMPTY;
        bool text = i % 2 == 0;
        if (text)
            property_text(&value, 40);
        else
            for (int64_t n = property_between(0, 60); n > 0; n--)
                buf_char(&value, (char)random_u64());
        capture();
        LOG(LOG_INFO, "x", LOG_S("value", buf_view(&value)));
        release(&written);
        assert_true(written.n && written.p[written.n - 1] == '\n');
        struct str line = str_slice(buf_view(&written), 0, written.n - 1);
        assert_int_equal(str_find_char(line, '\n'), -1);
        for (size_t k = 0; k < line.n; k++)
            assert_true((unsigned char)line.p[k] >= 0x20 && line.p[k] != 0x7F);
        assert_true(utf8_is_text(line));
        json_t *json = parse_line(line);
        if (text) {
            json_t *got = json_object_get(json, "value");
            assert_str_equal(str_of(json_string_value(got), json_string_length(got)),
                             buf_view(&value));
        }
        json_decref(json);
        buf_free(&value);
        buf_free(&written);
    }
}

static void test_long_values_are_cut(void **state)
{
    (void)state;
    struct buf value = BUF_EMPTY, written = BUF_EMPTY;
    for (int i = 0; i < 50000; i++)
        buf_cstr(&value, "ө");
    capture();
    LOG(LOG_INFO, "x", LOG_S("value", buf_view(&value)));
    release(&written);
    assert_in_range(written.n, 4000, 4400);
    json_t *json = parse_line(str_slice(buf_view(&written), 0, written.n - 1));
    assert_true(str_ends(str_from(text_in(json, "value")), STR("ө...")));
    json_decref(json);
    buf_free(&value);
    buf_free(&written);
}

/* A closed standard error is nobody's fault but the operator's; the caller's errno stays its own.
 */
static void test_a_lost_log_is_not_fatal(void **state)
{
    (void)state;
    int kept = dup(STDERR_FILENO);
    close(STDERR_FILENO);
    errno = ENOENT;
    LOG(LOG_ERROR, "unheard");
    int after = errno;
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    close(kept);
    assert_int_equal(after, ENOENT);
}

enum { THREADS = 4, LINES = 500 };

static void *write_lines(void *name)
{
    log_set_request(str_from(name));
    for (int i = 0; i < LINES; i++)
        LOG(LOG_INFO, "line", LOG_I("n", i), LOG_C("by", name));
    return NULL;
}

static void test_lines_of_threads_stay_whole(void **state)
{
    (void)state;
    static char names[THREADS][2] = {"a", "b", "c", "d"};
    pthread_t threads[THREADS];
    struct buf b = BUF_EMPTY;
    capture();
    for (int t = 0; t < THREADS; t++)
        assert_int_equal(pthread_create(&threads[t], NULL, write_lines, names[t]), 0);
    for (int t = 0; t < THREADS; t++)
        pthread_join(threads[t], NULL);
    release(&b);
    struct str rest = buf_view(&b), line;
    json_int_t next[THREADS] = {0};
    while (str_split(&rest, '\n', &line) && line.n) {
        json_t *json = parse_line(line);
        const char *by = text_in(json, "by");
        assert_string_equal(text_in(json, "request"), by);
        assert_int_equal(json_integer_value(json_object_get(json, "n")), next[*by - 'a']++);
        json_decref(json);
    }
    for (int t = 0; t < THREADS; t++)
        assert_int_equal(next[t], LINES);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_has_its_fields),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_the_request_id_is_bounded),
        cmocka_unit_test(test_no_value_can_forge_a_line),
        cmocka_unit_test(test_long_values_are_cut),
        cmocka_unit_test(test_a_lost_log_is_not_fatal),
        cmocka_unit_test(test_lines_of_threads_stay_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
