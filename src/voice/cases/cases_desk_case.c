/*
 * One case on one page for an officer: the report, the look at words and photos, what happened so
 * far, and every next step as a plain form of its own.
 *
 * Forms carry the latest event their reader has seen. Who sends one after something else happened
 * gets this page again, with what they typed and the newer state (cases_desk_act.c).
 */
#include "voice/cases/cases_desk_internal.h"
#include "voice/cases/cases_desk_tpl.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"

#include <inttypes.h>

#define SIMILAR_MAX 5

/* --- reading --- */

static enum err read_people(struct desk_case *d, struct tx *tx)
{
    struct arena *a = d->r->arena;
    int64_t *ids = ARENA_ARRAY(a, int64_t, 2 * d->events.n + 2);
    size_t n = 0;
    int64_t given;
    ids[n++] = d->c.assignee;
    ids[n++] = d->c.entered_by;
    for (size_t i = 0; i < d->events.n; i++) {
        const struct case_event *e = &d->events.v[i];
        ids[n++] = e->person;
        if (e->kind == CASE_EVENT_ASSIGN && str_to_i64(e->detail, &given))
            ids[n++] = given;
    }
    return desk_names(tx, a, ids, n, &d->names);
}

static enum err read_similar(struct desk_case *d, struct tx *tx)
{
    struct req *r = d->r;
    struct case_list found = {0};
    struct case_similar like = {.service = d->c.p.service,
                                .fault = d->c.p.fault,
                                .village = d->c.p.village,
                                .street = d->c.street,
                                .has_point = d->c.has_point,
                                .lat = d->c.lat,
                                .lon = d->c.lon};
    d->similar = (struct case_list){0};
    if (!case_states[d->c.p.state].open)
        return ERR_OK;
    enum err rc = cases_similar(r->app, tx, r->arena, r->unit, &like, SIMILAR_MAX + 1, &found);
    for (size_t i = 0; rc == ERR_OK && i < found.n && d->similar.n < SIMILAR_MAX; i++)
        if (found.v[i].id != d->c.p.id)
            ARENA_PUSH(r->arena, d->similar, found.v[i]);
    return rc;
}

static enum err read_case(struct tx *tx, void *arg)
{
    struct desk_case *d = arg;
    struct arena *a = d->r->arena;
    struct str unit = d->r->unit, found;
    struct sql_desk_last_event_row last = {0};
    int64_t id;
    enum err rc = ERR_OK;
    d->colleagues = (struct person_names){0};
    TRY(cases_find(tx, a, d->number, &found, &id));
    if (!str_eq(found, unit))
        FAIL(ERR_NOT_FOUND);
    TRY(cases_get(tx, a, unit, id, day_today(), &d->c));
    TRY(sql_desk_last_event(tx, a, &last, .unit = unit, .case_id = id));
    d->seen = last.id;
    TRY(cases_events(tx, a, unit, id, true, &d->events));
    TRY(cases_photos(tx, a, unit, id, &d->photos));
    TRY(read_similar(d, tx));
    TRY(desk_templates(tx, a, unit, d->r->ui.lang, &d->templates));
    TRY(sql_desk_contact_known(tx, a, &d->known, .unit = unit, .case_id = id));
    TRY(desk_colleagues(d->r, tx, &d->colleagues));
    TRY(read_people(d, tx));
out:
    return rc;
}

/* --- what happened --- */

static enum msg event_title(const struct case_event *e)
{
    static const enum msg titles[CASE_EVENT__MAX] = {
        [CASE_EVENT_REPORT] = MSG_casesdesk_event_report,
        [CASE_EVENT_ANSWER] = MSG_casesdesk_event_answer,
        [CASE_EVENT_NOTE] = MSG_casesdesk_event_note,
        [CASE_EVENT_ASSIGN] = MSG_casesdesk_event_assign,
        [CASE_EVENT_LOOK] = MSG_casesdesk_event_look,
        [CASE_EVENT_ADDED] = MSG_casesdesk_event_added,
        [CASE_EVENT_RATED] = MSG_casesdesk_event_rated,
        [CASE_EVENT_LATE] = MSG_casesdesk_event_late,
        [CASE_EVENT_CLASS] = MSG_casesdesk_event_class,
        [CASE_EVENT_ASKED] = MSG_casesdesk_event_asked,
        [CASE_EVENT_SETTLED] = MSG_casesdesk_event_settled,
        [CASE_EVENT_MOVED] = MSG_casesdesk_event_moved,
        [CASE_EVENT_FORGOTTEN] = MSG_casesdesk_event_forgotten,
        [CASE_EVENT_CONTACT] = MSG_casesdesk_event_contact,
    };
    return e->kind == CASE_EVENT_STATE && e->has_state ? case_states[e->state].name
                                                       : titles[e->kind];
}

