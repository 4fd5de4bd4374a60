/*
 * The rules of a case: what may be done to it, by whom, and what follows. No HTTP, no SQL text.
 *
 * Every rule reads the case, changes a copy, saves it under its version and moves the totals by the
 * difference, so figures cannot drift from the records they count.
 */
#include "voice/cases/cases_internal.h"

#include "community/calendar/calendar.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"

#include <inttypes.h>

/* --- reading and saving --- */

enum err case_work_begin(struct case_work *w, struct app *app, struct tx *tx, struct arena *a,
                         const struct case_change *c)
{
    *w = (struct case_work){.app = app,
                            .tx = tx,
                            .arena = a,
                            .unit = c->unit,
                            .id = c->id,
                            .now_ms = c->at_ms ? c->at_ms : clock_now_ms(),
                            .change = c};
    enum err rc = sql_case_get(tx, a, &w->was, .unit = c->unit, .id = c->id);
    if (rc != ERR_OK)
        return rc;
    if (c->version && c->version != w->was.version)
        return ERR_CONFLICT;
    w->is = w->was;
    INVARIANT(case_state_parse(w->was.state, &w->state));
    return ERR_OK;
}

enum err case_work_save(struct case_work *w)
{
    const struct sql_case_get_row *c = &w->is;
    int64_t affected = 0;
    enum err rc = ERR_OK;
    w->is.changed_ms = w->now_ms > w->was.changed_ms ? w->now_ms : w->was.changed_ms;
    struct str key = STR_NULL;
    if (c->street.p) {
        struct buf *b = buf_in(w->arena);
        utf8_search_key(b, c->street);
        key = buf_view(b);
    }
    TRY(sql_case_save(
        w->tx, &affected, .unit = w->unit, .id = w->id, .version = w->was.version,
        .service = c->service, .fault = c->fault, .village = c->village, .street = c->street,
        .street_key = key, .street_public = c->street_public, .lat = c->lat, .lon = c->lon,
        .words_public = c->words_public, .hide = c->hide, .held = c->held, .unseen = c->unseen,
        .look = c->look, .state = c->state, .state_ms = c->state_ms, .open = c->open,
        .changed_ms = c->changed_ms, .promise_id = c->promise_id, .due_day = c->due_day,
        .answer = c->answer, .answered_ms = c->answered_ms, .answered_day = c->answered_day,
        .answered_work = c->answered_work, .resolved_ms = c->resolved_ms,
        .resolved_day = c->resolved_day, .resolved_work = c->resolved_work, .left_day = c->left_day,
        .left_work = c->left_work, .late_ms = c->late_ms, .assignee = c->assignee,
        .duplicate_of = c->duplicate_of, .passed_to = c->passed_to, .support = c->support,
        .photos = c->photos, .photos_public = c->photos_public, .stars = c->stars,
        .rated_day = c->rated_day));
    if (affected != 1)
        FAIL(ERR_CONFLICT);
    TRY(case_totals_move(w->tx, w->arena, w->unit, &w->was, w->unit, &w->is));
    w->is.version = w->was.version + 1;
    w->was = w->is;
out:
    return rc;
}

static struct i64_opt working_days_since(const struct case_work *w, int64_t day)
{
    return I64(calendar_working_days(w->arena, w->is.created_day, day));
}

void case_work_answered(struct case_work *w)
{
    if (w->is.answered_ms.set || w->change->by != CASE_BY_STAFF)
        return;
    int64_t day = day_of_ms(w->now_ms);
    w->is.answered_ms = I64(w->now_ms);
    w->is.answered_day = I64(day);
    w->is.answered_work = working_days_since(w, day);
}

