/*
 * Paper: the sheet that people sign (names of who is invited, empty rows, the QR of the event), and
 * certificates with a number and a signed QR that leads to the public check.
 */
#include "programme/events/events_view.h"

#include "platform/core/clock.h"
#include "platform/formats/pdf.h"

#define ACCENT 0x1d5c4a
enum { EMPTY_ROWS = 25, CERTIFICATES_MAX = 500 };

struct paper {
    struct req *r;
    struct event e;
    struct sql_guests_of_rows guests;
    struct sql_certificates_of_rows certificates;
    struct register_persons people;
};

static enum err read_paper(struct tx *tx, void *arg)
{
    struct paper *p = arg;
    struct arena *a = p->r->arena;
    enum err rc = ERR_OK;
    TRY(sql_guests_of(tx, a, &p->guests, .event_id = p->e.id));
    TRY(sql_certificates_of(tx, a, &p->certificates, .event_id = p->e.id));
    int64_t *ids = ARENA_ARRAY(a, int64_t, p->guests.n + p->certificates.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < p->guests.n; i++)
        ids[n++] = p->guests.v[i].person;
    for (size_t i = 0; i < p->certificates.n; i++)
        ids[n++] = p->certificates.v[i].person;
    TRY(persons_many(tx, a, ids, n, &p->people));
out:
    return rc;
}

static enum err find_paper(struct req *r, struct paper *p)
{
    enum err rc = ERR_OK;
    *p = (struct paper){.r = r};
    TRY(events_desk_read(r, &p->e));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_paper, p));
    TRY(persons_note_reading(r, p->e.unit, "event_paper", 0,
                             arena_printf(r->arena, "%lld", (long long)p->e.id)));
out:
    return rc;
}

static enum err answer(struct req *r, struct pdf *pdf, const char *name, int64_t id)
{
    struct buf *bytes = buf_in(r->arena);
    enum err rc = pdf_finish(pdf, bytes);
    if (rc != ERR_OK)
        return rc;
    resp_header(r, "Content-Disposition",
                arena_printf(r->arena, "inline; filename=\"%s-%lld.pdf\"", name, (long long)id));
    buf_str(resp_bytes(r, 200, "application/pdf"), buf_view(bytes));
    return ERR_OK;
}

static struct str days_text(struct req *r, const struct event *e)
{
    struct buf *out = buf_in(r->arena);
    lang_date(out, r->ui.lang, e->from_day);
    if (e->to_day > e->from_day) {
        buf_cstr(out, " – ");
        lang_date(out, r->ui.lang, e->to_day);
    }
    return buf_view(out);
}

static void sheet_table(struct pdf *pdf, const struct paper *p)
{
    struct req *r = p->r;
    enum lang lang = r->ui.lang;
    const struct pdf_column columns[] = {
        {STR("№"), 0.6, PDF_RIGHT},
        {msg_text(lang, MSG_persons_name), 4.2, PDF_LEFT},
        {msg_text(lang, MSG_persons_sex), 0.9, PDF_LEFT},
        {msg_text(lang, MSG_persons_birth_year), 1.3, PDF_LEFT},
        {msg_text(lang, MSG_persons_home), 2.6, PDF_LEFT},
        {msg_text(lang, MSG_persons_position), 2.6, PDF_LEFT},
        {msg_text(lang, MSG_events_sheet_signature), 2.0, PDF_LEFT},
    };
    int64_t number = 0;
    pdf_table(pdf, columns, COUNT_OF(columns));
    for (size_t i = 0; i < p->guests.n + EMPTY_ROWS; i++) {
        const struct register_person *person =
            i < p->guests.n ? persons_in(&p->people, p->guests.v[i].person) : NULL;
        pdf_cell(pdf, arena_printf(r->arena, "%lld", (long long)++number));
        pdf_cell(pdf, person ? persons_full_name(r->arena, person) : STR(""));
        pdf_cell(pdf, STR(""));
        pdf_cell(pdf, person && person->birth_year.set
                          ? arena_printf(r->arena, "%lld", (long long)person->birth_year.v)
                          : STR(""));
        pdf_cell(pdf, person ? events_home_name(r, person->home) : STR(""));
        pdf_cell(pdf, person ? person->position : STR(""));
        pdf_cell(pdf, STR("\n"));
    }
}

