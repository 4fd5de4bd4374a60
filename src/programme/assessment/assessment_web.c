/*
 * The public page of a municipality: score with its interval, conditions beside it, pillars against
 * its own past and its peers, every answer with grade and public evidence, and the gaps.
 */
#include "programme/assessment/assessment_tpl.h"
#include "programme/assessment/assessment_view.h"

#include "community/topics/topics.h"

#include "platform/core/clock.h"
#include "platform/files/files.h"
#include "platform/web/export.h"

#include <math.h>

#define GAPS_SHOWN 5

/* --- words --- */

struct page assessment_page(struct req *r, bool desk, struct str title, const struct crumb *crumbs,
                            size_t n)
{
    struct page page = {.title = title,
                        .section = desk        ? SECTION_DESK
                                   : r->unit.p ? SECTION_UNIT
                                               : SECTION_COMPARE,
                        .crumbs = crumbs,
                        .crumb_count = n};
    if (r->unit.p) {
        page.unit_name = place_name(places_unit(r), r->ui.lang);
        page.unit_href = arena_printf(r->arena, "/m/%.*s", STRF(r->unit));
    }
    return page;
}

struct str points_text(struct arena *a, enum lang lang, double points)
{
    struct buf *out = buf_in(a);
    lang_decimal(out, lang, points, 1);
    return buf_view(out);
}

static struct str number(struct req *r, double v)
{
    struct buf *out = buf_in(r->arena);
    lang_decimal(out, r->ui.lang, v, v == floor(v) ? 0 : 1);
    return buf_view(out);
}

struct str answer_text(struct req *r, const struct indicator *i, const struct answer *x)
{
    enum lang lang = r->ui.lang;
    if (x->status == SCORE_NOT_APPLICABLE)
        return msg_text(lang, MSG_assessment_not_applicable);
    if (x->status == SCORE_NOT_REPORTED)
        return msg_text(lang, MSG_assessment_not_reported);
    switch (i->kind) {
    case KIND_CONDITION:
        return msg_text(lang, x->value >= 1 ? MSG_assessment_met : MSG_assessment_not_met);
    case KIND_RUBRIC:
        return MSG_STR(r->arena, lang, MSG_assessment_level_of, ARG_N("n", (int64_t)x->value));
    case KIND_SHARE:
        return MSG_STR(r->arena, lang, MSG_assessment_part_of,
                       ARG_S("share", number(r, 100 * x->value / x->whole)),
                       ARG_S("part", number(r, x->value)), ARG_S("whole", number(r, x->whole)));
    default:
        return MSG_STR(r->arena, lang, MSG_assessment_amount, ARG_S("n", number(r, x->value)),
                       ARG_S("unit", msg_text(lang, framework_unit(i->unit))));
    }
}

struct str goal_text(struct req *r, const struct indicator *i)
{
    if (i->kind == KIND_RUBRIC || i->kind == KIND_CONDITION)
        return STR("");
    return MSG_STR(r->arena, r->ui.lang, MSG_assessment_goal, ARG_S("lo", number(r, i->lo)),
                   ARG_S("hi", number(r, i->hi)),
                   ARG_S("unit", msg_text(r->ui.lang, framework_unit(i->unit))),
                   ARG_S("reason", msg_text(r->ui.lang, framework_reason(i->reason))));
}

struct str pillar_name(const struct framework *f, int pillar, enum lang lang)
{
    return pillar < 0 ? STR("") : text3_get(&f->pillars.v[pillar].name, lang);
}

struct link_items evidence_links(struct req *r, const struct sql_evidence_list_rows *all,
                                 struct str indicator, bool is_public)
{
    struct link_items out = {0};
    for (size_t k = 0; k < all->n; k++) {
        const struct sql_evidence_list_row *e = &all->v[k];
        if (!str_eq(e->indicator, indicator) || (is_public && !e->is_public))
            continue;
        ARENA_PUSH(
            r->arena, out,
            ((struct link_item){.text = e->name,
                                .href = arena_printf(r->arena, "/m/%.*s/assessment/evidence/%lld",
                                                     STRF(r->unit), (long long)e->id),
                                .here = e->is_public != 0}));
    }
    return out;
}

/* --- reading --- */

