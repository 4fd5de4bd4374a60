/*
 * The IATI 2.03 activity file: a result for each indicator, a period for each year, the country's
 * total without dimension or location, then its parts. Parts are never summed by whoever reads: a
 * total stands beside them.
 */
#include "programme/results/results_exchange.h"
#include "programme/results/results_public.h"

#include "platform/core/cli.h"
#include "platform/formats/xml.h"
#include "platform/web/req.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define REPORTER "KG-AIMAK"
enum { FLUSH_AT = 64 << 10, PERIODS_MAX = 64 };

struct iati {
    struct app *app;
    struct arena *a;    /* of the whole file: programmes, indicators */
    struct arena *part; /* of one indicator */
    struct buf *out;
    struct xml x;
    int fd;
    int64_t size;
    struct result_programmes programmes;
    struct result_indicators indicators;
    struct sql_results_targets_rows targets;
    int64_t bounds[PERIODS_MAX + 1];
    size_t periods;
};

static enum err flush(struct iati *f)
{
    size_t done = 0;
    while (done < f->out->n) {
        ssize_t n = write(f->fd, f->out->p + done, f->out->n - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ERR_IO;
        done += (size_t)n;
    }
    f->size += (int64_t)done;
    buf_clear(f->out);
    return ERR_OK;
}

static void narrative(struct xml *x, const char *element, const struct text3 *t)
{
    xml_open(x, element);
    for (int l = 0; l < LANG__MAX; l++)
        if (t->in[l].n) {
            xml_open(x, "narrative");
            xml_attribute(x, "xml:lang", str_from(lang_code((enum lang)l)));
            xml_text(x, t->in[l]);
            xml_close(x);
        }
    xml_close(x);
}

static void organisation(struct xml *x, const char *element, const char *ref, struct str name,
                         const char *role, const char *type)
{
    xml_open(x, element);
    if (ref)
        xml_attribute(x, "ref", str_from(ref));
    xml_attribute(x, "type", str_from(type));
    if (role)
        xml_attribute(x, "role", str_from(role));
    xml_open(x, "narrative");
    xml_attribute(x, "xml:lang", STR("en"));
    xml_text(x, name);
    xml_close(x);
    xml_close(x);
}

static struct str day_text(struct arena *a, int64_t day)
{
    struct buf *out = buf_in(a);
    buf_day(out, day);
    return buf_view(out);
}

static void coded(struct xml *x, const char *element, const char *code)
{
    xml_open(x, element);
    xml_attribute(x, "code", str_from(code));
    xml_close(x);
}

static void put_date(struct iati *f, const char *type, int64_t day)
{
    xml_open(&f->x, "activity-date");
    xml_attribute(&f->x, "type", str_from(type));
    xml_attribute(&f->x, "iso-date", day_text(f->part, day));
    xml_close(&f->x);
}

/* --- values --- */

static struct str value_text(struct arena *a, const struct result_indicator *i, int64_t amount,
                             struct i64_opt base)
{
    struct buf *out = buf_in(a);
    double share = results_amount_double(i, amount, base);
    if (i->measure == MEASURE_RATIO)
        buf_fixed(out, isnan(share) ? 0 : share * 100, 2);
    else
        results_amount_plain(out, i, amount, base);
    return buf_view(out);
}

/* Text has no number in IATI: the rules want no value then. */
static void put_value(struct iati *f, const char *element, const struct result_indicator *i,
                      const struct result_row *row, const struct result_dimensions *dimensions)
{
    xml_open(&f->x, element);
    if (i->measure != MEASURE_TEXT)
        xml_attribute(&f->x, "value", value_text(f->part, i, row->amount, row->base));
    if (row->place.n && !str_eq(row->place, STR("*"))) {
        xml_open(&f->x, "location");
        xml_attribute(&f->x, "ref", row->place);
        xml_close(&f->x);
    }
    for (size_t d = 0; d < dimensions->n; d++)
        if (row->values[d].p) {
            xml_open(&f->x, "dimension");
            xml_attribute(&f->x, "name", dimensions->v[d].code);
            xml_attribute(&f->x, "value",
                          str_eq(row->values[d], TALLY_UNKNOWN) ? STR("unknown") : row->values[d]);
            xml_close(&f->x);
        }
    xml_close(&f->x);
}

/* Rows of one period and one division; those withheld from the public are not told of. */
static void put_rows(struct iati *f, const struct result_indicator *i,
                     const struct result_rows *rows, size_t period,
                     const struct result_dimensions *dimensions)
{
    for (size_t k = 0; k < rows->n; k++)
        if (rows->v[k].period == period && !rows->v[k].withheld)
            put_value(f, "actual", i, &rows->v[k], dimensions);
}

static void put_period_head(struct iati *f, int64_t from, int64_t to)
{
    xml_open(&f->x, "period");
    xml_open(&f->x, "period-start");
    xml_attribute(&f->x, "iso-date", day_text(f->part, tally_month_start(from)));
    xml_close(&f->x);
    xml_open(&f->x, "period-end");
    xml_attribute(&f->x, "iso-date", day_text(f->part, tally_month_start(to) - 1));
    xml_close(&f->x);
}

static void put_baselines(struct iati *f, const struct result_indicator *i)
{
    for (size_t k = 0; k < f->targets.n; k++) {
        const struct sql_results_targets_row *t = &f->targets.v[k];
        if (!str_eq(t->indicator, i->code) || !str_eq(t->kind, STR("baseline")) ||
            !results_public_alone(i, t->amount, t->base))
            continue;
        xml_open(&f->x, "baseline");
        xml_attribute_i64(&f->x, "year", t->from_month / 12);
        if (i->measure != MEASURE_TEXT)
            xml_attribute(&f->x, "value", value_text(f->part, i, t->amount, t->base));
        xml_close(&f->x);
    }
}

/* Targets of the whole time or of a year of their own are periods of their own. */
static void put_targets(struct iati *f, const struct result_indicator *i)
{
    static const struct result_dimensions none;
    for (size_t k = 0; k < f->targets.n; k++) {
        const struct sql_results_targets_row *t = &f->targets.v[k];
        struct result_row row = {.amount = t->amount, .base = t->base};
        if (!str_eq(t->indicator, i->code) || !str_eq(t->kind, STR("target")))
            continue;
        put_period_head(f, t->from_month, t->to_month);
        put_value(f, "target", i, &row, &none);
        xml_close(&f->x);
    }
}

static bool has_target(const struct iati *f, const struct result_indicator *i)
{
    for (size_t k = 0; k < f->targets.n; k++)
        if (str_eq(f->targets.v[k].indicator, i->code))
            return true;
    return false;
}

static void put_indicator_head(struct iati *f, const struct result_indicator *i)
{
    struct xml *x = &f->x;
    bool outcome = str_eq(i->level, STR("outcome")), impact = str_eq(i->level, STR("impact"));
    static const char *const measures[MEASURE__MAX] = {[MEASURE_COUNT] = "1",
                                                       [MEASURE_RATIO] = "2",
                                                       [MEASURE_ORDINAL] = "4",
                                                       [MEASURE_CURRENCY] = "1",
                                                       [MEASURE_TEXT] = "5"};
    xml_open(x, "result");
    xml_attribute(x, "type", impact ? STR("3") : outcome ? STR("2") : STR("1"));
    xml_attribute(x, "aggregation-status",
                  i->rule == RULE_SUM || i->rule == RULE_LAST ? STR("true") : STR("false"));
    narrative(x, "title", &i->name);
    xml_open(x, "indicator");
    xml_attribute(x, "measure", str_from(measures[i->measure]));
    xml_attribute(x, "ascending", i->ascending ? STR("true") : STR("false"));
    narrative(x, "title", &i->name);
    narrative(x, "description", &i->definition);
    xml_open(x, "reference");
    xml_attribute(x, "vocabulary", i->vocabulary);
    xml_attribute(x, "code", i->reference);
    if (str_eq(i->vocabulary, STR("99")))
        xml_attribute(
            x, "indicator-uri",
            arena_printf(f->part, "%s/results/i/%.*s", f->app->public_url, STRF(i->code)));
    xml_close(x);
}

static enum err put_indicator(struct tx *tx, struct iati *f, const struct result_programme *p,
                              const struct result_indicator *i)
{
    struct result_rows total, places, parts[TALLY_DIMENSIONS];
    struct result_dimensions dimensions;
    struct result_ask ask = {
        .indicator = i, .split = RESULT_SPLIT_NONE, .bounds = f->bounds, .periods = f->periods};
    enum err rc = ERR_OK;
    arena_reset(f->part);
    TRY(results_public(f->app, tx, f->part, p, &ask, &total));
    if (total.n == 0 && !has_target(f, i)) /* nothing to tell yet */
        goto out;
    ask.by_place = true;
    TRY(results_public(f->app, tx, f->part, p, &ask, &places));
    ask.by_place = false;
    TRY(results_dimensions(tx, f->part, LANG_EN, i, &dimensions));
    for (size_t d = 0; d < dimensions.n; d++) {
        ask.split = (int)d;
        TRY(results_public(f->app, tx, f->part, p, &ask, &parts[d]));
    }
    put_indicator_head(f, i);
    put_baselines(f, i);
    put_targets(f, i);
    for (size_t n = 0; n < f->periods; n++) {
        bool any = false;
        for (size_t k = 0; k < total.n; k++)
            any = any || (total.v[k].period == n && !total.v[k].withheld);
        if (!any)
            continue;
        put_period_head(f, f->bounds[n], f->bounds[n + 1]);
        put_rows(f, i, &total, n, &dimensions);
        put_rows(f, i, &places, n, &dimensions);
        for (size_t d = 0; d < dimensions.n; d++)
            put_rows(f, i, &parts[d], n, &dimensions);
        xml_close(&f->x);
    }
    xml_close(&f->x); /* indicator */
    xml_close(&f->x); /* result */
    if (f->out->n >= FLUSH_AT)
        TRY(flush(f));
out:
    return rc;
}

/* --- activities --- */

/* Every municipality, so that a value's place can refer to it. */
static void put_locations(struct iati *f)
{
    const struct territory *t = territory_get(f->app, f->part);
    for (size_t i = 0; i < t->n; i++) {
        const struct place *p = t->all[i];
        if (!place_is_municipality(p))
            continue;
        xml_open(&f->x, "location");
        xml_attribute(&f->x, "ref", p->code);
        narrative(&f->x, "name", &p->name);
        if (p->has_point) {
            xml_open(&f->x, "point");
            xml_attribute(&f->x, "srsName", STR("http://www.opengis.net/def/crs/EPSG/0/4326"));
            struct buf *pos = buf_in(f->part);
            buf_fixed(pos, p->lat, 4);
            buf_char(pos, ' ');
            buf_fixed(pos, p->lon, 4);
            xml_element(&f->x, "pos", buf_view(pos));
            xml_close(&f->x);
        }
        xml_close(&f->x);
    }
}

static void put_activity_head(struct iati *f, const struct result_programme *p, int64_t today)
{
    struct xml *x = &f->x;
    int64_t start = tally_month_start(p->from_month), end = tally_month_start(p->to_month) - 1;
    struct str changed = day_text(f->part, today);
    xml_open(x, "iati-activity");
    xml_attribute(x, "xml:lang", STR("ky"));
    xml_attribute(x, "default-currency", STR("KGS"));
    xml_attribute(x, "last-updated-datetime",
                  arena_printf(f->part, "%.*sT00:00:00Z", STRF(changed)));
    xml_element(x, "iati-identifier", p->identifier);
    organisation(x, "reporting-org", REPORTER, STR("Aimak"), NULL, "15");
    narrative(x, "title", &p->name);
    narrative(x, "description", &p->text);
    if (p->funder.n)
        organisation(x, "participating-org", NULL, p->funder, "1", "10");
    if (p->implementer.n)
        organisation(x, "participating-org", NULL, p->implementer, "4", "22");
    else
        organisation(x, "participating-org", REPORTER, STR("Aimak"), "4", "15");
    xml_open(x, "activity-status");
    xml_attribute_i64(x, "code", p->status);
    xml_close(x);
    put_date(f, start <= today ? "2" : "1", start);
    put_date(f, end <= today ? "4" : "3", end);
    coded(x, "recipient-country", "KG");
    put_locations(f);
    xml_open(x, "sector");
    xml_attribute(x, "vocabulary", STR("1"));
    xml_attribute(x, "code", STR("15112")); /* decentralisation, subnational government */
    xml_close(x);
}

static void year_bounds(struct iati *f, const struct result_programme *p, int64_t today)
{
    int64_t now = tally_month(today) + 1, end = now < p->to_month ? now : p->to_month;
    f->periods = 0;
    f->bounds[0] = p->from_month;
    for (int64_t m = (p->from_month / 12 + 1) * 12; m < end && f->periods < PERIODS_MAX - 1;
         m += 12)
        f->bounds[++f->periods] = m;
    f->periods++;
    f->bounds[f->periods] = end > f->bounds[f->periods - 1] ? end : f->bounds[f->periods - 1] + 1;
}

static enum err write_all(struct tx *tx, void *arg)
{
    struct iati *f = arg;
    int64_t today = day_today();
    enum err rc = ERR_OK;
    if (f->fd >= 0 && (lseek(f->fd, 0, SEEK_SET) != 0 || ftruncate(f->fd, 0) != 0))
        FAIL(ERR_IO);
    buf_clear(f->out);
    f->size = 0;
    f->programmes = (struct result_programmes){0};
    f->indicators = (struct result_indicators){0};
    TRY(results_programmes(tx, f->a, &f->programmes));
    TRY(results_indicators(f->app, tx, f->a, STR_NULL, &f->indicators));
    TRY(sql_results_targets(tx, f->a, &f->targets, .unit = STR("*")));
    f->x = xml_to(f->out);
    xml_open(&f->x, "iati-activities");
    xml_attribute(&f->x, "version", STR("2.03"));
    for (size_t p = 0; p < f->programmes.n; p++) {
        arena_reset(f->part);
        put_activity_head(f, &f->programmes.v[p], today);
        year_bounds(f, &f->programmes.v[p], today);
        for (size_t i = 0; i < f->indicators.n; i++)
            if (str_eq(f->indicators.v[i].programme, f->programmes.v[p].code))
                TRY(put_indicator(tx, f, &f->programmes.v[p], &f->indicators.v[i]));
        xml_close(&f->x);
    }
    xml_close(&f->x);
    TRY(flush(f));
out:
    return rc;
}

enum err results_iati_write(struct app *app, int fd, int64_t *size)
{
    struct iati f = {.app = app, .a = arena_new(), .part = arena_new(), .fd = fd};
    f.out = buf_in(f.a);
    enum err rc = db_read(app->db, SCOPE_COUNTRY, write_all, &f);
    *size = f.size;
    arena_free(f.part);
    arena_free(f.a);
    return rc;
}

/* A file without a name: it is gone when the answer is. */
static int scratch_file(void)
{
    char path[] = "/tmp/aimak-iati-XXXXXX";
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

enum err results_iati_get(struct req *r)
{
    int64_t size = 0;
    int fd = scratch_file();
    if (fd < 0)
        return ERR_UNAVAILABLE;
    enum err rc = results_iati_write(r->app, fd, &size);
    if (rc == ERR_OK && lseek(fd, 0, SEEK_SET) != 0)
        rc = ERR_IO;
    if (rc != ERR_OK) {
        close(fd);
        return rc;
    }
    resp_cache_public(r, 300);
    resp_file(r, fd, size, "application/xml; charset=utf-8");
    return ERR_OK;
}

int results_command_iati(struct app *app, int argc, char **argv)
{
    int64_t size = 0;
    if (!cli_arguments(&argc, argv, 1, 1))
        return EXIT_BAD_USAGE;
    int fd = open(argv[0], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) {
        cli_say("cannot write %s: %s", argv[0], strerror(errno));
        return EXIT_ENVIRONMENT;
    }
    enum err rc = results_iati_write(app, fd, &size);
    if (close(fd) != 0 && rc == ERR_OK)
        rc = ERR_IO;
    if (rc != ERR_OK)
        cli_say("%s is not whole (%s)", argv[0], err_name(rc));
    else
        printf("%s: %lld bytes\n", argv[0], (long long)size);
    return rc == ERR_OK ? EXIT_DONE : cli_exit(rc);
}
