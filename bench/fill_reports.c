/* The made-up reports of bench_fill: what they say, what became of them, and what is kept of it. */
#include "fill.h"

#include "community/calendar/calendar.h"
#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"
#include "voice/cases/cases_internal.h"

#include <math.h>

#define SPAN_DAYS 730
#define CHUNK 500 /* reports in one transaction */
#define NUMBER_CHUNK 20000

static const char *const first_words[] = {
    "Эртеден бери ушундай абал болуп жатат, ",
    "Бул маселе боюнча мурда да кайрылганбыз, ",
    "Кече кечинде байкап калдык, ",
    "Кошуналар да ушуну айтып жатышат, ",
};
static const char *const last_words[] = {
    "тезирээк чара көрүп койсоңуздар, балдар менен карыларга кыйын болуп жатат.",
    "жолдун кырында, дүкөндүн маңдайында, оңой эле табылат.",
    "бир жумадан бери эч ким келе элек, абал күндөн күнгө начарлап баратат.",
    "качан оңдолорун айтып койсоңуздар, күтүп жатабыз.",
};
static const char answer_words[] =
    "Кайрылууңуз каралды. Тейлөө кызматы жеринде болуп, жумуш аткарылды; дагы суроо болсо, "
    "кабылдамага чалыңыз.";

/* One report, from the first word to what became of it. */
struct story {
    struct sql_case_put_in put;
    struct sql_case_get_row is; /* after the last step */
    int64_t step_ms[3];
    enum case_state step[3];
    int steps;
    int service; /* place in fill.services */
};

struct chunk {
    struct fill *f;
    struct arena *arena;
    int32_t unit;
    int64_t from, to, first; /* reports of this chunk; the municipality's first one */
    int64_t all;             /* reports of the municipality */
    struct dice dice, dice_at_start;
    struct case_totals *sums; /* by [service][day of the span]: what the totals are raised by */
};

/* Hours as a first-come process has them: mostly soon, some very late. */
static int64_t wait_ms(struct dice *d, double mean_hours)
{
    return (int64_t)(-log(dice_share(d)) * mean_hours * (double)MS_HOUR);
}

static void enter(struct arena *a, struct story *s, enum case_state state, int64_t at_ms)
{
    const struct case_state_def *def = &case_states[state];
    int64_t day = day_of_ms(at_ms), work = calendar_working_days(a, s->is.created_day, day);
    s->step[s->steps] = state;
    s->step_ms[s->steps++] = at_ms;
    s->is.state = str_from(def->code);
    s->is.state_ms = s->is.changed_ms = at_ms;
    s->is.open = def->open;
    if (def->answered && !s->is.answered_ms.set) {
        s->is.answered_ms = I64(at_ms);
        s->is.answered_day = I64(day);
        s->is.answered_work = I64(work);
    }
    if (state == CASE_RESOLVED) {
        s->is.resolved_ms = I64(at_ms);
        s->is.resolved_day = I64(day);
        s->is.resolved_work = I64(work);
    } else if (!def->open && !s->is.resolved_ms.set) {
        s->is.left_day = I64(day);
        s->is.left_work = I64(work);
    }
}

static void tell(struct chunk *c, struct story *s)
{
    struct arena *a = c->arena;
    struct dice *d = &c->dice;
    int64_t now = c->f->now_ms, begun = s->is.created_ms + MS_HOUR + wait_ms(d, 30);
    int64_t done = begun + MS_HOUR + wait_ms(d, 110), fate = dice_below(d, 100);
    int64_t confirmed = done + wait_ms(d, 40);
    if (begun < now)
        enter(a, s, fate % 3 ? CASE_ACCEPTED : CASE_IN_PROGRESS, begun);
    if (begun < now && done < now && fate < 97) {
        enter(a, s,
              fate < 84   ? CASE_RESOLVED
              : fate < 90 ? CASE_REFUSED
              : fate < 94 ? CASE_PASSED
                          : CASE_WITHDRAWN,
              done);
        if (fate < 94)
            s->is.answer = str_from(answer_words);
        if (fate >= 90 && fate < 94)
            s->is.passed_to = STR("Район №1");
    }
    if (s->is.resolved_ms.set && confirmed < now && fate < 45) {
        enter(a, s, CASE_CONFIRMED, confirmed);
        s->is.rated_day = I64(day_of_ms(confirmed));
        s->is.stars = I64(1 + dice_below(d, 5));
    }
    if (s->is.open && s->is.due_day.v < c->f->today)
        s->is.late_ms = I64(now);
}

