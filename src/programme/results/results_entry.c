/*
 * The records of a programme in a municipality, as its staff keep them: people whom a service
 * reached, and steps on the way. A record is never changed: a wrong one is withdrawn, with a
 * reason, and a right one entered.
 */
#include "programme/results/results_web.h"

#include "services/catalogue/catalogue.h"

static const struct choice bases[] = {
    {"counted", MSG_results_basis_counted}, {"area", MSG_results_basis_area}, {NULL, MSG_NONE}};
static const struct choice milestones[] = {
    {"joined", MSG_results_step_joined},          {"partnership", MSG_results_step_partnership},
    {"organised", MSG_results_step_organised},    {"priority", MSG_results_step_priority},
    {"mobile_feedback", MSG_results_step_mobile}, {NULL, MSG_NONE}};
enum { P_PROGRAMME, P_SERVICE, P_VILLAGE, P_BASIS, P_DAY, P_PEOPLE, P_WOMEN, P_DOCUMENT };
static const struct field people_fields[] = {
    [P_PROGRAMME] = {"programme", FIELD_CODE, .required = true, .max = 40,
                     .label = MSG_results_programme},
    [P_SERVICE] = {"service", FIELD_CODE, .required = true, .max = 40,
                   .label = MSG_results_service},
    [P_VILLAGE] = {"village", FIELD_CODE, .required = true, .max = 14,
                   .label = MSG_results_village},
    [P_BASIS] = {"basis", FIELD_CHOICE, .required = true, .choices = bases,
                 .label = MSG_results_basis},
    [P_DAY] = {"day", FIELD_DATE, .required = true, .label = MSG_results_day},
    [P_PEOPLE] = {"people", FIELD_INT, .required = true, .min = 1, .max = 1000000, .width = 5,
                  .label = MSG_results_people},
    [P_WOMEN] = {"women", FIELD_INT, .min = 0, .max = 1000000, .width = 5,
                 .label = MSG_results_women},
    [P_DOCUMENT] = {"document", FIELD_LINE, .required = true, .max = 200,
                    .label = MSG_results_document},
};
enum { M_PROGRAMME, M_STEP, M_SERVICE, M_DAY, M_DOCUMENT };
static const struct field step_fields[] = {
    [M_PROGRAMME] = {"step_programme", FIELD_CODE, .required = true, .max = 40,
                     .label = MSG_results_programme},
    [M_STEP] = {"milestone", FIELD_CHOICE, .required = true, .choices = milestones,
                .label = MSG_results_milestone},
    [M_SERVICE] = {"step_service", FIELD_CODE, .max = 40, .label = MSG_results_service},
    [M_DAY] = {"step_day", FIELD_DATE, .required = true, .label = MSG_results_day},
    [M_DOCUMENT] = {"step_document", FIELD_LINE, .required = true, .max = 200,
                    .label = MSG_results_document},
};
static const struct field why_fields[] = {
    {"why", FIELD_LINE, .required = true, .max = 300, .label = MSG_results_desk_why}};

struct entry {
    struct req *r;
    struct result_programmes programmes;
    struct sql_results_records_rows people;
    struct sql_results_milestones_rows steps;
    struct result_record record;
    struct result_milestone milestone;
    int64_t id;
    struct str why;
};

static enum err read_entry(struct tx *tx, void *arg)
{
    struct entry *e = arg;
    enum err rc = ERR_OK;
    e->programmes = (struct result_programmes){0};
    TRY(results_programmes(tx, e->r->arena, &e->programmes));
    TRY(sql_results_records(tx, e->r->arena, &e->people, .unit = e->r->unit, .from_day = 0,
                            .to_day = day_today() + 1));
    TRY(sql_results_milestones(tx, e->r->arena, &e->steps, .unit = e->r->unit, .from_day = 0,
                               .to_day = day_today() + 1));
out:
    return rc;
}

static struct str text_of(struct req *r, const struct counter *c, int d, struct str value)
{
    return value.n ? c->dimensions[d]->value_text(r->app, r->arena, r->ui.lang, value) : STR("–");
}

