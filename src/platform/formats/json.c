/* JSON writer, and the one file that includes jansson. See json.h for the contract. */
#include "platform/formats/json.h"

#include "platform/core/clock.h"
#include "platform/core/money.h"
#include "platform/core/utf8.h"

#include <jansson.h>
#include <math.h>

/* --- writing --- */

static void put_escape(struct buf *out, unsigned code)
{
    static const char hex[] = "0123456789abcdef";
    char text[6] = {
        '\\', 'u', hex[code >> 12 & 15], hex[code >> 8 & 15], hex[code >> 4 & 15], hex[code & 15]};
    buf_put(out, text, sizeof text);
}

static void put_ascii(struct buf *out, unsigned char c)
{
    switch (c) {
    case '"':
        buf_put(out, "\\\"", 2);
        break;
    case '\\':
        buf_put(out, "\\\\", 2);
        break;
    case '\n':
        buf_put(out, "\\n", 2);
        break;
    case '\r':
        buf_put(out, "\\r", 2);
        break;
    case '\t':
        buf_put(out, "\\t", 2);
        break;
    default:
        put_escape(out, c);
    }
}

/* 1: printable ASCII but " & < > and the backslash. 2: begins a character of two bytes, as every
 * Cyrillic letter does. */
static const unsigned char plain[256] = {
    [0x20 ... 0x21] = 1, [0x23 ... 0x25] = 1, [0x27 ... 0x3B] = 1, [0x3D] = 1,
    [0x3F ... 0x5B] = 1, [0x5D ... 0x7E] = 1, [0xC2 ... 0xDF] = 2,
};

/* U+2028 and U+2029 end a line in older JavaScript. */
static bool is_separator(const unsigned char *p, size_t length)
{
    return length == 3 && p[0] == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9);
}

void json_quote(struct buf *out, struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t from = 0, i = 0; /* what lies between is copied in one go */
    buf_char(out, '"');
    while (i < s.n) {
        if (plain[p[i]] == 1) {
            i++;
            continue;
        }
        if (plain[p[i]] == 2 && i + 1 < s.n && (p[i + 1] & 0xC0) == 0x80) {
            i += 2;
            continue;
        }
        size_t length = p[i] < 0x80 ? 1 : utf8_step(s, i);
        if (length > 1 && !is_separator(p + i, length)) {
            i += length;
            continue;
        }
        buf_put(out, s.p + from, i - from);
        if (length == 0)
            buf_put(out, "\xEF\xBF\xBD", 3);
        else if (length == 1)
            put_ascii(out, p[i]);
        else
            put_escape(out, p[i + 2] == 0xA8 ? 0x2028 : 0x2029);
        i += length ? length : 1;
        from = i;
    }
    buf_put(out, s.p + from, i - from);
    buf_char(out, '"');
}

struct json_writer json_to(struct buf *out)
{
    return (struct json_writer){.out = out};
}

/* Names in a list of thousands are looked at and copied in one pass; they hardly ever need
 * escaping. */
static void put_name(struct buf *out, const char *key)
{
    size_t n = strlen(key);
    char *to = buf_reserve(out, n + 3), *at = to;
    *at++ = '"';
    for (size_t i = 0; i < n; i++) {
        if (plain[(unsigned char)key[i]] != 1) {
            json_quote(out, str_of(key, n));
            buf_char(out, ':');
            return;
        }
        *at++ = key[i];
    }
    *at++ = '"';
    *at++ = ':';
    out->n += (size_t)(at - to);
}

/* Writes the comma and the name before a value. */
static void member(struct json_writer *j, const char *key)
{
    INVARIANT(!j->done);
    if (j->depth == 0) {
        INVARIANT(!key);
        return;
    }
    int level = j->depth - 1;
    if (j->named) { /* json_key has written comma and name */
        INVARIANT(!key);
        j->named = false;
        return;
    }
    INVARIANT(j->is_array[level] == !key);
    if (j->has_members[level])
        buf_char(j->out, ',');
    j->has_members[level] = true;
    if (key)
        put_name(j->out, key);
}

