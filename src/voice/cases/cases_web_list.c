/*
 * Public lists: page, map, RSS, CSV. All four read the same filter and the same view.
 */
#include "voice/cases/cases_tpl.h"
#include "voice/cases/cases_web.h"

#include "platform/core/csv.h"
#include "platform/formats/rss.h"

#include <inttypes.h>

#define PAGE_ROWS 25
#define FEED_ROWS 50
#define MAP_MARKS 400
#define MAP_DONE_DAYS 30
#define CSV_PAGE 1000
#define CSV_ROWS 50000 /* a municipality's reports of several years */
#define PROMISE_DAYS 90

static const struct choice state_choices[] = {{"open", MSG_cases_tab_open},
                                              {"late", MSG_cases_tab_late},
                                              {"done", MSG_cases_tab_done},
                                              {"other", MSG_cases_tab_other},
                                              {NULL, MSG_NONE}};
static const struct choice kept_choices[] = {
    {"yes", MSG_cases_kept_yes}, {"no", MSG_cases_kept_no}, {NULL, MSG_NONE}};

static const struct field filter_fields[] = {
    [FILTER_SERVICE] = {"service", FIELD_CODE, .max = 40, .label = MSG_cases_field_service},
    [FILTER_VILLAGE] = {"village", FIELD_CODE, .max = 14, .label = MSG_cases_field_village},
    [FILTER_STATE] = {"state", FIELD_CHOICE, .choices = state_choices,
                      .label = MSG_cases_field_state},
    [FILTER_FROM] = {"from", FIELD_DATE, .label = MSG_cases_field_from},
    [FILTER_TO] = {"to", FIELD_DATE, .label = MSG_cases_field_to},
    [FILTER_PROMISE] = {"promise", FIELD_INT, .min = 1, .max = INT64_MAX,
                        .label = MSG_cases_list_promise},
    [FILTER_KEPT] = {"kept", FIELD_CHOICE, .choices = kept_choices,
                     .label = MSG_cases_list_promise},
    [FILTER_AFTER] = {"newer", FIELD_CODE, .max = 50, .label = MSG_cases_list_title},
    [FILTER_BEFORE] = {"older", FIELD_CODE, .max = 50, .label = MSG_cases_list_title},
    /* A municipality that merged into this one: the reports that stayed under its name. */
    [FILTER_OF] = {"of", FIELD_CODE, .max = 14, .label = MSG_cases_list_title},
};

static unsigned states_of(struct str state)
{
    unsigned open = 0;
    for (int s = 0; s < CASE__MAX; s++)
        open |= case_states[s].open ? CASE_BIT(s) : 0;
    unsigned done = CASE_BIT(CASE_RESOLVED) | CASE_BIT(CASE_CONFIRMED);
    if (str_eq(state, STR("open")))
        return open;
    if (str_eq(state, STR("done")))
        return done;
    if (str_eq(state, STR("other")))
        return ((1u << CASE__MAX) - 1) & ~open & ~done;
    return 0;
}

/* --- one request of a list --- */

struct listing {
    struct req *r;
    const struct form *form;
    struct case_filter filter;
    const struct place *unit; /* of the address */
    const struct place *of;   /* whose reports: `unit`, or what merged into it */
    int64_t today, promise_id;
    struct promise promise;
    struct case_list found;
    struct case_figures figures;
    bool wants_figures;
    struct buf *csv; /* rows are written here */
};

/* "1790000000000.123": time and id of the case at the edge of a page. */
static bool parse_edge(struct str text, struct case_filter *f, bool newer)
{
    struct str ms;
    int64_t edge_ms, edge_id;
    if (str_empty(text) || !str_split(&text, '.', &ms) || !str_to_i64(ms, &edge_ms) ||
        !str_to_i64(text, &edge_id) || edge_ms <= 0 || edge_id <= 0)
        return false;
    f->edge_ms = edge_ms;
    f->edge_id = edge_id;
    f->newer = newer;
    return true;
}