static void fill_records(struct entry *e, struct results_entry_view *v)
{
    struct req *r = e->r;
    const struct territory *t = territory_get(r->app, r->arena);
    for (size_t k = 0; k < e->people.n; k++) {
        const struct sql_results_records_row *row = &e->people.v[k];
        const struct place *village = territory_find(t, row->village);
        struct buf *people = buf_in(r->arena);
        lang_number(people, r->ui.lang, row->people);
        if (row->women.set) {
            buf_cstr(people, " / ");
            lang_number(people, r->ui.lang, row->women.v);
        }
        ARENA_PUSH(r->arena, v->records,
                   ((struct results_record_line){
                       .day = row->day,
                       .what = text_of(r, &results_people_counter, 0, row->service),
                       .village = village ? place_name(village, r->ui.lang) : STR("–"),
                       .basis = text_of(r, &results_people_counter, 1, row->basis),
                       .document = row->document,
                       .people = buf_view(people),
                       .withdrawn = row->withdrawn != 0,
                       .why = row->withdrawn_why,
                       .action = arena_printf(r->arena, "/desk/%.*s/achieved/people/%lld",
                                              STRF(r->unit), (long long)row->id)}));
    }
    for (size_t k = 0; k < e->steps.n; k++) {
        const struct sql_results_milestones_row *row = &e->steps.v[k];
        ARENA_PUSH(r->arena, v->records,
                   ((struct results_record_line){
                       .day = row->day,
                       .what = text_of(r, &results_milestones_counter, 0, row->milestone),
                       .village = STR("–"),
                       .basis = text_of(r, &results_milestones_counter, 1, row->service),
                       .document = row->document,
                       .people = STR("–"),
                       .withdrawn = row->withdrawn != 0,
                       .why = row->withdrawn_why,
                       .action = arena_printf(r->arena, "/desk/%.*s/achieved/steps/%lld",
                                              STRF(r->unit), (long long)row->id)}));
    }
}

static void fill_options(struct entry *e, struct results_entry_view *v)
{
    struct req *r = e->r;
    const struct place *unit = places_unit(r);
    const struct catalogue *c = catalogue_get(r->app, r->arena);
    struct {
        struct option *v;
        size_t n, cap;
    } villages = {0}, services = {0};
    for (size_t k = 0; k < unit->child_count; k++)
        ARENA_PUSH(r->arena, villages,
                   ((struct option){.value = unit->children[k]->code,
                                    .text = place_name(unit->children[k], r->ui.lang)}));
    ARENA_PUSH(r->arena, services, ((struct option){.value = STR(""), .text = STR("–")}));
    for (size_t k = 0; k < c->n; k++)
        ARENA_PUSH(
            r->arena, services,
            ((struct option){.value = c->v[k].code, .text = text3_get(&c->v[k].name, r->ui.lang)}));
    v->villages = (struct option_list){villages.v, villages.n};
    v->services = (struct option_list){services.v, services.n};
    v->programmes = results_programme_options(r, &e->programmes);
}