struct unit_data {
    struct req *r;
    struct rounds rounds;
    const struct round *round, *past;
    struct sql_result_of_unit_rows results;
    const struct sql_result_of_unit_row *result, *before;
    struct sql_point_of_unit_rows points, past_points;
    struct sql_peer_means_rows peers;
    struct given *given;
    struct sql_evidence_list_rows evidence;
    struct assessment_gaps gaps;
    struct gap_rows gap_rows;
};

static const struct sql_result_of_unit_row *result_of(const struct sql_result_of_unit_rows *all,
                                                      const struct round *round)
{
    for (size_t i = 0; round && i < all->n; i++)
        if (str_eq(all->v[i].round, round->code))
            return &all->v[i];
    return NULL;
}

/* The query is of the country: other municipalities that closed the same gap. */
static enum err read_gaps(struct tx *tx, struct unit_data *d)
{
    struct req *r = d->r;
    const struct territory *t = territory_get(r->app, r->arena);
    enum err rc = ERR_OK;
    TRY(assessment_gaps(tx, r->arena, r->unit, GAPS_SHOWN, &d->gaps));
    for (size_t k = 0; k < d->gaps.n; k++) {
        const struct assessment_gap *g = &d->gaps.v[k];
        struct gap_row row = {0};
        struct sql_risers_rows who = {0};
        if (d->past)
            TRY(sql_risers(tx, r->arena, &who, .before = d->past->code, .after = d->round->code,
                           .what = g->indicator, .unit = r->unit));
        for (size_t i = 0; i < who.n; i++) {
            const struct place *p = territory_find(t, who.v[i].unit);
            if (p)
                ARENA_PUSH(
                    r->arena, row.who,
                    ((struct link_item){
                        .text = MSG_STR(r->arena, r->ui.lang, MSG_assessment_rose,
                                        ARG_S("unit", place_name(p, r->ui.lang)),
                                        ARG_N("was", (int64_t)round(who.v[i].was)),
                                        ARG_N("now", (int64_t)round(who.v[i].now))),
                        .href = arena_printf(r->arena, "/m/%.*s/assessment", STRF(p->code))}));
        }
        TRY(assessment_help_of(r->app, tx, r->arena, r->ui.lang, g->topic, &row.helps));
        ARENA_PUSH(r->arena, d->gap_rows, row);
    }
out:
    return rc;
}

static enum err read_unit(struct tx *tx, void *arg)
{
    struct unit_data *d = arg;
    struct req *r = d->r;
    struct arena *a = r->arena;
    enum err rc = ERR_OK;
    *d = (struct unit_data){.r = r};
    TRY(rounds_read(tx, a, r->unit, &d->rounds));
    struct str wanted = req_query(r, "round");
    d->round = wanted.p ? rounds_find(&d->rounds, wanted) : rounds_frozen(&d->rounds, NULL);
    if (wanted.p && (!d->round || d->round->stage != STAGE_FROZEN))
        FAIL(ERR_NOT_FOUND);
    if (!d->round)
        goto out;
    d->past = rounds_frozen(&d->rounds, d->round);
    TRY(sql_result_of_unit(tx, a, &d->results, .unit = r->unit));
    d->result = result_of(&d->results, d->round);
    d->before = result_of(&d->results, d->past);
    if (!d->result)
        FAIL(ERR_NOT_FOUND);
    TRY(sql_point_of_unit(tx, a, &d->points, .unit = r->unit, .round = d->round->code));
    if (d->past)
        TRY(sql_point_of_unit(tx, a, &d->past_points, .unit = r->unit, .round = d->past->code));
    TRY(sql_peer_means(tx, a, &d->peers, .round = d->round->code, .peers = d->result->peers,
                       .unit = r->unit));
    TRY(given_read(tx, a, d->round, r->unit, &d->given));
    TRY(sql_evidence_list(tx, a, &d->evidence, .unit = r->unit, .round = d->round->code));
    if (d->round == rounds_frozen(&d->rounds, NULL))
        TRY(read_gaps(tx, d));
out:
    return rc;
}

/* --- showing --- */