static const char *event_css(const struct case_event *e)
{
    if (e->kind == CASE_EVENT_LATE || (e->has_state && case_states[e->state].tone == TONE_BAD))
        return "timeline__item timeline__item--bad";
    if (e->has_state && case_states[e->state].tone == TONE_GOOD)
        return "timeline__item timeline__item--good";
    return "timeline__item";
}

static struct str look_note(struct req *r, struct str detail)
{
    static const struct {
        const char *code;
        enum msg m;
    } looks[] = {{"shown", MSG_casesdesk_look_shown},
                 {"hidden", MSG_casesdesk_look_hidden},
                 {"photo shown", MSG_casesdesk_look_photo_shown},
                 {"photo hidden", MSG_casesdesk_look_photo_hidden}};
    for (size_t i = 0; i < COUNT_OF(looks); i++)
        if (str_eq(detail, str_from(looks[i].code)))
            return msg_text(r->ui.lang, looks[i].m);
    return STR("");
}

static struct str photos_note(struct req *r, struct str detail)
{
    int64_t n;
    return str_to_i64(detail, &n)
               ? MSG_STR(r->arena, r->ui.lang, MSG_casesdesk_photos, ARG_N("n", n))
               : STR("");
}

static struct str event_note(struct desk_case *d, const struct case_event *e)
{
    struct req *r = d->r;
    struct str service, fault;
    int64_t n;
    switch (e->kind) {
    case CASE_EVENT_ASSIGN:
        return str_to_i64(e->detail, &n) && n ? desk_who(r, &d->names, n)
                                              : msg_text(r->ui.lang, MSG_casesdesk_nobody);
    case CASE_EVENT_LOOK:
        return look_note(r, e->detail);
    case CASE_EVENT_ADDED:
        return photos_note(r, e->detail);
    case CASE_EVENT_RATED:
        return str_to_i64(e->detail, &n)
                   ? MSG_STR(r->arena, r->ui.lang, MSG_casesdesk_stars, ARG_N("n", n))
                   : STR("");
    case CASE_EVENT_CLASS:
        return desk_fault_parse(r, e->detail, &service, &fault)
                   ? case_title(r->app, r->arena, service, fault, r->ui.lang)
                   : e->detail;
    case CASE_EVENT_MOVED:
        return desk_village_name(r, e->detail); /* the name of any place */
    case CASE_EVENT_REPORT:
        return desk_channel(r, d->c.channel);
    default:
        return e->detail;
    }
}

static void fill_events(struct desk_case *d, struct desk_show_view *v)
{
    struct req *r = d->r;
    /* The latest first: that is what somebody who opens a case wants to know. */
    for (size_t i = d->events.n; i-- > 0;) {
        const struct case_event *e = &d->events.v[i];
        struct desk_event_line line = {
            .css = str_from(event_css(e)),
            .title = msg_text(r->ui.lang, event_title(e)),
            .note = event_note(d, e),
            .words = e->kind == CASE_EVENT_LOOK ? STR_NULL : e->words,
            .who = e->by == CASE_BY_REPORTER && !e->person
                       ? msg_text(r->ui.lang, MSG_casesdesk_reporter)
                   : e->by == CASE_BY_SYSTEM ? msg_text(r->ui.lang, MSG_casesdesk_program)
                                             : desk_who(r, &d->names, e->person),
            .ms = e->at_ms,
            .id = e->id,
            .answer = e->by == CASE_BY_STAFF && e->visible == CASE_SHOWN && e->words.p,
            .internal = e->kind == CASE_EVENT_NOTE,
            .waits = e->visible == CASE_WAITS && e->kind == CASE_EVENT_ADDED && e->words.p,
        };
        ARENA_PUSH(r->arena, v->events, line);
    }
}