static enum err listing_begin(struct listing *l, struct req *r)
{
    struct form *form = NULL;
    /* A filter that cannot be read is as good as none: the page shows the fault beside it. */
    enum err rc = form_read_query(r, filter_fields, (int)COUNT_OF(filter_fields), &form);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    const struct field_value *v = form->v;
    *l = (struct listing){.r = r, .form = form, .today = day_today()};
    struct case_filter *f = &l->filter;
    l->of = l->unit = places_unit(r);
    if (v[FILTER_OF].present) {
        l->of = place_ancestor(l->unit, v[FILTER_OF].s);
        if (!l->of)
            return ERR_NOT_FOUND;
    }
    f->unit = l->of->code;
    if (v[FILTER_SERVICE].present && !v[FILTER_SERVICE].fault)
        f->service = v[FILTER_SERVICE].s;
    if (v[FILTER_VILLAGE].present && !v[FILTER_VILLAGE].fault)
        f->village = v[FILTER_VILLAGE].s;
    if (v[FILTER_FROM].present && !v[FILTER_FROM].fault)
        f->from_day = v[FILTER_FROM].i;
    if (v[FILTER_TO].present && !v[FILTER_TO].fault)
        f->to_day = v[FILTER_TO].i;
    if (v[FILTER_STATE].present && !v[FILTER_STATE].fault)
        f->states = states_of(v[FILTER_STATE].s);
    f->overdue = str_eq(v[FILTER_STATE].s, STR("late"));
    if (!parse_edge(v[FILTER_BEFORE].s, f, false))
        parse_edge(v[FILTER_AFTER].s, f, true);
    if (v[FILTER_PROMISE].present && !v[FILTER_PROMISE].fault)
        l->promise_id = v[FILTER_PROMISE].i;
    return ERR_OK;
}

/* The records behind a promise: its service, kind, measure and amount, over the period asked for.
 */
static enum err apply_promise(struct listing *l, struct tx *tx)
{
    struct promises promises = {0};
    struct case_filter *f = &l->filter;
    enum err rc = charter_promises(tx, l->r->arena, f->unit, STR_NULL, l->today, &promises);
    if (rc != ERR_OK)
        return rc;
    l->promise = (struct promise){0};
    for (size_t i = 0; i < promises.n; i++)
        if (promises.v[i].id == l->promise_id)
            l->promise = promises.v[i];
    bool answer = str_eq(l->promise.measure, STR("answer_within_days"));
    if (!answer && !str_eq(l->promise.measure, STR("resolve_within_days")))
        return ERR_NOT_FOUND;
    f->measure = answer ? CASE_MEASURE_ANSWER : CASE_MEASURE_RESOLVE;
    f->service = l->promise.service;
    f->fault = str_empty(l->promise.kind) ? STR_NULL : l->promise.kind;
    f->amount = l->promise.amount;
    f->working_days = l->promise.working_days;
    struct str kept = l->form->v[FILTER_KEPT].s;
    f->outcome = str_eq(kept, STR("yes"))  ? CASE_KEPT
                 : str_eq(kept, STR("no")) ? CASE_BROKEN
                                           : CASE_COUNTED;
    if (!f->from_day)
        f->from_day = l->today - PROMISE_DAYS + 1;
    return ERR_OK;
}

static enum err listing_read(struct listing *l, db_fn fn)
{
    return db_read(l->r->db, l->of == l->unit ? l->unit->code : SCOPE_COUNTRY, fn, l);
}

static enum err listing_fn(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    enum err rc = ERR_OK;
    if (l->promise_id)
        TRY(apply_promise(l, tx));
    if (l->wants_figures)
        TRY(cases_figures(tx, l->r->arena, l->filter.unit, l->today, &l->figures));
    TRY(cases_list(l->r->app, tx, l->r->arena, &l->filter, l->today, &l->found));
out:
    return rc;
}

/* --- addresses: the same list with one thing changed --- */

struct address {
    const char *suffix; /* "", "/map", ".rss", ".csv" */
    struct str state, kept, newer, older;
};

static void add_part(struct buf *out, const char *name, struct str value)
{
    if (str_empty(value))
        return;
    buf_char(out, str_find_char(buf_view(out), '?') >= 0 ? '&' : '?');
    buf_printf(out, "%s=", name);
    buf_percent(out, value);
}

static struct str address_of(const struct listing *l, struct address a)
{
    const struct field_value *v = l->form->v;
    struct buf *out = buf_in(l->r->arena);
    buf_printf(out, "/m/%.*s/reports%s", STRF(l->r->unit), a.suffix);
    add_part(out, "of", v[FILTER_OF].s);
    add_part(out, "promise", v[FILTER_PROMISE].s);
    add_part(out, "kept", a.kept);
    add_part(out, "state", a.state);
    add_part(out, "service", v[FILTER_SERVICE].s);
    add_part(out, "village", v[FILTER_VILLAGE].s);
    add_part(out, "from", v[FILTER_FROM].s);
    add_part(out, "to", v[FILTER_TO].s);
    add_part(out, "newer", a.newer);
    add_part(out, "older", a.older);
    return buf_view(out);
}