void case_work_enter(struct case_work *w, enum case_state to)
{
    const struct case_state_def *def = &case_states[to];
    int64_t day = day_of_ms(w->now_ms);
    bool resolved = to == CASE_RESOLVED || (to == CASE_CONFIRMED && w->is.resolved_ms.set);

    w->state = to;
    w->is.state = str_from(def->code);
    w->is.state_ms = w->now_ms;
    w->is.open = def->open;
    if (def->answered)
        case_work_answered(w);
    /* A resolution that was reopened does not count: the clock of the promise goes on. */
    if (!resolved) {
        w->is.resolved_ms = w->is.resolved_day = w->is.resolved_work = I64_NONE;
    } else if (to == CASE_RESOLVED) {
        w->is.resolved_ms = I64(w->now_ms);
        w->is.resolved_day = I64(day);
        w->is.resolved_work = working_days_since(w, day);
    }
    w->is.left_day = w->is.left_work = I64_NONE;
    if (!def->open && !resolved) {
        w->is.left_day = I64(day);
        w->is.left_work = working_days_since(w, day);
    }
    if (to != CASE_DUPLICATE)
        w->is.duplicate_of = STR_NULL;
    if (to != CASE_PASSED && to != CASE_RESOLVED && to != CASE_CONFIRMED)
        w->is.passed_to = STR_NULL;
}

enum err case_work_event(struct case_work *w, const struct case_event_input *e)
{
    struct sql_event_put_in put = {.unit = w->unit,
                                   .case_id = w->id,
                                   .id = id_new(),
                                   .kind = case_event_code(e->kind),
                                   .at_ms = w->now_ms,
                                   .actor = case_by_code(w->change->by),
                                   .person = w->change->person,
                                   .state = e->with_state ? w->is.state : STR_NULL,
                                   .words = e->words,
                                   .visible = e->visible,
                                   .detail = e->detail};
    enum err rc = case_trail(w->tx, w->arena, w->is.number, &put);
    return rc != ERR_OK ? rc : sql_event_put_run(w->tx, NULL, &put);
}

enum err case_work_look_again(struct case_work *w)
{
    struct sql_event_waiting_row waiting = {0};
    enum err rc = sql_event_waiting(w->tx, w->arena, &waiting, .unit = w->unit, .case_id = w->id);
    w->is.look = w->is.unseen || waiting.n > 0;
    return rc;
}

enum err case_deadline(struct app *app, struct tx *tx, struct arena *a, struct str unit,
                       struct str service, struct str fault, int64_t day, int64_t *promise_id,
                       struct i64_opt *due_day)
{
    (void)app;
    struct promise promise = {0};
    *promise_id = 0;
    *due_day = I64_NONE;
    enum err rc = charter_deadline(tx, a, unit, service, fault, day, &promise);
    if (rc == ERR_NOT_FOUND)
        return ERR_OK;
    if (rc != ERR_OK)
        return rc;
    /* Bounds of a damaged promise: nobody promises more than ten years. */
    int64_t amount = promise.amount < 0 ? 0 : promise.amount > 3650 ? 3650 : promise.amount;
    *promise_id = promise.id;
    *due_day = I64(promise.working_days ? calendar_add_working_days(a, day, amount) : day + amount);
    return ERR_OK;
}

/* --- faults --- */

void case_fault(struct arena *a, struct case_faults *faults, enum case_field field, enum msg m)
{
    ARENA_PUSH(a, *faults, ((struct case_fault){field, m}));
}

bool case_check_words(struct arena *a, struct str *words, enum msg missing,
                      struct case_faults *faults)
{
    *words = str_trim(*words);
    if (str_empty(*words) && missing)
        case_fault(a, faults, CASE_FIELD_WORDS, missing);
    else if (!utf8_is_text(*words))
        case_fault(a, faults, CASE_FIELD_WORDS, MSG_cases_fault_text);
    else if (utf8_length(*words) > CASE_MAX_WORDS)
        case_fault(a, faults, CASE_FIELD_WORDS, MSG_cases_fault_long);
    else
        return true;
    return false;
}

bool case_check_photos(struct arena *a, size_t have, size_t more, struct case_faults *faults)
{
    /* Three with the report, and as many again later by each side. */
    if (more <= CASE_MAX_PHOTOS && have + more <= 4 * CASE_MAX_PHOTOS)
        return true;
    case_fault(a, faults, CASE_FIELD_PHOTOS, MSG_cases_fault_photos);
    return false;
}