static const struct sql_point_of_unit_row *point_of(const struct sql_point_of_unit_rows *all,
                                                    struct str what)
{
    for (size_t i = 0; i < all->n; i++)
        if (str_eq(all->v[i].what, what))
            return &all->v[i];
    return NULL;
}

static void fill_pillars(const struct unit_data *d, struct unit_view *v)
{
    struct req *r = d->r;
    const struct framework *f = d->round->framework;
    for (size_t p = 0; p < f->pillars.n; p++) {
        struct str what = arena_printf(r->arena, "pillar:%.*s", STRF(f->pillars.v[p].code));
        const struct sql_point_of_unit_row *now = point_of(&d->points, what),
                                           *past = point_of(&d->past_points, what);
        struct pillar_row row = {
            .name = pillar_name(f, (int)p, r->ui.lang),
            .domain = text3_get(&f->domains.v[f->pillars.v[p].domain].name, r->ui.lang),
            .number = (int)p + 1,
            .now = now ? now->points : NAN,
            .low = now ? now->low : NAN,
            .high = now ? now->high : NAN,
            .past = past ? past->points : NAN,
            .peers = NAN};
        for (size_t k = 0; k < d->peers.n; k++)
            if (str_eq(d->peers.v[k].what, what))
                row.peers = d->peers.v[k].points;
        row.now_text = points_text(r->arena, r->ui.lang, row.now);
        row.past_text = points_text(r->arena, r->ui.lang, row.past);
        row.peers_text = points_text(r->arena, r->ui.lang, row.peers);
        row.interval =
            arena_printf(r->arena, "%.*s–%.*s", STRF(points_text(r->arena, r->ui.lang, row.low)),
                         STRF(points_text(r->arena, r->ui.lang, row.high)));
        v->has_past = v->has_past || !isnan(row.past);
        v->has_peers = v->has_peers || !isnan(row.peers);
        ARENA_PUSH(r->arena, v->pillars, row);
    }
}

static void fill_answers(const struct unit_data *d, struct unit_view *v)
{
    struct req *r = d->r;
    const struct framework *f = d->round->framework;
    int pillar = -1;
    for (size_t i = 0; i < f->indicators.n; i++) {
        const struct indicator *k = &f->indicators.v[i];
        const struct given *g = &d->given[i];
        const struct sql_point_of_unit_row *now = point_of(&d->points, k->code),
                                           *past = point_of(&d->past_points, k->code);
        struct link_items files = evidence_links(r, &d->evidence, k->code, true);
        if (k->kind == KIND_CONDITION) {
            ARENA_PUSH(r->arena, v->conditions,
                       ((struct condition_row){.name = text3_get(&k->name, r->ui.lang),
                                               .what = text3_get(&k->what, r->ui.lang),
                                               .met = g->j.final.status == SCORE_KNOWN &&
                                                      g->j.final.value >= 1,
                                               .known = g->j.final.status == SCORE_KNOWN,
                                               .computed = g->j.computed,
                                               .href = g->href,
                                               .evidence = files}));
            continue;
        }
        ARENA_PUSH(r->arena, v->answers,
                   ((struct answer_row){
                       .code = k->code,
                       .name = text3_get(&k->name, r->ui.lang),
                       .what = text3_get(&k->what, r->ui.lang),
                       .value = answer_text(r, k, &g->j.final),
                       .points = points_text(r->arena, r->ui.lang, now ? now->points : NAN),
                       .past = points_text(r->arena, r->ui.lang, past ? past->points : NAN),
                       .grade = arena_printf(r->arena, "%c", g->j.grade),
                       .verified_note = g->verified_note,
                       .href = g->href,
                       .computed = g->j.computed,
                       .verified = g->j.verified,
                       .new_pillar = k->pillar != pillar,
                       .pillar = pillar_name(f, k->pillar, r->ui.lang),
                       .evidence = files}));
        pillar = k->pillar;
    }
}

static struct str distance_of(struct req *r, const struct assessment_gap *g)
{
    enum lang lang = r->ui.lang;
    struct str unit = g->unit_code.n ? msg_text(lang, framework_unit(g->unit_code)) : STR("");
    if (isnan(g->value))
        return msg_text(lang, MSG_assessment_not_reported);
    if (!g->unit_code.n)
        return MSG_STR(r->arena, lang, MSG_assessment_gap_level, ARG_N("n", (int64_t)g->value),
                       ARG_N("target", (int64_t)g->target));
    return MSG_STR(r->arena, lang, MSG_assessment_gap_distance, ARG_S("value", number(r, g->value)),
                   ARG_S("target", number(r, g->target)), ARG_S("unit", unit));
}

