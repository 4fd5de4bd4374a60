/*
 * Messages at run time, on the program's own catalogue: texts of the common area stand for all.
 */
#include "platform/i18n/message.h"

#include "platform/core/testing.h"
#include "platform/i18n/message_table.h"

#define assert_text(found, expected) assert_string_equal(arena_cstr(a, (found)), (expected))

static void text_is_of_the_language(void **state)
{
    struct arena *a = arena_new();
    (void)state;
    assert_text(msg_text(LANG_KY, MSG_common_yes), "Ооба");
    assert_text(msg_text(LANG_RU, MSG_common_yes), "Да");
    assert_text(msg_text(LANG_EN, MSG_common_yes), "Yes");
    assert_int_equal(msg_text(LANG_KY, MSG_NONE).n, 0);
    arena_free(a);
}

static void plural_form_follows_the_number(void **state)
{
    static const struct {
        enum lang lang;
        int64_t n;
        const char *text;
    } cases[] = {
        {LANG_RU, 1, "Имя: не больше 1 знака"},
        {LANG_RU, 3, "Имя: не больше 3 знаков"},
        {LANG_RU, 11, "Имя: не больше 11 знаков"},
        {LANG_RU, 121, "Имя: не больше 121 знака"},
        {LANG_EN, 1, "Имя: no more than 1 character"},
        {LANG_EN, 0, "Имя: no more than 0 characters"},
        {LANG_EN, 4000, "Имя: no more than 4,000 characters"},
        {LANG_KY, 1, "Имя: 1 белгиден ашпасын"},
    };
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str found = MSG_STR(a, cases[i].lang, MSG_common_fault_too_long,
                                   ARG_N("n", cases[i].n), ARG_S("label", STR("Имя")));
        assert_text(found, cases[i].text);
    }
    arena_free(a);
}

/* Every kind of argument is written as its own function of lang.h writes it. */
static void arguments_are_written_by_kind(void **state)
{
    const int64_t day = day_from_civil((struct civil){2026, 11, 22});
    struct arena *a = arena_new();
    (void)state;
    for (enum lang lang = 0; lang < LANG__MAX; lang++) {
        struct buf *date = buf_in(a), *time = buf_in(a), *money = buf_in(a), *long_ago = buf_in(a);
        lang_date(date, lang, day);
        lang_datetime(time, lang, day_start_ms(day));
        lang_money(money, lang, 1500050);
        lang_duration(long_ago, lang, 3 * MS_DAY);
        const struct {
            struct msg_arg arg;
            struct str text;
        } cases[] = {
            {ARG_S("min", STR("{max} <b>")), STR("{max} <b>")},
            {ARG_S("min", STR_NULL), STR("")},
            {ARG_PLAIN("min", 2026), STR("2026")},
            {ARG_DATE("min", day), buf_view(date)},
            {ARG_DATETIME("min", day_start_ms(day)), buf_view(time)},
            {ARG_MONEY("min", 1500050), buf_view(money)},
            {ARG_DURATION("min", 3 * MS_DAY), buf_view(long_ago)},
        };
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            struct str found = MSG_STR(a, lang, MSG_common_fault_too_small,
                                       ARG_S("label", STR("x")), cases[i].arg);
            struct str mark = cases[i].text;
            assert_true(str_starts(found, STR("x: ")));
            assert_true(str_find(found, mark) >= 0 && str_find(found, STR("{min}")) < 0);
        }
    }
    arena_free(a);
}

/* "до 1 декабря 2026 г." ends a sentence with one point, in every language. */
static void a_date_ends_a_sentence_with_one_point(void **state)
{
    const struct msg_arg args[] = {ARG_DATE("day", day_from_civil((struct civil){2026, 12, 1})),
                                   ARG_S("a", STR("x."))};
    struct buf out = BUF_EMPTY;
    (void)state;
    msg_fill(&out, LANG_RU, STR("до {day}. Далее {a}."), args, COUNT_OF(args));
    assert_true(str_ends(buf_view(&out), STR("г. Далее x..")));
    for (enum lang lang = 0; lang < LANG__MAX; lang++) {
        buf_clear(&out);
        msg_fill(&out, lang, STR("{day}."), args, COUNT_OF(args));
        assert_true(str_ends(buf_view(&out), STR(".")) && !str_ends(buf_view(&out), STR("..")));
    }
    buf_free(&out);
}