static struct address same(const struct listing *l, const char *suffix)
{
    return (struct address){
        .suffix = suffix, .state = l->form->v[FILTER_STATE].s, .kept = l->form->v[FILTER_KEPT].s};
}

static struct str edge_text(const struct listing *l, const struct case_public *c)
{
    return arena_printf(l->r->arena, "%" PRId64 ".%" PRId64, c->created_ms, c->id);
}

static void fill_pager(const struct listing *l, struct case_list_view *v)
{
    const struct case_list *found = &l->found;
    bool newer = l->filter.newer;
    if (found->n == 0)
        return;
    if (newer ? found->more : l->filter.edge_ms > 0) {
        struct address a = same(l, "");
        a.newer = edge_text(l, &found->v[0]);
        v->newer = address_of(l, a);
    }
    if (newer || found->more) {
        struct address a = same(l, "");
        a.older = edge_text(l, &found->v[found->n - 1]);
        v->older = address_of(l, a);
    }
}

/* --- the page --- */

static void add_tab(const struct listing *l, struct case_list_view *v, const char *state,
                    struct str label)
{
    struct address a = {.suffix = "", .state = str_from(state)};
    v->tabs.v[v->tabs.n++] =
        (struct case_tab){.href = address_of(l, a),
                          .label = label,
                          .current = str_eq(str_from(state), l->form->v[FILTER_STATE].s)};
}

static void fill_tabs(const struct listing *l, struct case_list_view *v)
{
    struct arena *a = l->r->arena;
    enum lang lang = l->r->ui.lang;
    bool whole =
        !l->filter.service.p && !l->filter.village.p && !l->filter.from_day && !l->filter.to_day;
    /* Counts are those of the whole municipality: shown when nothing else is filtered. */
    struct str open = msg_text(lang, MSG_cases_tab_open), late = msg_text(lang, MSG_cases_tab_late);
    if (whole) {
        open =
            MSG_STR(a, lang, MSG_cases_tab_count, ARG_S("tab", open), ARG_N("n", l->figures.open));
        late = MSG_STR(a, lang, MSG_cases_tab_count, ARG_S("tab", late),
                       ARG_N("n", l->figures.overdue));
    }
    v->tabs.v[v->tabs.n++] =
        (struct case_tab){.href = address_of(l, (struct address){.suffix = ""}),
                          .label = msg_text(lang, MSG_common_all),
                          .current = !l->form->v[FILTER_STATE].present};
    add_tab(l, v, "open", open);
    add_tab(l, v, "late", late);
    add_tab(l, v, "done", msg_text(lang, MSG_cases_tab_done));
    add_tab(l, v, "other", msg_text(lang, MSG_cases_tab_other));
}

static void fill_promise(const struct listing *l, struct case_list_view *v)
{
    static const struct {
        const char *kept;
        enum msg label;
    } outcomes[] = {
        {"", MSG_cases_kept_all}, {"yes", MSG_cases_kept_yes}, {"no", MSG_cases_kept_no}};
    struct req *r = l->r;
    if (!l->promise_id)
        return;
    v->promise_text = text3_get(&l->promise.text, r->ui.lang);
    v->promise_note = MSG_STR(r->arena, r->ui.lang, MSG_cases_list_promise_period,
                              ARG_DATE("from", l->filter.from_day),
                              ARG_DATE("to", l->filter.to_day ? l->filter.to_day : l->today));
    for (size_t i = 0; i < COUNT_OF(outcomes); i++) {
        struct address a = {.suffix = "", .kept = str_from(outcomes[i].kept)};
        v->outcomes.v[v->outcomes.n++] =
            (struct case_tab){.href = address_of(l, a),
                              .label = msg_text(r->ui.lang, outcomes[i].label),
                              .current = str_eq(a.kept, l->form->v[FILTER_KEPT].s)};
    }
}

static struct option_list service_options(struct req *r)
{
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    struct option *options = ARENA_ARRAY(r->arena, struct option, catalogue->n + 1);
    options[0] = (struct option){.value = STR(""), .text = msg_text(r->ui.lang, MSG_common_all)};
    for (size_t i = 0; i < catalogue->n; i++)
        options[i + 1] = (struct option){.value = catalogue->v[i].code,
                                         .text = text3_get(&catalogue->v[i].name, r->ui.lang)};
    return (struct option_list){options, catalogue->n + 1};
}