/* --- steps --- */

static bool reopen_is_over(const struct case_work *w)
{
    return w->now_ms > w->is.state_ms + CASE_REOPEN_DAYS * MS_DAY;
}

static bool may_enter(const struct case_work *w, enum case_state to)
{
    const struct case_state_def *from = &case_states[w->state];
    switch (w->change->by) {
    case CASE_BY_STAFF:
        return (from->next & CASE_BIT(to)) != 0;
    case CASE_BY_REPORTER:
        return (from->next_reporter & CASE_BIT(to)) != 0 &&
               !(to == CASE_REOPENED && reopen_is_over(w)) &&
               !(to == CASE_WITHDRAWN && w->is.support > 0);
    case CASE_BY_SYSTEM:
        break;
    }
    return false;
}

/* The original must be another case of the same municipality that is no duplicate itself. Its
 * supporters include, from now on, the reporter and the supporters of this one. */
static enum err join_original(struct case_work *w, struct str number, struct case_faults *faults)
{
    struct case_change original = *w->change;
    struct case_work o;
    struct str unit = STR_NULL, canonical = STR_NULL;
    enum err rc = ERR_NOT_FOUND;
    if (id_number_parse(w->arena, number, &canonical))
        rc = cases_find(w->tx, w->arena, canonical, &unit, &original.id);
    if (rc == ERR_NOT_FOUND || (rc == ERR_OK && !str_eq(unit, w->unit))) {
        case_fault(w->arena, faults, CASE_FIELD_DUPLICATE, MSG_cases_fault_no_original);
        FAIL(ERR_INPUT);
    }
    if (rc != ERR_OK)
        goto out;
    if (original.id == w->id) {
        case_fault(w->arena, faults, CASE_FIELD_DUPLICATE, MSG_cases_fault_own_duplicate);
        FAIL(ERR_INPUT);
    }
    original.version = 0;
    TRY(case_work_begin(&o, w->app, w->tx, w->arena, &original));
    if (o.state == CASE_DUPLICATE) {
        case_fault(w->arena, faults, CASE_FIELD_DUPLICATE, MSG_cases_fault_duplicate_chain);
        FAIL(ERR_INPUT);
    }
    int64_t joined = 0;
    TRY(sql_support_put(w->tx, &joined, .unit = w->unit, .case_id = original.id,
                        .who = arena_printf(w->arena, "c:%" PRId64, w->id), .at_ms = w->now_ms));
    if (joined) {
        o.is.support += 1 + w->is.support;
        TRY(case_work_save(&o));
    }
    w->is.duplicate_of = canonical;
out:
    return rc;
}

/* The original goes on without this one. */
static enum err part_from_original(struct case_work *w)
{
    struct case_change original = *w->change;
    struct case_work o;
    struct str unit;
    int64_t parted = 0;
    enum err rc = cases_find(w->tx, w->arena, w->is.duplicate_of, &unit, &original.id);
    if (rc == ERR_NOT_FOUND || (rc == ERR_OK && !str_eq(unit, w->unit)))
        return ERR_OK; /* it moved to a successor */
    if (rc != ERR_OK)
        return rc;
    original.version = 0;
    TRY(case_work_begin(&o, w->app, w->tx, w->arena, &original));
    TRY(sql_support_take(w->tx, &parted, .unit = w->unit, .case_id = original.id,
                         .who = arena_printf(w->arena, "c:%" PRId64, w->id)));
    if (parted) {
        int64_t taken = 1 + w->is.support;
        o.is.support = o.is.support > taken ? o.is.support - taken : 0;
        TRY(case_work_save(&o));
    }
out:
    return rc;
}

