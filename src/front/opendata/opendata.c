/*
 * The page of downloads, and the downloads: what is asked for is read here, once for every file.
 */
#include "front/opendata/opendata_internal.h"
#include "front/opendata/opendata_tpl.h"
#include "front/opendata/opendata_view.h"

#include "platform/core/clock.h"

#include <unistd.h>

#define KEEP_SECONDS 300

/* --- what is asked for --- */

struct asked {
    struct str unit; /* code as asked; NULL: the country */
    struct i64_opt from, to;
};

/* Fills the question from what was asked. MSG_NONE when it can be answered, else why not. */
static enum msg question_fill(struct req *r, const struct asked *a, struct open_question *q)
{
    const struct territory *t = territory_get(r->app, r->arena);
    const struct place *unit = a->unit.n ? territory_find(t, a->unit) : NULL;
    *q = (struct open_question){
        .app = r->app, .arena = r->arena, .territory = t, .today = day_today()};
    if (a->unit.n) {
        unit = unit && place_is_municipality(unit) ? place_municipality(unit) : NULL;
        if (!unit)
            return MSG_opendata_no_unit;
        q->units = place_family(r->arena, unit);
        q->one_unit = true;
    } else {
        for (size_t i = 0; i < t->n; i++)
            if (place_is_municipality(t->all[i]))
                ARENA_PUSH(r->arena, q->units, t->all[i]->code);
    }
    q->has_days = a->from.set || a->to.set;
    if (!q->has_days)
        return MSG_NONE;
    q->to_day = a->to.set ? a->to.v : q->today;
    q->from_day = a->from.set ? a->from.v : q->one_unit ? 0 : q->to_day - OPEN_COUNTRY_DAYS + 1;
    if (q->from_day > q->to_day)
        return MSG_opendata_period_order;
    if (!q->one_unit && q->to_day - q->from_day >= OPEN_COUNTRY_DAYS)
        return MSG_opendata_period_long;
    return MSG_NONE;
}

static enum err refuse(struct req *r, enum err rc, enum msg why)
{
    r->error_detail = why;
    return rc;
}

/* A filter that is misspelt, or that the file does not heed, must not answer as if there were none.
 */
static enum err read_asked(struct req *r, const struct open_file *file, struct asked *out)
{
    struct req_inputs in = {0};
    enum err rc = req_query_inputs(r, &in);
    *out = (struct asked){0};
    for (size_t i = 0; rc == ERR_OK && i < in.n; i++) {
        struct str name = in.v[i].name, value = in.v[i].value;
        struct i64_opt *day = str_eq(name, STR("from")) ? &out->from
                              : str_eq(name, STR("to")) ? &out->to
                                                        : NULL;
        if (!value.n || str_eq(name, STR("lang")))
            continue;
        if (str_eq(name, STR("m")) && file->by_unit && !out->unit.n) {
            out->unit = value;
        } else if (day && file->by_day && !day->set) {
            int64_t number;
            if (!day_parse(value, &number) || number < 0)
                return refuse(r, ERR_PARSE, MSG_opendata_bad_day);
            *day = I64(number);
        } else {
            return refuse(r, ERR_PARSE, MSG_opendata_bad_filter);
        }
    }
    return rc;
}

struct str open_unit_today(const struct open_question *q, struct str unit)
{
    const struct place *p = territory_find(q->territory, unit);
    p = p ? place_municipality(p) : NULL;
    return p ? p->code : unit;
}

/* --- a download --- */

static bool format_find(const struct open_file *file, struct str ending, enum open_format *out)
{
    for (int f = 0; f < OPEN_FORMAT__MAX; f++)
        if (str_eq(ending, str_from(open_format_ending((enum open_format)f))) &&
            (f != OPEN_GEOJSON || file->geo)) {
            *out = (enum open_format)f;
            return true;
        }
    return false;
}

