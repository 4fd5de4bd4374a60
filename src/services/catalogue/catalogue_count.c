/*
 * Counting people served: one village a form, all its levels at once, so that an old figure of one
 * level never stands beside a new one of another. And taking a wrong count back.
 */
#include "services/catalogue/catalogue_read.h"
#include "services/catalogue/catalogue_tpl.h"

#include "platform/core/clock.h"
#include "platform/core/utf8.h"
#include "platform/files/files.h"
#include "platform/formats/image.h"

#define EVIDENCE_MAX (10 << 20)

enum {
    N_VILLAGE,
    N_DAY,
    N_METHOD,
    N_EVIDENCE,
    N_PUBLIC,
    N_NOTE,
    N_PEOPLE,
    N_WOMEN = N_PEOPLE + CATALOGUE_LEVELS_MAX,
    N_COUNT = N_WOMEN + CATALOGUE_LEVELS_MAX
};
static const struct choice method_choices[] = {{"households", MSG_catalogue_method_households},
                                               {"subscribers", MSG_catalogue_method_subscribers},
                                               {"survey", MSG_catalogue_method_survey},
                                               {"attendance", MSG_catalogue_method_attendance},
                                               {"estimate", MSG_catalogue_method_estimate},
                                               {NULL, MSG_NONE}};
#define PEOPLE_FIELD(name_)                                                                        \
    {                                                                                              \
        .name = name_, .kind = FIELD_INT, .min = 0, .max = COVERAGE_PEOPLE_MAX,                    \
        .label = MSG_catalogue_people                                                              \
    }
#define WOMEN_FIELD(name_)                                                                         \
    {                                                                                              \
        .name = name_, .kind = FIELD_INT, .min = 0, .max = COVERAGE_PEOPLE_MAX,                    \
        .label = MSG_catalogue_women                                                               \
    }
static const struct field count_fields[N_COUNT] = {
    [N_VILLAGE] = {"village", FIELD_CODE, .required = true, .max = 14,
                   .label = MSG_catalogue_village, .missing = MSG_catalogue_fault_village_missing},
    [N_DAY] = {"day", FIELD_DATE, .required = true, .label = MSG_catalogue_day_label},
    [N_METHOD] = {"method", FIELD_CHOICE, .required = true, .choices = method_choices,
                  .label = MSG_catalogue_method_label},
    [N_EVIDENCE] = {"evidence", FIELD_FILES, .max = EVIDENCE_MAX,
                    .label = MSG_catalogue_evidence_label, .hint = MSG_catalogue_evidence_hint,
                    .accept = "application/pdf,image/jpeg,image/png"},
    [N_PUBLIC] = {"evidence_public", FIELD_BOOL, .label = MSG_catalogue_evidence_public},
    [N_NOTE] = {"note", FIELD_LINE, .max = 300, .label = MSG_catalogue_note,
                .hint = MSG_catalogue_note_hint},
    [N_PEOPLE] = PEOPLE_FIELD("people_0"),
    PEOPLE_FIELD("people_1"),
    PEOPLE_FIELD("people_2"),
    PEOPLE_FIELD("people_3"),
    PEOPLE_FIELD("people_4"),
    PEOPLE_FIELD("people_5"),
    PEOPLE_FIELD("people_6"),
    PEOPLE_FIELD("people_7"),
    [N_WOMEN] = WOMEN_FIELD("women_0"),
    WOMEN_FIELD("women_1"),
    WOMEN_FIELD("women_2"),
    WOMEN_FIELD("women_3"),
    WOMEN_FIELD("women_4"),
    WOMEN_FIELD("women_5"),
    WOMEN_FIELD("women_6"),
    WOMEN_FIELD("women_7"),
};

/* A service without a ladder has one line, "people served". */
static size_t level_count(const struct service_kind *kind)
{
    if (kind->level_count == 0)
        return 1;
    return kind->level_count < CATALOGUE_LEVELS_MAX ? kind->level_count : CATALOGUE_LEVELS_MAX;
}

