/*
 * JSON: an own streaming writer into a buf, and a bounded reader (jansson stays inside json.c).
 *
 * Writer: one call a member, so that a missing comma or an unescaped text cannot be written. `key`
 * is the member's name inside an object and NULL inside an array or at the top; anything else is
 * a bug (INVARIANT). Text comes out as valid UTF-8 (a broken byte becomes U+FFFD), and < > & U+2028
 * U+2029 are escaped, so a document may stand in a data attribute or a script island. Row ids
 * are 63-bit numbers, which a browser would round, so they are written as strings: json_put_id.
 *
 *     struct json_writer j = json_to(resp_json(r, 200));
 *     json_open(&j, NULL);
 *     json_put_id(&j, "id", id);
 *     json_open_array(&j, "photos");
 *     json_put_str(&j, NULL, url);
 *     json_close(&j);
 *     json_close(&j);
 *
 * Reader: a tree in the arena, bounded in bytes and depth, duplicate keys refused (two readers of
 * one document must not disagree). Numbers keep 64 bits. NUL inside a string is refused.
 */
#ifndef FORMATS_JSON_H
#define FORMATS_JSON_H

#include "platform/core/buf.h"

#define JSON_MAX_DEPTH 32

struct json_writer {
    struct buf *out;
    int depth;
    bool done;  /* the one top-level value is complete */
    bool named; /* json_key has written the name of the next value */
    bool is_array[JSON_MAX_DEPTH];
    bool has_members[JSON_MAX_DEPTH];
};
struct json_writer json_to(struct buf *out);

void json_open(struct json_writer *j, const char *key); /* object */
void json_open_array(struct json_writer *j, const char *key);
void json_close(struct json_writer *j); /* the innermost of both */

void json_put_str(struct json_writer *j, const char *key, struct str s);   /* NULL view: null */
void json_put_cstr(struct json_writer *j, const char *key, const char *s); /* NULL: null */
void json_put_i64(struct json_writer *j, const char *key, int64_t v);
void json_put_opt(struct json_writer *j, const char *key, struct i64_opt v);
void json_put_id(struct json_writer *j, const char *key, int64_t id);   /* "123"; 0: null */
void json_put_double(struct json_writer *j, const char *key, double v); /* NAN, infinite: null */
void json_put_fixed(struct json_writer *j, const char *key, double v, int decimals);
void json_put_bool(struct json_writer *j, const char *key, bool v);
void json_put_null(struct json_writer *j, const char *key);
void json_put_money(struct json_writer *j, const char *key, int64_t tyiyn); /* "1234.50" */
void json_put_time(struct json_writer *j, const char *key, int64_t utc_ms); /* RFC 3339 */
void json_put_day(struct json_writer *j, const char *key, int64_t day);     /* "2026-11-22" */
/* A complete JSON value made elsewhere by this writer (a stored document); written as it is. */
void json_put_raw(struct json_writer *j, const char *key, struct str json);
/* A member whose name is data (a code), not a literal. The next value must then have key NULL. */
void json_key(struct json_writer *j, struct str key);
/* True when everything opened was closed: the end of a document checks it in tests. */
bool json_complete(const struct json_writer *j);
/* The quoted, escaped form of a text alone. */
void json_quote(struct buf *out, struct str s);

/* --- reading --- */

struct json; /* one value of a parsed document; lives as long as the arena */
enum json_kind {
    JSON_IS_ABSENT,
    JSON_IS_NULL,
    JSON_IS_BOOL,
    JSON_IS_NUMBER,
    JSON_IS_STR,
    JSON_IS_LIST,
    JSON_IS_MAP,
};

struct json_fault {
    int line, column;
    char text[160]; /* English, for logs and developers */
};

/* Parses one whole document of any kind. ERR_TOO_LARGE over max_bytes or deeper than
 * JSON_MAX_DEPTH, ERR_PARSE when malformed; `fault` (may be NULL) then says where. Memory needed is
 * up to some 40 times the text, so keep max_bytes small for strangers. */
MUST enum err json_parse(struct arena *a, struct str text, size_t max_bytes,
                         const struct json **out, struct json_fault *fault);

/* All of these bear NULL (an absent value), so lookups can be chained. */
enum json_kind json_kind(const struct json *v);
const struct json *json_get(const struct json *map, const char *key); /* NULL when absent */
size_t json_count(const struct json *list_or_map);
const struct json *json_at(const struct json *list, size_t i);
/* Members in the order of the document: start with *iter = NULL. False at the end. */
bool json_next(const struct json *map, void **iter, struct str *key, const struct json **value);

/* The value when it has that type; false, and *out untouched, otherwise. */
bool json_as_str(const struct json *v, struct str *out);
bool json_as_i64(const struct json *v, int64_t *out); /* whole numbers only */
bool json_as_id(const struct json *v, int64_t *out);  /* "123", or a number */
bool json_as_double(const struct json *v, double *out);
bool json_as_bool(const struct json *v, bool *out);
/* The text of a member, or a NULL view. */
struct str json_str_of(const struct json *map, const char *key);

#endif
