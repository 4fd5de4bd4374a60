/*
 * What the public pages of cases share: the visitor's rights, words for places and lines.
 *
 * The secret of a report's link never stays in an address: the first visit puts it into a cookie
 * and goes on without it. The cookie holds the secrets of this browser's latest reports and nothing
 * that names them; which one opens a case is found by comparing hashes.
 */
#include "voice/cases/cases_web.h"

#include "platform/core/id.h"
#include "platform/files/files.h"
#include "platform/formats/image.h"

#include <inttypes.h>

#define COOKIE_SECRETS 20
#define COOKIE_SECONDS (365 * 24 * 3600)
static const char cookie_name[] = "cases", who_cookie[] = "metoo";

/* --- cookies --- */

void case_cookie_add(struct req *r, struct str secret)
{
    struct buf *out = buf_in(r->arena);
    struct str rest = req_cookie(r, cookie_name), part;
    int n = 1;
    buf_str(out, secret);
    while (n < COOKIE_SECRETS && str_split(&rest, '.', &part)) {
        if (part.n < 16 || part.n > 64 || str_eq(part, secret))
            continue;
        buf_char(out, '.');
        buf_str(out, part);
        n++;
    }
    resp_cookie(r, cookie_name, buf_view(out), COOKIE_SECONDS, false);
}

struct str case_who(struct req *r)
{
    if (r->actor.person_id)
        return arena_printf(r->arena, "p:%" PRId64, r->actor.person_id);
    struct str known = req_cookie(r, who_cookie);
    if (known.n != 22) {
        /* Of the visitor, not random: two clicks at once are one person's, though neither had it.
         */
        struct str visitor = req_visitor(r);
        known = visitor.n ? str_slice(case_secret_hash(r->arena, arena_printf(r->arena, "who %.*s",
                                                                              STRF(visitor))),
                                      0, 22)
                          : id_secret(r->arena, 16);
        resp_cookie(r, who_cookie, known, COOKIE_SECONDS, false);
    }
    return arena_printf(r->arena, "b:%.*s", STRF(case_secret_hash(r->arena, known)));
}

static struct str known_who(struct req *r)
{
    return r->actor.person_id || req_cookie(r, who_cookie).n == 22 ? case_who(r) : STR_NULL;
}

/* --- who is looking --- */

static enum err find_fn(struct tx *tx, void *arg)
{
    struct case_visit *v = arg;
    return cases_find(tx, v->r->arena, v->number, &v->unit, &v->id);
}

static enum err try_secrets(struct tx *tx, struct case_visit *v)
{
    struct str rest = req_cookie(v->r, cookie_name), part;
    enum err rc = ERR_OK;
    if (v->secret.p)
        rc = cases_check_secret(v->r->app, tx, v->r->arena, v->unit, v->id, v->secret,
                                &v->secret_right);
    v->reporter = v->secret_right;
    v->own_secret = v->reporter ? v->secret : STR_NULL;
    for (int n = 0; rc == ERR_OK && !v->reporter && n < COOKIE_SECRETS; n++) {
        if (!str_split(&rest, '.', &part))
            break;
        rc = cases_check_secret(v->r->app, tx, v->r->arena, v->unit, v->id, part, &v->reporter);
        if (v->reporter)
            v->own_secret = part;
    }
    return rc;
}

static enum err visit_fn(struct tx *tx, void *arg)
{
    struct case_visit *v = arg;
    struct sql_support_by_row support = {0};
    struct str who = known_who(v->r);
    enum err rc = ERR_OK;
    v->reporter = v->secret_right = v->supported = false;
    TRY(cases_get(tx, v->r->arena, v->unit, v->id, v->today, &v->record));
    TRY(try_secrets(tx, v));
    if (!v->reporter && v->r->actor.person_id) {
        struct sql_reporter_get_row reporter = {0};
        TRY(sql_reporter_get(tx, v->r->arena, &reporter, .unit = v->unit, .case_id = v->id));
        v->reporter = reporter.person == v->r->actor.person_id;
    }
    if (who.p) {
        TRY(sql_support_by(tx, v->r->arena, &support, .unit = v->unit, .case_id = v->id,
                           .who = who));
        v->supported = support.n > 0;
    }
    if (v->record.held && !v->reporter && !v->staff)
        FAIL(ERR_NOT_FOUND);
out:
    return rc;
}

enum err case_visit_begin(struct case_visit *v, struct req *r)
{
    struct str typed = req_param(r, "number");
    *v = (struct case_visit){.r = r, .today = day_today(), .secret = req_query(r, "key")};
    if (!id_number_parse(r->arena, typed, &v->number))
        return ERR_NOT_FOUND;
    enum err rc = db_read(r->db, SCOPE_COUNTRY, find_fn, v);
    if (rc != ERR_OK)
        return rc;
    r->unit = v->unit;
    v->staff = req_allows(r, PERM_CASES_READ);
    return req_read(r, visit_fn, v);
}

