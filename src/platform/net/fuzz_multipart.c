/*
 * Fuzzing multipart/form-data: the first line is the content type, the rest the body. Parts must
 * lie inside the body, in order and without touching, names must be text, file names plain.
 */
#include "platform/core/utf8.h"
#include "platform/net/http_server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_PARTS = 50 };

static void check_part(const struct http_part *part, struct str body, const char **after)
{
    INVARIANT(part->name.p && utf8_is_text(part->name));
    INVARIANT(part->data.p >= *after && part->data.p + part->data.n <= body.p + body.n);
    *after = part->data.p + part->data.n;
    if (!part->filename.p) {
        INVARIANT(utf8_is_text(part->data) != part->unreadable);
        return;
    }
    for (size_t i = 0; i < part->filename.n; i++)
        INVARIANT((unsigned char)part->filename.p[i] >= 0x20 && part->filename.p[i] != '/' &&
                  part->filename.p[i] != '\\');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str body = str_of((const char *)data, size), type;
    if (!str_split(&body, '\n', &type) || !body.p)
        return 0;
    struct arena *a = arena_new();
    struct http_part *part;
    size_t n;
    enum err rc = http_multipart_parse(a, type, body, MOST_PARTS, &part, &n);
    INVARIANT(rc == ERR_OK || rc == ERR_PARSE || rc == ERR_TOO_LARGE);
    INVARIANT(rc == ERR_OK ? n <= MOST_PARTS : n == 0);
    const char *after = body.p;
    for (size_t i = 0; i < n; i++)
        check_part(&part[i], body, &after);
    arena_free(a);
    return 0;
}