static enum err check_step(struct case_work *w, const struct case_step *step, struct str *answer,
                           struct str *passed_to, struct case_faults *faults)
{
    const struct case_state_def *to = &case_states[step->to];
    bool staff = w->change->by == CASE_BY_STAFF;
    *answer = step->answer;
    *passed_to = str_trim(step->passed_to);
    case_check_words(w->arena, answer,
                     staff && to->needs_answer ? MSG_cases_fault_answer_missing : MSG_NONE, faults);
    /* What is still wrong must be said, else nobody can mend it. */
    if (!staff && step->to == CASE_REOPENED && str_empty(*answer))
        case_fault(w->arena, faults, CASE_FIELD_WORDS, MSG_cases_fault_reopen_missing);
    if (step->to == CASE_PASSED) {
        if (str_empty(*passed_to))
            case_fault(w->arena, faults, CASE_FIELD_PASSED, MSG_cases_fault_passed_missing);
        else if (!utf8_is_text(*passed_to) || utf8_length(*passed_to) > 200)
            case_fault(w->arena, faults, CASE_FIELD_PASSED, MSG_cases_fault_text);
    }
    return faults->n ? ERR_INPUT : ERR_OK;
}

enum err cases_transition(struct app *app, struct tx *tx, struct arena *a,
                          const struct case_change *c, const struct case_step *step,
                          struct case_faults *faults)
{
    struct case_work w;
    struct str words, passed_to;
    enum err rc = ERR_OK;
    bool staff = c->by == CASE_BY_STAFF;
    INVARIANT(step->to < CASE__MAX);
    TRY(case_work_begin(&w, app, tx, a, c));
    if (!may_enter(&w, step->to))
        FAIL(ERR_DENIED);
    TRY(check_step(&w, step, &words, &passed_to, faults));
    if (w.state == CASE_DUPLICATE)
        TRY(part_from_original(&w));
    case_work_enter(&w, step->to);
    if (step->to == CASE_DUPLICATE)
        TRY(join_original(&w, step->duplicate, faults));
    if (step->to == CASE_PASSED)
        w.is.passed_to = passed_to;
    if (staff && !str_empty(words)) {
        w.is.answer = words;
        case_work_answered(&w);
    }
    struct case_event_input event = {
        .kind = CASE_EVENT_STATE,
        .words = str_empty(words) ? STR_NULL : words,
        .detail = step->to == CASE_DUPLICATE ? w.is.duplicate_of
                  : step->to == CASE_PASSED  ? w.is.passed_to
                                             : STR_NULL,
        .visible = CASE_SHOWN,
        .with_state = true,
    };
    /* The step itself is public at once; a reporter's words wait for a look, in an event of theirs.
     */
    struct str reporters = STR_NULL;
    if (!staff) {
        reporters = event.words;
        event.words = STR_NULL;
    }
    TRY(case_work_event(&w, &event));
    if (reporters.p) {
        struct case_event_input added = {
            .kind = CASE_EVENT_ADDED, .words = reporters, .visible = CASE_WAITS};
        TRY(case_work_event(&w, &added));
        TRY(case_work_look_again(&w));
    }
    TRY(case_work_save(&w));
    if (staff)
        TRY(case_notify(&w, CASE_NOTICE_STEP, event.words));
    TRY(case_job_enqueue(&w));
out:
    return rc;
}

enum err cases_answer(struct app *app, struct tx *tx, struct arena *a, const struct case_change *c,
                      struct str words, struct case_faults *faults)
{
    struct case_work w;
    enum err rc = ERR_OK;
    TRY(case_work_begin(&w, app, tx, a, c));
    if (c->by != CASE_BY_STAFF)
        FAIL(ERR_DENIED);
    if (!case_check_words(a, &words, MSG_cases_fault_answer_missing, faults))
        FAIL(ERR_INPUT);
    w.is.answer = words;
    case_work_answered(&w);
    struct case_event_input event = {
        .kind = CASE_EVENT_ANSWER, .words = words, .visible = CASE_SHOWN};
    TRY(case_work_event(&w, &event));
    TRY(case_work_save(&w));
    TRY(case_notify(&w, CASE_NOTICE_ANSWER, words));
out:
    return rc;
}