static void ended(struct json_writer *j)
{
    j->done = j->depth == 0;
}

static void open_level(struct json_writer *j, const char *key, bool is_array)
{
    member(j, key);
    INVARIANT(j->depth < JSON_MAX_DEPTH);
    j->is_array[j->depth] = is_array;
    j->has_members[j->depth] = false;
    j->depth++;
    buf_char(j->out, is_array ? '[' : '{');
}

void json_open(struct json_writer *j, const char *key)
{
    open_level(j, key, false);
}

void json_open_array(struct json_writer *j, const char *key)
{
    open_level(j, key, true);
}

void json_close(struct json_writer *j)
{
    INVARIANT(j->depth > 0 && !j->named);
    j->depth--;
    buf_char(j->out, j->is_array[j->depth] ? ']' : '}');
    ended(j);
}

void json_key(struct json_writer *j, struct str key)
{
    INVARIANT(j->depth > 0 && !j->is_array[j->depth - 1] && !j->named);
    if (j->has_members[j->depth - 1])
        buf_char(j->out, ',');
    j->has_members[j->depth - 1] = true;
    json_quote(j->out, key);
    buf_char(j->out, ':');
    j->named = true;
}

void json_put_raw(struct json_writer *j, const char *key, struct str json)
{
    member(j, key);
    buf_str(j->out, json);
    ended(j);
}

void json_put_null(struct json_writer *j, const char *key)
{
    json_put_raw(j, key, STR("null"));
}

void json_put_bool(struct json_writer *j, const char *key, bool v)
{
    json_put_raw(j, key, v ? STR("true") : STR("false"));
}

void json_put_str(struct json_writer *j, const char *key, struct str s)
{
    if (!s.p) {
        json_put_null(j, key);
        return;
    }
    member(j, key);
    json_quote(j->out, s);
    ended(j);
}

void json_put_cstr(struct json_writer *j, const char *key, const char *s)
{
    json_put_str(j, key, str_from(s));
}

void json_put_i64(struct json_writer *j, const char *key, int64_t v)
{
    member(j, key);
    buf_i64(j->out, v);
    ended(j);
}

void json_put_opt(struct json_writer *j, const char *key, struct i64_opt v)
{
    if (v.set)
        json_put_i64(j, key, v.v);
    else
        json_put_null(j, key);
}

void json_put_id(struct json_writer *j, const char *key, int64_t id)
{
    if (id == 0) {
        json_put_null(j, key);
        return;
    }
    member(j, key);
    buf_char(j->out, '"');
    buf_i64(j->out, id);
    buf_char(j->out, '"');
    ended(j);
}

void json_put_double(struct json_writer *j, const char *key, double v)
{
    if (!isfinite(v)) {
        json_put_null(j, key);
        return;
    }
    member(j, key);
    buf_double(j->out, v);
    ended(j);
}

void json_put_fixed(struct json_writer *j, const char *key, double v, int decimals)
{
    if (!isfinite(v)) {
        json_put_null(j, key);
        return;
    }
    member(j, key);
    buf_fixed(j->out, v, decimals);
    ended(j);
}

/* The next three write text that needs no escaping. */
#define PUT_QUOTED(j, key, call)                                                                   \
    do {                                                                                           \
        member((j), (key));                                                                        \
        buf_char((j)->out, '"');                                                                   \
        call;                                                                                      \
        buf_char((j)->out, '"');                                                                   \
        ended(j);                                                                                  \
    } while (0)

void json_put_money(struct json_writer *j, const char *key, int64_t tyiyn)
{
    PUT_QUOTED(j, key, buf_money(j->out, tyiyn));
}

void json_put_time(struct json_writer *j, const char *key, int64_t utc_ms)
{
    PUT_QUOTED(j, key, buf_rfc3339(j->out, utc_ms));
}

void json_put_day(struct json_writer *j, const char *key, int64_t day)
{
    PUT_QUOTED(j, key, buf_day(j->out, day));
}

