/*
 * All municipalities of a round: bands and rank intervals in groups of peers, never one long table
 * of places; how it is scored in plain words; and the snapshot for whoever wants to recompute it.
 */
#include "programme/assessment/assessment_tpl.h"
#include "programme/assessment/assessment_view.h"

#include "platform/web/export.h"

#include <math.h>

struct country_data {
    struct req *r;
    struct rounds rounds;
    const struct round *round;
    struct sql_result_list_rows rows;
    struct sql_trait_list_rows traits;
};

static enum err read_country(struct tx *tx, void *arg)
{
    struct country_data *d = arg;
    struct req *r = d->r;
    enum err rc = ERR_OK;
    *d = (struct country_data){.r = r};
    TRY(rounds_read(tx, r->arena, STR_NULL, &d->rounds));
    struct str wanted = req_query(r, "round");
    d->round = wanted.p ? rounds_find(&d->rounds, wanted) : rounds_frozen(&d->rounds, NULL);
    if (wanted.p && (!d->round || d->round->stage != STAGE_FROZEN))
        FAIL(ERR_NOT_FOUND);
    if (d->round) {
        TRY(sql_result_list(tx, r->arena, &d->rows, .round = d->round->code));
        TRY(sql_trait_list(tx, r->arena, &d->traits));
    }
out:
    return rc;
}

static struct country_row row_of(struct req *r, const struct sql_result_list_row *x)
{
    const struct place *p = territory_find(territory_get(r->app, r->arena), x->unit);
    struct str low = points_text(r->arena, r->ui.lang, x->low),
               high = points_text(r->arena, r->ui.lang, x->high);
    return (struct country_row){
        .name = p ? place_name(p, r->ui.lang) : x->unit,
        .oblast = p && place_oblast(p) ? place_name(place_oblast(p), r->ui.lang) : STR(""),
        .href = arena_printf(r->arena, "/m/%.*s/assessment", STRF(x->unit)),
        .points = points_text(r->arena, r->ui.lang, x->points),
        .interval = arena_printf(r->arena, "%.*s–%.*s", STRF(low), STRF(high)),
        .grade = x->grade,
        .rank = x->rank,
        .rank_low = x->rank_low,
        .rank_high = x->rank_high,
        .band = x->band,
        .missing = x->missing,
        .conditions = x->conditions != 0,
        .insufficient = isnan(x->points),
        .low = x->low,
        .high = x->high,
        .now = x->points,
    };
}

static const struct sql_trait_list_row *trait_of(const struct country_data *d, struct str unit)
{
    for (size_t i = 0; i < d->traits.n; i++)
        if (str_eq(d->traits.v[i].unit, unit))
            return &d->traits.v[i];
    return NULL;
}

/* What all members of a group have in common, and between which numbers of people they are: "aiyl
 * aimaks; subsidised; 3,200 to 5,100 people". */
static struct str traits_text(const struct country_data *d, int64_t peers)
{
    struct req *r = d->r;
    const enum lang lang = r->ui.lang;
    const struct territory *t = territory_get(r->app, r->arena);
    int64_t n = 0, mountain = 0, towns = 0, subsidised = 0, least = INT64_MAX, most = 0;
    struct buf *out = buf_in(r->arena);
    for (size_t i = 0; i < d->rows.n; i++) {
        const struct place *p = territory_find(t, d->rows.v[i].unit);
        const struct sql_trait_list_row *x = trait_of(d, d->rows.v[i].unit);
        if (d->rows.v[i].peers != peers || !p)
            continue;
        n++;
        mountain += x && x->mountain;
        subsidised += x && x->subsidised;
        towns += p->kind != PLACE_AIMAK;
        least = p->population < least ? p->population : least;
        most = p->population > most ? p->population : most;
    }
    const struct {
        int64_t have;
        enum msg all, none;
    } kinds[] = {{mountain, MSG_assessment_trait_mountain, MSG_assessment_trait_plain},
                 {towns, MSG_assessment_trait_town, MSG_assessment_trait_aimak},
                 {subsidised, MSG_assessment_trait_subsidised, MSG_assessment_trait_own}};
    for (size_t i = 0; n > 0 && i < COUNT_OF(kinds); i++)
        if (kinds[i].have == 0 || kinds[i].have == n) {
            buf_str(out, msg_text(lang, kinds[i].have ? kinds[i].all : kinds[i].none));
            buf_cstr(out, "; ");
        }
    if (n > 0)
        MSG_PUT(out, lang, MSG_assessment_trait_people, ARG_N("n", n), ARG_N("least", least),
                ARG_N("most", most));
    return buf_view(out);
}

