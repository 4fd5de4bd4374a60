/*
 * The page of one case: what anybody may see, and what its reporter may see and do.
 */
#include "voice/cases/cases_tpl.h"
#include "voice/cases/cases_web.h"

#include "platform/core/id.h"
#include "platform/files/files.h"
#include "platform/formats/image.h"

#include <inttypes.h>

static const struct choice fixed_choices[] = {{"yes", MSG_cases_fixed_yes},
                                              {"no", MSG_cases_fixed_no},
                                              {"rate", MSG_cases_rate_do},
                                              {NULL, MSG_NONE}};
static const struct field answer_fields[] = {
    [ANSWER_FIXED] = {"fixed", FIELD_CHOICE, .required = true, .choices = fixed_choices,
                      .label = MSG_cases_ask_fixed},
    [ANSWER_STARS] = {"stars", FIELD_INT, .min = 1, .max = 5, .label = MSG_cases_field_stars},
    [ANSWER_WORDS] = {"words", FIELD_TEXT, .max = CASE_MAX_WORDS, .rows = 3,
                      .label = MSG_cases_field_reopen, .hint = MSG_cases_field_reopen_hint},
};
static const struct field add_fields[] = {
    [ADD_WORDS] = {"words", FIELD_TEXT, .max = CASE_MAX_WORDS, .rows = 3,
                   .label = MSG_cases_field_add},
    [ADD_PHOTO] = {"photo", FIELD_FILES, .count = CASE_MAX_PHOTOS, .max = 10 << 20,
                   .label = MSG_cases_field_photo, .hint = MSG_cases_field_photo_hint,
                   .accept = "image/jpeg,image/png,image/webp,image/*"},
};
static const struct field no_fields[] = {
    {"nothing", FIELD_LINE, .label = MSG_cases_field_words},
};

/* --- putting it into words --- */

/* The path that most cases take; other endings take the place of what did not happen. */
static void fill_steps(struct case_show_view *v, const struct case_events *events)
{
    static const enum case_state path[] = {CASE_RECEIVED, CASE_ACCEPTED, CASE_IN_PROGRESS,
                                           CASE_RESOLVED, CASE_CONFIRMED};
    int64_t reached[CASE__MAX] = {0};
    enum case_state now = v->c.state;
    for (size_t i = 0; i < events->n; i++)
        if (events->v[i].has_state)
            reached[events->v[i].state] = events->v[i].at_ms;
    reached[CASE_RECEIVED] = v->c.created_ms;
    bool on_path = now != CASE_REOPENED && now != CASE_REFUSED && now != CASE_DUPLICATE &&
                   now != CASE_PASSED && now != CASE_WITHDRAWN;
    for (size_t i = 0; i < COUNT_OF(path); i++) {
        enum case_state s = path[i];
        bool passed = on_path && s < now;
        /* A step that was skipped did not happen: it is left out, not shown as passed. */
        if (passed && !reached[s])
            continue;
        /* What was undone by reopening lies ahead again; what never came before another ending is
         * left out. */
        if (!on_path && s != CASE_RECEIVED &&
            (!reached[s] || s == CASE_RESOLVED || s == CASE_CONFIRMED))
            continue;
        struct case_step_view step = {.css = STR("steps__item"),
                                      .name = case_states[s].name,
                                      .ms = passed || s == now || !on_path ? reached[s] : 0,
                                      .now = s == now};
        if (passed || !on_path)
            step.css = STR("steps__item steps__item--done");
        if (s == now)
            step.css = case_states[s].open ? STR("steps__item steps__item--now")
                                           : STR("steps__item steps__item--done");
        v->steps.v[v->steps.n++] = step;
    }
    if (!on_path) {
        bool bad = now == CASE_REOPENED || now == CASE_REFUSED;
        v->steps.v[v->steps.n++] = (struct case_step_view){
            .css = bad ? STR("steps__item steps__item--bad") : STR("steps__item steps__item--now"),
            .name = case_states[now].name,
            .ms = v->c.state_ms,
            .now = true};
    }
}

