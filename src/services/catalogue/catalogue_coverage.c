/*
 * People served: counts by village and level, each with its day, method and evidence. The figures
 * read the latest count of each village and level (view coverage_now), so a person is counted once;
 * nothing is overwritten, a wrong count is withdrawn with a reason.
 */
#include "services/catalogue/catalogue_internal.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"

/* Before this nobody counted; a slip of the year is caught. */
#define EARLIEST_YEAR 1991

static const struct {
    const char *code;
    enum msg name;
} methods[COUNT__MAX] = {
    [COUNT_HOUSEHOLDS] = {"households", MSG_catalogue_method_households},
    [COUNT_SUBSCRIBERS] = {"subscribers", MSG_catalogue_method_subscribers},
    [COUNT_SURVEY] = {"survey", MSG_catalogue_method_survey},
    [COUNT_ATTENDANCE] = {"attendance", MSG_catalogue_method_attendance},
    [COUNT_ESTIMATE] = {"estimate", MSG_catalogue_method_estimate},
};

const char *count_method_code(enum count_method m)
{
    INVARIANT((unsigned)m < COUNT__MAX);
    return methods[m].code;
}

bool count_method_parse(struct str code, enum count_method *out)
{
    for (int m = 0; m < COUNT__MAX; m++)
        if (str_eq(code, str_from(methods[m].code))) {
            *out = (enum count_method)m;
            return true;
        }
    return false;
}

enum msg count_method_message(enum count_method m)
{
    INVARIANT((unsigned)m < COUNT__MAX);
    return methods[m].name;
}

int64_t coverage_earliest_day(void)
{
    return day_from_civil((struct civil){EARLIEST_YEAR, 1, 1});
}

bool coverage_level_fits(const struct service_kind *kind, struct str level)
{
    if (kind->level_count == 0)
        return level.n == 0;
    for (size_t i = 0; i < kind->level_count; i++)
        if (str_eq(kind->levels[i].code, level))
            return true;
    return false;
}

const struct place *coverage_village(struct app *app, struct arena *a, struct str unit,
                                     struct str code)
{
    const struct place *p = territory_find(territory_get(app, a), code);
    const struct place *own = p ? place_municipality(p) : NULL;
    return own && own != p && str_eq(own->code, unit) ? p : NULL;
}

enum err coverage_sum(struct tx *tx, struct arena *a, struct str unit, struct str service,
                      struct str village, int64_t day, int64_t *people)
{
    struct sql_coverage_on_day_rows rows;
    enum err rc = sql_coverage_on_day(tx, a, &rows, .unit = unit, .service = service,
                                      .village = village, .day = day);
    *people = 0;
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        *people += rows.v[i].people;
    return rc;
}

/* What the form says by itself. */
static void check_input(struct app *app, struct arena *a, const struct coverage_input *in,
                        const struct service_kind *kind, struct catalogue_faults *faults)
{
    if (!coverage_village(app, a, in->unit, in->village))
        catalogue_fault(
            a, faults,
            (struct catalogue_fault){COVERAGE_VILLAGE, MSG_catalogue_fault_village, {{0}}});
    if (in->day > day_today() || in->day < coverage_earliest_day())
        catalogue_fault(a, faults,
                        (struct catalogue_fault){COVERAGE_DAY, MSG_catalogue_fault_day, {{0}}});
    INVARIANT(in->level_count <= CATALOGUE_LEVELS_MAX);
    for (size_t i = 0; i < in->level_count; i++) {
        const struct coverage_level *l = &in->levels[i];
        enum msg m = MSG_NONE;
        if (!coverage_level_fits(kind, l->level))
            m = MSG_catalogue_fault_level;
        else if (l->people < 0 || l->people > COVERAGE_PEOPLE_MAX)
            m = MSG_catalogue_fault_people;
        else if (l->women.set && (l->women.v < 0 || l->women.v > l->people))
            m = MSG_catalogue_fault_women;
        if (m != MSG_NONE)
            catalogue_fault(a, faults, (struct catalogue_fault){COVERAGE_LEVEL + (int)i, m, {{0}}});
    }
}