static void fill_gaps(const struct unit_data *d, struct unit_view *v)
{
    struct req *r = d->r;
    for (size_t k = 0; k < d->gap_rows.n; k++) {
        const struct assessment_gap *g = &d->gaps.v[k];
        const struct topic *topic = topics_find(g->topic);
        struct gap_row row = d->gap_rows.v[k];
        row.name = text3_get(&g->name, r->ui.lang);
        row.distance = distance_of(r, g);
        row.own_percent = (int64_t)round(100 * g->own);
        row.topic = topic ? msg_text(r->ui.lang, topic->name) : STR("");
        if (!isnan(g->people_or_things))
            row.more = number(r, g->people_or_things);
        ARENA_PUSH(r->arena, v->gaps, row);
    }
}

static void fill_head(const struct unit_data *d, struct unit_view *v)
{
    struct req *r = d->r;
    const struct sql_result_of_unit_row *x = d->result;
    v->any = true;
    v->from_day = d->round->from_day;
    v->to_day = d->round->to_day;
    v->frozen_ms = d->round->frozen_ms;
    v->digest = d->round->digest;
    v->insufficient = isnan(x->points);
    v->points = points_text(r->arena, r->ui.lang, x->points);
    v->low = points_text(r->arena, r->ui.lang, x->low);
    v->high = points_text(r->arena, r->ui.lang, x->high);
    v->grade = x->grade;
    v->missing = x->missing;
    v->conditions_met = x->conditions != 0;
    v->ranked = x->rank > 0;
    v->rank = x->rank;
    v->rank_low = x->rank_low;
    v->rank_high = x->rank_high;
    v->band = x->band;
    v->group_href = arena_printf(r->arena, "/assessment?round=%.*s#group-%lld",
                                 STRF(d->round->code), (long long)x->peers + 1);
    v->correction = (int64_t)round(100 * (1 - x->factor));
    for (size_t k = 0; k < d->peers.n; k++)
        if (d->peers.v[k].n + 1 > v->peers_count)
            v->peers_count = d->peers.v[k].n + 1;
    if (d->before && !isnan(d->before->points)) {
        v->past_points = points_text(r->arena, r->ui.lang, d->before->points);
        v->improved = result_improved(d->before, x);
    }
    v->xlsx = arena_printf(r->arena, "/m/%.*s/assessment.xlsx?round=%.*s", STRF(r->unit),
                           STRF(d->round->code));
    v->csv = arena_printf(r->arena, "/m/%.*s/assessment.csv?round=%.*s", STRF(r->unit),
                          STRF(d->round->code));
    v->snapshot_href = arena_printf(r->arena, "/assessment/snapshot/%.*s", STRF(d->round->code));
    v->trail_href = arena_printf(r->arena, "/m/%.*s/trail", STRF(r->unit));
}

static void fill_rounds(const struct unit_data *d, struct unit_view *v)
{
    struct req *r = d->r;
    for (size_t i = 0; i < d->rounds.n; i++) {
        const struct round *x = &d->rounds.v[i];
        if (x->stage == STAGE_FROZEN)
            ARENA_PUSH(
                r->arena, v->rounds,
                ((struct link_item){.text = x->code,
                                    .href = arena_printf(r->arena, "/m/%.*s/assessment?round=%.*s",
                                                         STRF(r->unit), STRF(x->code)),
                                    .here = x == d->round}));
        else if (!v->open_round.p) {
            v->open_round = x->code;
            v->open_closes = x->closes_day;
        }
    }
}