static struct str event_title(struct req *r, const struct case_event *e)
{
    enum lang lang = r->ui.lang;
    bool staff = e->by == CASE_BY_STAFF;
    switch (e->kind) {
    case CASE_EVENT_REPORT:
        return msg_text(lang, e->detail.p ? MSG_cases_event_report_staff : MSG_cases_event_report);
    case CASE_EVENT_STATE:
        return e->has_state ? msg_text(lang, case_states[e->state].public_name) : STR("");
    case CASE_EVENT_ANSWER:
        return msg_text(lang, MSG_cases_event_answer);
    case CASE_EVENT_ADDED:
        return msg_text(lang, staff ? MSG_cases_event_added_staff : MSG_cases_event_added);
    case CASE_EVENT_RATED:
        return msg_text(lang, MSG_cases_event_rated);
    case CASE_EVENT_LATE:
        return msg_text(lang, MSG_cases_event_late);
    case CASE_EVENT_CLASS:
        return msg_text(lang, MSG_cases_event_class);
    case CASE_EVENT_SETTLED:
        return msg_text(lang, MSG_cases_event_settled);
    case CASE_EVENT_MOVED:
        return msg_text(lang, MSG_cases_event_moved);
    case CASE_EVENT_NOTE:
    case CASE_EVENT_ASSIGN:
    case CASE_EVENT_LOOK:
    case CASE_EVENT_ASKED:
    case CASE_EVENT_FORGOTTEN:
    case CASE_EVENT_CONTACT:
    case CASE_EVENT__MAX:
        break;
    }
    return STR("");
}

static struct str event_note(struct req *r, const struct case_event *e)
{
    struct str service;
    int64_t stars;
    switch (e->kind) {
    case CASE_EVENT_STATE:
        return e->detail;
    case CASE_EVENT_RATED:
        if (str_to_i64(e->detail, &stars))
            return MSG_STR(r->arena, r->ui.lang, MSG_cases_stars_of, ARG_N("n", stars));
        break;
    case CASE_EVENT_LATE:
        return msg_text(r->ui.lang, MSG_cases_event_late_note);
    case CASE_EVENT_CLASS:
        service = e->detail;
        if (str_find_char(service, '.') > 0)
            service = str_slice(service, 0, (size_t)str_find_char(service, '.'));
        return case_title(r->app, r->arena, service, e->detail, r->ui.lang);
    case CASE_EVENT_ADDED:
        if (e->detail.p && str_to_i64(e->detail, &stars))
            return MSG_STR(r->arena, r->ui.lang, MSG_cases_event_photos, ARG_N("n", stars));
        break;
    default:
        break;
    }
    return STR_NULL;
}

static struct str event_css(const struct case_event *e, bool latest)
{
    if (e->kind == CASE_EVENT_LATE ||
        (e->has_state && (e->state == CASE_REFUSED || e->state == CASE_REOPENED)))
        return STR("timeline__item timeline__item--bad");
    if (e->has_state && (e->state == CASE_RESOLVED || e->state == CASE_CONFIRMED))
        return STR("timeline__item timeline__item--good");
    return latest ? STR("timeline__item timeline__item--now") : STR("timeline__item");
}

/* Newest first; the reporter also sees own words that wait for a look. */
static void fill_events(struct case_show_view *v, const struct case_visit *visit,
                        const struct case_events *events)
{
    struct req *r = visit->r;
    bool latest = true;
    for (size_t i = events->n; i-- > 0;) {
        const struct case_event *e = &events->v[i];
        bool own = visit->reporter && e->kind == CASE_EVENT_ADDED && e->by == CASE_BY_REPORTER;
        if (e->visible != CASE_SHOWN && !own)
            continue;
        struct case_event_view item = {.css = event_css(e, latest),
                                       .title = event_title(r, e),
                                       .note = event_note(r, e),
                                       .words = e->words,
                                       .ms = e->at_ms,
                                       .answer = e->by == CASE_BY_STAFF,
                                       .waits = own && e->visible == CASE_WAITS};
        ARENA_PUSH(r->arena, v->events, item);
        latest = false;
    }
}