static enum err write_levels(struct tx *tx, const struct coverage_input *in)
{
    enum err rc = ERR_OK;
    struct arena *a = arena_new();
    for (size_t i = 0; i < in->level_count; i++) {
        struct str level = in->levels[i].level;
        TRY(coverage_tell(tx, a, in->unit, in->service, in->village, level, -1));
        TRY(sql_coverage_put(
            tx, NULL, .unit = in->unit, .id = id_new(), .service = in->service,
            .village = in->village, .level = in->levels[i].level, .people = in->levels[i].people,
            .women = in->levels[i].women, .day = in->day,
            .method = str_from(count_method_code(in->method)), .evidence_file = in->evidence.file,
            .evidence_name = in->evidence.name, .evidence_type = in->evidence.type,
            .evidence_public = in->evidence.is_public, .note = in->note.p ? in->note : STR(""),
            .recorded_ms = in->at_ms ? in->at_ms : clock_now_ms(), .recorded_by = in->person,
            .once = in->once));
        TRY(coverage_tell(tx, a, in->unit, in->service, in->village, level, 1));
    }
out:
    arena_free(a);
    return rc;
}

enum err catalogue_add_coverage(struct app *app, struct tx *tx, struct arena *a,
                                const struct coverage_input *in, bool *repeated,
                                struct catalogue_faults *faults)
{
    enum err rc = ERR_OK;
    int64_t people = 0;
    const struct service_kind *kind = catalogue_find(catalogue_get(app, a), in->service);
    *repeated = false;
    if (!kind)
        FAIL(ERR_NOT_FOUND);
    if (in->once.p) {
        struct sql_coverage_by_once_row known = {0};
        TRY(sql_coverage_by_once(tx, a, &known, .unit = in->unit, .once = in->once));
        *repeated = known.n > 0;
        if (*repeated)
            goto out;
    }
    check_input(app, a, in, kind, faults);
    if (faults->n)
        FAIL(ERR_INPUT);
    TRY(write_levels(tx, in));
    TRY(coverage_sum(tx, a, in->unit, in->service, in->village, in->day, &people));
    const struct place *village = coverage_village(app, a, in->unit, in->village);
    if (village->population > 0 && people > village->population) {
        /* The caller rolls back. */
        catalogue_fault(a, faults,
                        (struct catalogue_fault){
                            COVERAGE_LEVEL,
                            MSG_catalogue_fault_sum,
                            {ARG_N("population", village->population), ARG_N("sum", people)}});
        FAIL(ERR_INPUT);
    }
out:
    return rc;
}

enum err catalogue_withdraw_coverage(struct tx *tx, struct str unit, int64_t id, int64_t person,
                                     struct str why)
{
    enum err rc = ERR_OK;
    struct arena *a = arena_new();
    struct sql_coverage_get_row row = {0};
    int64_t changed = 0;
    TRY(sql_coverage_get(tx, a, &row, .unit = unit, .id = id));
    TRY(coverage_tell(tx, a, unit, row.service, row.village, row.level, -1));
    TRY(sql_coverage_withdraw(tx, &changed, .unit = unit, .id = id, .at_ms = clock_now_ms(),
                              .person = person, .why = why));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    TRY(coverage_tell(tx, a, unit, row.service, row.village, row.level, 1));
out:
    arena_free(a);
    return rc;
}

enum err catalogue_coverage_news(struct tx *tx, struct arena *a, struct str unit, int64_t from_ms,
                                 int64_t from_day, struct coverage_news_list *out)
{
    struct sql_coverage_news_rows rows;
    enum err rc =
        sql_coverage_news(tx, a, &rows, .unit = unit, .from_ms = from_ms, .from_day = from_day);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        ARENA_PUSH(a, *out, ((struct coverage_news){rows.v[i].service, rows.v[i].day}));
    return rc;
}

enum err catalogue_coverage(struct tx *tx, struct arena *a, struct str unit, struct str service,
                            struct coverage_records *out)
{
    struct sql_coverage_records_rows rows;
    enum err rc = sql_coverage_records(tx, a, &rows, .unit = unit, .service = service);
    if (rc != ERR_OK)
        return rc;
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_coverage_records_row *row = &rows.v[i];
        struct coverage_record record = {
            .id = row->id,
            .village = row->village,
            .level = row->level,
            .people = row->people,
            .women = row->women,
            .day = row->day,
            .method = row->method,
            .note = row->note,
            .evidence = {row->evidence_file, row->evidence_name, row->evidence_type,
                         row->evidence_public.v != 0},
            .recorded_ms = row->recorded_ms,
            .withdrawn = row->withdrawn != 0,
            .in_force = row->in_force != 0,
            .withdrawn_ms = row->withdrawn_ms.v,
            .withdrawn_why = row->withdrawn_why,
        };
        ARENA_PUSH(a, *out, record);
    }
    return ERR_OK;
}