static void invent(struct chunk *c, int64_t nth, struct story *s)
{
    struct fill *f = c->f;
    struct arena *a = c->arena;
    struct dice *d = &c->dice;
    const struct fill_unit *unit = &f->units[c->unit];
    struct fill_number *number = &f->numbers[nth];
    int64_t i = nth - c->first, span = SPAN_DAYS * MS_DAY;
    int64_t at =
        f->now_ms - span + (int64_t)((double)span * ((double)i + dice_share(d)) / (double)c->all);
    if (at >= f->now_ms)
        at = f->now_ms - 1;
    s->service = (int)dice_below(d, FILL_SERVICES);
    const struct service_kind *kind =
        catalogue_find(catalogue_get(f->app, a), f->services[s->service]);
    const struct service_fault *fault = &kind->faults[dice_below(d, (int64_t)kind->fault_count)];
    const struct place *village =
        unit->place->children[dice_below(d, (int64_t)unit->place->child_count)];
    struct str street = arena_printf(a, "%lld-көчө, %lld", (long long)dice_below(d, 40) + 1,
                                     (long long)dice_below(d, 90) + 1);
    struct str words = arena_printf(a, "%.*s. %s%s", STRF(fault->name.in[LANG_KY]),
                                    first_words[dice_below(d, COUNT_OF(first_words))],
                                    last_words[dice_below(d, COUNT_OF(last_words))]);
    struct buf *key = buf_in(a), *street_key = buf_in(a);
    number->unit = c->unit;
    number->id = id_floor(at) + i % 1024;
    buf_printf(key, " %s ", number->text);
    utf8_search_key(key, street);
    buf_char(key, ' ');
    utf8_search_key(key, words);
    utf8_search_key(street_key, street);
    bool hide = fault->private_by_default || dice_below(d, 40) == 0;
    int64_t created_day = day_of_ms(at);
    s->put = (struct sql_case_put_in){
        .unit = str_from(unit->code),
        .id = number->id,
        .number = str_from(number->text),
        .service = kind->code,
        .fault = fault->code,
        .village = village->code,
        .street = street,
        .street_key = buf_view(street_key),
        .lat = dice_below(d, 2) ? village->lat + dice_share(d) / 100 : NAN,
        .words = words,
        .words_hash = I64((int64_t)(dice_next(d) >> 1)),
        .hide = hide,
        .lang = STR("ky"),
        .channel = STR("web"),
        .state = STR("received"),
        .created_ms = at,
        .created_day = created_day,
        .promise_id = unit->promise[s->service],
        .due_day = I64(calendar_add_working_days(a, created_day, FILL_PROMISE_DAYS)),
        .search_key = buf_view(key)};
    s->put.lon = isnan(s->put.lat) ? NAN : village->lon + dice_share(d) / 100;
    s->is = (struct sql_case_get_row){.created_ms = at,
                                      .created_day = created_day,
                                      .state = s->put.state,
                                      .state_ms = at,
                                      .changed_ms = at,
                                      .open = 1,
                                      .due_day = s->put.due_day};
    tell(c, s);
    bool looked = s->steps > 0;
    s->put.unseen = s->put.look = !looked;
    s->put.street_public = looked && !hide ? street : STR_NULL;
    s->put.words_public = looked && !hide ? words : STR_NULL;
}

static struct case_totals *sum_of(struct chunk *c, const struct story *s, int64_t day)
{
    int64_t at = day - (c->f->today - SPAN_DAYS - 1);
    INVARIANT(at >= 0 && at < SPAN_DAYS + 2);
    return &c->sums[s->service * (SPAN_DAYS + 2) + at];
}

static void count(struct chunk *c, const struct story *s)
{
    sum_of(c, s, s->is.created_day)->received++;
    if (s->is.answered_day.set)
        sum_of(c, s, s->is.answered_day.v)->answered++;
    if (s->is.resolved_day.set) {
        struct case_totals *day = sum_of(c, s, s->is.resolved_day.v);
        day->resolved++;
        day->in_time += s->is.resolved_day.v <= s->is.due_day.v;
    }
    if (s->is.rated_day.set) {
        struct case_totals *day = sum_of(c, s, s->is.rated_day.v);
        day->rated++;
        day->stars += s->is.stars.v;
    }
}

