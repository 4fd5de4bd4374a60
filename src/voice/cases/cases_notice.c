/*
 * What people are told, in their language: reporters of each step of their case, heads of what
 * became late, staff of what is given to them. Written to the outbox in the transaction of its
 * cause.
 *
 * A message carries a link that proves its reader to be the reporter. The secret in it is not the
 * one of the receipt (only its hash is kept) but one made from the installation's key, the number
 * and the address; the body is erased after sending.
 */
#include "voice/cases/cases_internal.h"

#include "community/people/people.h"

#include "platform/channels/outbox.h"
#include "platform/core/clock.h"

struct str case_title(struct app *app, struct arena *a, struct str service, struct str fault,
                      enum lang lang)
{
    const struct catalogue *catalogue = catalogue_get(app, a);
    const struct service_kind *kind = NULL;
    const struct service_fault *f =
        str_empty(fault) ? NULL : catalogue_find_fault(catalogue, fault, &kind);
    if (f)
        return text3_get(&f->name, lang);
    kind = catalogue_find(catalogue, service);
    return kind ? text3_get(&kind->name, lang) : service;
}

/* One message under way. */
struct letter {
    struct app *app;
    struct arena *arena;
    struct buf *body;
    enum lang lang;
};

static void paragraph(struct letter *l, struct str text)
{
    if (l->body->n > 0)
        buf_cstr(l->body, "\n\n");
    buf_str(l->body, text);
}
#define PARAGRAPH(l, m, ...) paragraph((l), MSG_STR((l)->arena, (l)->lang, (m), __VA_ARGS__))

static struct str unit_name(struct app *app, struct arena *a, struct str unit, enum lang lang)
{
    const struct place *p = territory_find(territory_get(app, a), unit);
    return p ? place_name(p, lang) : unit;
}

static struct str link_of(const struct letter *l, struct str number, struct str email)
{
    const char *site = l->app->public_url ? l->app->public_url : "";
    struct buf *out = buf_in(l->arena);
    buf_printf(out, "%s/c/%.*s", site, STRF(number));
    if (email.p) {
        struct str secret = case_mail_secret(l->app, l->arena, number, email);
        buf_printf(out, "?key=%.*s", STRF(secret));
    }
    return buf_view(out);
}

/* For staff: their own page of the case, which asks for the log-in. */
static struct str desk_link(const struct letter *l, struct str unit, struct str number)
{
    return arena_printf(l->arena, "%s/desk/%.*s/cases/%.*s",
                        l->app->public_url ? l->app->public_url : "", STRF(unit), STRF(number));
}

struct addressee {
    struct str email;
    int64_t person;
    enum lang lang;
};

/* A reporter's address: the one of the report, else that of their account. Empty when there is
 * none. */
