/*
 * What events tell an assessment: hearings held and who came to them, so that nobody types it; and
 * which trainings and study tours there are about the subject of a gap.
 *
 * Nothing on record is not nothing held: then the municipality answers, with minutes as proof.
 */
#include "programme/assessment/assessment.h"
#include "programme/events/events_internal.h"

#include "platform/core/clock.h"

#define HELP_DAYS 730 /* an older training is no help: who gave it may be gone */
#define SMALL 5       /* a share of fewer people says who they are */

/* The list counts families of merged municipalities; the numbers here are of one. */
static struct str hearings_href(const struct assessment_ask *q)
{
    struct buf *out = buf_in(q->arena);
    buf_printf(out, "/m/%.*s/events?kind=hearing&from=", STRF(q->unit));
    buf_day(out, q->from_day);
    buf_cstr(out, "&to=");
    buf_day(out, q->to_day);
    return buf_view(out);
}

static enum err count_hearings(const struct assessment_ask *q, struct assessment_answer *out)
{
    struct sql_event_hearings_of_row row = {0};
    enum err rc = sql_event_hearings_of(q->tx, q->arena, &row, .unit = q->unit,
                                        .topic = q->of.n ? q->of : STR_NULL,
                                        .from_day = q->from_day, .to_day = q->to_day);
    out->known = rc == ERR_OK && row.n > 0;
    out->value = (double)row.n;
    out->href = hearings_href(q);
    return rc;
}

static enum err count_people(const struct assessment_ask *q, struct assessment_answer *out)
{
    struct sql_event_hearing_people_row row = {0};
    const struct place *p = territory_find(territory_get(q->app, q->arena), q->unit);
    enum err rc = sql_event_hearing_people(q->tx, q->arena, &row, .unit = q->unit,
                                           .from_day = q->from_day, .to_day = q->to_day);
    out->known = rc == ERR_OK && row.n > 0 && p && p->population > 0;
    if (out->known)
        out->value = 1000.0 * (double)row.n / (double)p->population;
    out->href = hearings_href(q);
    return rc;
}

static enum err count_women(const struct assessment_ask *q, struct assessment_answer *out)
{
    struct sql_event_hearing_people_row row = {0};
    enum err rc = sql_event_hearing_people(q->tx, q->arena, &row, .unit = q->unit,
                                           .from_day = q->from_day, .to_day = q->to_day);
    out->known = rc == ERR_OK && row.told >= SMALL;
    out->value = (double)row.women;
    out->whole = (double)row.told;
    out->href = hearings_href(q);
    return rc;
}

static enum err help(struct app *app, struct tx *tx, struct arena *a, enum lang lang,
                     struct str topic, struct assessment_helps *out)
{
    struct sql_event_helps_rows rows;
    enum err rc =
        sql_event_helps(tx, a, &rows, .topic = topic, .from_day = day_today() - HELP_DAYS);
    (void)app;
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_event_helps_row *x = &rows.v[i];
        struct text3 title = {{x->title_ky, x->title_ru, x->title_en}};
        struct buf *text = buf_in(a);
        buf_str(text, text3_get(&title, lang));
        buf_cstr(text, ", ");
        lang_date(text, lang, x->from_day);
        ARENA_PUSH(
            a, *out,
            ((struct assessment_help){.kind = msg_text(lang, events_kind_name(x->kind)),
                                      .title = buf_view(text),
                                      .href = arena_printf(a, "/events/%lld", (long long)x->id)}));
    }
    return rc;
}

void events_tell_assessment(void)
{
    static const struct assessment_source own[] = {{"hearings", count_hearings},
                                                   {"hearing_people", count_people},
                                                   {"women_hearings", count_women}};
    for (size_t i = 0; i < COUNT_OF(own); i++)
        assessment_add_source(&own[i]);
    assessment_add_help(help);
}
