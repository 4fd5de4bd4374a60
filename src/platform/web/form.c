/*
 * Declared inputs, read and typed: form_read finds each declared name once, each kind has one
 * function that turns what was typed into a value or a fault. What was typed is kept either way, so
 * that the page can be shown again with nothing lost.
 */
#include "platform/web/web_priv.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/money.h"
#include "platform/core/utf8.h"

#define ONCE_FIELD "once"
#define ONCE_LENGTH 22
#define LINE_DEFAULT 200
#define TEXT_DEFAULT 4000
#define FILE_DEFAULT (10 << 20)

/* --- faults --- */

static void set_fault(struct form *f, int field, enum msg m, struct str text)
{
    if (field < 0) {
        if (f->summary == MSG_NONE)
            f->summary = m;
        f->fault_count++;
        return;
    }
    if (f->v[field].fault != MSG_NONE)
        return;
    f->v[field].fault = m;
    f->v[field].fault_text = text;
    f->fault_count++;
}

void form_fault(struct req *r, struct form *f, int field, enum msg m)
{
    set_fault(f, field, m, msg_text(r->ui.lang, m));
}

void form_fault_args(struct req *r, struct form *f, int field, enum msg m,
                     const struct msg_arg *args, size_t n)
{
    set_fault(f, field, m, msg_str(r->arena, r->ui.lang, m, args, n));
}

static struct str label_of(struct req *r, const struct form *f, int field)
{
    return msg_text(r->ui.lang, f->fields[field].label);
}

/* Most faults name the field and nothing else. */
static void fault_label(struct req *r, struct form *f, int field, enum msg m)
{
    FORM_FAULT_ARGS(r, f, field, m, ARG_S("label", label_of(r, f, field)));
}

static void fault_number(struct req *r, struct form *f, int field, enum msg m, const char *name,
                         int64_t n)
{
    FORM_FAULT_ARGS(r, f, field, m, ARG_S("label", label_of(r, f, field)), ARG_N(name, n));
}

/* --- making --- */

struct form *form_new(struct req *r, const struct field *fields, int count)
{
    struct form *f = ARENA_NEW(r->arena, struct form);
    f->fields = fields;
    f->count = count;
    f->v = ARENA_ARRAY(r->arena, struct field_value, (size_t)count + 1);
    f->once = id_secret(r->arena, 16);
    f->arena = r->arena;
    return f;
}

void form_set(struct form *f, int field, struct str value)
{
    f->v[field].s = value;
    f->v[field].present = value.p != NULL;
}

void form_set_int(struct form *f, int field, int64_t value)
{
    struct buf *text = buf_in(f->arena);
    enum field_kind kind = f->fields[field].kind;
    if (kind == FIELD_DATE)
        buf_day(text, value);
    else if (kind == FIELD_MONEY)
        buf_money(text, value);
    else
        buf_i64(text, value);
    f->v[field].i = value;
    form_set(f, field, kind == FIELD_BOOL && !value ? STR_NULL : buf_view(text));
}

void form_set_values(struct form *f, int field, struct str *values, int n)
{
    f->v[field].values = values;
    f->v[field].n = n;
    f->v[field].present = n > 0;
}

struct str form_once(const struct form *f)
{
    return f->submitted ? f->once : STR_NULL;
}

/* --- kinds --- */

/* CRLF and lone CR become LF. In a single line a break is a blank: it was pasted, not meant; so is
 * a control character (word processors leave them in what is copied). NUL stays, to be refused. */