enum err cases_note(struct app *app, struct tx *tx, struct arena *a, const struct case_change *c,
                    struct str words, struct case_faults *faults)
{
    struct case_work w;
    enum err rc = ERR_OK;
    TRY(case_work_begin(&w, app, tx, a, c));
    if (c->by == CASE_BY_REPORTER)
        FAIL(ERR_DENIED);
    if (!case_check_words(a, &words, MSG_cases_fault_words_missing, faults))
        FAIL(ERR_INPUT);
    struct case_event_input event = {
        .kind = CASE_EVENT_NOTE, .words = words, .visible = CASE_INSIDE};
    TRY(case_work_event(&w, &event));
out:
    return rc;
}

enum err cases_assign(struct app *app, struct tx *tx, struct arena *a, const struct case_change *c,
                      int64_t person)
{
    struct case_work w;
    enum err rc = ERR_OK;
    TRY(case_work_begin(&w, app, tx, a, c));
    if (c->by != CASE_BY_STAFF)
        FAIL(ERR_DENIED);
    if (w.is.assignee == person)
        goto out;
    w.is.assignee = person;
    struct case_event_input event = {.kind = CASE_EVENT_ASSIGN,
                                     .detail = arena_printf(a, "%" PRId64, person),
                                     .visible = CASE_INSIDE};
    TRY(case_work_event(&w, &event));
    TRY(case_work_save(&w));
    if (person && person != c->person)
        TRY(case_notify_assigned(&w, person));
out:
    return rc;
}

enum err cases_reclassify(struct app *app, struct tx *tx, struct arena *a,
                          const struct case_change *c, struct str service, struct str fault,
                          struct case_faults *faults)
{
    struct case_work w;
    enum err rc = ERR_OK;
    const struct catalogue *catalogue = catalogue_get(app, a);
    const struct service_kind *kind = NULL;
    TRY(case_work_begin(&w, app, tx, a, c));
    if (c->by != CASE_BY_STAFF)
        FAIL(ERR_DENIED);
    if (!str_empty(fault) && !catalogue_find_fault(catalogue, fault, &kind)) {
        case_fault(a, faults, CASE_FIELD_FAULT, MSG_cases_fault_fault);
        FAIL(ERR_INPUT);
    }
    if (!kind)
        kind = catalogue_find(catalogue, service);
    if (!kind || (!str_empty(service) && !str_eq(kind->code, service))) {
        case_fault(a, faults, CASE_FIELD_SERVICE, MSG_cases_fault_service);
        FAIL(ERR_INPUT);
    }
    if (str_eq(w.is.service, kind->code) && str_eq(w.is.fault, fault))
        goto out;
    w.is.service = kind->code;
    w.is.fault = fault.p ? fault : STR("");
    TRY(case_deadline(app, tx, a, w.unit, w.is.service, w.is.fault, w.is.created_day,
                      &w.is.promise_id, &w.is.due_day));
    TRY(sql_service_put(tx, NULL, .unit = w.unit, .service = w.is.service));
    struct case_event_input event = {.kind = CASE_EVENT_CLASS,
                                     .detail = str_empty(fault) ? kind->code : fault,
                                     .visible = CASE_SHOWN};
    TRY(case_work_event(&w, &event));
    TRY(case_work_save(&w));
out:
    return rc;
}

/* --- the look --- */

enum err cases_look(struct app *app, struct tx *tx, struct arena *a, const struct case_change *c,
                    const struct case_look *look, struct case_faults *faults)
{
    struct case_work w;
    enum err rc = ERR_OK;
    struct str words = look->words, street = str_trim(look->street);
    TRY(case_work_begin(&w, app, tx, a, c));
    if (c->by != CASE_BY_STAFF || (w.is.hide && (words.p || street.p)))
        FAIL(ERR_DENIED);
    if (words.p && !case_check_words(a, &words, MSG_NONE, faults))
        FAIL(ERR_INPUT);
    if (street.p && (!utf8_is_text(street) || utf8_length(street) > CASE_MAX_STREET)) {
        case_fault(a, faults, CASE_FIELD_STREET, MSG_cases_fault_text);
        FAIL(ERR_INPUT);
    }
    w.is.words_public = str_empty(words) ? STR_NULL : words;
    w.is.street_public = str_empty(street) ? STR_NULL : street;
    w.is.held = 0;
    w.is.unseen = 0;
    TRY(case_work_look_again(&w));
    struct case_event_input event = {.kind = CASE_EVENT_LOOK,
                                     .words = w.is.words_public,
                                     .detail = w.is.words_public.p ? STR("shown") : STR("hidden"),
                                     .visible = CASE_INSIDE};
    TRY(case_work_event(&w, &event));
    TRY(case_work_save(&w));
out:
    return rc;
}