static void fill_photos(struct desk_case *d, struct desk_show_view *v)
{
    struct req *r = d->r;
    for (size_t i = 0; i < d->photos.n; i++) {
        const struct case_photo *p = &d->photos.v[i];
        struct str large = arena_printf(r->arena, "%.*s/photos/%" PRId64, STRF(v->base), p->id);
        struct desk_photo_line line = {
            .id = arena_printf(r->arena, "%" PRId64, p->id),
            .large = large,
            .small = arena_printf(r->arena, "%.*s?size=small", STRF(large)),
            .width = p->width,
            .height = p->height,
            .number = (int64_t)i + 1,
            .shown = p->visible == CASE_SHOWN,
            .waits = p->visible == CASE_WAITS,
            .staff = p->by == CASE_BY_STAFF,
        };
        v->photos_waiting += line.waits;
        ARENA_PUSH(r->arena, v->photos, line);
    }
}

/* --- next steps --- */

#define STEP(code_, label_, required_, other_)                                                     \
    {                                                                                              \
        [DESK_STEP_SEEN] = {"seen", FIELD_INT, .required = true, .max = INT64_MAX,                 \
                            .label = MSG_casesdesk_answer},                                        \
        [DESK_STEP_TEMPLATE] = {code_ "_template", FIELD_CODE, .max = 40,                          \
                                .label = MSG_casesdesk_template},                                  \
        [DESK_STEP_ANSWER] = {code_ "_answer",       FIELD_TEXT,                                   \
                              .required = required_, .missing = MSG_cases_fault_answer_missing,    \
                              .max = 4000,           .rows = 4,                                    \
                              .label = label_,       .hint = MSG_casesdesk_answer_hint},           \
        [DESK_STEP_OTHER] = other_,                                                                \
    }
#define NO_OTHER                                                                                   \
    {                                                                                              \
        "other", FIELD_LINE, .max = 20, .label = MSG_casesdesk_original                            \
    }
#define ORIGINAL                                                                                   \
    {                                                                                              \
        "original", FIELD_LINE, .required = true, .max = 20, .width = 20,                          \
                                .label = MSG_casesdesk_original,                                   \
                                .hint = MSG_casesdesk_original_hint                                \
    }
#define BODY                                                                                       \
    {                                                                                              \
        "body", FIELD_LINE, .required = true, .max = 200, .label = MSG_casesdesk_body,             \
                            .hint = MSG_casesdesk_body_hint                                        \
    }

const struct field desk_step_fields[CASE__MAX][DESK_STEP__COUNT] = {
    /* Required where the rules want an answer (case_states, needs_answer). */
    [CASE_ACCEPTED] = STEP("accepted", MSG_casesdesk_answer, false, NO_OTHER),
    [CASE_IN_PROGRESS] = STEP("in_progress", MSG_casesdesk_answer, false, NO_OTHER),
    [CASE_RESOLVED] = STEP("resolved", MSG_casesdesk_answer_resolved, true, NO_OTHER),
    [CASE_REOPENED] = STEP("reopened", MSG_casesdesk_answer, false, NO_OTHER),
    [CASE_REFUSED] = STEP("refused", MSG_casesdesk_answer_refused, true, NO_OTHER),
    [CASE_DUPLICATE] = STEP("duplicate", MSG_casesdesk_answer, false, ORIGINAL),
    [CASE_PASSED] = STEP("passed", MSG_casesdesk_answer_passed, true, BODY),
};

static struct desk_letter letter_of(struct desk_case *d)
{
    return (struct desk_letter){.app = d->r->app,
                                .unit = d->r->unit,
                                .number = d->c.p.number,
                                .service = d->c.p.service,
                                .fault = d->c.p.fault,
                                .village = d->c.p.village,
                                .due_day = d->c.p.due_day};
}

/* Templates for entering a state (CASE__MAX: for an answer by itself), the reporter's language
 * first. Values: "done.ky"; hints: the texts. */