static struct str trim_text(struct arena *a, struct str s, bool one_line)
{
    struct buf *out = buf_in(a);
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
            continue;
        if (c == '\r')
            c = '\n';
        bool control = c > 0 && c < 0x20 && c != '\n' && c != '\t';
        buf_char(out, control || (one_line && (c == '\n' || c == '\t')) ? ' ' : c);
    }
    struct str text = buf_view(out);
    while (text.n && (text.p[0] == ' ' || text.p[0] == '\n' || text.p[0] == '\t'))
        text = str_slice(text, 1, text.n);
    while (text.n &&
           (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\t'))
        text.n--;
    return text;
}

/* Digits without the blanks of any width that people group thousands with. */
static struct str without_blanks(struct arena *a, struct str s)
{
    struct buf *out = buf_in(a);
    uint32_t code;
    for (size_t at = 0; utf8_next(s, &at, &code);)
        if (code != ' ' && code != 0xA0 && code != 0x202F && code != 0x2009)
            buf_utf8(out, code);
    return buf_view(out);
}

/* Length in characters against min and max; true when it fits. */
static bool check_length(struct req *r, struct form *f, int field, int64_t max_default)
{
    const struct field *d = &f->fields[field];
    int64_t length = (int64_t)utf8_length(f->v[field].s);
    int64_t max = d->max ? d->max : max_default;
    if (length > max) {
        fault_number(r, f, field, MSG_common_fault_too_long, "n", max);
        return false;
    }
    if (length < d->min) {
        fault_number(r, f, field, MSG_common_fault_too_short, "n", d->min);
        return false;
    }
    return true;
}

static void fault_bound(struct req *r, struct form *f, int field, bool small)
{
    const struct field *d = &f->fields[field];
    int64_t limit = small ? d->min : d->max;
    struct buf *bound = buf_in(r->arena);
    if (d->kind == FIELD_MONEY)
        lang_money(bound, r->ui.lang, limit);
    else if (d->kind == FIELD_DATE)
        lang_date_short(bound, r->ui.lang, limit);
    else
        lang_number(bound, r->ui.lang, limit);
    if (small)
        FORM_FAULT_ARGS(r, f, field, MSG_common_fault_too_small,
                        ARG_S("label", label_of(r, f, field)), ARG_S("min", buf_view(bound)));
    else
        FORM_FAULT_ARGS(r, f, field, MSG_common_fault_too_big,
                        ARG_S("label", label_of(r, f, field)), ARG_S("max", buf_view(bound)));
}

/* min 0 and max 0: no bounds, but an amount of money is never negative unless min says so. */
static void check_bounds(struct req *r, struct form *f, int field, double v)
{
    const struct field *d = &f->fields[field];
    if ((d->min || d->max || d->kind == FIELD_MONEY) && v < (double)d->min)
        fault_bound(r, f, field, true);
    else if (d->max && v > (double)d->max)
        fault_bound(r, f, field, false);
}

static bool is_code(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    c == '_' || c == '.' || c == ':' || c == '-';
        if (!good)
            return false;
    }
    return true;
}

/* One @, something before it, a dotted name behind; no blanks, no brackets. RFC 5321 allows more,
 * mail providers do not. */
static bool is_email(struct str s)
{
    ptrdiff_t at = str_find_char(s, '@');
    if (at <= 0 || at > 64 || s.n > 254)
        return false;
    struct str domain = str_slice(s, (size_t)at + 1, s.n);
    ptrdiff_t dot = str_find_char(domain, '.');
    if (dot <= 0 || domain.p[domain.n - 1] == '.' || str_find_char(domain, '@') >= 0 ||
        str_find(domain, STR("..")) >= 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= 0x20 || c >= 0x7f || strchr("()<>[]:;\\,\"", c))
            return false;
    }
    return true;
}

/* E.164: +996 700 123 456, 0700 123456, 00996700123456. */
static bool read_phone(struct arena *a, struct str typed, struct str *out)
{
    struct buf *digits = buf_in(a);
    bool plus = typed.n > 0 && typed.p[0] == '+';
    for (size_t i = plus ? 1 : 0; i < typed.n; i++) {
        char c = typed.p[i];
        if (c >= '0' && c <= '9')
            buf_char(digits, c);
        else if (c != ' ' && c != '-' && c != '(' && c != ')' && c != '.')
            return false;
    }
    struct str d = buf_view(digits);
    struct buf *number = buf_in(a);
    buf_char(number, '+');
    if (plus) {
        buf_str(number, d);
    } else if (str_starts(d, STR("00"))) {
        buf_str(number, str_slice(d, 2, d.n));
    } else if (d.n == 10 && d.p[0] == '0') {
        buf_cstr(number, "996");
        buf_str(number, str_slice(d, 1, d.n));
    } else if (d.n == 9) {
        buf_cstr(number, "996");
        buf_str(number, d);
    } else {
        buf_str(number, d);
    }
    *out = buf_view(number);
    if (str_starts(*out, STR("+996")))
        return out->n == 13;
    return out->n >= 9 && out->n <= 16 && out->p[1] != '0';
}

/* "22.11.2026" as people here write it; browsers send 2026-11-22. */
static bool read_date(struct str s, int64_t *day)
{
    struct str part[3], rest = s;
    int64_t n[3];
    if (day_parse(s, day))
        return true;
    for (int i = 0; i < 3; i++)
        if (!str_split(&rest, '.', &part[i]) || !str_to_i64(part[i], &n[i]))
            return false;
    if (rest.p || n[2] < 1800 || n[2] > 2400 || n[1] < 1 || n[1] > 12 || n[0] < 1 ||
        n[0] > day_days_in_month((int)n[2], (int)n[1]))
        return false;
    *day = day_from_civil((struct civil){(int)n[2], (int)n[1], (int)n[0]});
    return true;
}

