/* Messages in the form of RFC 5322, taken apart by readers of their own. */
#include "platform/channels/email.h"

#include "platform/channels/outbox.h"
#include "platform/core/testing.h"

static const struct email_settings settings = {.url = "smtps://mail.example",
                                               .from_name = STRI("Аймак"),
                                               .from_address = STRI("no-reply@a.kg")};

static const struct email letter = {.id = 42,
                                    .to = STRI("reader@people.example"),
                                    .subject = STRI("Hello"),
                                    .body = STRI("Text"),
                                    .lang = LANG_KY,
                                    .written_ms = INT64_C(1795317300000)};

static int base64_value(char c)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(letters, c) : NULL;
    return at ? (int)(at - letters) : -1;
}

static void unbase64(struct buf *out, struct str s)
{
    uint32_t bits = 0;
    int have = 0;
    for (size_t i = 0; i < s.n; i++) {
        int v = base64_value(s.p[i]);
        if (v < 0)
            continue;
        bits = bits << 6 | (uint32_t)v;
        have += 6;
        if (have >= 8) {
            have -= 8;
            buf_char(out, (char)(bits >> have));
        }
    }
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void unquote(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '=') {
            buf_char(out, s.p[i]);
        } else if (s.p[i + 1] == '\r') {
            i += 2;
        } else {
            assert_true(hex_value(s.p[i + 1]) >= 0 && hex_value(s.p[i + 2]) >= 0);
            buf_char(out, (char)(hex_value(s.p[i + 1]) << 4 | hex_value(s.p[i + 2])));
            i += 2;
        }
    }
}

struct parsed {
    struct str head, body; /* body undone of its encoding */
};

/* Also checks what every message must hold to: line ends, line lengths, one of each header. */
static struct parsed take_apart(struct arena *a, const struct email_settings *s,
                                const struct email *e)
{
    struct buf *b = buf_in(a), *body = buf_in(a);
    email_compose(b, s, e);
    struct str whole = buf_view(b), line, rest = whole;
    for (size_t i = 0; i < whole.n; i++) {
        assert_true((unsigned char)whole.p[i] < 128);
        assert_int_equal(whole.p[i] == '\n', i > 0 && whole.p[i - 1] == '\r');
    }
    while (str_split(&rest, '\n', &line))
        assert_true(line.n <= 78);
    ptrdiff_t gap = str_find(whole, STR("\r\n\r\n"));
    assert_true(gap > 0);
    struct parsed p = {.head = str_slice(whole, 0, (size_t)gap + 2)};
    struct str coded = str_slice(whole, (size_t)gap + 4, whole.n);
    if (str_find(p.head, STR("Content-Transfer-Encoding: base64")) > 0)
        unbase64(body, coded);
    else
        unquote(body, coded);
    p.body = buf_view(body);
    return p;
}

/* The value of a header, unfolded, encoded words decoded; it must stand there once. */
static struct str header(struct arena *a, struct str head, const char *name)
{
    struct str mark = arena_printf(a, "\n%s: ", name), value = STR_NULL;
    struct buf *whole = buf_in(a), *out = buf_in(a);
    buf_char(whole, '\n');
    buf_str(whole, head);
    ptrdiff_t at = str_find(buf_view(whole), mark);
    if (at < 0)
        fail_msg("no header %s in %.*s", name, STRF(head));
    value = str_slice(buf_view(whole), (size_t)at + mark.n, whole->n);
    assert_int_equal(str_find(value, mark), -1);
    size_t end = 0;
    while (!(value.p[end] == '\r' && value.p[end + 2] != ' '))
        end++;
    value = str_slice(value, 0, end);
    struct str word;
    for (bool coded = false; str_split(&value, ' ', &word);) {
        struct str w = str_trim(word);
        bool is_coded = str_starts(w, STR("=?UTF-8?B?")) && str_ends(w, STR("?="));
        if (out->n > 0 && !(coded && is_coded)) /* blanks between encoded words do not count */
            buf_char(out, ' ');
        if (is_coded) {
            assert_true(w.n <= 75);
            struct buf *part = buf_in(a);
            unbase64(part, str_slice(w, 10, w.n - 12));
            assert_true(utf8_is_text(buf_view(part))); /* cut between letters */
            buf_str(out, buf_view(part));
        } else {
            buf_str(out, w);
        }
        coded = is_coded;
    }
    return buf_view(out);
}

#define CHECK_STR(got, want)                                                                       \
    do {                                                                                           \
        struct str got_ = (got), want_ = (want);                                                   \
        if (!str_eq(got_, want_))                                                                  \
            fail_msg("got \"%.*s\", want \"%.*s\"", STRF(got_), STRF(want_));                      \
    } while (0)

static void writes_the_headers(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct parsed p = take_apart(a, &settings, &letter);
    CHECK_STR(header(a, p.head, "From"), STR("Аймак <no-reply@a.kg>"));
    CHECK_STR(header(a, p.head, "To"), STR("<reader@people.example>"));
    CHECK_STR(header(a, p.head, "Subject"), STR("Hello"));
    CHECK_STR(header(a, p.head, "Date"), STR("Sun, 22 Nov 2026 03:15:00 +0000"));
    CHECK_STR(header(a, p.head, "Message-ID"), STR("<42@a.kg>"));
    CHECK_STR(header(a, p.head, "Auto-Submitted"), STR("auto-generated"));
    CHECK_STR(header(a, p.head, "MIME-Version"), STR("1.0"));
    CHECK_STR(header(a, p.head, "Content-Type"), STR("text/plain; charset=utf-8"));
    CHECK_STR(header(a, p.head, "Content-Language"), STR("ky"));
    CHECK_STR(p.body, STR("Text\r\n"));
    struct email_settings named = settings;
    named.from_name = STR("The \"Aimak\"");
    p = take_apart(a, &named, &letter);
    CHECK_STR(header(a, p.head, "From"), STR("\"The \\\"Aimak\\\"\" <no-reply@a.kg>"));
    arena_free(a);
}