static void fill_photos(struct case_show_view *v, const struct case_visit *visit,
                        const struct case_photos *photos)
{
    struct arena *a = visit->r->arena;
    for (size_t i = 0; i < photos->n; i++) {
        const struct case_photo *p = &photos->v[i];
        if (!case_photo_allowed(visit, p))
            continue;
        /* The small one keeps the shape of the large one. */
        int most = p->width > p->height ? p->width : p->height;
        int width = most > IMAGE_SMALL_SIDE ? p->width * IMAGE_SMALL_SIDE / most : p->width;
        int height = most > IMAGE_SMALL_SIDE ? p->height * IMAGE_SMALL_SIDE / most : p->height;
        struct str large = arena_printf(a, "/c/%.*s/photo/%" PRId64, STRF(visit->number), p->id);
        struct case_photo_view photo = {.large = large,
                                        .small = arena_printf(a, "%.*s/small", STRF(large)),
                                        .width = width,
                                        .height = height,
                                        .number = (int64_t)v->photos.n + 1,
                                        .waits = p->visible != CASE_SHOWN};
        ARENA_PUSH(a, v->photos, photo);
    }
}

static void fill_rights(struct case_show_view *v, const struct case_visit *visit)
{
    const struct case_record *c = &visit->record;
    unsigned next = case_states[c->p.state].next_reporter;
    int64_t until_ms = c->p.state_ms + CASE_REOPEN_DAYS * MS_DAY;
    v->reporter = visit->reporter;
    v->supported = visit->supported;
    v->may_support =
        !visit->reporter && !visit->supported && case_states[c->p.state].open && !c->held;
    v->reopen_until = day_of_ms(until_ms);
    if (!visit->reporter)
        return;
    v->may_confirm = next & CASE_BIT(CASE_CONFIRMED);
    v->may_reopen = (next & CASE_BIT(CASE_REOPENED)) && visit->r->ui.now_ms <= until_ms;
    v->may_withdraw = (next & CASE_BIT(CASE_WITHDRAWN)) && c->p.support == 0;
    v->may_rate = c->p.answered_ms > 0 && c->p.state != CASE_WITHDRAWN;
    v->may_add = c->p.state != CASE_WITHDRAWN;
}

struct show_read {
    struct case_visit *visit;
    struct case_events events;
    struct case_photos photos;
    bool has_contact;
};
static enum err show_fn(struct tx *tx, void *arg)
{
    struct show_read *s = arg;
    struct case_visit *v = s->visit;
    struct arena *a = v->r->arena;
    struct sql_reporter_get_row reporter = {0};
    enum err rc = ERR_OK;
    TRY(cases_events(tx, a, v->unit, v->id, v->reporter, &s->events));
    TRY(cases_photos(tx, a, v->unit, v->id, &s->photos));
    if (v->reporter)
        TRY(sql_reporter_get(tx, a, &reporter, .unit = v->unit, .case_id = v->id));
    s->has_contact = reporter.name.p || reporter.email.p || reporter.phone.p || reporter.person;
out:
    return rc;
}

