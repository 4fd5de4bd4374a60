/*
 * The work list's page: quick lists with their numbers, tabs by state, filters, and the table.
 */
#include "voice/cases/cases_desk_internal.h"
#include "voice/cases/cases_desk_tpl.h"

#include "platform/core/clock.h"
#include "platform/core/utf8.h"

#include <inttypes.h>

#define PAGE_ROWS 50

/* --- filters --- */

static const struct choice due_choices[] = {
    {"late", MSG_casesdesk_late}, {"today", MSG_casesdesk_today}, {NULL, MSG_NONE}};
static const struct choice sort_choices[] = {{"due", MSG_casesdesk_by_due},
                                             {"newest", MSG_casesdesk_newest},
                                             {"oldest", MSG_casesdesk_oldest},
                                             {"change", MSG_casesdesk_by_change},
                                             {NULL, MSG_NONE}};

static const struct field filter_fields[DESK_FILTER__COUNT] = {
    [DESK_STATE] = {"state", FIELD_CODE, .max = 20, .label = MSG_casesdesk_state},
    [DESK_DUE] = {"due", FIELD_CHOICE, .choices = due_choices, .label = MSG_casesdesk_due},
    [DESK_WHO] = {"who", FIELD_CODE, .max = 20, .label = MSG_casesdesk_who},
    [DESK_LOOK] = {"look", FIELD_BOOL, .label = MSG_casesdesk_look_only},
    [DESK_PHOTO] = {"photo", FIELD_BOOL, .label = MSG_casesdesk_photo_only},
    [DESK_SERVICE] = {"service", FIELD_CODE, .max = 60, .label = MSG_casesdesk_service},
    [DESK_VILLAGE] = {"village", FIELD_CODE, .max = 14, .label = MSG_casesdesk_village},
    [DESK_FROM] = {"from", FIELD_DATE, .label = MSG_casesdesk_from},
    [DESK_TO] = {"to", FIELD_DATE, .label = MSG_casesdesk_to},
    [DESK_WORDS] = {"q", FIELD_LINE, .max = 80, .label = MSG_casesdesk_search},
    [DESK_SORT] = {"sort", FIELD_CHOICE, .choices = sort_choices, .label = MSG_casesdesk_sort},
    [DESK_AFTER] = {"after", FIELD_CODE, .max = 70, .label = MSG_casesdesk_sort},
    [DESK_BEFORE] = {"before", FIELD_CODE, .max = 70, .label = MSG_casesdesk_sort},
};

static unsigned states_of(bool open)
{
    unsigned states = 0;
    for (int s = 0; s < CASE__MAX; s++)
        if (case_states[s].open == open)
            states |= CASE_BIT(s);
    return states;
}

/* "open", "closed", "all" or one state. */
static bool parse_states(struct str code, unsigned *states)
{
    enum case_state one;
    if (str_eq(code, STR("open")))
        *states = states_of(true);
    else if (str_eq(code, STR("closed")))
        *states = states_of(false);
    else if (str_eq(code, STR("all")))
        *states = 0;
    else if (case_state_parse(code, &one))
        *states = CASE_BIT(one);
    else
        return false;
    return true;
}

static void fault_choice(struct req *r, struct form *form, int field)
{
    FORM_FAULT_ARGS(r, form, field, MSG_common_fault_choice,
                    ARG_S("label", msg_text(r->ui.lang, form->fields[field].label)));
}

static bool given(const struct form *form, int field)
{
    return form->v[field].present && form->v[field].fault == MSG_NONE;
}

static void read_who(struct req *r, struct form *form, struct desk_filter *f)
{
    struct str who = form->v[DESK_WHO].s;
    int64_t id;
    if (!given(form, DESK_WHO))
        return;
    if (str_eq(who, STR("me")))
        f->assignee = I64(r->actor.person_id);
    else if (str_eq(who, STR("none")))
        f->assignee = I64(0);
    else if (str_to_i64(who, &id) && id > 0)
        f->assignee = I64(id);
    else
        fault_choice(r, form, DESK_WHO);
}

static enum desk_sort read_sort(const struct form *form, const struct desk_filter *f)
{
    bool open = case_all_open(f->states) || f->due != DESK_DUE_ANY;
    struct str sort = given(form, DESK_SORT) ? form->v[DESK_SORT].s : STR("");
    if (str_eq(sort, STR("newest")))
        return DESK_NEWEST;
    if (str_eq(sort, STR("oldest")))
        return DESK_OLDEST;
    if (str_eq(sort, STR("change")))
        return DESK_BY_CHANGE;
    if (open)
        return DESK_BY_DUE;
    return f->look                                      ? DESK_OLDEST
           : f->states && f->states == states_of(false) ? DESK_BY_CHANGE
                                                        : DESK_NEWEST;
}

