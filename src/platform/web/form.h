/*
 * Declared inputs. A form is a table of fields; the platform reads, bounds and types them before
 * the handler looks, keeps what was typed for showing the page again, and collects faults as
 * {field, message}.
 *
 * Names that were not declared are ignored: nothing can be assigned that the table does not name,
 * and browser extensions and proxies do add fields. A name sent twice, unless MANY or FILES, is
 * refused with ERR_PARSE (400): no page of ours does it, and two readers could take different
 * values.
 *
 *     enum { F_SERVICE, F_WORDS, F_PHOTO };
 *     static const struct field report_fields[] = {
 *         [F_SERVICE] = {"service", FIELD_CODE, .required = true, .max = 40, .label = MSG_...},
 *         [F_WORDS] = {"words", FIELD_TEXT, .max = 4000, .label = MSG_...},
 *         [F_PHOTO] = {"photo", FIELD_FILES, .count = 3, .max = 10 << 20, .label = MSG_...},
 *     };
 */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include "platform/web/req.h"

enum field_kind {
    FIELD_LINE,    /* one line of text, trimmed */
    FIELD_TEXT,    /* several lines, trimmed, CRLF made LF */
    FIELD_CODE,    /* [A-Za-z0-9_.:-], for codes and ids as text */
    FIELD_INT,     /* 64-bit, with min and max */
    FIELD_DECIMAL, /* '.' or ',' */
    FIELD_MONEY,   /* tyiyn in .i */
    FIELD_DATE,    /* YYYY-MM-DD or DD.MM.YYYY; day number in .i */
    FIELD_BOOL,    /* checkbox: present means true */
    FIELD_CHOICE,  /* one of .choices */
    FIELD_MANY,    /* several values of one name, at most .count; in .values */
    FIELD_EMAIL,
    FIELD_PHONE,    /* +996 by default; E.164 in .s */
    FIELD_PASSWORD, /* not trimmed, never shown again */
    FIELD_FILES,    /* at most .count files of .max bytes each */
};

struct choice {
    const char *value;
    enum msg label;
};

struct field {
    const char *name;
    enum field_kind kind;
    bool required;
    int64_t min,
        max;   /* lengths in characters, values for numbers, bytes for files; max 0: default */
    int count; /* MANY and FILES; 0 = 1 */
    const struct choice *choices; /* ends with {NULL, 0} */
    enum msg label;               /* named in the error summary */
    enum msg hint;
    enum msg missing; /* message when required and absent; 0 = "Fill in <label>" */
    /* For showing it. */
    const char *autocomplete; /* HTML autofill token, "tel", "one-time-code"; NULL by kind */
    const char *accept;       /* FILES: "image/jpeg,image/png,image/webp" */
    int rows;                 /* TEXT: lines; 0 = 5 */
    int width;                /* of a line in characters: 2 3 4 5 10 20 30; 0 = whole column */
};

struct file_value {
    struct str name, type, data;
};

struct field_value {
    bool present;
    bool filter;  /* of a search or filter: all is optional there, and nothing chosen means all */
    struct str s; /* as typed (trimmed); NULL when absent */
    int64_t i;
    double f;
    struct str *values; /* MANY */
    struct file_value *files;
    int n;
    enum msg fault;        /* 0 = none */
    struct str fault_text; /* the message in the user's language */
};

struct form {
    const struct field *fields;
    int count;
    struct field_value *v; /* one per field, same index */
    bool submitted;
    int fault_count;
    enum msg summary; /* a fault of the whole form (stale, expired, already sent); 0 none */
    struct str once;  /* see form_once */
    struct arena *arena;
};

/* An empty form to show. Set f->v[X].s and so on for defaults (form_set_*). */
struct form *form_new(struct req *r, const struct field *fields, int count);
#define FORM_NEW(r, fields) form_new((r), (fields), (int)COUNT_OF(fields))
void form_set(struct form *f, int field, struct str value);
void form_set_int(struct form *f, int field, int64_t value);
/* The ticked values of FIELD_MANY. */
void form_set_values(struct form *f, int field, struct str *values, int n);

/* Reads a POST body (urlencoded or multipart). ERR_OK when all is well; ERR_INPUT with faults
 * filled (answer with the page again, status 422), also when the CSRF token is stale, so that
 * nobody loses what was typed, or when a text cannot be read (what can be stays in its field);
 * ERR_PARSE/ERR_TOO_LARGE for what no browser of ours sends (`*out` is
 * then NULL). */
MUST enum err form_read(struct req *r, const struct field *fields, int count, struct form **out);
#define FORM_READ(r, fields, out) form_read((r), (fields), (int)COUNT_OF(fields), (out))
/* The same from the query of a GET: filters. Nothing is "submitted" when no declared name is there.
 */
MUST enum err form_read_query(struct req *r, const struct field *fields, int count,
                              struct form **out);

/* Adds a fault found by the slice's rules; field -1: for the whole form. A field keeps its first.
 */
void form_fault(struct req *r, struct form *f, int field, enum msg m);
#define FORM_FAULT_ARGS(r, f, field, m, ...)                                                       \
    form_fault_args((r), (f), (field), (m), (struct msg_arg[]){__VA_ARGS__},                       \
                    sizeof((struct msg_arg[]){__VA_ARGS__}) / sizeof(struct msg_arg))
void form_fault_args(struct req *r, struct form *f, int field, enum msg m,
                     const struct msg_arg *args, size_t n);

/* Idempotency: every form page carries a fresh random key (hidden field "once", 22 characters); the
 * slice stores it under a unique constraint with what the form made, so that a double submission
 * shows the first result. It is kept when the page is shown again with faults. NULL view when the
 * client sent none or a malformed one. */
struct str form_once(const struct form *f);

#endif
