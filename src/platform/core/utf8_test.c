/* UTF-8 and letters, with ICU as the oracle for every code point that we claim to know. */
#include "platform/core/utf8.h"

#include "platform/core/testing.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

static void test_every_code_point_round_trips(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        bool control = code < 0x20 && code != '\t' && code != '\n' && code != '\r';
        buf_clear(&b);
        buf_utf8(&b, code);
        if (utf8_is_text(buf_view(&b)) ==
            (surrogate || control || code == 0xFFFE || code == 0xFFFF))
            fail_msg("U+%04X judged wrongly", code);
        if (surrogate)
            continue;
        size_t at = 0;
        uint32_t back;
        assert_int_equal(utf8_sequence(buf_view(&b), 0), b.n);
        assert_true(utf8_next(buf_view(&b), &at, &back) && back == code && at == b.n);
        assert_false(utf8_next(buf_view(&b), &at, &back));
        assert_int_equal(utf8_length(buf_view(&b)), 1);
    }
    buf_free(&b);
}

/* All sequences of up to three bytes, and random ones of four, against ICU's decoder. */
static void test_malformed_bytes_are_told(void **state)
{
    (void)state;
    property_seed(81);
    for (uint32_t bits = 0; bits < 0x1000000 + 2000000; bits++) {
        uint32_t any = bits < 0x1000000 ? bits << 8 : (uint32_t)random_u64() | 0xF0000000;
        uint8_t bytes[4] = {(uint8_t)(any >> 24), (uint8_t)(any >> 16), (uint8_t)(any >> 8),
                            (uint8_t)any};
        if (bytes[0] < 0x80)
            continue;
        int32_t at = 0;
        UChar32 code;
        U8_NEXT(bytes, at, 4, code);
        size_t n = utf8_sequence(str_of((const char *)bytes, 4), 0);
        if (n != (code < 0 ? 0 : (size_t)at))
            fail_msg("%02x %02x %02x %02x judged wrongly", bytes[0], bytes[1], bytes[2], bytes[3]);
        if (n > 1) /* cut off */
            assert_int_equal(utf8_sequence(str_of((const char *)bytes, n - 1), 0), 0);
    }
    assert_false(utf8_is_text(STR("a\0b")));
    assert_false(utf8_is_text(STR("Кө\xD1")));
    assert_true(utf8_is_text(STR("")));
    assert_true(utf8_is_text(STR_NULL));
}

static void test_lengths_and_prefixes_count_letters(void **state)
{
    (void)state;
    assert_int_equal(utf8_length(STR("Көк-Жар")), 7);
    assert_str_equal(utf8_prefix(STR("Көк-Жар"), 2), STR("Кө"));
    assert_str_equal(utf8_prefix(STR("Көк"), 99), STR("Көк"));
    assert_str_equal(utf8_prefix(STR("Көк"), 0), STR(""));
}

static void test_letter_cases_agree_with_unicode(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= 0x052F; code++) {
        /* Outside our blocks nothing is mapped; U+00B5 is a Greek letter in a Latin block. */
        bool ours = code < 0x0180 || code >= 0x0400;
        UChar32 lower = u_tolower((UChar32)code), upper = u_toupper((UChar32)code);
        if (!ours || upper > 0x052F || code == 0x00B5)
            continue;
        if (utf8_lower(code) != (uint32_t)lower || utf8_upper(code) != (uint32_t)upper)
            fail_msg("U+%04X: lower U+%04X, upper U+%04X", code, utf8_lower(code),
                     utf8_upper(code));
    }
    assert_int_equal(utf8_lower(0x04E8), 0x04E9); /* Ө */
    assert_int_equal(utf8_upper(0x04A3), 0x04A2); /* ң */
    assert_int_equal(utf8_upper(0x04AF), 0x04AE); /* ү */
    assert_int_equal(utf8_lower(0x1F600), 0x1F600);
}

/* --- search keys --- */

static void assert_key(const char *text, const char *expected)
{
    struct buf b = BUF_EMPTY;
    utf8_search_key(&b, str_from(text));
    if (!str_eq(buf_view(&b), str_from(expected)))
        fail_msg("key of \"%s\" is \"%.*s\", not \"%s\"", text, STRF(buf_view(&b)), expected);
    buf_free(&b);
}