enum err desk_filter_read(struct req *r, struct form **out, struct desk_filter *f)
{
    enum err rc = form_read_query(r, filter_fields, DESK_FILTER__COUNT, out);
    struct form *form = *out;
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    *f = (struct desk_filter){.unit = r->unit, .max = PAGE_ROWS, .brief = true};
    if (given(form, DESK_WORDS))
        f->words = form->v[DESK_WORDS].s;
    f->look = given(form, DESK_LOOK);
    f->photo = given(form, DESK_PHOTO);
    /* What somebody searches for, or what waits for a look, may be closed already. */
    f->states = f->look || f->words.n ? 0 : states_of(true);
    if (given(form, DESK_STATE) && !parse_states(form->v[DESK_STATE].s, &f->states))
        fault_choice(r, form, DESK_STATE);
    f->held = f->look || f->words.n > 0;
    if (given(form, DESK_DUE))
        f->due = str_eq(form->v[DESK_DUE].s, STR("late")) ? DESK_DUE_LATE : DESK_DUE_TODAY;
    read_who(r, form, f);
    if (given(form, DESK_SERVICE)) {
        struct str fault;
        if (!desk_fault_parse(r, form->v[DESK_SERVICE].s, &f->service, &fault))
            fault_choice(r, form, DESK_SERVICE);
        else if (fault.n)
            f->fault = fault;
    }
    if (given(form, DESK_VILLAGE))
        f->village = form->v[DESK_VILLAGE].s;
    f->from_day = given(form, DESK_FROM) ? form->v[DESK_FROM].i : 0;
    f->to_day = given(form, DESK_TO) ? form->v[DESK_TO].i : 0;
    f->sort = read_sort(form, f);
    f->back = !given(form, DESK_AFTER) && given(form, DESK_BEFORE);
    int edge = f->back ? DESK_BEFORE : DESK_AFTER;
    f->has_edge = given(form, edge) && desk_edge_parse(form->v[edge].s, &f->edge);
    f->back = f->back && f->has_edge;
    return form->fault_count ? ERR_INPUT : ERR_OK;
}

/* --- addresses that keep the filters --- */

/* This list's address with one filter set to `value` (NULL: taken away); paging begins anew. */
static struct str href_with(struct req *r, struct str path, const struct form *form, int field,
                            const char *value)
{
    struct buf *out = buf_in(r->arena);
    char sign = '?';
    buf_str(out, path);
    for (int i = 0; i < form->count; i++) {
        struct str v = i == field ? str_from(value) : form->v[i].present ? form->v[i].s : STR_NULL;
        if (!v.p || (i != field && (i == DESK_AFTER || i == DESK_BEFORE)))
            continue;
        buf_printf(out, "%c%s=", sign, form->fields[i].name);
        buf_percent(out, v);
        sign = '&';
    }
    return buf_view(out);
}

/* --- what the filters say, in words --- */

static void part(struct buf *out, struct str text)
{
    if (out->n && text.n)
        buf_cstr(out, ", ");
    buf_str(out, text);
}

static struct str option_text(struct option_list list, struct str value)
{
    for (size_t i = 0; i < list.n; i++)
        if (str_eq(list.v[i].value, value))
            return list.v[i].text;
    return value;
}