static struct count_level level_row(struct req *r, const struct service_kind *kind,
                                    const struct form *form, size_t i)
{
    const struct field_value *people = &form->v[N_PEOPLE + (int)i];
    const struct field_value *women = &form->v[N_WOMEN + (int)i];
    bool ladder = kind->level_count > 0;
    return (struct count_level){
        .code = ladder ? kind->levels[i].code : STR(""),
        .name = ladder ? text3_get(&kind->levels[i].name, r->ui.lang)
                       : msg_text(r->ui.lang, MSG_catalogue_people_served),
        .people_id = str_from(form->fields[N_PEOPLE + (int)i].name),
        .women_id = str_from(form->fields[N_WOMEN + (int)i].name),
        .people = people->s,
        .women = women->s,
        .fault = people->fault != MSG_NONE  ? people->fault_text
                 : women->fault != MSG_NONE ? women->fault_text
                                            : STR(""),
        .without = ladder && kind->levels[i].rank == 0,
    };
}

static enum err show_count(struct req *r, const struct service_kind *kind, struct form *form,
                           int status)
{
    const struct place *unit = places_unit(r);
    struct str service = text3_get(&kind->name, r->ui.lang);
    struct count_view v = {
        .service_name = service,
        .back = arena_printf(r->arena, "/desk/%.*s/services/%.*s", STRF(r->unit), STRF(kind->code)),
        .form = form,
        .ladder = kind->level_count > 0,
    };
    struct option *villages = ARENA_ARRAY(r->arena, struct option, unit->child_count + 1);
    for (size_t i = 0; i < unit->child_count; i++) {
        const struct place *p = unit->children[i];
        struct str name = place_name(p, r->ui.lang);
        if (p->population > 0)
            name = MSG_STR(r->arena, r->ui.lang, MSG_catalogue_village_people, ARG_S("name", name),
                           ARG_N("n", p->population));
        villages[i] = (struct option){.value = p->code, .text = name};
    }
    v.villages = (struct option_list){villages, unit->child_count};
    for (size_t i = 0; i < level_count(kind); i++)
        ARENA_PUSH(r->arena, v.levels, level_row(r, kind, form, i));
    struct crumb crumbs[] = {
        {STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
        {arena_printf(r->arena, "/desk/%.*s/services", STRF(r->unit)),
         msg_text(r->ui.lang, MSG_catalogue_registry_title)},
        {v.back, service},
    };
    struct page page = catalogue_desk_page(
        r, MSG_STR(r->arena, r->ui.lang, MSG_catalogue_count_title, ARG_S("service", service)),
        crumbs, COUNT_OF(crumbs));
    page.form = form;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_catalogue_count(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err catalogue_count_page(struct req *r)
{
    const struct service_kind *kind;
    enum err rc = catalogue_route_service(r, &kind);
    if (rc != ERR_OK)
        return rc;
    struct form *form = FORM_NEW(r, count_fields);
    form_set_int(form, N_DAY, day_today());
    form_set(form, N_VILLAGE, req_query(r, "village"));
    return show_count(r, kind, form, 200);
}

/* --- evidence --- */

/* A picture is written anew, without the camera's data; a PDF is kept as it is and only ever
 * downloaded, never shown inside a page. */
static enum err store_evidence(struct req *r, struct form *form, struct coverage_evidence *out)
{
    const struct field_value *v = &form->v[N_EVIDENCE];
    enum err rc = ERR_OK;
    if (v->n == 0)
        return ERR_OK;
    struct str data = v->files[0].data;
    struct buf *name = buf_in(r->arena);
    utf8_clean(name, v->files[0].name);
    out->name = utf8_prefix(str_trim(buf_view(name)), 120);
    if (out->name.n == 0)
        out->name = msg_text(r->ui.lang, MSG_catalogue_evidence);
    if (str_starts(data, STR("%PDF-"))) {
        out->type = STR("application/pdf");
    } else {
        struct image_pair pair;
        enum image_fault fault = IMAGE_FINE;
        rc = image_convert(r->arena, data, &pair, &fault);
        if (rc == ERR_INPUT) {
            form_fault(r, form, N_EVIDENCE,
                       fault == IMAGE_NOT_A_PHOTO ? MSG_catalogue_fault_evidence_kind
                                                  : MSG_catalogue_fault_evidence_broken);
            return rc;
        }
        TRY(rc);
        data = pair.large.jpeg;
        out->type = STR("image/jpeg");
    }
    TRY(file_put(r->app, r->arena, data, &out->file));
    out->is_public = form->v[N_PUBLIC].present;
out:
    return rc;
}

/* --- the form --- */

/* What stays empty is nobody, but one level at least must be filled in. */
static bool take_levels(struct req *r, struct form *form, const struct service_kind *kind,
                        struct coverage_input *in)
{
    bool any = false;
    in->level_count = level_count(kind);
    for (size_t i = 0; i < in->level_count; i++) {
        const struct field_value *people = &form->v[N_PEOPLE + (int)i];
        const struct field_value *women = &form->v[N_WOMEN + (int)i];
        in->levels[i] = (struct coverage_level){
            .level = kind->level_count ? kind->levels[i].code : STR(""),
            .people = people->present ? people->i : 0,
            .women = women->present ? I64(women->i) : I64_NONE,
        };
        any = any || people->present;
    }
    if (!any)
        form_fault(r, form, N_PEOPLE, MSG_catalogue_fault_people_missing);
    return any;
}

struct count_change {
    struct req *r;
    struct coverage_input in;
    bool repeated;
    struct catalogue_faults faults;
};

static enum err write_count(struct tx *tx, void *arg)
{
    struct count_change *c = arg;
    c->faults = (struct catalogue_faults){0};
    if (c->in.once.p)
        tx_idempotent(tx);
    return catalogue_add_coverage(c->r->app, tx, c->r->arena, &c->in, &c->repeated, &c->faults);
}

enum err catalogue_count_post(struct req *r)
{
    int fields[COVERAGE_LEVEL + CATALOGUE_LEVELS_MAX] = {
        [COVERAGE_VILLAGE] = N_VILLAGE, [COVERAGE_DAY] = N_DAY, [COVERAGE_METHOD] = N_METHOD};
    enum err rc = ERR_OK;
    const struct service_kind *kind;
    struct form *form = NULL;
    for (int i = 0; i < CATALOGUE_LEVELS_MAX; i++)
        fields[COVERAGE_LEVEL + i] = N_PEOPLE + i;
    TRY(catalogue_route_service(r, &kind));
    rc = FORM_READ(r, count_fields, &form);
    if (!form)
        return rc;
    struct count_change c = {
        .r = r,
        .in = {.unit = r->unit,
               .service = kind->code,
               .village = form->v[N_VILLAGE].s,
               .day = form->v[N_DAY].i,
               .note = form->v[N_NOTE].s,
               .once = form_once(form),
               .person = r->actor.person_id},
    };
    if (rc == ERR_OK && !take_levels(r, form, kind, &c.in))
        rc = ERR_INPUT;
    if (rc == ERR_OK && !count_method_parse(form->v[N_METHOD].s, &c.in.method))
        rc = ERR_INPUT;
    if (rc == ERR_OK)
        rc = store_evidence(r, form, &c.in.evidence);
    if (rc == ERR_OK)
        rc = req_write(r, write_count, &c);
    catalogue_show_faults(r, form, fields, &c.faults);
    if (rc == ERR_INPUT)
        return show_count(r, kind, form, 422);
    if (rc != ERR_OK && rc != ERR_CONFLICT) /* its own key: sent twice at the same moment */
        return rc;
    rc = ERR_OK;
    resp_notice(r, MSG_catalogue_count_saved);
    resp_redirect(r, arena_printf(r->arena, "/desk/%.*s/services/%.*s#records", STRF(r->unit),
                                  STRF(kind->code)));
out:
    return rc;
}

/* --- taking a count back --- */

enum { W_WHY };
static const struct field withdraw_fields[] = {
    [W_WHY] = {"why", FIELD_LINE, .required = true, .min = 3, .max = 300,
               .label = MSG_catalogue_why, .hint = MSG_catalogue_why_hint},
};

struct withdrawal {
    struct req *r;
    int64_t id;
    struct sql_coverage_get_row row;
    struct str why;
};

static enum err read_count(struct tx *tx, void *arg)
{
    struct withdrawal *w = arg;
    return sql_coverage_get(tx, w->r->arena, &w->row, .unit = w->r->unit, .id = w->id);
}

static enum err write_withdrawal(struct tx *tx, void *arg)
{
    struct withdrawal *w = arg;
    return catalogue_withdraw_coverage(tx, w->r->unit, w->id, w->r->actor.person_id, w->why);
}

/* The record that the address names, when it is of that service. */
static enum err find_count(struct req *r, const struct service_kind **kind, struct withdrawal *w)
{
    enum err rc = ERR_OK;
    *w = (struct withdrawal){.r = r};
    TRY(catalogue_route_service(r, kind));
    if (!str_to_i64(req_param(r, "id"), &w->id))
        FAIL(ERR_NOT_FOUND);
    TRY(req_read(r, read_count, w));
    if (!str_eq(w->row.service, (*kind)->code))
        FAIL(ERR_NOT_FOUND);
out:
    return rc;
}

static enum err show_withdrawal(struct req *r, const struct service_kind *kind,
                                const struct withdrawal *w, struct form *form, int status)
{
    const struct place *village = territory_find(territory_get(r->app, r->arena), w->row.village);
    struct withdraw_view v = {
        .service_name = text3_get(&kind->name, r->ui.lang),
        .village = village ? place_name(village, r->ui.lang) : w->row.village,
        .people = w->row.people,
        .day = w->row.day,
        .back = arena_printf(r->arena, "/desk/%.*s/services/%.*s", STRF(r->unit), STRF(kind->code)),
        .form = form,
    };
    for (size_t i = 0; i < kind->level_count; i++)
        if (str_eq(kind->levels[i].code, w->row.level))
            v.level = text3_get(&kind->levels[i].name, r->ui.lang);
    struct page page =
        catalogue_desk_page(r, msg_text(r->ui.lang, MSG_catalogue_withdraw_title), NULL, 0);
    page.form = form;
    page.width = PAGE_NARROW;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_catalogue_withdraw(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err catalogue_withdraw_page(struct req *r)
{
    const struct service_kind *kind;
    struct withdrawal w;
    enum err rc = find_count(r, &kind, &w);
    return rc == ERR_OK ? show_withdrawal(r, kind, &w, FORM_NEW(r, withdraw_fields), 200) : rc;
}

enum err catalogue_withdraw_post(struct req *r)
{
    const struct service_kind *kind;
    struct withdrawal w;
    struct form *form = NULL;
    enum err rc = find_count(r, &kind, &w);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, withdraw_fields, &form);
    if (rc == ERR_INPUT)
        return show_withdrawal(r, kind, &w, form, 422);
    if (rc != ERR_OK)
        return rc;
    w.why = form->v[W_WHY].s;
    rc = req_write(r, write_withdrawal, &w);
    if (rc != ERR_OK && rc != ERR_CONFLICT) /* withdrawn already: the same end */
        return rc;
    resp_notice(r, MSG_catalogue_withdrawn);
    resp_redirect(r, arena_printf(r->arena, "/desk/%.*s/services/%.*s#records", STRF(r->unit),
                                  STRF(kind->code)));
    return ERR_OK;
}
