/*
 * Fuzzing what of a request is ours to parse: the first byte chooses the parser, the rest is its
 * input. Besides not crashing, each must keep what it promises of its results.
 */
#include "platform/core/utf8.h"
#include "platform/net/server_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20)
            return true;
    return false;
}

static void try_target(struct str s)
{
    char *room = err_memory(malloc(s.n + 1));
    struct http_target t;
    if (http_target_parse(s, room, &t) == ERR_OK) {
        INVARIANT(t.path.n > 0 && t.path.p[0] == '/' && utf8_is_text(t.path));
        INVARIANT(!has_control(t.path) && t.query.p != NULL);
        struct str rest = t.path, part;
        while (str_split(&rest, '/', &part))
            INVARIANT(!str_eq(part, STR(".")) && !str_eq(part, STR("..")));
        /* What was decoded, encoded and decoded again, is the same. */
        struct buf again = BUF_EMPTY;
        rest = t.path;
        for (bool first = true; str_split(&rest, '/', &part); first = false) {
            if (!first)
                buf_char(&again, '/');
            buf_percent(&again, part);
        }
        char *second = err_memory(malloc(again.n + 1));
        struct http_target same;
        INVARIANT(http_target_parse(buf_view(&again), second, &same) == ERR_OK);
        INVARIANT(str_eq(same.path, t.path) && same.query.n == 0);
        free(second);
        buf_free(&again);
    }
    free(room);
}

static void try_form(struct str s)
{
    struct arena *a = arena_new();
    struct str name, value;
    enum err rc;
    while (http_form_next(a, &s, &name, &value, &rc))
        if (rc != ERR_PARSE)
            INVARIANT(utf8_is_text(name) && utf8_is_text(value) && value.p);
    arena_free(a);
}

/*
 * A head laid out as the library leaves it. Bytes of the input become the parts; the layout is
 * plain, so a refusal can only come from the parts themselves.
 */
static void try_framing(struct str s)
{
    char *block = err_memory(malloc(s.n + 64));
    struct http_header headers[16];
    size_t n = 0, count = 0;
    struct str rest = s, line;
    memcpy(block, "GET\0/\0HTTP/1.1\0\0", 16);
    n = 16;
    while (count < COUNT_OF(headers) && str_split(&rest, '\n', &line)) {
        ptrdiff_t colon = str_find_char(line, ':');
        if (colon < 0 || str_find_char(line, '\0') >= 0)
            continue;
        char *at = block + n;
        memcpy(at, line.p, line.n);
        at[colon] = '\0';
        headers[count].name = str_of(at, (size_t)colon);
        headers[count].value = str_of(at + colon + 1, line.n - (size_t)colon - 1);
        count++;
        n += line.n;
        if (n + 4 > s.n + 64)
            break;
        block[n++] = '\0';
        block[n++] = '\0';
    }
    struct http_head head = {block, block + 4, 1, block + 6, n + 2, headers, count};
    struct http_framing f;
    if (n + 2 <= s.n + 64 && http_framing_check(&head, &f) == ERR_OK) {
        INVARIANT(f.chunked == (f.length < 0) && f.chunked == f.keep_alive_unsafe);
        for (size_t i = 0; i < count; i++)
            INVARIANT(!has_control(headers[i].name) && headers[i].name.n > 0);
    }
    free(block);
}

static void try_response(struct str s)
{
    struct http_response r = {.file_fd = -1};
    http_response_header(&r, "X", s);
    http_response_header(&r, "Y", STR("end"));
    struct str rest = buf_view(&r.headers), line;
    size_t lines = 0;
    while (str_split(&rest, '\n', &line))
        lines++;
    INVARIANT(lines == 3 && str_eq(http_response_find(&r, "y"), STR("end")));
    buf_free(&r.headers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct str s = str_of((const char *)data + 1, size - 1);
    switch (data[0] % 6) {
    case 0:
        try_target(s);
        break;
    case 1:
        try_form(s);
        break;
    case 2:
        try_framing(s);
        break;
    case 3:
        (void)http_gzip_accepted(s);
        break;
    case 4:
        (void)!http_framing_chunk(s);
        break;
    default:
        try_response(s);
    }
    return 0;
}