static enum err put_events(struct tx *tx, const struct story *s)
{
    enum err rc = ERR_OK;
    TRY(sql_event_put(tx, NULL, .unit = s->put.unit, .case_id = s->put.id, .id = s->put.id,
                      .kind = case_event_code(CASE_EVENT_REPORT), .at_ms = s->put.created_ms,
                      .actor = case_by_code(CASE_BY_REPORTER), .state = STR("received"),
                      .visible = CASE_SHOWN));
    for (int i = 0; i < s->steps; i++) {
        const struct case_state_def *def = &case_states[s->step[i]];
        bool reporter = s->step[i] == CASE_CONFIRMED || s->step[i] == CASE_WITHDRAWN;
        TRY(sql_event_put(
            tx, NULL, .unit = s->put.unit, .case_id = s->put.id, .id = s->put.id + i + 1,
            .kind = case_event_code(CASE_EVENT_STATE), .at_ms = s->step_ms[i],
            .actor = case_by_code(reporter ? CASE_BY_REPORTER : CASE_BY_STAFF), .person = !reporter,
            .state = str_from(def->code),
            .words = def->needs_answer ? str_from(answer_words) : STR_NULL, .visible = CASE_SHOWN));
    }
out:
    return rc;
}

static enum err put_story(struct tx *tx, struct arena *a, const struct story *s)
{
    const struct sql_case_put_in *p = &s->put;
    const struct sql_case_get_row *is = &s->is;
    enum err rc = ERR_OK;
    TRY(sql_case_put_run(tx, NULL, p));
    if (s->steps)
        TRY(sql_case_save(
            tx, NULL, .unit = p->unit, .id = p->id, .version = 1, .service = p->service,
            .fault = p->fault, .village = p->village, .street = p->street,
            .street_key = p->street_key, .street_public = p->street_public, .lat = p->lat,
            .lon = p->lon, .words_public = p->words_public, .hide = p->hide, .held = p->held,
            .unseen = p->unseen, .look = p->look, .state = is->state, .state_ms = is->state_ms,
            .open = is->open, .changed_ms = is->changed_ms, .promise_id = p->promise_id,
            .due_day = p->due_day, .answer = is->answer, .answered_ms = is->answered_ms,
            .answered_day = is->answered_day, .answered_work = is->answered_work,
            .resolved_ms = is->resolved_ms, .resolved_day = is->resolved_day,
            .resolved_work = is->resolved_work, .left_day = is->left_day,
            .left_work = is->left_work, .late_ms = is->late_ms, .passed_to = is->passed_to,
            .stars = is->stars, .rated_day = is->rated_day));
    TRY(sql_reporter_put(
        tx, NULL, .unit = p->unit, .case_id = p->id,
        .secret_hash = arena_printf(a, "%064llx", (unsigned long long)p->id),
        .email = p->id % 3 ? STR_NULL
                           : arena_printf(a, "resident%lld@example.invalid", (long long)p->id)));
    TRY(put_events(tx, s));
    if (is->answered_ms.set)
        TRY(sql_answer_time_add(
            tx, NULL, .unit = p->unit, .day = is->answered_day.v, .service = p->service,
            .hours = case_answer_step(is->answered_ms.v - is->created_ms), .answers = 1));
out:
    return rc;
}

static enum err chunk_fn(struct tx *tx, void *arg)
{
    struct chunk *c = arg;
    enum err rc = ERR_OK;
    c->dice = c->dice_at_start; /* the same again when the transaction is repeated */
    for (int64_t i = c->from; i < c->to; i++) {
        struct story s = {.steps = 0};
        invent(c, i, &s);
        TRY(put_story(tx, c->arena, &s));
    }
out:
    return rc;
}

/* After the rows are kept, so that a repeated transaction counts nothing twice. */
static void count_chunk(struct chunk *c)
{
    c->dice = c->dice_at_start;
    for (int64_t i = c->from; i < c->to; i++) {
        struct story s = {.steps = 0};
        invent(c, i, &s);
        count(c, &s);
    }
}