enum err case_visit_reporter(struct case_visit *v, struct req *r)
{
    enum err rc = case_visit_begin(v, r);
    return rc == ERR_OK && !v->reporter ? ERR_NOT_FOUND : rc;
}

bool case_photo_allowed(const struct case_visit *v, const struct case_photo *photo)
{
    if (v->staff || (v->reporter && photo->by == CASE_BY_REPORTER))
        return true;
    return photo->visible == CASE_SHOWN && (!v->record.p.hide || v->reporter);
}

/* --- words --- */

struct str case_place_text(struct req *r, struct str village, struct str street)
{
    const struct territory *t = territory_get(r->app, r->arena);
    const struct place *place = village.p ? territory_find(t, village) : NULL;
    struct str name = place ? place_name(place, r->ui.lang) : STR_NULL;
    if (name.n && street.n)
        return MSG_STR(r->arena, r->ui.lang, MSG_cases_place, ARG_S("village", name),
                       ARG_S("street", street));
    if (name.n || street.n)
        return name.n ? name : street;
    return msg_text(r->ui.lang, MSG_cases_place_unknown);
}

struct str case_ago(struct req *r, int64_t ms)
{
    struct buf *out = buf_in(r->arena);
    lang_ago(out, r->ui.lang, ms, r->ui.now_ms);
    return buf_view(out);
}

struct case_line case_line_of(struct req *r, const struct case_public *c)
{
    const struct case_state_def *def = &case_states[c->state];
    struct case_line line = {
        .href = arena_printf(r->arena, "/c/%.*s", STRF(c->number)),
        .title = case_title(r->app, r->arena, c->service, c->fault, r->ui.lang),
        .c = *c,
        .tone = (enum tone)def->tone,
        .state = def->name,
    };
    struct buf *meta = buf_in(r->arena);
    struct str service = case_title(r->app, r->arena, c->service, STR_NULL, r->ui.lang);
    if (!str_eq(service, line.title)) {
        buf_str(meta, service);
        buf_cstr(meta, " · ");
    }
    buf_str(meta, case_place_text(r, c->village, c->street));
    buf_cstr(meta, " · ");
    buf_str(meta, case_ago(r, c->created_ms));
    if (c->support > 0) {
        buf_cstr(meta, " · ");
        MSG_PUT(meta, r->ui.lang, MSG_cases_joined, ARG_N("n", c->support));
    }
    line.meta = buf_view(meta);
    return line;
}

struct str case_unit_name(struct req *r)
{
    const struct place *p = territory_find(territory_get(r->app, r->arena), r->unit);
    return p ? place_name(p, r->ui.lang) : r->unit;
}

struct str case_unit_href(struct req *r)
{
    return arena_printf(r->arena, "/m/%.*s", STRF(r->unit));
}

struct page case_page(struct req *r, struct str title, struct str crumb, struct str crumb_href)
{
    struct page page = {.title = title,
                        .unit_name = case_unit_name(r),
                        .unit_href = case_unit_href(r),
                        .section = SECTION_UNIT};
    if (crumb.p) {
        struct crumb *crumbs = ARENA_ARRAY(r->arena, struct crumb, 2);
        crumbs[0] = (struct crumb){page.unit_href, page.unit_name};
        crumbs[1] = (struct crumb){crumb_href, crumb};
        page.crumbs = crumbs;
        page.crumb_count = 2;
    }
    return page;
}

/* --- photos that come with a form --- */

static enum msg photo_fault(enum image_fault fault)
{
    switch (fault) {
    case IMAGE_FILE_TOO_BIG:
        return MSG_cases_photo_too_big;
    case IMAGE_TOO_MANY_PIXELS:
        return MSG_cases_photo_too_many_pixels;
    case IMAGE_BROKEN:
        return MSG_cases_photo_broken;
    case IMAGE_MOVING:
        return MSG_cases_photo_moving;
    case IMAGE_NOT_A_PHOTO:
    case IMAGE_FINE:
        break;
    }
    return MSG_cases_photo_none;
}

enum err case_take_photos(struct req *r, struct form *form, int field,
                          struct case_photo_input **out, size_t *n)
{
    const struct field_value *v = &form->v[field];
    struct case_photo_input *photos = ARENA_ARRAY(r->arena, struct case_photo_input, v->n);
    enum err rc = ERR_OK;
    *out = photos;
    *n = 0;
    for (int i = 0; i < v->n; i++) {
        struct image_pair pair;
        enum image_fault fault = IMAGE_FINE;
        rc = image_convert(r->arena, v->files[i].data, &pair, &fault);
        if (rc == ERR_INPUT) {
            form_fault(r, form, field, photo_fault(fault));
            goto out;
        }
        if (rc != ERR_OK)
            goto out;
        TRY(file_put(r->app, r->arena, pair.large.jpeg, &photos[i].large));
        TRY(file_put(r->app, r->arena, pair.small.jpeg, &photos[i].small));
        photos[i].width = pair.large.width;
        photos[i].height = pair.large.height;
    }
    *n = (size_t)v->n;
out:
    return rc;
}