static struct option_list template_options(struct desk_case *d, enum case_state to)
{
    struct req *r = d->r;
    struct desk_letter letter = letter_of(d);
    struct {
        struct option *v;
        size_t n, cap;
    } list = {0};
    for (int k = 0; k < LANG__MAX; k++) {
        enum lang lang = (enum lang)((d->c.lang + k) % LANG__MAX);
        for (size_t i = 0; i < d->templates.n; i++) {
            const struct desk_template *t = &d->templates.v[i];
            if (t->hidden || (!t->any_state && t->state != to) || !t->text.in[lang].n)
                continue;
            struct str key = arena_printf(r->arena, "%.*s.%s", STRF(t->key), lang_code(lang));
            ARENA_PUSH(r->arena, list,
                       ((struct option){.value = key,
                                        .text = t->name,
                                        .group = str_from(lang_name(lang)),
                                        .hint = desk_template_text(r->arena, t, lang, &letter)}));
        }
    }
    return (struct option_list){list.v, list.n};
}

struct str desk_template_chosen(struct desk_case *d, struct str value)
{
    struct desk_letter letter = letter_of(d);
    struct str key;
    enum lang lang;
    if (!str_split(&value, '.', &key) || !lang_parse(value, &lang))
        return STR("");
    const struct desk_template *t = desk_template_find(&d->templates, key);
    return t ? desk_template_text(d->r->arena, t, lang, &letter) : STR("");
}

static void fill_steps(struct desk_case *d, const struct desk_sent *sent, struct desk_show_view *v)
{
    /* In the order of what happens most. */
    static const enum case_state order[] = {CASE_ACCEPTED, CASE_IN_PROGRESS, CASE_RESOLVED,
                                            CASE_REOPENED, CASE_PASSED,      CASE_DUPLICATE,
                                            CASE_REFUSED};
    struct req *r = d->r;
    struct str original = req_query(r, "original");
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        enum case_state to = order[i];
        if (!(d->c.next & CASE_BIT(to)))
            continue;
        struct form *form = sent->step[to];
        struct desk_step_view step = {
            .to = to,
            .action = case_states[to].action,
            .path = arena_printf(r->arena, "%.*s/step/%s", STRF(v->base), case_states[to].code),
            .quick = to == CASE_ACCEPTED || to == CASE_IN_PROGRESS,
            .other = to == CASE_DUPLICATE || to == CASE_PASSED,
            .bad = to == CASE_REFUSED,
            .open = form != NULL || (to == CASE_DUPLICATE && original.n),
            .templates = template_options(d, to),
        };
        if (!form) {
            form = form_new(r, desk_step_fields[to], DESK_STEP__COUNT);
            if (to == CASE_DUPLICATE && original.n)
                form_set(form, DESK_STEP_OTHER, original);
        }
        step.form = form;
        v->steps.v[v->steps.n++] = step;
    }
}

/* What was typed for a step that is not offered any more: shown, so that it is not lost. */
static void keep_typed(struct desk_case *d, const struct desk_sent *sent, struct desk_show_view *v)
{
    for (int s = 0; s < CASE__MAX; s++)
        if (sent->step[s] && !(d->c.next & CASE_BIT(s)))
            v->typed = sent->step[s]->v[DESK_STEP_ANSWER].s;
}

static void fill_similar(struct desk_case *d, struct desk_show_view *v)
{
    struct req *r = d->r;
    for (size_t i = 0; i < d->similar.n; i++) {
        const struct case_public *c = &d->similar.v[i];
        struct desk_similar_line line = {
            .href = desk_case_href(r, c->number),
            .title = case_title(r->app, r->arena, c->service, c->fault, r->ui.lang),
            .meta = desk_similar_meta(r, c),
            .join_href = arena_printf(r->arena, "%.*s?original=%.*s#step-duplicate", STRF(v->base),
                                      STRF(c->number)),
        };
        ARENA_PUSH(r->arena, v->similar, line);
    }
}

/* --- forms and facts --- */

static const struct form *or_fresh(struct form *sent, struct form *fresh)
{
    return sent ? sent : fresh;
}