/* The running totals of one service; -1: of all together. */
static enum err put_totals(struct tx *tx, struct chunk *c, int service)
{
    struct str unit = str_from(c->f->units[c->unit].code);
    enum err rc = ERR_OK;
    for (int64_t d = 0; d < SPAN_DAYS + 2; d++) {
        struct case_totals sum = {0};
        for (int s = service < 0 ? 0 : service; s < (service < 0 ? FILL_SERVICES : service + 1);
             s++)
            case_totals_add(&sum, &c->sums[s * (SPAN_DAYS + 2) + d]);
        TRY(case_totals_raise(tx, unit, service < 0 ? STR("") : c->f->services[service],
                              c->f->today - SPAN_DAYS - 1 + d, &sum));
    }
out:
    return rc;
}

static enum err totals_fn(struct tx *tx, void *arg)
{
    struct chunk *c = arg;
    struct str unit = str_from(c->f->units[c->unit].code);
    enum err rc = ERR_OK;
    for (int s = 0; s < FILL_SERVICES; s++) {
        TRY(sql_service_put(tx, NULL, .unit = unit, .service = c->f->services[s]));
        TRY(put_totals(tx, c, s));
    }
    rc = put_totals(tx, c, -1);
out:
    return rc;
}

/* --- numbers --- */

/* Numbers of a run are random in two millions: some would come twice. */
static void invent_number(struct fill *f, struct arena *a, int64_t nth)
{
    static uint64_t *seen;
    static size_t places;
    if (!seen) {
        for (places = 1024; places < (size_t)f->report_count * 2; places *= 2)
            continue;
        seen = err_memory(calloc(places, sizeof *seen));
    }
    for (;;) {
        struct str number = id_number(a);
        uint64_t hash = UINT64_C(14695981039346656037);
        for (size_t i = 0; i < number.n; i++)
            hash = (hash ^ (unsigned char)number.p[i]) * UINT64_C(1099511628211);
        size_t at = hash & (places - 1);
        while (seen[at] && seen[at] != hash)
            at = (at + 1) & (places - 1);
        if (seen[at])
            continue;
        seen[at] = hash;
        INVARIANT(number.n < sizeof f->numbers[nth].text);
        memcpy(f->numbers[nth].text, number.p, number.n);
        return;
    }
}

static int by_text(const void *x, const void *y)
{
    const struct fill_number *a = x, *b = y;
    return strcmp(a->text, b->text);
}

struct number_chunk {
    struct fill *f;
    int64_t from, to;
};

static enum err numbers_fn(struct tx *tx, void *arg)
{
    const struct number_chunk *c = arg;
    enum err rc = ERR_OK;
    for (int64_t i = c->from; i < c->to; i++) {
        const struct fill_number *n = &c->f->numbers[i];
        TRY(sql_case_number_put(tx, NULL, .number = str_from(n->text),
                                .unit = str_from(c->f->units[n->unit].code), .id = n->id));
    }
out:
    return rc;
}

enum err fill_numbers(struct fill *f)
{
    enum err rc = ERR_OK;
    qsort(f->numbers, (size_t)f->report_count, sizeof *f->numbers, by_text);
    for (int64_t at = 0; at < f->report_count; at += NUMBER_CHUNK) {
        int64_t end = at + NUMBER_CHUNK;
        struct number_chunk c = {f, at, end < f->report_count ? end : f->report_count};
        TRY(db_write(f->app->db, SCOPE_COUNTRY, numbers_fn, &c));
    }
out:
    return rc;
}

enum err fill_reports(struct fill *f, int32_t unit, int64_t from, int64_t to)
{
    struct chunk c = {.f = f, .arena = arena_new(), .unit = unit, .first = from, .all = to - from};
    struct str scope = str_from(f->units[unit].code);
    enum err rc = ERR_OK;
    c.sums = err_memory(calloc(FILL_SERVICES * (SPAN_DAYS + 2), sizeof *c.sums));
    c.dice.state = (uint64_t)unit * UINT64_C(1000003) + 5;
    for (c.from = from; c.from < to; c.from = c.to) {
        c.to = c.from + CHUNK < to ? c.from + CHUNK : to;
        for (int64_t i = c.from; i < c.to; i++)
            invent_number(f, c.arena, i);
        c.dice_at_start = c.dice;
        TRY(db_write(f->app->db, scope, chunk_fn, &c));
        count_chunk(&c);
        arena_reset(c.arena);
    }
    TRY(db_write(f->app->db, scope, totals_fn, &c));
out:
    free(c.sums);
    arena_free(c.arena);
    return rc;
}