/* Each line: the official name, then ways in which people type it. */
static void test_one_name_has_one_key(void **state)
{
    (void)state;
    static const char *const names[][12] = {
        {"Көк-Жар", "КӨК-ЖАР", "кок-жар", "Кок Жар", "Көк–Жар", " Көк —  Жар ", "Кoк-Жap",
         "Kөк-Жаp", "Көк - Жар.", "«Көк-Жар»", "К\xC9\xB5к-Жар"},
        {"Ысык-Көл", "ысык кол", "Ысык-Кол", "ЫСЫК-КӨЛ", "Ыcык-Көл", "Ысык‑Көл"},
        {"Теплоключенка", "Теплоключёнка", "ТЕПЛОКЛЮЧЁНКА", "Teплоключенка",
         "Теплоключе\xCC\x88нка", "Теплоклю\xC2\xADченка"},
        {"Ат-Башы", "ат башы", "Aт-Башы", "Ат-Бaшы", "Ат–Башы", "АТ   БАШЫ"},
        {"Ноокат", "ноокат", "НООКАТ", "Hооkат", "Нooкaт", "ноокаТ"},
        {"Ноокен", "Нookен"},
        {"Өзгөн", "Озгон", "өзгөн", "Өзгoн", "ӨЗГӨН", "\xC6\x9Fзгөн"},
        {"Үч-Коргон", "Уч-Коргон", "Yч-Коргон", "үч коргон", "Уч Kоргон", "Yч-Kopгoн"},
        {"Жаңы-Жер", "Жаны-Жер", "жаны жер", "Жaңы-Жеp", "Жа\xD3\x88ы-Жер"},
        {"Кызыл-Суу", "Кызыл суу", "Kызыл-Суу", "КЫЗЫЛ—СУУ"},
        {"Чоң-Алай", "Чон-Алай", "чон алай", "Чон-Алаи\xCC\x86", "Чоң-Aлай"},
        {"О'Кеффе айылы", "О’Кеффе айылы", "о кеффе айылы"},
        {"№ 5 мектеп", "№5 мектеп", "5-мектеп", "5 мектеп", "5 мeктеп"},
        {"Bishkek City", "BISHKEK  city!", "bishkek-city"},
    };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct buf first = BUF_EMPTY;
        utf8_search_key(&first, str_from(names[i][0]));
        for (size_t k = 1; k < COUNT_OF(names[i]) && names[i][k]; k++) {
            struct buf other = BUF_EMPTY;
            utf8_search_key(&other, str_from(names[i][k]));
            if (!str_eq(buf_view(&first), buf_view(&other)))
                fail_msg("\"%s\" gives \"%.*s\", but \"%s\" \"%.*s\"", names[i][0],
                         STRF(buf_view(&first)), names[i][k], STRF(buf_view(&other)));
            buf_free(&other);
        }
        buf_free(&first);
    }
}

static void test_keys_are_plain(void **state)
{
    (void)state;
    assert_key("Көк-Жар", "кок жар");
    assert_key("Ысык-Көл", "ысык кол");
    assert_key("Теплоключёнка", "теплоключенка");
    assert_key("Чоң-Алай", "чон алай");
    assert_key("с.Ат-Башы, ул. Ленина, 12/3", "с ат башы ул ленина 12 3");
    assert_key("", "");
    assert_key(" -- '' ", "");
    assert_key("\xCC\x81", "");
    assert_key("a \xC2\xAD b", "a b");
    assert_key("Water supply", "water supply"); /* Latin words stay Latin */
    assert_key("Кафе Ocean", "кафе ocean");     /* each word for itself */
    assert_key("Йод и йод", "йод и йод");
    assert_key("\xF0\x9F\x98\x80 күн \xF0\x9F\x98\x80", "кун");
    assert_key("a\xFF"
               "b",
               "a b");            /* what is no UTF-8 parts words */
    assert_key("Ғ қ ҳ", "ғ қ ҳ"); /* letters of other languages stay apart */
}