static void fill_forms(struct desk_case *d, const struct desk_sent *sent, struct desk_show_view *v)
{
    struct req *r = d->r;
    struct form *assign = desk_form(r, DESK_FORM_ASSIGN), *class = desk_form(r, DESK_FORM_CLASS);
    struct form *look = desk_form(r, DESK_FORM_LOOK);
    if (d->c.assignee)
        form_set_int(assign, DESK_ASSIGN_PERSON, d->c.assignee);
    form_set(class, DESK_CLASS_FAULT, d->c.p.fault.n ? d->c.p.fault : d->c.p.service);
    /* At the first look what was reported; later what the look before left of it. */
    form_set(look, DESK_LOOK_WORDS, d->c.unseen ? d->c.words : d->c.p.words);
    form_set(look, DESK_LOOK_STREET, d->c.unseen ? d->c.street : d->c.p.street);
    v->answer = or_fresh(sent->answer, desk_form(r, DESK_FORM_ANSWER));
    v->note = or_fresh(sent->note, desk_form(r, DESK_FORM_NOTE));
    v->assign = or_fresh(sent->assign, assign);
    v->class = or_fresh(sent->class, class);
    v->look = or_fresh(sent->look, look);
    v->add_photos = or_fresh(sent->photos, desk_form(r, DESK_FORM_PHOTOS));
    v->answers = template_options(d, CASE__MAX);
    v->look_open = d->c.look || sent->look;
}

static void fill_facts(struct desk_case *d, const struct desk_sent *sent, struct desk_show_view *v)
{
    struct req *r = d->r;
    enum lang lang = r->ui.lang;
    const struct case_public *p = &d->c.p;
    v->title = case_title(r->app, r->arena, p->service, p->fault, lang);
    v->service = case_title(r->app, r->arena, p->service, STR(""), lang);
    v->place = desk_place_text(r, p->village, d->c.street);
    v->due = desk_due_text(r, p->due_day, day_today());
    v->who = desk_who(r, &d->names, d->c.assignee);
    v->channel = desk_channel(r, d->c.channel);
    v->lang = str_from(lang_name(d->c.lang));
    v->entered_by = desk_who(r, &d->names, d->c.entered_by);
    v->state = case_states[p->state].name;
    v->tone = (enum tone)case_states[p->state].tone;
    v->seen = arena_printf(r->arena, "%" PRId64, d->seen);
    v->public_href = arena_printf(r->arena, "/c/%.*s", STRF(p->number));
    v->slip_href = arena_printf(r->arena, "%.*s/slip", STRF(v->base));
    if (p->duplicate_of.p)
        v->duplicate_href = desk_case_href(r, p->duplicate_of);
    if (d->c.has_point) {
        struct buf *geo = buf_in(r->arena);
        buf_cstr(geo, "geo:");
        buf_fixed(geo, d->c.lat, 5);
        buf_char(geo, ',');
        buf_fixed(geo, d->c.lon, 5);
        v->map_href = buf_view(geo);
    }
    v->contact = sent->contact;
    v->contact_phone = d->known.phone != 0;
    v->contact_email = d->known.email != 0;
    v->contact_account = d->known.account != 0;
    v->contact_known = d->known.name || d->known.phone || d->known.email || d->known.account;
    v->mine = d->c.assignee == r->actor.person_id;
}

enum err desk_case_read(struct req *r, struct desk_case *d)
{
    struct str number;
    *d = (struct desk_case){.r = r};
    if (!id_number_parse(r->arena, req_param(r, "number"), &number))
        return ERR_NOT_FOUND;
    d->number = number;
    return req_read(r, read_case, d);
}

enum err desk_case_show_read(struct desk_case *d, const struct desk_sent *sent, int status)
{
    struct req *r = d->r;
    struct desk_show_view *v = ARENA_NEW(r->arena, struct desk_show_view);
    v->c = d->c;
    v->base = desk_case_href(r, d->number);
    v->list_href = desk_base(r);
    v->may_work = req_allows(r, PERM_CASES_WORK);
    v->may_contact = req_allows(r, PERM_CASES_CONTACT);
    v->faults = desk_faults(r);
    v->people = desk_people(r, &d->colleagues);
    fill_facts(d, sent, v);
    fill_photos(d, v);
    fill_events(d, v);
    fill_steps(d, sent, v);
    keep_typed(d, sent, v);
    fill_similar(d, v);
    fill_forms(d, sent, v);
    struct page page =
        desk_page(r, arena_printf(r->arena, "%.*s %.*s", STRF(d->c.p.number), STRF(v->title)));
    page.form = sent->faulty;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_cases_desk_officer(out, &r->ui, v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err desk_case_page(struct req *r)
{
    struct desk_case d;
    struct desk_sent fresh = {0};
    enum err rc = desk_case_read(r, &d);
    return rc == ERR_OK ? desk_case_show_read(&d, &fresh, 200) : rc;
}