static bool read_decimal(struct arena *a, struct str s, double *out)
{
    struct str copy = arena_str(a, s);
    for (size_t i = 0; i < copy.n; i++)
        if (copy.p[i] == ',')
            ((char *)copy.p)[i] = '.';
    return str_to_double(copy, out);
}

/* Choices given as data are checked by the slice; as codes they are at least of sane length. */
static bool is_choice(const struct field *d, struct str value)
{
    for (const struct choice *c = d->choices; c && c->value; c++)
        if (str_eq(value, str_from(c->value)))
            return true;
    return !d->choices && value.n <= 200;
}

static void read_choice(struct req *r, struct form *f, int field)
{
    if (!is_choice(&f->fields[field], f->v[field].s))
        fault_label(r, f, field, MSG_common_fault_choice);
}

static void read_single(struct req *r, struct form *f, int field)
{
    const struct field *d = &f->fields[field];
    struct field_value *v = &f->v[field];
    switch (d->kind) {
    case FIELD_LINE:
        check_length(r, f, field, LINE_DEFAULT);
        break;
    case FIELD_TEXT:
        check_length(r, f, field, TEXT_DEFAULT);
        break;
    case FIELD_PASSWORD:
        check_length(r, f, field, 128);
        break;
    case FIELD_CODE:
        if (check_length(r, f, field, LINE_DEFAULT) && !is_code(v->s))
            fault_label(r, f, field, MSG_common_fault_code);
        break;
    case FIELD_INT:
        if (!str_to_i64(without_blanks(r->arena, v->s), &v->i))
            fault_label(r, f, field, MSG_common_fault_number);
        else
            check_bounds(r, f, field, (double)v->i);
        break;
    case FIELD_DECIMAL:
        if (!read_decimal(r->arena, without_blanks(r->arena, v->s), &v->f))
            fault_label(r, f, field, MSG_common_fault_decimal);
        else
            check_bounds(r, f, field, v->f);
        break;
    case FIELD_MONEY:
        if (!money_parse(without_blanks(r->arena, v->s), &v->i))
            fault_label(r, f, field, MSG_common_fault_money);
        else
            check_bounds(r, f, field, (double)v->i);
        break;
    case FIELD_DATE:
        if (!read_date(v->s, &v->i))
            fault_label(r, f, field, MSG_common_fault_date);
        else
            check_bounds(r, f, field, (double)v->i);
        break;
    case FIELD_BOOL:
        v->i = 1;
        break;
    case FIELD_CHOICE:
        read_choice(r, f, field);
        break;
    case FIELD_EMAIL:
        if (!is_email(v->s))
            fault_label(r, f, field, MSG_common_fault_email);
        break;
    case FIELD_PHONE: {
        struct str number;
        if (read_phone(r->arena, v->s, &number))
            v->s = number;
        else
            fault_label(r, f, field, MSG_common_fault_phone);
        break;
    }
    case FIELD_MANY:
    case FIELD_FILES:
        break;
    }
}

/* --- reading --- */

static int find_field(const struct form *f, struct str name)
{
    for (int i = 0; i < f->count; i++)
        if (str_eq(name, str_from(f->fields[i].name)))
            return i;
    return -1;
}

static bool is_list(enum field_kind kind)
{
    return kind == FIELD_MANY || kind == FIELD_FILES;
}

static enum err take_file(struct req *r, struct form *f, int field, const struct req_input *in)
{
    const struct field *d = &f->fields[field];
    struct field_value *v = &f->v[field];
    int most = d->count ? d->count : 1;
    int64_t max = d->max ? d->max : FILE_DEFAULT;
    /* A browser sends an empty part for a file input that was left alone. */
    if (in->filename.n == 0 && in->value.n == 0)
        return ERR_OK;
    v->present = true;
    if (v->n == most) {
        fault_number(r, f, field, MSG_common_fault_too_many_files, "n", most);
        return ERR_OK;
    }
    if (in->value.n == 0) {
        fault_label(r, f, field, MSG_common_fault_file_empty);
        return ERR_OK;
    }
    if ((int64_t)in->value.n > max) {
        struct buf *size = buf_in(r->arena);
        /* "10 MB" as the hint beside the field says, not 10.5: nobody counts in 1,048,576. */
        lang_bytes(size, r->ui.lang, max % (1 << 20) ? max : (max >> 20) * 1000000);
        FORM_FAULT_ARGS(r, f, field, MSG_common_fault_file_too_big,
                        ARG_S("label", label_of(r, f, field)), ARG_S("size", buf_view(size)));
        return ERR_OK;
    }
    if (!v->files)
        v->files = ARENA_ARRAY(r->arena, struct file_value, (size_t)most);
    v->files[v->n++] = (struct file_value){in->filename, in->type, in->value};
    return ERR_OK;
}