static struct str file_name(struct req *r, const struct open_question *q, struct str unit,
                            const struct open_file *file, enum open_format format)
{
    struct buf *out = buf_in(r->arena);
    buf_cstr(out, file->name);
    if (unit.n)
        buf_printf(out, "-%.*s", STRF(unit));
    if (q->has_days) {
        buf_char(out, '-');
        buf_day(out, q->from_day);
        buf_char(out, '-');
        buf_day(out, q->to_day);
    }
    buf_printf(out, ".%s", open_format_ending(format));
    return buf_view(out);
}

static enum err opendata_file(struct req *r)
{
    const struct open_file *file = open_file_find(req_param(r, "file"));
    enum open_format format;
    struct asked asked;
    struct open_question q;
    struct open_edition e;
    enum err rc = ERR_OK;
    if (!file || !format_find(file, req_param(r, "format"), &format))
        return ERR_NOT_FOUND;
    TRY(read_asked(r, file, &asked));
    enum msg why = question_fill(r, &asked, &q);
    if (why != MSG_NONE)
        return refuse(r, why == MSG_opendata_no_unit ? ERR_NOT_FOUND : ERR_PARSE, why);
    /* Under the code of today, so that a merged one finds the same edition. */
    struct str unit = q.one_unit ? open_unit_today(&q, asked.unit) : STR_NULL;
    TRY(open_edition_get(&q, unit, file, format, &e));
    resp_cache_public(r, KEEP_SECONDS);
    if (resp_not_modified_since(r, str_from(e.hash), e.changed_ms)) {
        close(e.fd);
        return ERR_OK;
    }
    resp_attachment(r, file_name(r, &q, unit, file, format));
    resp_file(r, e.fd, e.size, open_format_type(format));
out:
    return rc;
}

/* --- the page --- */

enum { F_UNIT, F_FROM, F_TO };
static const struct field fields[] = {
    [F_UNIT] = {"m", FIELD_CODE, .max = 14, .label = MSG_opendata_municipality},
    [F_FROM] = {"from", FIELD_DATE, .label = MSG_opendata_from},
    [F_TO] = {"to", FIELD_DATE, .label = MSG_opendata_to},
};

static struct i64_opt day_of(const struct form *f, int field)
{
    const struct field_value *v = &f->v[field];
    return v->present && v->s.n && v->fault == MSG_NONE ? I64(v->i) : I64_NONE;
}

static struct option_list municipalities(struct req *r)
{
    struct {
        struct option *v;
        size_t n, cap;
    } list = {0};
    const struct territory *t = territory_get(r->app, r->arena);
    ARENA_PUSH(r->arena, list,
               ((struct option){.value = STR(""), .text = msg_text(r->ui.lang, MSG_common_all)}));
    for (size_t i = 0; i < t->n; i++) {
        const struct place *p = t->all[i], *oblast = place_oblast(p);
        if (place_is_municipality(p) && !p->successor)
            ARENA_PUSH(r->arena, list,
                       ((struct option){
                           .value = p->code,
                           .text = place_name(p, r->ui.lang),
                           .group = oblast ? place_name(oblast, r->ui.lang) : STR_NULL,
                       }));
    }
    return (struct option_list){list.v, list.n};
}

/* The address of a file with as much of the filter as it heeds. */
static struct str file_href(struct req *r, const struct asked *a, const struct open_file *file,
                            enum open_format format)
{
    struct buf *out = buf_in(r->arena);
    const struct i64_opt *days[] = {&a->from, &a->to};
    char mark = '?';
    buf_printf(out, "/open/%s.%s", file->name, open_format_ending(format));
    if (file->by_unit && a->unit.n) {
        buf_printf(out, "%cm=", mark);
        buf_percent(out, a->unit);
        mark = '&';
    }
    for (int i = 0; i < 2; i++)
        if (file->by_day && days[i]->set) {
            buf_printf(out, "%c%s=", mark, i ? "to" : "from");
            buf_day(out, days[i]->v);
            mark = '&';
        }
    return buf_view(out);
}