bool json_complete(const struct json_writer *j)
{
    return j->done;
}

/* --- reading --- */

/* jansson recurses up to 2,048 levels; ours is a smaller stack, so depth is counted first. */
static bool too_deep(struct str text)
{
    int depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_MAX_DEPTH)
                return true;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return false;
}

static void set_fault(struct json_fault *fault, int line, int column, const char *text)
{
    if (!fault)
        return;
    fault->line = line;
    fault->column = column;
    snprintf(fault->text, sizeof fault->text, "%s", text);
}

static void release(void *root)
{
    json_decref(root);
}

enum err json_parse(struct arena *a, struct str text, size_t max_bytes, const struct json **out,
                    struct json_fault *fault)
{
    *out = NULL;
    if (text.n > max_bytes) {
        set_fault(fault, 1, 1, "too many bytes");
        return ERR_TOO_LARGE;
    }
    if (too_deep(text)) {
        set_fault(fault, 1, 1, "nested too deeply");
        return ERR_TOO_LARGE;
    }
    json_error_t error;
    json_t *root =
        json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!root) {
        set_fault(fault, error.line, error.column, error.text);
        return ERR_PARSE;
    }
    arena_defer(a, release, root);
    *out = (const struct json *)root;
    return ERR_OK;
}

static const json_t *inner(const struct json *v)
{
    return (const json_t *)v;
}

enum json_kind json_kind(const struct json *v)
{
    if (!v)
        return JSON_IS_ABSENT;
    switch (json_typeof(inner(v))) {
    case JSON_OBJECT:
        return JSON_IS_MAP;
    case JSON_ARRAY:
        return JSON_IS_LIST;
    case JSON_STRING:
        return JSON_IS_STR;
    case JSON_INTEGER:
    case JSON_REAL:
        return JSON_IS_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE:
        return JSON_IS_BOOL;
    case JSON_NULL:
        break;
    }
    return JSON_IS_NULL;
}

const struct json *json_get(const struct json *map, const char *key)
{
    return (const struct json *)json_object_get(inner(map), key);
}

size_t json_count(const struct json *v)
{
    return json_kind(v) == JSON_IS_MAP ? json_object_size(inner(v)) : json_array_size(inner(v));
}

const struct json *json_at(const struct json *list, size_t i)
{
    return (const struct json *)json_array_get(inner(list), i);
}

bool json_next(const struct json *map, void **iter, struct str *key, const struct json **value)
{
    json_t *object = (json_t *)(uintptr_t)map; /* jansson's iterators take a mutable pointer */
    *iter = *iter ? json_object_iter_next(object, *iter) : json_object_iter(object);
    if (!*iter)
        return false;
    *key = str_of(json_object_iter_key(*iter), json_object_iter_key_len(*iter));
    *value = (const struct json *)json_object_iter_value(*iter);
    return true;
}

bool json_as_str(const struct json *v, struct str *out)
{
    if (json_kind(v) != JSON_IS_STR)
        return false;
    *out = str_of(json_string_value(inner(v)), json_string_length(inner(v)));
    return true;
}

bool json_as_i64(const struct json *v, int64_t *out)
{
    if (!v || !json_is_integer(inner(v)))
        return false;
    *out = json_integer_value(inner(v));
    return true;
}

bool json_as_id(const struct json *v, int64_t *out)
{
    struct str s;
    if (json_as_str(v, &s))
        return str_to_i64(s, out);
    return json_as_i64(v, out);
}

bool json_as_double(const struct json *v, double *out)
{
    if (json_kind(v) != JSON_IS_NUMBER)
        return false;
    *out = json_number_value(inner(v));
    return true;
}

bool json_as_bool(const struct json *v, bool *out)
{
    if (json_kind(v) != JSON_IS_BOOL)
        return false;
    *out = json_is_true(inner(v));
    return true;
}

struct str json_str_of(const struct json *map, const char *key)
{
    struct str s = STR_NULL;
    json_as_str(json_get(map, key), &s);
    return s;
}
