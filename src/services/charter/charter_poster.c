/*
 * The poster of a charter: one A4 page for the wall of the aiyl okmotu, the shop and the bus stop,
 * with a QR code to the live page, where everybody sees how the promises are kept.
 */
#include "services/charter/charter_view.h"

#include "platform/formats/pdf.h"

#define ACCENT 0x8C1D3B /* of the pages */

struct poster_data {
    struct req *r;
    struct str service;
    int64_t today;
    struct charter_versions versions;
    const struct charter_version *v;
    struct promises promises;
};

static enum err read_poster(struct tx *tx, void *arg)
{
    struct poster_data *d = arg;
    struct arena *a = d->r->arena;
    enum err rc = ERR_OK;
    d->versions = (struct charter_versions){0};
    d->promises = (struct promises){0};
    TRY(charter_versions(tx, a, d->r->unit, d->service, d->today, &d->versions));
    d->v = charter_in_force(&d->versions, d->service, d->today);
    if (!d->v)
        FAIL(ERR_NOT_FOUND);
    TRY(charter_promises_of(tx, a, d->v, &d->promises));
out:
    return rc;
}

static struct pdf_poster_item item_of(struct arena *a, enum lang lang, const struct promise *p)
{
    struct pdf_poster_item item = {.text = text3_get(&p->text, lang)};
    struct str remedy = text3_get(&p->remedy, lang);
    if (remedy.n)
        item.detail = MSG_STR(a, lang, MSG_charter_remedy, ARG_S("remedy", remedy));
    if (p->amount > 0) {
        /* "3 working days": the figure is what stands before the first blank. */
        struct str whole = charter_amount_text(a, lang, p->amount, p->working_days);
        ptrdiff_t at = str_find_char(whole, ' ');
        item.figure = str_slice(whole, 0, at < 0 ? whole.n : (size_t)at);
        item.unit = str_trim(str_slice(whole, item.figure.n, whole.n));
    }
    return item;
}

/* "https://" says nothing on paper. */
static struct str without_scheme(struct str url)
{
    ptrdiff_t at = str_find(url, STR("://"));
    return at < 0 ? url : str_slice(url, (size_t)at + 3, url.n);
}

static void add_poster(struct pdf *pdf, const struct poster_data *d,
                       const struct service_kind *kind, enum lang lang, struct str address,
                       const struct qr *qr)
{
    struct arena *a = d->r->arena;
    struct pdf_poster_item *items = ARENA_ARRAY(a, struct pdf_poster_item, d->promises.n);
    for (size_t i = 0; i < d->promises.n; i++)
        items[i] = item_of(a, lang, &d->promises.v[i]);
    struct str number = d->v->resolution;
    struct pdf_poster poster = {
        .kicker = MSG_STR(a, lang, MSG_charter_poster_kicker,
                          ARG_S("unit", place_name(places_unit(d->r), lang))),
        .title = text3_get(&kind->name, lang),
        .lead = text3_get(&d->v->intro, lang),
        .items = items,
        .n = d->promises.n,
        .qr = *qr,
        .call = msg_text(lang, MSG_charter_poster_call),
        .contact = d->v->contact,
        .address =
            MSG_STR(a, lang, MSG_charter_poster_address, ARG_S("address", without_scheme(address))),
        .note = MSG_STR(a, lang, MSG_charter_poster_note, ARG_S("number", number),
                        ARG_DATE("day", d->v->resolution_day), ARG_DATE("from", d->v->valid_from),
                        ARG_PLAIN("n", d->v->version)),
    };
    pdf_poster(pdf, &poster);
}

enum err charter_poster(struct req *r)
{
    const struct service_kind *kind = NULL;
    struct poster_data d = {.r = r, .today = day_of_ms(r->ui.now_ms)};
    struct qr qr;
    enum lang lang = r->ui.lang;
    enum err rc = ERR_OK;
    struct buf *bytes = buf_in(r->arena);
    TRY(charter_service_of(r, &kind));
    d.service = kind->code;
    (void)lang_parse(req_query(r, "in"), &lang);
    TRY(req_read(r, read_poster, &d));
    resp_cache_public(r, 300);
    if (resp_not_modified(r, arena_printf(r->arena, "%.*s %s", STRF(d.v->digest), lang_code(lang))))
        return ERR_OK;

    const char *site = r->app->public_url ? r->app->public_url : "";
    struct str address =
        arena_printf(r->arena, "%s%.*s", site, STRF(charter_public_href(r, d.service, "")));
    TRY(qr_encode(r->arena, address, &qr));
    struct str unit = place_name(places_unit(r), lang);
    struct pdf_options options = {
        .title = MSG_STR(r->arena, lang, MSG_charter_poster_title,
                         ARG_S("service", text3_get(&kind->name, lang)), ARG_S("unit", unit)),
        .author = unit,
        .lang = lang,
        .made_ms = d.v->published_ms,
        .accent = ACCENT,
    };
    struct pdf *pdf = pdf_new(r->arena, &options);
    add_poster(pdf, &d, kind, lang, address, &qr);
    TRY(pdf_finish(pdf, bytes));
    resp_header(r, "Content-Disposition",
                arena_printf(r->arena, "inline; filename=\"%.*s-%.*s-%s.pdf\"", STRF(r->unit),
                             STRF(d.service), lang_code(lang)));
    buf_str(resp_bytes(r, 200, "application/pdf"), buf_view(bytes));
out:
    return rc;
}