static void braces_and_names_are_filled(void **state)
{
    static const struct {
        const char *text, *filled;
    } cases[] = {
        {"", ""},
        {"{a}", "x"},
        {"{{{a}} {{", "{x} {"},
        {"{b}{a}{b}", "yxy"},
        {"no holes }", "no holes }"},
    };
    const struct msg_arg args[] = {ARG_S("a", STR("x")), ARG_S("b", STR("y"))};
    struct buf out = BUF_EMPTY;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        buf_clear(&out);
        msg_fill(&out, LANG_KY, str_from(cases[i].text), args, COUNT_OF(args));
        assert_str_equal(buf_view(&out), str_from(cases[i].filled));
    }
    buf_free(&out);
}

static void a_message_without_placeholders_is_put_as_it_is(void **state)
{
    struct buf out = BUF_EMPTY;
    (void)state;
    buf_cstr(&out, "<");
    msg_put(&out, LANG_EN, MSG_common_no, NULL, 0);
    buf_cstr(&out, ">");
    assert_memory_equal(out.p, "<No>", 4);
    assert_int_equal(out.n, 4);
    buf_free(&out);
}

/* A missing argument or a text with holes is a mistake of the code: the program stops. */
static void forget_argument(void *out)
{
    MSG_PUT(out, LANG_EN, MSG_common_fault_missing, ARG_S("lab", STR("x")),
            ARG_S("labels", STR("x")));
}

static void take_text_with_holes(void *unused)
{
    (void)unused;
    (void)msg_text(LANG_EN, MSG_common_fault_missing);
}

static void take_no_message(void *unused)
{
    (void)unused;
    (void)msg_text(LANG_EN, MSG__MAX);
}

static void mistakes_stop_the_program(void **state)
{
    struct buf out = BUF_EMPTY;
    (void)state;
    assert_true(aborts(forget_argument, &out));
    assert_true(aborts(take_text_with_holes, NULL));
    assert_true(aborts(take_no_message, NULL));
}

static void keys_are_found_again(void **state)
{
    enum msg found = MSG_NONE;
    (void)state;
    for (int m = MSG_NONE + 1; m < MSG__MAX; m++) {
        assert_true(msg_find(str_from(msg_key((enum msg)m)), &found));
        assert_int_equal(found, m);
        if (m > MSG_NONE + 1)
            assert_true(strcmp(msg_key((enum msg)(m - 1)), msg_key((enum msg)m)) < 0);
    }
    assert_false(msg_find(STR("common_"), &found));
    assert_false(msg_find(STR(""), &found));
    assert_false(msg_find(STR("none"), &found));
    assert_false(msg_find(STR("zzzz"), &found));
}

/* Pages of errors look up their texts by the name of the code. */
static void each_error_has_its_words(void **state)
{
    struct arena *a = arena_new();
    enum msg found;
    (void)state;
    for (int rc = ERR_OK + 1; rc < ERR__MAX; rc++) {
        const char *name = err_name((enum err)rc);
        assert_true(msg_find(arena_printf(a, "common_err_%s", name), &found));
        assert_true(msg_find(arena_printf(a, "common_err_%s_next", name), &found));
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_of_the_language),
        cmocka_unit_test(plural_form_follows_the_number),
        cmocka_unit_test(arguments_are_written_by_kind),
        cmocka_unit_test(braces_and_names_are_filled),
        cmocka_unit_test(a_date_ends_a_sentence_with_one_point),
        cmocka_unit_test(a_message_without_placeholders_is_put_as_it_is),
        cmocka_unit_test(mistakes_stop_the_program),
        cmocka_unit_test(keys_are_found_again),
        cmocka_unit_test(each_error_has_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