static void test_different_names_have_different_keys(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"Кара-Суу", "Кара-Сай"}, {"Ош", "Уш"},   {"Талас", "Талаш"}, {"Көк-Жар", "Көкжар"},
        {"Ак-Башат", "Ат-Башы"},  {"Май", "Маи"},
    };
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        struct buf a = BUF_EMPTY, b = BUF_EMPTY;
        utf8_search_key(&a, str_from(pairs[i][0]));
        utf8_search_key(&b, str_from(pairs[i][1]));
        assert_false(str_eq(buf_view(&a), buf_view(&b)));
        buf_free(&a);
        buf_free(&b);
    }
}

/* Appends; a key is its own key; capitals make no difference; no blank stands first, last, twice.
 */
static void test_keys_of_any_text_are_settled(void **state)
{
    (void)state;
    property_seed(82);
    for (int i = 0; i < 20000; i++) {
        struct buf text = BUF_EMPTY, capitals = BUF_EMPTY, key = BUF_EMPTY, again = BUF_EMPTY;
        property_text(&text, 30);
        size_t at = 0;
        uint32_t code;
        while (utf8_next(buf_view(&text), &at, &code))
            buf_utf8(&capitals,
                     code < 0x80 || (code >= 0x0400 && code < 0x0460) ? utf8_upper(code) : code);
        buf_cstr(&key, "kept ");
        utf8_search_key(&key, buf_view(&text));
        assert_true(str_starts(buf_view(&key), STR("kept ")));
        struct str mine = str_slice(buf_view(&key), 5, key.n);
        assert_true(utf8_is_text(mine));
        assert_true(str_eq(str_trim(mine), mine));
        assert_int_equal(str_find(mine, STR("  ")), -1);
        utf8_search_key(&again, mine);
        assert_str_equal(buf_view(&again), mine);
        buf_clear(&again);
        utf8_search_key(&again, buf_view(&capitals));
        assert_str_equal(buf_view(&again), mine);
        buf_free(&text);
        buf_free(&capitals);
        buf_free(&key);
        buf_free(&again);
    }
}

/* In the blocks that our users' texts come from, what Unicode calls a letter or digit is kept. */
static void test_letters_are_told_from_signs(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    for (uint32_t code = 1; code < 0x2C00; code++) {
        if (code >= 0x02B0 && code < 0x0300)
            continue; /* modifier letters are typed as apostrophes */
        if ((code >= 0x0370 && code < 0x0400) || (code >= 0x0530 && code < 0x2000))
            continue; /* other scripts: all taken for letters */
        int8_t type = u_charType((UChar32)code);
        bool letter = u_isalpha((UChar32)code) || type == U_DECIMAL_DIGIT_NUMBER;
        if (code >= 0x2000)
            letter = false; /* letter-like symbols are symbols here */
        buf_clear(&b);
        buf_utf8(&b, code);
        struct buf key = BUF_EMPTY;
        utf8_search_key(&key, buf_view(&b));
        if ((key.n > 0) != letter)
            fail_msg("U+%04X judged wrongly", code);
        buf_free(&key);
    }
    buf_free(&b);
}

static void test_any_bytes_become_text(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    utf8_clean(&b, STR("a\x01\tң\xFF\xEF\xBF\xBE\xD2\n\0z\r"));
    assert_true(str_eq(buf_view(&b), STR("a\tң\xEF\xBF\xBD\xEF\xBF\xBD\nz\r")));
    property_seed(83);
    for (int i = 0; i < 20000; i++) {
        char noise[24];
        random_fill(noise, sizeof noise);
        struct str text = str_of(noise, (size_t)property_between(0, sizeof noise));
        buf_clear(&b);
        utf8_clean(&b, text);
        assert_true(utf8_is_text(buf_view(&b)));
        if (utf8_is_text(text))
            assert_true(str_eq(text, buf_view(&b)));
    }
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point_round_trips),
        cmocka_unit_test(test_malformed_bytes_are_told),
        cmocka_unit_test(test_any_bytes_become_text),
        cmocka_unit_test(test_lengths_and_prefixes_count_letters),
        cmocka_unit_test(test_letter_cases_agree_with_unicode),
        cmocka_unit_test(test_one_name_has_one_key),
        cmocka_unit_test(test_keys_are_plain),
        cmocka_unit_test(test_different_names_have_different_keys),
        cmocka_unit_test(test_keys_of_any_text_are_settled),
        cmocka_unit_test(test_letters_are_told_from_signs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