static struct option_list village_options(struct req *r)
{
    const struct place *unit = territory_find(territory_get(r->app, r->arena), r->unit);
    struct option *options = NULL;
    size_t n = places_village_options(unit, r->ui.lang, r->arena, &options);
    struct option *all = ARENA_ARRAY(r->arena, struct option, n + 1);
    all[0] = (struct option){.value = STR(""), .text = msg_text(r->ui.lang, MSG_common_all)};
    for (size_t i = 0; i < n; i++)
        all[i + 1] = options[i];
    return (struct option_list){all, n + 1};
}

static struct case_list_view view_of(const struct listing *l)
{
    struct req *r = l->r;
    struct case_list_view v = {
        .unit_name = case_unit_name(r),
        .unit_href = case_unit_href(r),
        .action = arena_printf(r->arena, "/m/%.*s/reports", STRF(r->unit)),
        .list_href = arena_printf(r->arena, "/m/%.*s/reports", STRF(r->unit)),
        .report_href = arena_printf(r->arena, "/m/%.*s/report", STRF(r->unit)),
        .rss = address_of(l, same(l, ".rss")),
        .csv = address_of(l, same(l, ".csv")),
        .map_href = address_of(l, same(l, "/map")),
        .form = l->form,
        .state = l->form->v[FILTER_STATE].s,
        .of = l->form->v[FILTER_OF].s,
        .filtered =
            l->filter.service.p || l->filter.village.p || l->filter.from_day || l->filter.to_day,
    };
    for (size_t i = 0; i < l->found.n; i++)
        ARENA_PUSH(r->arena, v.cases, case_line_of(r, &l->found.v[i]));
    if (l->of != l->unit) {
        v.of_name = place_name(l->of, r->ui.lang);
        v.of_until = l->of->valid_to;
    }
    return v;
}

/* Where the reports are that stayed with what merged into this municipality. */
static void fill_earlier(const struct listing *l, struct case_list_view *v)
{
    struct req *r = l->r;
    struct place_refs earlier = place_ancestors(r->arena, l->unit);
    for (size_t i = 0; l->of == l->unit && i < earlier.n; i++) {
        struct case_tab link = {.href = arena_printf(r->arena, "/m/%.*s/reports?of=%.*s",
                                                     STRF(l->unit->code), STRF(earlier.v[i]->code)),
                                .label = place_name(earlier.v[i], r->ui.lang)};
        ARENA_PUSH(r->arena, v->earlier, link);
    }
}

