/*
 * On the page of a service, beside what it promises: on which days it comes where, and the next
 * visits. A service without a schedule shows nothing.
 */
#include "services/delivery/delivery_tpl.h"
#include "services/delivery/delivery_web.h"

#include "platform/core/log.h"

#define NEXT_SHOWN 4

struct section_reading {
    struct req *r;
    struct str service;
    int64_t today;
    struct schedules schedules;
    struct next_visits next;
};

static enum err read_section(struct tx *tx, void *arg)
{
    struct section_reading *s = arg;
    struct req *r = s->r;
    enum err rc = ERR_OK;
    s->schedules = (struct schedules){0};
    s->next = (struct next_visits){0};
    TRY(delivery_schedules(tx, r->arena, r->unit, &s->schedules));
    TRY(delivery_next(tx, r->arena, r->unit, s->service, s->today, NEXT_SHOWN, &s->next));
out:
    return rc;
}

static void fill_section(const struct section_reading *s, struct section_view *v)
{
    struct req *r = s->r;
    for (size_t i = 0; i < s->schedules.n; i++) {
        const struct schedule *one = &s->schedules.v[i];
        bool ended = one->to_day.set && one->to_day.v < s->today;
        if (ended || !str_eq(one->service, s->service))
            continue;
        struct schedule_row row = {
            .from_day = one->from_day,
            .ahead = one->from_day > s->today,
            .route = one->route,
            .days = delivery_schedule_days(r, one),
            .time = delivery_time(r->arena, one->time_from, one->time_to),
            .villages = delivery_schedule_villages(r, one),
            .holidays = one->holidays,
        };
        ARENA_PUSH(r->arena, v->schedules, row);
    }
    for (size_t i = 0; i < s->next.n; i++) {
        const struct next_visit *n = &s->next.v[i];
        struct visit visit = {.service = n->service,
                              .route = n->route,
                              .village = n->village,
                              .day = n->day,
                              .time_from = n->time_from,
                              .time_to = n->time_to};
        ARENA_PUSH(r->arena, v->next, delivery_row(r, &visit, "m", NULL));
    }
}

void delivery_section(struct buf *out, struct req *r, struct str service)
{
    struct section_reading s = {.r = r, .service = service, .today = day_of_ms(r->ui.now_ms)};
    struct section_view v = {
        .calendar_href =
            arena_printf(r->arena, "/m/%.*s/calendar?service=%.*s", STRF(r->unit), STRF(service)),
        .ics = arena_printf(r->arena, "/m/%.*s/calendar.ics?service=%.*s", STRF(r->unit),
                            STRF(service)),
    };
    enum err rc = req_read(r, read_section, &s);
    if (rc != ERR_OK) { /* the promises are worth showing without it */
        LOG(LOG_WARN, "delivery.section", LOG_C("why", err_name(rc)));
        return;
    }
    fill_section(&s, &v);
    if (v.schedules.n)
        tpl_delivery_section(out, &r->ui, &v);
}