/* Shows the page, with a form that came back with faults in the place of a fresh one. */
static enum err show(struct case_visit *visit, const struct form *answer, const struct form *add,
                     int status)
{
    struct req *r = visit->r;
    struct show_read read = {.visit = visit};
    enum err rc = req_read(r, show_fn, &read);
    if (rc != ERR_OK)
        return rc;
    const struct case_public *c = &visit->record.p;
    struct case_show_view v = {
        .c = *c,
        .title = case_title(r->app, r->arena, c->service, c->fault, r->ui.lang),
        .service_name = case_title(r->app, r->arena, c->service, STR_NULL, r->ui.lang),
        .service_href =
            arena_printf(r->arena, "/m/%.*s/services/%.*s", STRF(r->unit), STRF(c->service)),
        .unit_name = case_unit_name(r),
        .unit_href = case_unit_href(r),
        .base = arena_printf(r->arena, "/c/%.*s", STRF(visit->number)),
        .tone = (enum tone)case_states[c->state].tone,
        .state = case_states[c->state].public_name,
        .words = visit->reporter ? visit->record.words : c->words,
        .words_wait = visit->reporter && visit->record.words.p && !c->words.p && !c->hide,
        .look_waits = visit->record.look && !c->hide,
        .answer_form = answer ? answer : FORM_NEW(r, answer_fields),
        .add_form = add ? add : FORM_NEW(r, add_fields),
        .plain_form = FORM_NEW(r, no_fields),
    };
    v.place = case_place_text(r, c->village, visit->reporter ? visit->record.street : c->street);
    if (c->duplicate_of.p)
        v.duplicate_href = arena_printf(r->arena, "/c/%.*s", STRF(c->duplicate_of));
    fill_steps(&v, &read.events);
    fill_events(&v, visit, &read.events);
    fill_photos(&v, visit, &read.photos);
    fill_rights(&v, visit);
    v.may_forget = visit->reporter && read.has_contact;
    struct page page = case_page(r, v.title, msg_text(r->ui.lang, MSG_cases_list_title),
                                 arena_printf(r->arena, "/m/%.*s/reports", STRF(r->unit)));
    page.form = answer && answer->fault_count ? answer : add && add->fault_count ? add : NULL;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_cases_show(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err cases_show_page(struct req *r)
{
    struct case_visit visit;
    enum err rc = case_visit_begin(&visit, r);
    if (rc != ERR_OK)
        return rc;
    struct str path = arena_printf(r->arena, "/c/%.*s", STRF(visit.number));
    if (visit.secret.p) {
        if (visit.secret_right)
            case_cookie_add(r, visit.secret);
        else
            resp_notice(r, MSG_cases_wrong_link);
        resp_redirect(r, path);
        return ERR_OK;
    }
    if (!str_eq(r->http->path, path)) { /* typed in another way: one address for each case */
        resp_redirect(r, path);
        return ERR_OK;
    }
    return show(&visit, NULL, NULL, 200);
}

/* --- what the reporter does --- */

struct action {
    struct case_visit *visit;
    struct case_change change;
    struct case_step step;
    bool steps, rates;
    int stars;
    struct case_addition addition;
    struct case_faults faults;
};

static enum err answer_fn(struct tx *tx, void *arg)
{
    struct action *x = arg;
    struct req *r = x->visit->r;
    enum err rc = ERR_OK;
    x->faults = (struct case_faults){0};
    if (x->steps)
        TRY(cases_transition(r->app, tx, r->arena, &x->change, &x->step, &x->faults));
    if (x->rates)
        TRY(cases_rate(r->app, tx, r->arena, &x->change, x->stars, STR_NULL, &x->faults));
out:
    return rc;
}
static enum err add_fn(struct tx *tx, void *arg)
{
    struct action *x = arg;
    struct req *r = x->visit->r;
    x->faults = (struct case_faults){0};
    return cases_add(r->app, tx, r->arena, &x->change, &x->addition, &x->faults);
}
static enum err forget_fn(struct tx *tx, void *arg)
{
    struct action *x = arg;
    return cases_forget(x->visit->r->app, tx, x->visit->r->arena, &x->change);
}

static struct action action_of(struct case_visit *visit)
{
    return (struct action){.visit = visit,
                           .change = {.unit = visit->unit,
                                      .id = visit->id,
                                      .by = CASE_BY_REPORTER,
                                      .person = visit->r->actor.person_id}};
}

static enum err done(struct case_visit *visit, enum msg notice)
{
    resp_notice(visit->r, notice);
    resp_redirect(visit->r, arena_printf(visit->r->arena, "/c/%.*s", STRF(visit->number)));
    return ERR_OK;
}

/* A step that came too late (two windows, a double click) shows the page as it is now. */
static enum err too_late(struct case_visit *visit)
{
    return done(visit, MSG_cases_too_late);
}

enum err cases_answer_post(struct req *r)
{
    struct case_visit visit;
    struct form *form = NULL;
    enum err rc = case_visit_reporter(&visit, r);
    if (rc == ERR_OK)
        rc = FORM_READ(r, answer_fields, &form);
    if (rc == ERR_INPUT)
        return show(&visit, form, NULL, 422);
    if (rc != ERR_OK)
        return rc;
    struct action x = action_of(&visit);
    bool yes = str_eq(form->v[ANSWER_FIXED].s, STR("yes"));
    bool no = str_eq(form->v[ANSWER_FIXED].s, STR("no"));
    x.steps = yes || no;
    x.step = (struct case_step){.to = yes ? CASE_CONFIRMED : CASE_REOPENED,
                                .answer = form->v[ANSWER_WORDS].s};
    x.rates = form->v[ANSWER_STARS].present;
    x.stars = (int)form->v[ANSWER_STARS].i;
    if (!x.steps && !x.rates)
        return done(&visit, MSG_cases_rate_missing);
    rc = req_write(r, answer_fn, &x);
    if (rc == ERR_INPUT && x.faults.n) {
        form_fault(r, form, ANSWER_WORDS, x.faults.v[0].m);
        return show(&visit, form, NULL, 422);
    }
    if (rc == ERR_DENIED || rc == ERR_CONFLICT)
        return too_late(&visit);
    if (rc != ERR_OK)
        return rc;
    return done(&visit, yes  ? MSG_cases_done_confirmed
                        : no ? MSG_cases_done_reopened
                             : MSG_cases_done_rated);
}

enum err cases_add_post(struct req *r)
{
    struct case_visit visit;
    struct form *form = NULL;
    struct case_photo_input *photos = NULL;
    enum err rc = case_visit_reporter(&visit, r);
    if (rc == ERR_OK)
        rc = FORM_READ(r, add_fields, &form);
    struct action x = action_of(&visit);
    if (rc == ERR_OK)
        rc = case_take_photos(r, form, ADD_PHOTO, &photos, &x.addition.photo_count);
    if (rc == ERR_INPUT)
        return show(&visit, NULL, form, 422);
    if (rc != ERR_OK)
        return rc;
    x.addition.photos = photos;
    x.addition.words = form->v[ADD_WORDS].s;
    rc = req_write(r, add_fn, &x);
    if (rc == ERR_INPUT && x.faults.n) {
        form_fault(r, form, x.faults.v[0].field == CASE_FIELD_PHOTOS ? ADD_PHOTO : ADD_WORDS,
                   x.faults.v[0].m);
        return show(&visit, NULL, form, 422);
    }
    if (rc == ERR_DENIED || rc == ERR_CONFLICT)
        return too_late(&visit);
    return rc != ERR_OK ? rc : done(&visit, MSG_cases_done_added);
}

enum err cases_withdraw_post(struct req *r)
{
    struct case_visit visit;
    struct form *form = NULL;
    enum err rc = case_visit_reporter(&visit, r);
    if (rc == ERR_OK)
        rc = FORM_READ(r, no_fields, &form);
    if (rc == ERR_INPUT)
        return show(&visit, NULL, NULL, 422);
    if (rc != ERR_OK)
        return rc;
    struct action x = action_of(&visit);
    x.steps = true;
    x.step.to = CASE_WITHDRAWN;
    rc = req_write(r, answer_fn, &x);
    if (rc == ERR_DENIED || rc == ERR_CONFLICT)
        return too_late(&visit);
    return rc != ERR_OK ? rc : done(&visit, MSG_cases_done_withdrawn);
}

enum err cases_forget_post(struct req *r)
{
    struct case_visit visit;
    struct form *form = NULL;
    enum err rc = case_visit_reporter(&visit, r);
    if (rc == ERR_OK)
        rc = FORM_READ(r, no_fields, &form);
    if (rc == ERR_INPUT)
        return show(&visit, NULL, NULL, 422);
    if (rc != ERR_OK)
        return rc;
    struct action x = action_of(&visit);
    rc = req_write(r, forget_fn, &x);
    return rc != ERR_OK ? rc : done(&visit, MSG_cases_done_forgotten);
}

/* --- "me too" --- */

struct support {
    struct case_visit *visit;
    struct case_change change;
    struct str who;
    bool counted;
};
static enum err support_fn(struct tx *tx, void *arg)
{
    struct support *s = arg;
    return cases_support(s->visit->r->app, tx, s->visit->r->arena, &s->change, s->who, &s->counted);
}

enum err cases_support_post(struct req *r)
{
    /* A browser without cookies is a new one each time: its address is limited for each case. */
    static const struct rate_limit limit = {.per_minute = 2, .burst = 10};
    struct case_visit visit;
    struct form *form = NULL;
    int64_t wait_ms = 0;
    enum err rc = case_visit_begin(&visit, r);
    if (rc == ERR_OK)
        rc = FORM_READ(r, no_fields, &form);
    if (rc == ERR_INPUT)
        return show(&visit, NULL, NULL, 422);
    if (rc != ERR_OK)
        return rc;
    struct str key =
        arena_printf(r->arena, "%.*s %.*s", STRF(r->http->address), STRF(visit.number));
    if (!app_rate_allows(r->app, "case me too", key, limit, &wait_ms)) {
        resp_error_status(r, 429, wait_ms / 1000 + 1);
        return ERR_OK;
    }
    if (visit.reporter) /* they are counted as the reporter */
        return done(&visit, MSG_cases_supported);
    struct support s = {.visit = &visit,
                        .change = {.unit = visit.unit, .id = visit.id, .by = CASE_BY_REPORTER},
                        .who = case_who(r)};
    rc = req_write(r, support_fn, &s);
    if (rc == ERR_DENIED)
        return too_late(&visit);
    return rc != ERR_OK ? rc : done(&visit, MSG_cases_supported);
}

/* --- photos --- */

static enum err photos_fn(struct tx *tx, void *arg)
{
    struct show_read *s = arg;
    return cases_photos(tx, s->visit->r->arena, s->visit->unit, s->visit->id, &s->photos);
}

static enum err send_photo(struct req *r, bool small)
{
    struct case_visit visit;
    int64_t id = 0;
    enum err rc = case_visit_begin(&visit, r);
    if (rc != ERR_OK)
        return rc;
    struct show_read read = {.visit = &visit};
    rc = req_read(r, photos_fn, &read);
    if (rc != ERR_OK)
        return rc;
    if (!str_to_i64(req_param(r, "id"), &id))
        return ERR_NOT_FOUND;
    for (size_t i = 0; i < read.photos.n; i++) {
        const struct case_photo *p = &read.photos.v[i];
        if (p->id != id || !case_photo_allowed(&visit, p))
            continue;
        /* What a look may still hide is kept by browsers for some minutes only. */
        if (p->visible == CASE_SHOWN && !visit.record.p.hide)
            resp_cache_public(r, 300);
        struct str name = arena_printf(r->arena, "%.*s-%zu.jpg", STRF(visit.number), i + 1);
        return resp_stored_file(r, small ? p->small : p->large, "image/jpeg", name);
    }
    return ERR_NOT_FOUND;
}

enum err cases_photo_large(struct req *r)
{
    return send_photo(r, false);
}

enum err cases_photo_small(struct req *r)
{
    return send_photo(r, true);
}

/* --- finding by number --- */

enum err cases_find_page(struct req *r)
{
    struct str typed = str_trim(req_query(r, "number")), number;
    struct case_find_view v = {.typed = typed};
    if (typed.n > 0 && typed.n < 40 && id_number_parse(r->arena, typed, &number)) {
        resp_redirect(r, arena_printf(r->arena, "/c/%.*s", STRF(number)));
        return ERR_OK;
    }
    v.wrong = typed.n > 0;
    struct page page = {.title = msg_text(r->ui.lang, MSG_cases_find_title),
                        .section = SECTION_FIND,
                        .width = PAGE_NARROW};
    struct buf *out = resp_html(r, v.wrong ? 422 : 200);
    page_open(out, r, &page);
    tpl_cases_find(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}