static struct opendata_entry entry_of(struct req *r, const struct asked *a,
                                      const struct open_file *file)
{
    bool whole = !(file->by_unit && a->unit.n) && !(file->by_day && (a->from.set || a->to.set));
    struct opendata_entry entry = {
        .name = str_from(file->name),
        .title = file->title,
        .about = file->about,
        .codebook_href = arena_printf(r->arena, "/open/codebook#%s", file->name),
    };
    for (int f = 0; f < OPEN_FORMAT__MAX; f++) {
        enum open_format format = (enum open_format)f;
        struct open_edition e;
        if (format == OPEN_GEOJSON && !file->geo)
            continue;
        struct opendata_link link = {
            .href = file_href(r, a, file, format),
            .name = arena_printf(r->arena, "%s.%s", file->name, open_format_ending(format)),
        };
        if (whole && open_edition_look(r->app, r->arena, file, format, &e)) {
            link.size_kb = (e.size + 1023) / 1024;
            entry.rows = e.rows;
            entry.changed_ms = e.changed_ms > entry.changed_ms ? e.changed_ms : entry.changed_ms;
        }
        ARENA_PUSH(r->arena, entry.links, link);
    }
    return entry;
}

/* What the form asks for; nothing when that cannot be answered. */
static struct asked asked_of(struct req *r, struct form *form)
{
    struct asked a = {
        .unit = form->v[F_UNIT].present && form->v[F_UNIT].fault == MSG_NONE ? form->v[F_UNIT].s
                                                                             : STR_NULL,
        .from = day_of(form, F_FROM),
        .to = day_of(form, F_TO),
    };
    struct open_question q;
    enum msg why = question_fill(r, &a, &q);
    if (why != MSG_NONE) {
        form_fault(r, form, why == MSG_opendata_no_unit ? F_UNIT : F_FROM, why);
        a = (struct asked){0};
    }
    return a;
}

static enum err opendata_index(struct req *r)
{
    struct opendata_index_view v = {.country_days = OPEN_COUNTRY_DAYS, .few = FIGURE_FEW};
    enum err rc = form_read_query(r, fields, COUNT_OF(fields), &v.form);
    if (!v.form)
        return rc;
    struct asked a = asked_of(r, v.form);
    v.filtered = a.unit.n || a.from.set || a.to.set || v.form->fault_count > 0;
    v.municipalities = municipalities(r);
    for (size_t i = 0; open_files[i]; i++)
        if (open_files[i] != &open_codebook)
            ARENA_PUSH(r->arena, v.files, entry_of(r, &a, open_files[i]));
    struct page page = {.title = msg_text(r->ui.lang, MSG_opendata_title),
                        .width = PAGE_WIDE,
                        .form = v.form->fault_count ? v.form : NULL};
    resp_cache_public(r, KEEP_SECONDS);
    struct buf *out = resp_html(r, v.form->fault_count ? 422 : 200);
    page_open(out, r, &page);
    tpl_opendata_index(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- the slice --- */

static enum err start(struct app *app)
{
    open_edition_sweep(app);
    return ERR_OK;
}

/* Files know no session: what a program gets does not depend on who is logged in beside it. */
#define FILE_FLAGS (ROUTE_API | ROUTE_NO_CSRF)

static const struct route routes[] = {
    ROUTE("GET", "/open", opendata_index, PERM_PUBLIC, 0),
    ROUTE("GET", "/open/codebook", opendata_codebook, PERM_PUBLIC, 0),
    ROUTE("GET", "/open/datapackage.json", opendata_package, PERM_PUBLIC, FILE_FLAGS),
    ROUTE("GET", "/open/{file}.{format}", opendata_file, PERM_PUBLIC, FILE_FLAGS),
};

const struct slice opendata_slice = {
    .name = "opendata",
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .start = start,
};