struct str desk_filter_text(struct req *r, const struct form *form,
                            const struct person_names *people)
{
    struct buf *out = buf_in(r->arena);
    enum lang lang = r->ui.lang;
    struct str who = form->v[DESK_WHO].s;
    if (given(form, DESK_DUE))
        part(out, msg_text(lang, str_eq(form->v[DESK_DUE].s, STR("late")) ? MSG_casesdesk_late
                                                                          : MSG_casesdesk_today));
    if (given(form, DESK_SERVICE))
        part(out, option_text(desk_faults(r), form->v[DESK_SERVICE].s));
    if (given(form, DESK_VILLAGE))
        part(out, desk_village_name(r, form->v[DESK_VILLAGE].s));
    if (given(form, DESK_WHO))
        part(out, str_eq(who, STR("me"))     ? msg_text(lang, MSG_casesdesk_mine)
                  : str_eq(who, STR("none")) ? msg_text(lang, MSG_casesdesk_unassigned)
                                             : option_text(desk_people(r, people), who));
    if (given(form, DESK_LOOK))
        part(out, msg_text(lang, MSG_casesdesk_look_only));
    if (given(form, DESK_PHOTO))
        part(out, msg_text(lang, MSG_casesdesk_photo_only));
    if (given(form, DESK_FROM))
        part(out,
             MSG_STR(r->arena, lang, MSG_casesdesk_since, ARG_DATE("day", form->v[DESK_FROM].i)));
    if (given(form, DESK_TO))
        part(out,
             MSG_STR(r->arena, lang, MSG_casesdesk_until, ARG_DATE("day", form->v[DESK_TO].i)));
    if (given(form, DESK_WORDS))
        part(out, MSG_STR(r->arena, lang, MSG_casesdesk_searched,
                          ARG_S("words", form->v[DESK_WORDS].s)));
    return buf_view(out);
}

/* --- reading --- */

struct list_data {
    struct req *r;
    const struct desk_filter *filter;
    int64_t today;
    struct case_desk_counts counts;
    struct desk_rows rows;
    struct person_names colleagues, names;
    struct desk_templates templates;
};

static enum err read_list(struct tx *tx, void *arg)
{
    struct list_data *d = arg;
    struct arena *a = d->r->arena;
    enum err rc = ERR_OK;
    d->colleagues = (struct person_names){0};
    TRY(cases_desk_counts(tx, a, d->r->unit, d->r->actor.person_id, d->today, &d->counts));
    TRY(desk_list(tx, a, d->filter, d->today, &d->rows));
    TRY(desk_colleagues(d->r, tx, &d->colleagues));
    TRY(desk_templates(tx, a, d->r->unit, d->r->ui.lang, &d->templates));
    int64_t *ids = ARENA_ARRAY(a, int64_t, d->rows.n);
    for (size_t i = 0; i < d->rows.n; i++)
        ids[i] = d->rows.v[i].assignee;
    TRY(desk_names(tx, a, ids, d->rows.n, &d->names));
out:
    return rc;
}

struct str desk_short_day(struct req *r, int64_t ms)
{
    struct buf *out = buf_in(r->arena);
    lang_date_short(out, r->ui.lang, day_of_ms(ms));
    return buf_view(out);
}

struct desk_line desk_line_of(struct req *r, const struct desk_row *row,
                              const struct person_names *names, int64_t today)
{
    struct arena *a = r->arena;
    return (struct desk_line){
        .id = arena_printf(a, "c%" PRId64, row->id),
        .value = arena_printf(a, "%" PRId64 ".%" PRId64, row->id, row->version),
        .href = desk_case_href(r, row->number),
        .number = row->number,
        .title = case_title(r->app, a, row->service, row->fault, r->ui.lang),
        .words = row->words,
        .place = desk_place_text(r, row->village, row->street),
        .due = row->open ? desk_due_text(r, row->due_day, today) : desk_short_day(r, row->state_ms),
        .who = desk_who(r, names, row->assignee),
        .state = case_states[row->state].name,
        .tone = (enum tone)case_states[row->state].tone,
        .late = row->open && row->late_days > 0,
        .open = row->open,
        .held = row->held,
        .look = row->look,
        .hide = row->hide,
        .created_ms = row->created_ms,
        .support = row->support,
        .photos = row->photos,
    };
}

/* --- the page's parts --- */

static void add_count(struct list_data *d, struct desk_list_view *v, int field, const char *value,
                      enum msg label, int64_t n, bool late)
{
    struct req *r = d->r;
    struct str path = desk_base(r);
    struct desk_link link = {
        .href = value ? arena_printf(r->arena, "%.*s?%s=%s", STRF(path), filter_fields[field].name,
                                     value)
                      : path,
        .label = msg_text(r->ui.lang, label),
        .n = n,
        .current = value ? str_eq(v->form->v[field].s, str_from(value)) : !v->filtered,
        .late = late && n > 0,
    };
    ARENA_PUSH(r->arena, v->counts, link);
}

static void add_tab(struct list_data *d, struct desk_list_view *v, const char *state,
                    struct str label, int64_t n)
{
    struct req *r = d->r;
    struct str now = v->form->v[DESK_STATE].s;
    bool usual = d->filter->look || d->filter->words.n ? str_eq(str_from(state), STR("all"))
                                                       : str_eq(str_from(state), STR("open"));
    struct desk_link link = {
        .href = href_with(r, desk_base(r), v->form, DESK_STATE, state),
        .label = label,
        .n = v->filtered ? -1 : n,
        .current = now.n ? str_eq(now, str_from(state)) : usual,
    };
    ARENA_PUSH(r->arena, v->tabs, link);
}

