/*
 * The working calendar in memory: one byte a day from 2000 to 2060 says whether people work.
 *
 * A fixed holiday that falls on Saturday or Sunday gives the next working day off (Labour Code);
 * the Cabinet's yearly decisions and movable feasts are rows of their own and win over the rules.
 * The table is replaced as a whole; readers take it under a mutex held for a copy of a pointer, and
 * old tables are kept until the program ends (they change a few times a year).
 */
#include "community/calendar/calendar.h"
#include "community/calendar/calendar_sql.h"

#include "platform/core/clock.h"
#include "platform/core/snapshot.h"
#include "platform/jobs/jobs.h"
#include "platform/web/import.h"

#define FIRST_YEAR 2000
#define LAST_YEAR 2060

struct holiday {
    int64_t day;
    struct text3 name;
};

struct working_calendar {
    struct snapshot base;
    int64_t first, last; /* days covered */
    unsigned char *off;  /* 1: nobody works */
    struct holidays {
        struct holiday *v;
        size_t n, cap;
    } holidays;
};

static struct snapshot_slot slot = SNAPSHOT_SLOT;

static bool is_off(const struct working_calendar *c, int64_t day)
{
    if (day < c->first || day > c->last)
        return day_weekday(day) >= 6;
    return c->off[day - c->first];
}

static void set_off(struct working_calendar *c, int64_t day, bool off)
{
    if (day >= c->first && day <= c->last)
        c->off[day - c->first] = off;
}

static void add_name(struct working_calendar *c, int64_t day, struct str ky, struct str ru,
                     struct str en)
{
    ARENA_PUSH(c->base.arena, c->holidays, ((struct holiday){day, {{ky, ru, en}}}));
}

static void apply_rule(struct working_calendar *c, const struct sql_holiday_rules_row *rule)
{
    int64_t last = rule->to_year.set ? rule->to_year.v : LAST_YEAR;
    for (int64_t year = rule->from_year < FIRST_YEAR ? FIRST_YEAR : rule->from_year;
         year <= last && year <= LAST_YEAR; year++) {
        struct civil date = {(int)year, (int)rule->month, (int)rule->day};
        int64_t day = day_from_civil(date);
        bool weekend = day_weekday(day) >= 6;
        add_name(c, day, rule->name_ky, rule->name_ru, rule->name_en);
        set_off(c, day, true);
        while (weekend && is_off(c, day))
            day++;
        set_off(c, day, true);
    }
}

static enum err read_calendar(struct tx *tx, void *arg)
{
    struct working_calendar *c = arg;
    struct sql_holiday_rules_rows rules;
    struct sql_holiday_days_rows days;
    enum err rc = ERR_OK;
    TRY(sql_holiday_rules(tx, c->base.arena, &rules));
    TRY(sql_holiday_days(tx, c->base.arena, &days));
    c->first = day_from_civil((struct civil){FIRST_YEAR, 1, 1});
    c->last = day_from_civil((struct civil){LAST_YEAR, 12, 31});
    c->off = arena_alloc(c->base.arena, (size_t)(c->last - c->first + 1));
    for (int64_t day = c->first; day <= c->last; day++)
        set_off(c, day, day_weekday(day) >= 6);
    for (size_t i = 0; i < rules.n; i++)
        apply_rule(c, &rules.v[i]);
    for (size_t i = 0; i < days.n; i++) {
        set_off(c, days.v[i].day, days.v[i].off != 0);
        add_name(c, days.v[i].day, days.v[i].name_ky, days.v[i].name_ru, days.v[i].name_en);
    }
out:
    return rc;
}

static enum err reload(struct app *app)
{
    struct working_calendar *c = snapshot_new(sizeof *c);
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_calendar, c);
    if (rc == ERR_OK)
        snapshot_replace(&slot, &c->base);
    else
        snapshot_drop(&c->base);
    return rc;
}

bool calendar_is_working_day(struct arena *a, int64_t day)
{
    return !is_off(snapshot_hold(&slot, a), day);
}