static void fill_groups(const struct country_data *d, struct country_view *v)
{
    struct req *r = d->r;
    for (size_t i = 0; i < d->rows.n; i++) {
        const struct sql_result_list_row *x = &d->rows.v[i];
        if (!v->groups.n || v->groups.v[v->groups.n - 1].number != (int)x->peers + 1)
            ARENA_PUSH(r->arena, v->groups,
                       ((struct country_group){.number = (int)x->peers + 1,
                                               .traits = traits_text(d, x->peers)}));
        struct country_group *g = &v->groups.v[v->groups.n - 1];
        struct country_row row = row_of(r, x);
        v->units++;
        if (x->rank == 0) {
            ARENA_PUSH(r->arena, g->others, row);
            continue;
        }
        row.new_band = g->ranked.n == 0 || g->ranked.v[g->ranked.n - 1].band != row.band;
        v->ranked++;
        ARENA_PUSH(r->arena, g->ranked, row);
    }
}

enum err assessment_country_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct country_data d = {.r = r};
    TRY(db_read(r->db, SCOPE_COUNTRY, read_country, &d));
    struct country_view v = {.method_href = STR("/assessment/method"), .any = d.round != NULL};
    for (size_t i = 0; i < d.rounds.n; i++) {
        const struct round *x = &d.rounds.v[i];
        struct link_item item = {
            .text = x->code,
            .href = arena_printf(r->arena, "/assessment?round=%.*s", STRF(x->code)),
            .here = x == d.round};
        if (x->stage == STAGE_FROZEN)
            ARENA_PUSH(r->arena, v.rounds, item);
        else {
            item.href = msg_text(r->ui.lang, stage_message(x->stage));
            ARENA_PUSH(r->arena, v.under_way, item);
        }
    }
    if (d.round) {
        struct str code = d.round->code;
        v.xlsx = arena_printf(r->arena, "/assessment.xlsx?round=%.*s", STRF(code));
        v.csv = arena_printf(r->arena, "/assessment.csv?round=%.*s", STRF(code));
        v.snapshot_href = arena_printf(r->arena, "/assessment/snapshot/%.*s", STRF(code));
        v.digest = d.round->digest;
        v.from_day = d.round->from_day;
        v.to_day = d.round->to_day;
        v.frozen_ms = d.round->frozen_ms;
        fill_groups(&d, &v);
    }
    struct page page =
        assessment_page(r, false, msg_text(r->ui.lang, MSG_assessment_country_title), NULL, 0);
    page.width = PAGE_WIDE;
    resp_cache_public(r, 300);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_assessment_country(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

enum err assessment_country_export(struct req *r)
{
    static const struct export_column columns[] = {
        {MSG_assessment_unit, XLSX_TEXT, 36, false},
        {MSG_assessment_oblast, XLSX_TEXT, 24, false},
        {MSG_assessment_group, XLSX_INT, 8, false},
        {MSG_assessment_band, XLSX_INT, 8, false},
        {MSG_assessment_rank_from, XLSX_INT, 10, false},
        {MSG_assessment_rank_to, XLSX_INT, 10, false},
        {MSG_assessment_points, XLSX_TEXT, 10, false},
        {MSG_assessment_interval, XLSX_TEXT, 16, false},
        {MSG_assessment_grade, XLSX_TEXT, 8, false},
        {MSG_assessment_missing, XLSX_INT, 12, false},
        {MSG_assessment_conditions_met, XLSX_INT, 12, true},
    };
    enum err rc = ERR_OK;
    struct country_data d = {.r = r};
    struct export *x;
    TRY(db_read(r->db, SCOPE_COUNTRY, read_country, &d));
    if (!d.round)
        FAIL(ERR_NOT_FOUND);
    struct export_about about = {
        .title = msg_text(r->ui.lang, MSG_assessment_country_title),
        .note = MSG_STR(r->arena, r->ui.lang, MSG_assessment_export_note,
                        ARG_S("unit", msg_text(r->ui.lang, MSG_assessment_all)),
                        ARG_S("round", d.round->code), ARG_S("digest", d.round->digest)),
        .name = arena_printf(r->arena, "assessment-%.*s", STRF(d.round->code)),
    };
    TRY(export_begin(r, req_param(r, "format"), &about, columns, COUNT_OF(columns), &x));
    for (size_t i = 0; i < d.rows.n; i++) {
        struct country_row row = row_of(r, &d.rows.v[i]);
        bool ranked = row.rank > 0;
        export_text(x, row.name);
        export_text(x, row.oblast);
        export_int(x, d.rows.v[i].peers + 1);
        export_opt(x, row.band > 0 ? I64(row.band) : I64_NONE);
        export_opt(x, ranked ? I64(row.rank_low) : I64_NONE);
        export_opt(x, ranked ? I64(row.rank_high) : I64_NONE);
        export_text(x, row.points);
        export_text(x, row.interval);
        export_text(x, row.grade);
        export_int(x, row.missing);
        export_int(x, row.conditions);
        export_row(x);
    }
    TRY(export_end(x));
out:
    return rc;
}

enum err assessment_method_page(struct req *r)
{
    const struct framework *f = framework_newest();
    enum lang lang = r->ui.lang;
    double all = 0;
    struct method_view v = {
        .framework = f->code, .digest = f->digest, .country_href = STR("/assessment")};
    for (size_t p = 0; p < f->pillars.n; p++)
        all += f->pillars.v[p].weight;
    for (size_t p = 0; p < f->pillars.n; p++) {
        const struct pillar *x = &f->pillars.v[p];
        struct method_pillar row = {.name = text3_get(&x->name, lang),
                                    .domain = text3_get(&f->domains.v[x->domain].name, lang),
                                    .percent = (int64_t)round(100 * x->weight / all)};
        ARENA_PUSH(r->arena, v.pillars, row);
    }
    for (size_t i = 0; i < f->indicators.n; i++) {
        const struct indicator *k = &f->indicators.v[i];
        if (k->kind == KIND_CONDITION) {
            ARENA_PUSH(r->arena, v.conditions,
                       ((struct condition_row){.name = text3_get(&k->name, lang),
                                               .what = text3_get(&k->what, lang)}));
            continue;
        }
        struct answer_row row = {.code = k->code,
                                 .name = text3_get(&k->name, lang),
                                 .what = text3_get(&k->what, lang),
                                 .value = goal_text(r, k),
                                 .computed = k->source.n && assessment_source_find(k->source),
                                 .note = text3_get(&k->proof, lang)};
        for (int level = 0; level < 3 && k->kind == KIND_RUBRIC; level++)
            ARENA_PUSH(r->arena, row.evidence,
                       ((struct link_item){.text = text3_get(&k->levels[level], lang)}));
        ARENA_PUSH(r->arena, v.pillars.v[k->pillar].indicators, row);
    }
    struct crumb crumbs[] = {{v.country_href, msg_text(lang, MSG_assessment_country_title)}};
    struct page page =
        assessment_page(r, false, msg_text(lang, MSG_assessment_method_title), crumbs, 1);
    resp_cache_public(r, 3600);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_assessment_method(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

struct snapshot_data {
    struct req *r;
    struct sql_round_snapshot_row row;
};

static enum err read_snapshot(struct tx *tx, void *arg)
{
    struct snapshot_data *d = arg;
    return sql_round_snapshot(tx, d->r->arena, &d->row, .code = req_param(d->r, "round"));
}

enum err assessment_snapshot_file(struct req *r)
{
    struct snapshot_data d = {.r = r};
    enum err rc = db_read(r->db, SCOPE_COUNTRY, read_snapshot, &d);
    if (rc != ERR_OK)
        return rc;
    resp_cache_public(r, 3600);
    if (resp_not_modified(r, d.row.digest))
        return ERR_OK;
    struct buf *out = resp_json(r, 200);
    resp_attachment(r, arena_printf(r->arena, "assessment-%.*s.json", STRF(req_param(r, "round"))));
    buf_str(out, d.row.snapshot);
    return ERR_OK;
}