static void fill_links(struct list_data *d, struct desk_list_view *v)
{
    const struct case_desk_counts *c = &d->counts;
    enum lang lang = d->r->ui.lang;
    add_count(d, v, DESK_DUE, "late", MSG_casesdesk_late, c->late, true);
    add_count(d, v, DESK_DUE, "today", MSG_casesdesk_today, c->due_today, false);
    add_count(d, v, DESK_WHO, "me", MSG_casesdesk_mine, c->mine, false);
    add_count(d, v, DESK_WHO, "none", MSG_casesdesk_unassigned, c->unassigned, false);
    add_count(d, v, DESK_LOOK, "1", MSG_casesdesk_to_look, c->look, false);
    add_tab(d, v, "open", msg_text(lang, MSG_casesdesk_all_open), c->open);
    for (int s = 0; s < CASE__MAX; s++)
        if (case_states[s].open)
            add_tab(d, v, case_states[s].code, msg_text(lang, case_states[s].name), c->state[s]);
    add_tab(d, v, "closed", msg_text(lang, MSG_casesdesk_closed), c->closed);
    add_tab(d, v, "all", msg_text(lang, MSG_common_all), -1);
}

struct options {
    struct option *v;
    size_t n, cap;
};

/* Services, each followed by its faults. */
static struct option_list service_filter(struct req *r)
{
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    struct options list = {0};
    for (size_t i = 0; i < catalogue->n; i++) {
        const struct service_kind *kind = &catalogue->v[i];
        ARENA_PUSH(
            r->arena, list,
            ((struct option){.value = kind->code, .text = text3_get(&kind->name, r->ui.lang)}));
        for (size_t k = 0; k < kind->fault_count; k++) {
            struct str name = text3_get(&kind->faults[k].name, r->ui.lang);
            ARENA_PUSH(r->arena, list,
                       ((struct option){.value = kind->faults[k].code,
                                        .text = arena_printf(r->arena, "– %.*s", STRF(name))}));
        }
    }
    return (struct option_list){list.v, list.n};
}

static struct option_list state_filter(struct req *r)
{
    struct options list = {0};
    enum lang lang = r->ui.lang;
    ARENA_PUSH(r->arena, list,
               ((struct option){.value = STR("all"), .text = msg_text(lang, MSG_common_all)}));
    ARENA_PUSH(
        r->arena, list,
        ((struct option){.value = STR("closed"), .text = msg_text(lang, MSG_casesdesk_closed)}));
    for (int s = 0; s < CASE__MAX; s++)
        ARENA_PUSH(r->arena, list,
                   ((struct option){.value = str_from(case_states[s].code),
                                    .text = msg_text(lang, case_states[s].name)}));
    return (struct option_list){list.v, list.n};
}

static struct option_list who_filter(struct req *r, const struct person_names *people)
{
    struct options list = {0};
    enum lang lang = r->ui.lang;
    ARENA_PUSH(
        r->arena, list,
        ((struct option){.value = STR("none"), .text = msg_text(lang, MSG_casesdesk_unassigned)}));
    ARENA_PUSH(r->arena, list,
               ((struct option){.value = STR("me"), .text = msg_text(lang, MSG_casesdesk_mine)}));
    struct option_list others = desk_people(r, people);
    for (size_t i = 0; i < others.n; i++)
        ARENA_PUSH(r->arena, list, others.v[i]);
    return (struct option_list){list.v, list.n};
}

/* Those that end a case: what the list can do to many at once. */
static struct option_list closing_templates(struct list_data *d)
{
    struct options list = {0};
    for (size_t i = 0; i < d->templates.n; i++) {
        const struct desk_template *t = &d->templates.v[i];
        if (t->hidden || t->any_state || (t->state != CASE_RESOLVED && t->state != CASE_REFUSED))
            continue;
        struct str state = msg_text(d->r->ui.lang, case_states[t->state].name);
        ARENA_PUSH(d->r->arena, list,
                   ((struct option){.value = t->key,
                                    .text = arena_printf(d->r->arena, "%.*s: %.*s", STRF(state),
                                                         STRF(t->name))}));
    }
    return (struct option_list){list.v, list.n};
}