static enum err find_addressee(struct tx *tx, struct arena *a,
                               const struct sql_reporter_get_row *reporter, struct str lang,
                               struct addressee *out)
{
    *out = (struct addressee){.email = reporter->email, .person = reporter->person};
    if (!lang_parse(lang, &out->lang))
        out->lang = LANG_KY;
    if (out->email.p || !reporter->person)
        return ERR_OK;
    enum lang own;
    enum err rc = people_contact(tx, a, reporter->person, &out->email, &own);
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

static enum err send_letter(struct tx *tx, const struct letter *l, struct str unit,
                            const struct addressee *to, struct str subject, struct str number)
{
    struct outbox_message m = {.unit = unit,
                               .channel = "email",
                               .to = to->email,
                               .person_id = to->person,
                               .lang = to->lang,
                               .subject = subject,
                               .body = buf_view(l->body),
                               .cause = "case",
                               .cause_id = number,
                               .secret = true};
    return outbox_put(tx, &m);
}

static void write_question(struct letter *l, const struct case_work *w, struct str link)
{
    int64_t until = day_of_ms(w->is.state_ms) + CASE_REOPEN_DAYS;
    PARAGRAPH(l, MSG_cases_mail_question, ARG_S("link", link));
    PARAGRAPH(l, MSG_cases_mail_question_until, ARG_DATE("day", until));
}

/* To one reporter; `own` is the number of their report, another than the case's for a duplicate. */
static enum err tell(struct case_work *w, enum case_notice kind, struct str words,
                     const struct sql_reporter_get_row *reporter, struct str lang, struct str own)
{
    struct addressee to;
    struct arena *a = w->arena;
    enum err rc = find_addressee(w->tx, a, reporter, lang, &to);
    if (rc != ERR_OK || !to.email.p)
        return rc;
    struct letter l = {.app = w->app, .arena = a, .body = buf_in(a), .lang = to.lang};
    struct str state = msg_text(to.lang, case_states[w->state].public_name);
    struct str title = case_title(w->app, a, w->is.service, w->is.fault, to.lang);
    struct str link = link_of(&l, own, to.email);
    bool followed = !str_eq(own, w->is.number);

    PARAGRAPH(&l, MSG_cases_mail_about, ARG_S("unit", unit_name(w->app, a, w->unit, to.lang)),
              ARG_S("number", own), ARG_S("what", title));
    if (followed)
        PARAGRAPH(&l, MSG_cases_mail_follows, ARG_S("number", w->is.number));
    if (kind == CASE_NOTICE_STEP)
        PARAGRAPH(&l, MSG_cases_mail_state, ARG_S("state", state));
    if (w->state == CASE_PASSED && kind == CASE_NOTICE_STEP && w->is.passed_to.p)
        PARAGRAPH(&l, MSG_cases_mail_passed, ARG_S("body", w->is.passed_to));
    if (w->state == CASE_DUPLICATE && kind == CASE_NOTICE_STEP && w->is.duplicate_of.p)
        PARAGRAPH(&l, MSG_cases_mail_duplicate, ARG_S("number", w->is.duplicate_of));
    if (words.p)
        PARAGRAPH(&l, MSG_cases_mail_answer, ARG_S("words", words));
    if (kind == CASE_NOTICE_SETTLED)
        paragraph(&l, msg_text(to.lang, MSG_cases_mail_settled));
    if (!followed && w->state == CASE_RESOLVED && kind != CASE_NOTICE_SETTLED)
        write_question(&l, w, link);
    else
        PARAGRAPH(&l, MSG_cases_mail_link, ARG_S("link", link));
    paragraph(&l, msg_text(to.lang, MSG_cases_mail_end));
    struct str subject =
        MSG_STR(a, to.lang, MSG_cases_mail_subject, ARG_S("number", own), ARG_S("state", state));
    return send_letter(w->tx, &l, w->unit, &to, subject, own);
}

enum err case_notify(struct case_work *w, enum case_notice kind, struct str words)
{
    struct sql_reporter_get_row reporter = {0};
    struct sql_case_followers_rows followers;
    enum err rc = ERR_OK;
    TRY(sql_reporter_get(w->tx, w->arena, &reporter, .unit = w->unit, .case_id = w->id));
    TRY(tell(w, kind, words, &reporter, w->is.lang, w->is.number));
    if (kind == CASE_NOTICE_REMIND || kind == CASE_NOTICE_SETTLED)
        goto out;
    TRY(sql_case_followers(w->tx, w->arena, &followers, .unit = w->unit, .number = w->is.number));
    for (size_t i = 0; i < followers.n; i++) {
        struct sql_case_get_row follower = {0};
        int64_t id = followers.v[i].id;
        TRY(sql_case_get(w->tx, w->arena, &follower, .unit = w->unit, .id = id));
        TRY(sql_reporter_get(w->tx, w->arena, &reporter, .unit = w->unit, .case_id = id));
        TRY(tell(w, kind, words, &reporter, follower.lang, follower.number));
    }
out:
    return rc;
}

enum err case_notify_new(struct app *app, struct tx *tx, struct arena *a,
                         const struct case_input *in, const struct case_receipt *receipt)
{
    struct sql_reporter_get_row reporter = {.email = in->reporter_email,
                                            .person = in->reporter_person};
    struct addressee to;
    enum err rc = find_addressee(tx, a, &reporter, str_from(lang_code(in->lang)), &to);
    if (rc != ERR_OK || !to.email.p)
        return rc;
    struct letter l = {.app = app, .arena = a, .body = buf_in(a), .lang = to.lang};
    struct str state = msg_text(to.lang, case_states[CASE_RECEIVED].public_name);
    PARAGRAPH(&l, MSG_cases_mail_about, ARG_S("unit", unit_name(app, a, in->unit, to.lang)),
              ARG_S("number", receipt->number),
              ARG_S("what", case_title(app, a, in->service, in->fault, to.lang)));
    paragraph(&l, msg_text(to.lang, MSG_cases_mail_received));
    if (receipt->due_day)
        PARAGRAPH(&l, MSG_cases_mail_due, ARG_DATE("day", receipt->due_day));
    PARAGRAPH(&l, MSG_cases_mail_link, ARG_S("link", link_of(&l, receipt->number, to.email)));
    paragraph(&l, msg_text(to.lang, MSG_cases_mail_end));
    struct str subject = MSG_STR(a, to.lang, MSG_cases_mail_subject,
                                 ARG_S("number", receipt->number), ARG_S("state", state));
    return send_letter(tx, &l, in->unit, &to, subject, receipt->number);
}

enum err case_notify_late(struct app *app, struct tx *tx, struct arena *a, struct str unit,
                          const struct case_late_list *late)
{
    struct person_names heads = {0};
    enum err rc = people_with_roles(tx, a, unit, 1u << ROLE_HEAD, &heads);
    for (size_t i = 0; rc == ERR_OK && i < heads.n; i++) {
        struct addressee to = {.person = heads.v[i].id};
        rc = people_contact(tx, a, to.person, &to.email, &to.lang);
        if (rc == ERR_NOT_FOUND || (rc == ERR_OK && !to.email.p)) {
            rc = ERR_OK;
            continue;
        }
        if (rc != ERR_OK)
            break;
        struct letter l = {.app = app, .arena = a, .body = buf_in(a), .lang = to.lang};
        PARAGRAPH(&l, MSG_cases_mail_late, ARG_S("unit", unit_name(app, a, unit, to.lang)),
                  ARG_N("n", (int64_t)late->n));
        for (size_t k = 0; k < late->n; k++) {
            const struct case_late *c = &late->v[k];
            PARAGRAPH(&l, MSG_cases_mail_late_line, ARG_S("number", c->number),
                      ARG_S("what", case_title(app, a, c->service, c->fault, to.lang)),
                      ARG_DATE("day", c->due_day), ARG_S("link", desk_link(&l, unit, c->number)));
        }
        struct str subject =
            MSG_STR(a, to.lang, MSG_cases_mail_late_subject, ARG_N("n", (int64_t)late->n));
        rc = send_letter(tx, &l, unit, &to, subject, STR_NULL);
    }
    return rc;
}

enum err case_notify_assigned(struct case_work *w, int64_t person)
{
    struct addressee to = {.person = person};
    struct arena *a = w->arena;
    enum err rc = people_contact(w->tx, a, person, &to.email, &to.lang);
    if (rc == ERR_NOT_FOUND || (rc == ERR_OK && !to.email.p))
        return ERR_OK;
    if (rc != ERR_OK)
        return rc;
    struct letter l = {.app = w->app, .arena = a, .body = buf_in(a), .lang = to.lang};
    PARAGRAPH(&l, MSG_cases_mail_about, ARG_S("unit", unit_name(w->app, a, w->unit, to.lang)),
              ARG_S("number", w->is.number),
              ARG_S("what", case_title(w->app, a, w->is.service, w->is.fault, to.lang)));
    paragraph(&l, msg_text(to.lang, MSG_cases_mail_assigned));
    if (w->is.due_day.set)
        PARAGRAPH(&l, MSG_cases_mail_due, ARG_DATE("day", w->is.due_day.v));
    PARAGRAPH(&l, MSG_cases_mail_desk, ARG_S("link", desk_link(&l, w->unit, w->is.number)));
    struct str subject =
        MSG_STR(a, to.lang, MSG_cases_mail_assigned_subject, ARG_S("number", w->is.number));
    return send_letter(w->tx, &l, w->unit, &to, subject, w->is.number);
}