static enum err show(struct req *r, struct form *people, struct form *step, int status)
{
    struct entry e = {.r = r};
    struct results_entry_view v = {.people = people ? people : FORM_NEW(r, people_fields),
                                   .step = step ? step : FORM_NEW(r, step_fields),
                                   .may_write = req_allows(r, PERM_RESULTS_VERIFY)};
    enum err rc = req_read(r, read_entry, &e);
    if (rc != ERR_OK)
        return rc;
    fill_records(&e, &v);
    fill_options(&e, &v);
    v.action = arena_printf(r->arena, "/desk/%.*s/achieved", STRF(r->unit));
    v.action_people = arena_printf(r->arena, "%.*s/people", STRF(v.action));
    v.action_steps = arena_printf(r->arena, "%.*s/steps", STRF(v.action));
    struct crumb crumbs[] = {{arena_printf(r->arena, "/desk/%.*s/results", STRF(r->unit)),
                              msg_text(r->ui.lang, MSG_results_desk_title)}};
    struct page page = {.title = msg_text(r->ui.lang, MSG_results_entry_title),
                        .unit_name = place_name(places_unit(r), r->ui.lang),
                        .unit_href = arena_printf(r->arena, "/m/%.*s", STRF(r->unit)),
                        .section = SECTION_DESK,
                        .width = PAGE_WIDE,
                        .crumbs = crumbs,
                        .crumb_count = 1,
                        .form = people ? people : step};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_results_entry(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err results_entry_page(struct req *r)
{
    return show(r, NULL, NULL, 200);
}

static enum err done(struct req *r)
{
    resp_notice(r, MSG_results_done);
    resp_redirect(r, arena_printf(r->arena, "/desk/%.*s/achieved", STRF(r->unit)));
    return ERR_OK;
}

static enum err write_people(struct tx *tx, void *arg)
{
    struct entry *e = arg;
    struct result_programmes all = {0};
    enum err rc = ERR_OK;
    TRY(results_programmes(tx, e->r->arena, &all));
    if (!results_programme(&all, e->record.programme))
        FAIL(ERR_INPUT);
    TRY(results_record_add(tx, &e->record));
out:
    return rc;
}

static bool is_service(struct req *r, struct str code)
{
    return catalogue_find(catalogue_get(r->app, r->arena), code) != NULL;
}

enum err results_entry_people(struct req *r)
{
    struct entry e = {.r = r};
    struct form *form = NULL;
    enum err rc = FORM_READ(r, people_fields, &form);
    if (!form)
        return rc;
    const struct field_value *v = form->v;
    const struct place *village =
        v[P_VILLAGE].s.n ? territory_find(territory_get(r->app, r->arena), v[P_VILLAGE].s) : NULL;
    if (rc == ERR_OK && (!village || place_municipality(village) != places_unit(r)))
        form_fault(r, form, P_VILLAGE, MSG_results_fault_unit);
    if (rc == ERR_OK && !is_service(r, v[P_SERVICE].s))
        form_fault(r, form, P_SERVICE, MSG_results_fault_member);
    if (rc == ERR_OK && v[P_DAY].i > day_today())
        form_fault(r, form, P_DAY, MSG_results_fault_future);
    if (rc == ERR_OK && v[P_WOMEN].s.n && v[P_WOMEN].i > v[P_PEOPLE].i)
        form_fault(r, form, P_WOMEN, MSG_results_fault_larger);
    if (form->fault_count > 0)
        rc = ERR_INPUT;
    if (rc == ERR_OK) {
        e.record = (struct result_record){.unit = r->unit,
                                          .id = id_new(),
                                          .programme = v[P_PROGRAMME].s,
                                          .service = v[P_SERVICE].s,
                                          .basis = v[P_BASIS].s,
                                          .village = v[P_VILLAGE].s,
                                          .day = v[P_DAY].i,
                                          .people = v[P_PEOPLE].i,
                                          .women = v[P_WOMEN].s.n ? I64(v[P_WOMEN].i) : I64_NONE,
                                          .document = v[P_DOCUMENT].s,
                                          .person = r->actor.person_id};
        rc = req_write(r, write_people, &e);
        if (rc == ERR_INPUT)
            form_fault(r, form, P_PROGRAMME, MSG_results_sheet_fault_programme);
    }
    return rc == ERR_INPUT ? show(r, form, NULL, 422) : rc == ERR_OK ? done(r) : rc;
}

static enum err write_step(struct tx *tx, void *arg)
{
    struct entry *e = arg;
    struct result_programmes all = {0};
    enum err rc = ERR_OK;
    TRY(results_programmes(tx, e->r->arena, &all));
    if (!results_programme(&all, e->milestone.programme))
        FAIL(ERR_INPUT);
    TRY(results_milestone_add(tx, &e->milestone));
out:
    return rc;
}

enum err results_entry_step(struct req *r)
{
    struct entry e = {.r = r};
    struct form *form = NULL;
    enum err rc = FORM_READ(r, step_fields, &form);
    if (!form)
        return rc;
    const struct field_value *v = form->v;
    if (rc == ERR_OK && v[M_SERVICE].s.n && !is_service(r, v[M_SERVICE].s))
        form_fault(r, form, M_SERVICE, MSG_results_fault_member);
    if (rc == ERR_OK && v[M_DAY].i > day_today())
        form_fault(r, form, M_DAY, MSG_results_fault_future);
    if (form->fault_count > 0)
        rc = ERR_INPUT;
    if (rc == ERR_OK) {
        e.milestone = (struct result_milestone){.unit = r->unit,
                                                .id = id_new(),
                                                .programme = v[M_PROGRAMME].s,
                                                .milestone = v[M_STEP].s,
                                                .service = v[M_SERVICE].s,
                                                .day = v[M_DAY].i,
                                                .document = v[M_DOCUMENT].s,
                                                .person = r->actor.person_id};
        rc = req_write(r, write_step, &e);
        if (rc == ERR_INPUT)
            form_fault(r, form, M_PROGRAMME, MSG_results_sheet_fault_programme);
    }
    return rc == ERR_INPUT ? show(r, NULL, form, 422) : rc == ERR_OK ? done(r) : rc;
}

static enum err withdraw_people(struct tx *tx, void *arg)
{
    struct entry *e = arg;
    return results_record_withdraw(tx, e->r->arena, e->r->unit, e->id, e->why);
}

static enum err withdraw_step(struct tx *tx, void *arg)
{
    struct entry *e = arg;
    return results_milestone_withdraw(tx, e->r->arena, e->r->unit, e->id, e->why);
}

enum err results_entry_withdraw(struct req *r)
{
    struct entry e = {.r = r};
    struct form *form = NULL;
    struct str kind = req_param(r, "kind");
    bool people = str_eq(kind, STR("people"));
    if ((!people && !str_eq(kind, STR("steps"))) || !str_to_i64(req_param(r, "id"), &e.id))
        return ERR_NOT_FOUND;
    enum err rc = FORM_READ(r, why_fields, &form);
    if (!form)
        return rc;
    if (rc == ERR_OK) {
        e.why = form->v[0].s;
        rc = req_write(r, people ? withdraw_people : withdraw_step, &e);
    }
    return rc == ERR_INPUT ? show(r, NULL, NULL, 422) : rc == ERR_OK ? done(r) : rc;
}