enum err cases_list_page(struct req *r)
{
    struct listing l;
    enum err rc = listing_begin(&l, r);
    if (rc != ERR_OK)
        return rc;
    l.filter.max = PAGE_ROWS;
    l.wants_figures = true;
    rc = listing_read(&l, listing_fn);
    if (rc != ERR_OK)
        return rc;
    struct case_list_view v = view_of(&l);
    v.services = service_options(r);
    v.villages = village_options(r);
    v.filtered = v.filtered || l.filter.states || l.filter.overdue;
    fill_tabs(&l, &v);
    fill_earlier(&l, &v);
    fill_promise(&l, &v);
    fill_pager(&l, &v);
    struct page page = case_page(r, msg_text(r->ui.lang, MSG_cases_list_title), STR_NULL, STR_NULL);
    page.feed = arena_cstr(r->arena, v.rss);
    page.form = l.form->fault_count ? l.form : NULL;
    resp_cache_public(r, 30);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_cases_list(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- the map: what is open, and what was solved lately --- */

static enum err map_fn(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    struct case_list open = {0};
    enum err rc = ERR_OK;
    l->filter.max = MAP_MARKS;
    bool chosen = l->filter.states || l->filter.overdue;
    if (!chosen)
        l->filter.states = states_of(STR("open"));
    TRY(cases_list(l->r->app, tx, l->r->arena, &l->filter, l->today, &open));
    l->found = open;
    if (chosen)
        goto out;
    struct case_filter done = l->filter;
    done.states = states_of(STR("done"));
    if (done.from_day < l->today - MAP_DONE_DAYS)
        done.from_day = l->today - MAP_DONE_DAYS;
    TRY(cases_list(l->r->app, tx, l->r->arena, &done, l->today, &l->found));
    for (size_t i = 0; i < l->found.n; i++)
        ARENA_PUSH(l->r->arena, open, l->found.v[i]);
    l->found = open;
out:
    return rc;
}

static const char *mark_class(const struct case_public *c)
{
    if (!case_states[c->state].open)
        return "map__point map__point--good";
    return c->late_days > 0 ? "map__point map__point--bad" : "map__point map__point--wait";
}

enum err cases_map_page(struct req *r)
{
    struct listing l;
    enum err rc = listing_begin(&l, r);
    if (rc != ERR_OK)
        return rc;
    rc = listing_read(&l, map_fn);
    if (rc != ERR_OK)
        return rc;
    struct case_list_view v = view_of(&l);
    struct map_mark *marks = ARENA_ARRAY(r->arena, struct map_mark, l.found.n);
    size_t n = 0;
    for (size_t i = 0; i < l.found.n; i++) {
        const struct case_public *c = &l.found.v[i];
        if (!c->has_point) {
            v.without_place++;
            continue;
        }
        marks[n++] = (struct map_mark){
            .lat = c->lat,
            .lon = c->lon,
            .css_class = mark_class(c),
            .title =
                MSG_STR(r->arena, r->ui.lang, MSG_cases_map_mark, ARG_S("what", v.cases.v[i].title),
                        ARG_S("state", msg_text(r->ui.lang, v.cases.v[i].state))),
            .href = v.cases.v[i].href};
    }
    struct buf *map = buf_in(r->arena);
    const struct place *unit = territory_find(territory_get(r->app, r->arena), r->unit);
    places_unit_map(map, &r->ui, r->app, r->arena, unit, marks, n);
    v.map = (struct html){buf_view(map)};
    v.list_href = address_of(&l, same(&l, ""));
    struct page page = case_page(r, msg_text(r->ui.lang, MSG_cases_map_title),
                                 msg_text(r->ui.lang, MSG_cases_list_title), v.list_href);
    resp_cache_public(r, 30);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_cases_map(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- the feed --- */

enum err cases_list_rss(struct req *r)
{
    struct listing l;
    enum err rc = listing_begin(&l, r);
    if (rc != ERR_OK)
        return rc;
    l.filter.max = FEED_ROWS;
    rc = listing_read(&l, listing_fn);
    if (rc != ERR_OK)
        return rc;
    const char *site = r->app->public_url ? r->app->public_url : "";
    struct str list = address_of(&l, same(&l, "")), self = address_of(&l, same(&l, ".rss"));
    struct feed_about about = {
        .title =
            MSG_STR(r->arena, r->ui.lang, MSG_cases_feed_title, ARG_S("unit", case_unit_name(r))),
        .description = msg_text(r->ui.lang, MSG_cases_list_lead),
        .page_url = arena_printf(r->arena, "%s%.*s", site, STRF(list)),
        .self_url = arena_printf(r->arena, "%s%.*s", site, STRF(self)),
        .lang = r->ui.lang,
        .updated_ms = r->ui.now_ms,
    };
    for (size_t i = 0; i < l.found.n; i++)
        if (i == 0 || l.found.v[i].changed_ms > about.updated_ms)
            about.updated_ms = l.found.v[i].changed_ms;
    struct feed feed;
    resp_cache_public(r, 300);
    feed_begin(&feed, resp_bytes(r, 200, feed_content_type(FEED_RSS)), FEED_RSS, &about);
    for (size_t i = 0; i < l.found.n; i++) {
        const struct case_public *c = &l.found.v[i];
        struct case_line line = case_line_of(r, c);
        struct buf *text = buf_in(r->arena);
        buf_str(text, msg_text(r->ui.lang, case_states[c->state].public_name));
        if (c->words.p)
            buf_printf(text, "\n\n%.*s", STRF(c->words));
        if (c->answer.p) {
            buf_cstr(text, "\n\n");
            MSG_PUT(text, r->ui.lang, MSG_cases_mail_answer, ARG_S("words", c->answer));
        }
        struct feed_entry entry = {
            .title = MSG_STR(r->arena, r->ui.lang, MSG_cases_feed_item, ARG_S("what", line.title),
                             ARG_S("place", case_place_text(r, c->village, c->street))),
            .text = buf_view(text),
            .url = arena_printf(r->arena, "%s/c/%.*s", site, STRF(c->number)),
            .category = case_title(r->app, r->arena, c->service, STR_NULL, r->ui.lang),
            .published_ms = c->created_ms,
            .updated_ms = c->changed_ms};
        feed_item(&feed, &entry);
    }
    feed_end(&feed);
    return ERR_OK;
}

/* --- the sheet --- */

static const char *const csv_columns[] = {
    "number",     "received",     "service", "fault",    "service_name", "fault_name",
    "village",    "village_name", "street",  "lat",      "lon",          "state",
    "state_name", "state_since",  "due_day", "answered", "resolved",     "days_late",
    "supporters", "stars",        "words",   "answer",   "duplicate_of", "passed_to"};

static void csv_time(struct csv_writer *w, struct arena *a, int64_t ms)
{
    struct buf *b = buf_in(a);
    if (ms)
        buf_rfc3339(b, ms);
    csv_text(w, buf_view(b));
}

static void csv_row(struct csv_writer *w, struct req *r, const struct case_public *c)
{
    const struct territory *t = territory_get(r->app, r->arena);
    const struct place *village = c->village.p ? territory_find(t, c->village) : NULL;
    struct buf *due = buf_in(r->arena);
    if (c->due_day)
        buf_day(due, c->due_day);
    csv_text(w, c->number);
    csv_time(w, r->arena, c->created_ms);
    csv_text(w, c->service);
    csv_text(w, c->fault);
    csv_text(w, case_title(r->app, r->arena, c->service, STR_NULL, r->ui.lang));
    csv_text(w, str_empty(c->fault)
                    ? STR("")
                    : case_title(r->app, r->arena, c->service, c->fault, r->ui.lang));
    csv_text(w, c->village);
    csv_text(w, village ? place_name(village, r->ui.lang) : STR(""));
    csv_text(w, c->street);
    if (c->has_point) {
        csv_double(w, c->lat);
        csv_double(w, c->lon); /* as rounded as everywhere: cases.h */
    } else {
        csv_text(w, STR(""));
        csv_text(w, STR(""));
    }
    csv_text(w, str_from(case_states[c->state].code));
    csv_text(w, msg_text(r->ui.lang, case_states[c->state].name));
    csv_time(w, r->arena, c->state_ms);
    csv_text(w, buf_view(due));
    csv_time(w, r->arena, c->answered_ms);
    csv_time(w, r->arena, c->resolved_ms);
    csv_number(w, c->late_days);
    csv_number(w, c->support);
    if (c->stars)
        csv_number(w, c->stars);
    else
        csv_text(w, STR(""));
    csv_text(w, c->words);
    csv_text(w, c->answer);
    csv_text(w, c->duplicate_of);
    csv_text(w, c->passed_to);
    csv_end(w);
}

/* Page by page in one snapshot, so that nothing is missed or doubled. */
static enum err csv_fn(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    struct csv_writer w = {.out = l->csv};
    enum err rc = ERR_OK;
    size_t n = 0;
    buf_clear(l->csv);
    for (size_t i = 0; i < COUNT_OF(csv_columns); i++)
        csv_text(&w, str_from(csv_columns[i]));
    csv_end(&w);
    if (l->promise_id)
        TRY(apply_promise(l, tx));
    l->filter.max = CSV_PAGE;
    l->filter.newer = false;
    l->filter.edge_ms = l->filter.edge_id = 0;
    do {
        TRY(cases_list(l->r->app, tx, l->r->arena, &l->filter, l->today, &l->found));
        for (size_t i = 0; i < l->found.n; i++)
            csv_row(&w, l->r, &l->found.v[i]);
        n += l->found.n;
        if (l->found.n) {
            l->filter.edge_ms = l->found.v[l->found.n - 1].created_ms;
            l->filter.edge_id = l->found.v[l->found.n - 1].id;
        }
    } while (l->found.more && n < CSV_ROWS);
out:
    return rc;
}

enum err cases_list_csv(struct req *r)
{
    struct listing l;
    enum err rc = listing_begin(&l, r);
    if (rc != ERR_OK)
        return rc;
    l.csv = buf_in(r->arena);
    rc = listing_read(&l, csv_fn);
    if (rc != ERR_OK)
        return rc;
    resp_cache_public(r, 60);
    struct str name = arena_printf(r->arena, "reports-%.*s.csv", STRF(r->unit));
    buf_str(resp_csv(r, arena_cstr(r->arena, name)), buf_view(l.csv));
    return ERR_OK;
}