static enum err take_many(struct req *r, struct form *f, int field, struct str value)
{
    const struct field *d = &f->fields[field];
    struct field_value *v = &f->v[field];
    int most = d->count ? d->count : 1;
    if (value.n == 0) /* the hidden companion of a group of checkboxes */
        return ERR_OK;
    if (!is_choice(d, value)) {
        fault_label(r, f, field, MSG_common_fault_choice);
        return ERR_OK;
    }
    if (v->n == most) {
        fault_number(r, f, field, MSG_common_fault_too_many, "n", most);
        return ERR_OK;
    }
    if (!v->values)
        v->values = ARENA_ARRAY(r->arena, struct str, (size_t)most);
    v->values[v->n++] = value;
    v->present = true;
    return ERR_OK;
}

static enum err take_input(struct req *r, struct form *f, const struct req_input *in)
{
    int field = find_field(f, in->name);
    if (field < 0)
        return ERR_OK;
    enum field_kind kind = f->fields[field].kind;
    struct field_value *v = &f->v[field];
    if (kind ==
        FIELD_FILES) /* a plain value under a file's name: a script of ours never sends it */
        return in->is_file ? take_file(r, f, field, in) : ERR_OK;
    if (in->is_file)
        return ERR_PARSE;
    if (kind == FIELD_MANY && !in->unreadable)
        return take_many(r, f, field, in->value);
    if (kind == FIELD_MANY) {
        fault_label(r, f, field, MSG_common_fault_choice);
        return ERR_OK;
    }
    if (v->s.p)
        return ERR_PARSE;
    v->s = kind == FIELD_PASSWORD ? in->value : trim_text(r->arena, in->value, kind != FIELD_TEXT);
    if (!v->s.p)
        v->s = STR("");
    v->present = v->s.n > 0;
    /* What could be read stays in the field, with a mark in the place of the rest. */
    if (in->unreadable)
        fault_label(r, f, field, MSG_common_fault_text);
    return ERR_OK;
}

static void check_present(struct req *r, struct form *f, int field)
{
    const struct field *d = &f->fields[field];
    if (!d->required || f->v[field].present || f->v[field].fault != MSG_NONE)
        return;
    if (d->missing != MSG_NONE)
        form_fault(r, f, field, d->missing);
    else if (d->kind == FIELD_FILES)
        fault_label(r, f, field, MSG_common_fault_missing_file);
    else if (d->kind == FIELD_CHOICE || d->kind == FIELD_MANY)
        fault_label(r, f, field, MSG_common_fault_missing_choice);
    else
        fault_label(r, f, field, MSG_common_fault_missing);
}

static enum err read_inputs(struct req *r, struct form *f, const struct req_inputs *in)
{
    enum err rc = ERR_OK;
    for (size_t i = 0; i < in->n; i++) {
        if (str_eq(in->v[i].name, STR(ONCE_FIELD))) {
            bool good = in->v[i].value.n == ONCE_LENGTH && is_code(in->v[i].value);
            f->once = good ? in->v[i].value : STR_NULL;
        }
        TRY(take_input(r, f, &in->v[i]));
    }
    for (int i = 0; i < f->count; i++) {
        if (f->v[i].present && !is_list(f->fields[i].kind))
            read_single(r, f, i);
        check_present(r, f, i);
    }
    if (f->fault_count > 0)
        rc = ERR_INPUT;
out:
    return rc;
}

enum err form_read(struct req *r, const struct field *fields, int count, struct form **out)
{
    struct req_inputs in;
    *out = NULL;
    enum err rc = req_body_raw(r, &in);
    if (rc != ERR_OK)
        return rc;
    struct form *f = form_new(r, fields, count);
    f->submitted = true;
    f->once = STR_NULL;
    rc = read_inputs(r, f, &in);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    *out = f;
    if (r->priv->csrf == CSRF_STALE) {
        form_fault(r, f, -1, MSG_common_form_stale);
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT && !f->once.p)
        f->once = id_secret(r->arena, 16);
    return rc;
}

enum err form_read_query(struct req *r, const struct field *fields, int count, struct form **out)
{
    struct req_inputs in;
    *out = NULL;
    enum err rc = req_query_inputs(r, &in);
    if (rc != ERR_OK)
        return rc;
    struct form *f = form_new(r, fields, count);
    for (int i = 0; i < count; i++)
        f->v[i].filter = true;
    for (size_t i = 0; i < in.n && !f->submitted; i++)
        f->submitted = find_field(f, in.v[i].name) >= 0;
    if (f->submitted)
        rc = read_inputs(r, f, &in);
    if (rc == ERR_OK || rc == ERR_INPUT)
        *out = f;
    return rc;
}