int64_t calendar_add_working_days(struct arena *a, int64_t day, int64_t count)
{
    const struct working_calendar *c = snapshot_hold(&slot, a);
    INVARIANT(count >= 0 && count < 10000);
    if (count == 0)
        while (is_off(c, day))
            day++;
    while (count > 0)
        if (!is_off(c, ++day))
            count--;
    return day;
}

int64_t calendar_working_days(struct arena *a, int64_t from, int64_t to)
{
    const struct working_calendar *c = snapshot_hold(&slot, a);
    int64_t count = 0;
    for (int64_t day = from + 1; day <= to; day++)
        count += !is_off(c, day);
    return count;
}

struct str calendar_holiday(struct arena *a, int64_t day, enum lang lang)
{
    const struct working_calendar *c = snapshot_hold(&slot, a);
    for (size_t i = 0; i < c->holidays.n; i++)
        if (c->holidays.v[i].day == day)
            return text3_get(&c->holidays.v[i].name, lang);
    return STR_NULL;
}

/* --- import --- */

enum { H_DAY, H_OFF, H_KY, H_RU, H_EN, H_SOURCE };
static const struct table_column columns[] = {
    [H_DAY] = {"day", true},    [H_OFF] = {"off", true},     [H_KY] = {"name_ky", true},
    [H_RU] = {"name_ru", true}, [H_EN] = {"name_en", false}, [H_SOURCE] = {"source", false},
};

struct holiday_puts {
    struct sql_holiday_put_in *v;
    size_t n, cap;
};

static enum err write_holidays(struct tx *tx, void *arg)
{
    struct holiday_puts *puts = arg;
    for (size_t i = 0; i < puts->n; i++) {
        enum err rc = sql_holiday_put_run(tx, NULL, &puts->v[i]);
        if (rc != ERR_OK)
            return rc;
    }
    return ERR_OK;
}

static int load_holidays(struct app *app, struct import_run *run)
{
    struct holiday_puts puts = {0};
    struct table_in *t = table_open(run->arena, run->text, columns, COUNT_OF(columns));
    run->table = t;
    while (table_next(t)) {
        struct sql_holiday_put_in put = {0};
        table_day(t, H_DAY, &put.day);
        table_i64(t, H_OFF, 0, 1, &put.off);
        put.name_ky = arena_str(run->arena, table_cell(t, H_KY));
        put.name_ru = arena_str(run->arena, table_cell(t, H_RU));
        put.name_en = arena_str(run->arena, table_cell(t, H_EN));
        put.source = arena_str(run->arena, table_cell(t, H_SOURCE));
        ARENA_PUSH(run->arena, puts, put);
    }
    enum err rc = table_faults(t) > 0 ? ERR_INPUT : ERR_OK;
    run->counts.rows = (int64_t)puts.n;
    if (rc == ERR_OK && !run->dry_run)
        rc = db_write(app->db, SCOPE_COUNTRY, write_holidays, &puts);
    if (rc == ERR_OK && !run->dry_run)
        rc = reload(app);
    return import_finish(run, rc);
}

static int import_holidays(struct app *app, int argc, char **argv)
{
    return import_command(app, argc, argv, load_holidays);
}

static enum err reload_daily(struct app *app, struct arena *a)
{
    (void)a;
    return reload(app);
}

static const struct command commands[] = {
    {"import holidays", "FILE.csv [--dry-run]", "Load movable feasts and moved days off",
     "Columns: day (YYYY-MM-DD), off (1 nobody works, 0 a working day), name_ky, name_ru, and\n"
     "optionally name_en, source. The fixed public holidays are known already.\n\n"
     "Example:\n  aimak import holidays holidays-2027.csv\n",
     import_holidays, true},
};

static const struct schedule_def schedules[] = {
    {"calendar_reload", MS_DAY, reload_daily, .each_instance = true},
};

const struct slice calendar_slice = {
    .name = "calendar",
    .migrations = calendar_migrations,
    .queries = calendar_queries,
    .commands = commands,
    .command_count = COUNT_OF(commands),
    .schedules = schedules,
    .schedule_count = COUNT_OF(schedules),
    .start = reload,
};