enum err cases_look_photo(struct app *app, struct tx *tx, struct arena *a,
                          const struct case_change *c, int64_t photo, bool show)
{
    struct case_work w;
    struct case_photos photos = {0};
    enum err rc = ERR_OK;
    const struct case_photo *found = NULL;
    TRY(case_work_begin(&w, app, tx, a, c));
    if (c->by != CASE_BY_STAFF || (w.is.hide && show))
        FAIL(ERR_DENIED);
    TRY(cases_photos(tx, a, w.unit, w.id, &photos));
    for (size_t i = 0; i < photos.n; i++)
        if (photos.v[i].id == photo)
            found = &photos.v[i];
    if (!found)
        FAIL(ERR_NOT_FOUND);
    TRY(sql_photo_look(tx, NULL, .unit = w.unit, .case_id = w.id, .id = photo,
                       .visible = show ? CASE_SHOWN : CASE_INSIDE));
    w.is.photos_public += (show ? 1 : 0) - (found->visible == CASE_SHOWN ? 1 : 0);
    TRY(case_work_look_again(&w));
    struct case_event_input event = {.kind = CASE_EVENT_LOOK,
                                     .detail = show ? STR("photo shown") : STR("photo hidden"),
                                     .visible = CASE_INSIDE};
    TRY(case_work_event(&w, &event));
    TRY(case_work_save(&w));
out:
    return rc;
}

enum err cases_look_added(struct app *app, struct tx *tx, struct arena *a,
                          const struct case_change *c, int64_t event, struct str words)
{
    struct case_work w;
    struct case_faults faults = {0};
    enum err rc = ERR_OK;
    int64_t affected = 0;
    TRY(case_work_begin(&w, app, tx, a, c));
    if (c->by != CASE_BY_STAFF || (w.is.hide && words.p))
        FAIL(ERR_DENIED);
    if (words.p && !case_check_words(a, &words, MSG_NONE, &faults))
        FAIL(ERR_INPUT);
    bool show = !str_empty(words);
    struct case_events events = {0};
    TRY(cases_events(tx, a, w.unit, w.id, true, &events));
    struct str kept = words;
    for (size_t i = 0; !show && i < events.n; i++)
        if (events.v[i].id == event)
            kept = events.v[i].words; /* stays inside as it was written */
    TRY(sql_event_look(tx, &affected, .unit = w.unit, .case_id = w.id, .id = event, .words = kept,
                       .visible = show ? CASE_SHOWN : CASE_INSIDE));
    if (affected != 1)
        FAIL(ERR_NOT_FOUND);
    TRY(case_work_look_again(&w));
    TRY(case_work_save(&w));
out:
    return rc;
}

/* --- what reporters and neighbours add --- */

static enum err put_photos(struct case_work *w, const struct case_photo_input *v, size_t n)
{
    bool staff = w->change->by == CASE_BY_STAFF;
    for (size_t i = 0; i < n; i++) {
        enum err rc = sql_photo_put(w->tx, NULL, .unit = w->unit, .case_id = w->id, .id = id_new(),
                                    .large = v[i].large, .small = v[i].small, .width = v[i].width,
                                    .height = v[i].height, .actor = case_by_code(w->change->by),
                                    .added_ms = w->now_ms,
                                    .visible = !staff       ? CASE_WAITS
                                               : w->is.hide ? CASE_INSIDE
                                                            : CASE_SHOWN);
        if (rc != ERR_OK)
            return rc;
    }
    w->is.photos += (int64_t)n;
    if (staff && !w->is.hide)
        w->is.photos_public += (int64_t)n;
    return ERR_OK;
}