static void carries_kyrgyz(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct email e = letter;
    e.subject =
        STR("Кайрылууңуз кабыл алынды: көчө чырагы күйбөйт, Теплоключенка айылы, 7K3M-Q2XD-4");
    e.body = STR("Саламатсызбы!\nКайрылууңуз кабыл алынды.\r\nЖооп: 3 күндө.\rБүттү");
    struct parsed p = take_apart(a, &settings, &e);
    CHECK_STR(header(a, p.head, "Subject"), e.subject);
    CHECK_STR(p.body, STR("Саламатсызбы!\r\nКайрылууңуз кабыл алынды.\r\nЖооп: 3 күндө.\r\nБүттү"));
    assert_true(str_find(p.head, STR("base64")) > 0);
    e.body =
        STR("Mostly plain text = fine, one letter ң, and a line that ends with a blank \nand a "
            "long line that goes on and on and on and on and on, far over seventy-six signs");
    p = take_apart(a, &settings, &e);
    assert_true(str_find(p.head, STR("quoted-printable")) > 0);
    CHECK_STR(str_slice(p.body, 0, 50),
              str_slice(STR("Mostly plain text = fine, one letter ң, and a line"), 0, 50));
    assert_true(str_find(p.body, STR("with a blank \r\nand a")) > 0);
    arena_free(a);
}

static void admits_no_headers_from_data(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct email e = letter;
    e.subject = STR("Hi\r\nBcc: thief@evil.example\r\n\r\nbody");
    e.body = STR(".\r\nQUIT");
    struct parsed p = take_apart(a, &settings, &e);
    CHECK_STR(header(a, p.head, "Subject"), STR("Hi Bcc: thief@evil.example body"));
    assert_int_equal(str_find(p.head, STR("\nBcc")), -1);
    e.subject = STR("=?UTF-8?B?SGFja2Vk?=");
    p = take_apart(a, &settings, &e);
    CHECK_STR(header(a, p.head, "Subject"), e.subject);
    property_seed(21);
    for (int i = 0; i < 400; i++) {
        struct buf *noise = buf_in(a), *clean = buf_in(a);
        random_fill(buf_reserve(noise, 300), 300);
        noise->n = (size_t)property_between(0, 300);
        if (i % 2) { /* real text, whose letters must survive */
            buf_clear(noise);
            property_text(noise, 200);
        }
        e.subject = e.body = buf_view(noise);
        p = take_apart(a, &settings, &e);
        utf8_clean(clean, buf_view(noise));
        if (str_find_char(buf_view(clean), '\r') < 0 && str_find_char(buf_view(clean), '\n') < 0) {
            struct str body = p.body;
            if (str_ends(body, STR("\r\n")))
                body = str_slice(body, 0, body.n - 2);
            CHECK_STR(body, buf_view(clean));
        }
        (void)header(a, p.head, "Subject");
        (void)header(a, p.head, "Content-Type");
    }
    arena_free(a);
}

static void tells_addresses(void **state)
{
    (void)state;
    static const char *const good[] = {"a@b.kg", "a.b+c@d-e.example", "O'Neil_1@x.org"};
    static const char *const bad[] = {
        "",         "a",         "@b.kg",      "a@",         "a@b@c.kg", "a b@c.kg", "a@b.kg\r\nx",
        "a@b.kg>",  "<a@b.kg>",  "a,b@c.kg",   ".a@b.kg",    "a@.kg",    "a@b.kg.",  "a@-b.kg",
        "жаз@b.kg", "a@айыл.kg", "\"a\"@b.kg", "a@[1.2.3.4]"};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        if (!email_address_ok(str_from(good[i])))
            fail_msg("%s refused", good[i]);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (email_address_ok(str_from(bad[i])))
            fail_msg("%s accepted", bad[i]);
    assert_false(email_address_ok(str_of("a@b\0.kg", 7)));
}

static void check_settings(const char *url, const char *from, enum err want, const char *address)
{
    struct email_settings s;
    const char *why;
    setenv("AIMAK_SMTP_URL", url, 1);
    setenv("AIMAK_MAIL_FROM", from, 1);
    assert_int_equal(email_settings_read(&s, &why), want);
    assert_true(want == ERR_OK || why[0]);
    if (address)
        CHECK_STR(s.from_address, str_from(address));
}

static void reads_settings(void **state)
{
    (void)state;
    check_settings("", "a@b.kg", ERR_NOT_FOUND, NULL);
    check_settings("smtp://mail.example:587", "a@b.kg", ERR_OK, "a@b.kg");
    check_settings("smtps://mail.example", "Ак-Суу <no-reply@a.kg>", ERR_OK, "no-reply@a.kg");
    check_settings("http://mail.example", "a@b.kg", ERR_CONFIG, NULL);
    check_settings("smtps://mail.example", "", ERR_CONFIG, NULL);
    check_settings("smtps://mail.example", "Ак-Суу <", ERR_CONFIG, NULL);
    unsetenv("AIMAK_SMTP_URL");
    unsetenv("AIMAK_MAIL_FROM");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_headers),
        cmocka_unit_test(carries_kyrgyz),
        cmocka_unit_test(admits_no_headers_from_data),
        cmocka_unit_test(tells_addresses),
        cmocka_unit_test(reads_settings),
    };
    return cmocka_run_group_tests_name("email", tests, NULL, NULL);
}