static void fill_pager(struct list_data *d, struct desk_list_view *v)
{
    const struct desk_filter *f = d->filter;
    struct arena *a = d->r->arena;
    struct str path = desk_base(d->r);
    if (!d->rows.n)
        return;
    bool more_ahead = f->back || d->rows.more;
    bool more_behind = f->back ? d->rows.more : f->has_edge;
    struct str first = desk_edge_text(a, desk_edge_of(&d->rows.v[0], f->sort));
    struct str last = desk_edge_text(a, desk_edge_of(&d->rows.v[d->rows.n - 1], f->sort));
    if (more_behind)
        v->newer = href_with(d->r, path, v->form, DESK_BEFORE, arena_cstr(a, first));
    if (more_ahead)
        v->older = href_with(d->r, path, v->form, DESK_AFTER, arena_cstr(a, last));
}

static void fill_sorting(struct list_data *d, struct desk_list_view *v)
{
    const struct desk_filter *f = d->filter;
    struct req *r = d->r;
    struct str path = desk_base(r);
    v->due_sort = f->sort == DESK_BY_DUE ? "ascending" : "none";
    v->received_sort = f->sort == DESK_NEWEST   ? "descending"
                       : f->sort == DESK_OLDEST ? "ascending"
                                                : "none";
    if (case_all_open(f->states) || f->due != DESK_DUE_ANY)
        v->due_href = href_with(r, path, v->form, DESK_SORT, "due");
    v->received_href =
        href_with(r, path, v->form, DESK_SORT, f->sort == DESK_NEWEST ? "oldest" : "newest");
}

static void fill_exports(struct req *r, struct desk_list_view *v)
{
    struct str base = v->base;
    v->xlsx = href_with(r, arena_printf(r->arena, "%.*s.xlsx", STRF(base)), v->form, -1, NULL);
    v->csv = href_with(r, arena_printf(r->arena, "%.*s.csv", STRF(base)), v->form, -1, NULL);
    v->print = href_with(r, arena_printf(r->arena, "%.*s/print", STRF(base)), v->form, -1, NULL);
    v->contacts =
        href_with(r, arena_printf(r->arena, "%.*s/contacts", STRF(base)), v->form, -1, NULL);
}

static bool is_filtered(const struct form *form)
{
    for (int i = 0; i < form->count; i++)
        if (form->v[i].present && i != DESK_STATE && i != DESK_SORT && i != DESK_AFTER &&
            i != DESK_BEFORE)
            return true;
    return false;
}

enum err desk_list_show(struct req *r, struct form *bulk, int status)
{
    struct form *form = NULL;
    struct desk_filter filter;
    enum err rc = desk_filter_read(r, &form, &filter);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    if (rc == ERR_INPUT)
        status = 422;
    struct list_data d = {.r = r, .filter = &filter, .today = day_today()};
    TRY(req_read(r, read_list, &d));
    struct desk_list_view v = {
        .unit = r->unit,
        .unit_name = place_name(places_unit(r), r->ui.lang),
        .base = desk_base(r),
        .form = form,
        .bulk = bulk,
        .services = service_filter(r),
        .villages = desk_villages(r),
        .people = who_filter(r, &d.colleagues),
        .assignees = desk_people(r, &d.colleagues),
        .states = state_filter(r),
        .templates = closing_templates(&d),
        .filtered = is_filtered(form),
        .may_work = req_allows(r, PERM_CASES_WORK),
        .may_contact = req_allows(r, PERM_CASES_CONTACT),
        .may_supervise = req_allows(r, PERM_CASES_SUPERVISE),
        .late = filter.due == DESK_DUE_LATE,
    };
    v.here = href_with(r, v.base, form, -1, NULL);
    v.filter = desk_filter_text(r, form, &d.colleagues);
    fill_links(&d, &v);
    fill_pager(&d, &v);
    fill_sorting(&d, &v);
    fill_exports(r, &v);
    for (size_t i = 0; i < d.rows.n; i++)
        ARENA_PUSH(r->arena, v.rows, desk_line_of(r, &d.rows.v[i], &d.names, d.today));
    struct page page = desk_page(r, msg_text(r->ui.lang, MSG_casesdesk_list_title));
    page.form = bulk->fault_count ? bulk : form;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_cases_desk_worklist(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

enum err desk_list_page(struct req *r)
{
    return desk_list_show(r, desk_bulk_form(r), 200);
}
