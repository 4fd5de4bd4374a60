/* Charters published, as a kept total (platform/tally): each version on the day from which it
 * holds. */
#include "services/charter/charter_internal.h"

#include "services/catalogue/catalogue.h"

static struct str service_text(struct app *app, struct arena *a, enum lang lang, struct str value)
{
    const struct service_kind *kind = catalogue_find(catalogue_get(app, a), value);
    return kind ? text3_get(&kind->name, lang) : value;
}

static const struct tally_dimension service = {"service", MSG_charter_counter_service, false,
                                               service_text};

static enum err recount(struct tx *tx, struct arena *a, const struct counter *c, struct str unit,
                        tally_fact_fn fact, void *arg)
{
    struct sql_charter_count_published_rows rows;
    enum err rc = ERR_OK;
    TRY(sql_charter_count_published(tx, a, &rows, .unit = unit));
    for (size_t i = 0; i < rows.n; i++) {
        struct tally_fact f = {.counter = c,
                               .unit = unit,
                               .day = rows.v[i].day,
                               .values = {rows.v[i].service},
                               .amount = 1};
        TRY(fact(arg, &f));
    }
out:
    return rc;
}

const struct counter charter_published_counter = {.code = "charter.published",
                                                  .label = MSG_charter_counter_published,
                                                  .kind = COUNTER_FLOW,
                                                  .dimensions = {&service},
                                                  .recount = recount,
                                                  .records_path = "/m/{unit}/services"};