enum err assessment_unit_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct unit_data d = {.r = r};
    TRY(db_read(r->db, SCOPE_COUNTRY, read_unit, &d));
    struct unit_view v = {.unit_name = place_name(places_unit(r), r->ui.lang),
                          .base = arena_printf(r->arena, "/m/%.*s/assessment", STRF(r->unit)),
                          .country_href = STR("/assessment"),
                          .method_href = STR("/assessment/method")};
    fill_rounds(&d, &v);
    if (d.round) {
        fill_head(&d, &v);
        fill_pillars(&d, &v);
        fill_answers(&d, &v);
        fill_gaps(&d, &v);
    }
    struct crumb crumbs[] = {{arena_printf(r->arena, "/m/%.*s", STRF(r->unit)), v.unit_name}};
    struct page page =
        assessment_page(r, false, msg_text(r->ui.lang, MSG_assessment_title), crumbs, 1);
    resp_cache_public(r, 300);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_assessment_unit(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

enum err assessment_unit_export(struct req *r)
{
    static const struct export_column columns[] = {
        {MSG_assessment_pillar, XLSX_TEXT, 26, false},
        {MSG_assessment_indicator, XLSX_TEXT, 44, false},
        {MSG_assessment_definition, XLSX_TEXT, 60, false},
        {MSG_assessment_value, XLSX_TEXT, 24, false},
        {MSG_assessment_points, XLSX_TEXT, 10, false},
        {MSG_assessment_past, XLSX_TEXT, 10, false},
        {MSG_assessment_grade, XLSX_TEXT, 8, false},
        {MSG_assessment_verifier, XLSX_TEXT, 40, false},
    };
    enum err rc = ERR_OK;
    struct unit_data d = {.r = r};
    struct unit_view v = {0};
    struct export *x;
    TRY(db_read(r->db, SCOPE_COUNTRY, read_unit, &d));
    if (!d.round)
        FAIL(ERR_NOT_FOUND);
    fill_answers(&d, &v);
    struct str name = place_name(places_unit(r), r->ui.lang);
    struct export_about about = {
        .title = msg_text(r->ui.lang, MSG_assessment_title),
        .author = name,
        .note = MSG_STR(r->arena, r->ui.lang, MSG_assessment_export_note, ARG_S("unit", name),
                        ARG_S("round", d.round->code), ARG_S("digest", d.round->digest)),
        .name = arena_printf(r->arena, "assessment-%.*s-%.*s", STRF(r->unit), STRF(d.round->code)),
    };
    TRY(export_begin(r, req_param(r, "format"), &about, columns, COUNT_OF(columns), &x));
    for (size_t i = 0; i < v.answers.n; i++) {
        const struct answer_row *row = &v.answers.v[i];
        export_text(x, row->pillar);
        export_text(x, row->name);
        export_text(x, row->what);
        export_text(x, row->value);
        export_text(x, row->points);
        export_text(x, row->past);
        export_text(x, row->grade);
        export_text(x, row->verified_note);
        export_row(x);
    }
    TRY(export_end(x));
out:
    return rc;
}

/* --- evidence --- */

struct file_data {
    struct req *r;
    int64_t id;
    struct sql_evidence_get_row row;
    struct rounds rounds;
};

static enum err read_file(struct tx *tx, void *arg)
{
    struct file_data *d = arg;
    enum err rc = ERR_OK;
    d->rounds = (struct rounds){0};
    TRY(sql_evidence_get(tx, d->r->arena, &d->row, .unit = d->r->unit, .id = d->id));
    TRY(rounds_read(tx, d->r->arena, d->r->unit, &d->rounds));
out:
    return rc;
}

/* Everybody may read what was marked public, once its round is frozen; staff of the municipality
 * and verifiers read all of it. */
enum err assessment_evidence_file(struct req *r)
{
    enum err rc = ERR_OK;
    struct file_data d = {.r = r};
    if (!str_to_i64(req_param(r, "id"), &d.id))
        FAIL(ERR_NOT_FOUND);
    TRY(db_read(r->db, r->unit, read_file, &d));
    const struct round *round = rounds_find(&d.rounds, d.row.round);
    bool open = d.row.is_public && round && round->stage == STAGE_FROZEN;
    if (!open && !req_allows(r, PERM_ASSESS_SCORE) && !req_allows(r, PERM_ASSESS_VERIFY))
        FAIL(ERR_NOT_FOUND);
    TRY(resp_stored_file(r, d.row.file, arena_cstr(r->arena, d.row.type), d.row.name));
out:
    return rc;
}