enum err events_desk_sheet(struct req *r)
{
    enum err rc = ERR_OK;
    struct paper p;
    struct qr qr;
    enum lang lang = r->ui.lang;
    TRY(find_paper(r, &p));
    const char *site = r->app->public_url ? r->app->public_url : "";
    struct str address = arena_printf(r->arena, "%s/events/%lld", site, (long long)p.e.id);
    struct pdf_options options = {.title = text3_get(&p.e.title, lang),
                                  .author = events_home_name(r, p.e.unit),
                                  .lang = lang,
                                  .landscape = true,
                                  .margin = 12,
                                  .footer = msg_text(lang, MSG_events_sheet_footer),
                                  .made_ms = r->ui.now_ms,
                                  .accent = ACCENT};
    struct pdf *pdf = pdf_new(r->arena, &options);
    TRY(qr_encode(r->arena, address, &qr));
    pdf_heading(pdf, 2, options.title);
    pdf_paragraph(pdf, PDF_BODY, PDF_LEFT,
                  arena_printf(r->arena, "%.*s, %.*s, %.*s", STRF(days_text(r, &p.e)),
                               STRF(options.author), STRF(p.e.place)));
    pdf_qr(pdf, &qr, 22, msg_text(lang, MSG_events_sheet), address);
    sheet_table(pdf, &p);
    pdf_signature(pdf, msg_text(lang, MSG_events_sheet_keeper), STR(""));
    rc = answer(r, pdf, "attendance", p.e.id);
out:
    return rc;
}

enum err events_desk_certificate(struct req *r)
{
    enum err rc = ERR_OK;
    struct paper p;
    enum lang lang = r->ui.lang;
    bool any = false;
    TRY(find_paper(r, &p));
    const char *site = r->app->public_url ? r->app->public_url : "";
    struct pdf_options options = {.title = msg_text(lang, MSG_events_certificates),
                                  .author = p.e.organiser,
                                  .lang = lang,
                                  .landscape = true,
                                  .made_ms = r->ui.now_ms,
                                  .accent = ACCENT};
    struct pdf *pdf = pdf_new(r->arena, &options);
    for (size_t i = 0; i < p.certificates.n && i < CERTIFICATES_MAX; i++) {
        const struct sql_certificates_of_row *c = &p.certificates.v[i];
        const struct register_person *person = persons_in(&p.people, c->person);
        struct qr qr;
        if (c->revoked_ms.set || !person)
            continue;
        struct str address =
            arena_printf(r->arena, "%s/events/certificates/%.*s?s=%.*s", site, STRF(c->number),
                         STRF(events_sign(r->app, r->arena, c->number)));
        TRY(qr_encode(r->arena, address, &qr));
        if (any)
            pdf_page_break(pdf);
        any = true;
        pdf_space(pdf, 14);
        pdf_paragraph(pdf, PDF_LEAD, PDF_CENTRE, msg_text(lang, MSG_events_certificate));
        pdf_space(pdf, 6);
        pdf_heading(pdf, 1, persons_full_name(r->arena, person));
        pdf_paragraph(pdf, PDF_LEAD, PDF_LEFT,
                      MSG_STR(r->arena, lang, MSG_events_certificate_text,
                              ARG_S("title", text3_get(&p.e.title, lang)),
                              ARG_S("days", days_text(r, &p.e)),
                              ARG_PLAIN("hours", p.e.minutes / 60)));
        pdf_space(pdf, 6);
        pdf_qr(pdf, &qr, 30,
               MSG_STR(r->arena, lang, MSG_events_certificate_no, ARG_S("number", c->number)),
               msg_text(lang, MSG_events_certificate_scan));
        pdf_signature(pdf, p.e.organiser, STR(""));
    }
    if (!any)
        FAIL(ERR_NOT_FOUND);
    rc = answer(r, pdf, "certificates", p.e.id);
out:
    return rc;
}
