/*
 * Working days of Kyrgyzstan: Monday to Friday, less the public holidays and transferred days that
 * the database holds as data (`aimak import holidays FILE.csv`; shipped with the days fixed by the
 * Labour Code for 2020-2030 and the movable feasts announced so far). Deadlines promised in working
 * days are counted with it.
 */
#ifndef CALENDAR_CALENDAR_H
#define CALENDAR_CALENDAR_H

#include "platform/web/slice.h"

/* `a` keeps the calendar in use alive; pass the arena of the request or job. */
bool calendar_is_working_day(struct arena *a, int64_t day);
/* The day on which `count` working days after `day` have passed: counting starts on the next
 * working day, as for terms in civil law. count 0: the day itself, or the next working day. */
int64_t calendar_add_working_days(struct arena *a, int64_t day, int64_t count);
/* Working days in (from, to]; 0 when to <= from. */
int64_t calendar_working_days(struct arena *a, int64_t from, int64_t to);
/* Name of the holiday on that day, or a NULL view. */
struct str calendar_holiday(struct arena *a, int64_t day, enum lang lang);

extern const struct slice calendar_slice;

#endif
