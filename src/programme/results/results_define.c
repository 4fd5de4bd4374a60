/*
 * Reference sheets: a number needs a definition, and what it means does not change under it. Every
 * change of a sheet is a version that says why.
 */
#include "programme/results/results_define.h"

const char *const results_sheet_fields[RESULT_SHEET_FIELDS] = {
    "name", "unit", "definition", "rationale", "method", "source", "responsible", "limitations",
};

static bool code_ok(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
              s.p[i] == '_' || s.p[i] == '.'))
            return false;
    return s.n >= 3 && s.n <= 40 && s.p[0] >= 'a' && s.p[0] <= 'z';
}

static enum msg check_dimensions(const struct sql_results_dimensions_rows *known, struct str list)
{
    struct str rest = list, part;
    size_t n = 0;
    while (list.n && str_split(&rest, ',', &part)) {
        bool found = false;
        for (size_t d = 0; d < known->n; d++)
            found = found || str_eq(known->v[d].code, part);
        if (!found || ++n > TALLY_DIMENSIONS)
            return MSG_results_fault_dimension;
    }
    return MSG_NONE;
}

static enum msg check_source(struct arena *a, const struct result_indicator *i,
                             enum result_sheet_part *part)
{
    bool ratio = i->measure == MEASURE_RATIO;
    *part = SHEET_SOURCE;
    if (results_is_entered(i)) {
        *part = SHEET_FILTERS;
        return i->filters.n || i->base_source.n ? MSG_results_sheet_fault_filters : MSG_NONE;
    }
    if (!i->counter || i->measure == MEASURE_TEXT || i->measure == MEASURE_ORDINAL)
        return MSG_results_sheet_fault_source;
    *part = SHEET_FILTERS;
    if (!results_filter_fits(a, i->counter, i->filters))
        return MSG_results_sheet_fault_filters;
    *part = SHEET_BASE;
    if (ratio != (i->base_counter != NULL) || (i->base_source.n > 0) != ratio ||
        (ratio && !results_filter_fits(a, i->base_counter, i->base_filters)))
        return MSG_results_sheet_fault_base;
    *part = SHEET_DIMENSIONS;
    return i->dimensions.n ? MSG_results_sheet_fault_dimensions : MSG_NONE;
}

static enum msg check_rule(const struct result_indicator *i)
{
    bool counted = !results_is_entered(i);
    bool people = i->counter && i->counter->kind == COUNTER_PEOPLE;
    if ((i->rule == RULE_RATIO) != (i->measure == MEASURE_RATIO))
        return MSG_results_sheet_fault_rule;
    if (i->rule == RULE_PERSONS && !people)
        return MSG_results_sheet_fault_persons;
    if (counted && i->rule != RULE_SUM && i->rule != RULE_RATIO && i->rule != RULE_PERSONS &&
        i->rule != RULE_UNITS)
        return MSG_results_sheet_fault_rule;
    if (i->measure == MEASURE_TEXT && i->rule != RULE_NONE)
        return MSG_results_sheet_fault_rule;
    if (i->measure == MEASURE_ORDINAL && (i->rule == RULE_SUM || i->rule == RULE_LAST))
        return MSG_results_sheet_fault_rule; /* grades do not add up */
    return MSG_NONE;
}

static bool same_meaning(const struct result_indicator *x, const struct result_indicator *y)
{
    return x->measure == y->measure && x->decimals == y->decimals && x->rule == y->rule &&
           str_eq(x->source, y->source) && str_eq(x->filters, y->filters) &&
           str_eq(x->base_source, y->base_source) && str_eq(x->base_filters, y->base_filters);
}

enum msg results_sheet_check(struct arena *a, const struct result_programmes *programmes,
                             const struct sql_results_dimensions_rows *dimensions,
                             const struct result_indicator *before,
                             const struct result_indicator *i,
                             const struct text3 texts[RESULT_SHEET_FIELDS],
                             enum result_sheet_part *part)
{
    enum msg m = MSG_NONE;
    *part = SHEET_CODE;
    if (!code_ok(i->code))
        return MSG_results_sheet_fault_code;
    *part = SHEET_PROGRAMME;
    if (!results_programme(programmes, i->programme))
        return MSG_results_sheet_fault_programme;
    *part = SHEET_TEXTS;
    for (int f = 0; f < 3; f++)
        for (int l = 0; l < LANG__MAX; l++)
            if (!str_trim(texts[f].in[l]).n)
                return MSG_results_sheet_fault_texts;
    *part = SHEET_DECIMALS;
    if (i->decimals < 0 || i->decimals > 4 || (i->measure == MEASURE_CURRENCY && i->decimals != 2))
        return MSG_results_sheet_fault_decimals;
    if ((m = check_source(a, i, part)) != MSG_NONE)
        return m;
    *part = SHEET_RULE;
    if ((m = check_rule(i)) != MSG_NONE)
        return m;
    *part = SHEET_DIMENSIONS;
    if ((m = check_dimensions(dimensions, i->dimensions)) != MSG_NONE)
        return m;
    *part = SHEET_REFERENCE;
    if (!str_eq(i->vocabulary, STR("3")) && !str_eq(i->vocabulary, STR("9")) &&
        !str_eq(i->vocabulary, STR("99")))
        return MSG_results_sheet_fault_vocabulary;
    *part = SHEET_MEASURE;
    if (before && !same_meaning(before, i))
        return MSG_results_sheet_fault_meaning;
    *part = SHEET_NOTE;
    return before && !i->change_note.n ? MSG_results_fault_why : MSG_NONE;
}

enum err results_sheet_put(struct tx *tx, struct arena *a, const struct result_indicator *i,
                           const struct text3 texts[RESULT_SHEET_FIELDS], int64_t person)
{
    struct sql_results_indicator_position_row position;
    int64_t retired = 0;
    enum err rc = ERR_OK;
    TRY(sql_results_indicator_position(tx, a, &position, .code = i->code));
    if (i->version > 1) {
        TRY(sql_results_indicator_retire(tx, &retired, .code = i->code, .version = i->version - 1));
        if (retired != 1) /* somebody else wrote a version meanwhile */
            FAIL(ERR_CONFLICT);
    }
    TRY(sql_results_indicator_put(
        tx, NULL, .code = i->code, .version = i->version, .programme = i->programme,
        .position = position.position, .level = i->level,
        .measure = str_from(results_measure_code(i->measure)),
        .rule = str_from(results_rule_code(i->rule)), .decimals = i->decimals,
        .ascending = i->ascending, .topic = i->topic, .source = i->source, .filters = i->filters,
        .base_source = i->base_source, .base_filters = i->base_filters, .dimensions = i->dimensions,
        .frequency = i->frequency, .due_days = i->due_days, .vocabulary = i->vocabulary,
        .reference = i->reference, .changed_ms = clock_now_ms(), .changed_by = person,
        .change_note = i->change_note, .personal = i->personal));
    for (int f = 0; f < RESULT_SHEET_FIELDS; f++)
        if (texts[f].in[LANG_KY].n || texts[f].in[LANG_RU].n || texts[f].in[LANG_EN].n)
            TRY(sql_results_text_put(tx, NULL, .code = i->code, .version = i->version,
                                     .field = str_from(results_sheet_fields[f]),
                                     .ky = texts[f].in[LANG_KY], .ru = texts[f].in[LANG_RU],
                                     .en = texts[f].in[LANG_EN]));
out:
    return rc;
}