enum err cases_add(struct app *app, struct tx *tx, struct arena *a, const struct case_change *c,
                   const struct case_addition *in, struct case_faults *faults)
{
    struct case_work w;
    enum err rc = ERR_OK;
    struct str words = in->words;
    bool staff = c->by == CASE_BY_STAFF;
    TRY(case_work_begin(&w, app, tx, a, c));
    if (c->by == CASE_BY_SYSTEM || (!staff && w.state == CASE_WITHDRAWN))
        FAIL(ERR_DENIED);
    case_check_words(a, &words, in->photo_count ? MSG_NONE : MSG_cases_fault_words_missing, faults);
    case_check_photos(a, (size_t)w.is.photos, in->photo_count, faults);
    if (faults->n)
        FAIL(ERR_INPUT);
    TRY(put_photos(&w, in->photos, in->photo_count));
    struct case_event_input event = {
        .kind = CASE_EVENT_ADDED,
        .words = str_empty(words) ? STR_NULL : words,
        .detail = in->photo_count ? arena_printf(a, "%zu", in->photo_count) : STR_NULL,
        .visible = staff ? CASE_SHOWN : CASE_WAITS};
    TRY(case_work_event(&w, &event));
    TRY(case_work_look_again(&w));
    TRY(case_work_save(&w));
out:
    return rc;
}

enum err cases_support(struct app *app, struct tx *tx, struct arena *a, const struct case_change *c,
                       struct str who, bool *counted)
{
    struct case_work w;
    int64_t added = 0;
    enum err rc = ERR_OK;
    *counted = false;
    TRY(case_work_begin(&w, app, tx, a, c));
    if (w.is.held || !w.is.open)
        FAIL(ERR_DENIED);
    if (str_empty(who) || who.n > 100)
        FAIL(ERR_INPUT);
    TRY(sql_support_put(tx, &added, .unit = w.unit, .case_id = w.id, .who = who,
                        .at_ms = w.now_ms));
    if (!added)
        goto out;
    w.is.support++;
    *counted = true;
    TRY(case_work_save(&w));
out:
    return rc;
}

enum err cases_rate(struct app *app, struct tx *tx, struct arena *a, const struct case_change *c,
                    int stars, struct str words, struct case_faults *faults)
{
    struct case_work w;
    enum err rc = ERR_OK;
    TRY(case_work_begin(&w, app, tx, a, c));
    if (c->by != CASE_BY_REPORTER || !w.is.answered_ms.set || w.state == CASE_WITHDRAWN)
        FAIL(ERR_DENIED);
    if (stars < 1 || stars > 5)
        case_fault(a, faults, CASE_FIELD_STARS, MSG_cases_fault_stars);
    case_check_words(a, &words, MSG_NONE, faults);
    if (faults->n)
        FAIL(ERR_INPUT);
    w.is.stars = I64(stars);
    w.is.rated_day = I64(day_of_ms(w.now_ms));
    struct case_event_input event = {
        .kind = CASE_EVENT_RATED, .detail = arena_printf(a, "%d", stars), .visible = CASE_SHOWN};
    TRY(case_work_event(&w, &event));
    if (!str_empty(words)) {
        struct case_event_input added = {
            .kind = CASE_EVENT_ADDED, .words = words, .visible = CASE_WAITS};
        TRY(case_work_event(&w, &added));
        TRY(case_work_look_again(&w));
    }
    TRY(case_work_save(&w));
out:
    return rc;
}

enum err cases_forget(struct app *app, struct tx *tx, struct arena *a, const struct case_change *c)
{
    struct case_work w;
    enum err rc = ERR_OK;
    TRY(case_work_begin(&w, app, tx, a, c));
    if (c->by == CASE_BY_SYSTEM)
        FAIL(ERR_DENIED);
    TRY(sql_reporter_forget(tx, NULL, .unit = w.unit, .case_id = w.id));
    struct case_event_input event = {.kind = CASE_EVENT_FORGOTTEN, .visible = CASE_INSIDE};
    TRY(case_work_event(&w, &event));
out:
    return rc;
}
