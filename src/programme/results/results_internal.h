/* Shared inside the results room. */
#ifndef RESULTS_INTERNAL_H
#define RESULTS_INTERNAL_H

#include "programme/results/results.h"
#include "programme/results/results_sql.h"

#include "community/places/places.h"
#include "platform/core/clock.h"
#include "platform/core/figure.h"
#include "platform/core/id.h"
#include "platform/web/demo.h"

/* Counts of people below this are withheld from the public, by the one rule for all outputs. */
#define RESULTS_FEW FIGURE_FEW

const char *results_measure_code(enum result_measure m);
bool results_measure_parse(struct str code, enum result_measure *out);
const char *results_rule_code(enum result_rule rule);
bool results_rule_parse(struct str code, enum result_rule *out);

const struct result_indicator *results_find(const struct result_indicators *all, struct str code);
const struct result_programme *results_programme(const struct result_programmes *all,
                                                 struct str code);

/* "service=water;basis=counted,area" into the question's `want`. ERR_CONFIG when the counter has no
 * such dimension. NULL counter: ERR_NOT_FOUND. */
MUST enum err results_filter(struct arena *a, const struct counter *counter, struct str filters,
                             struct tally_want want[TALLY_DIMENSIONS]);
/* Are all of the filter's dimensions in the counter? */
bool results_filter_fits(struct arena *a, const struct counter *counter, struct str filters);

/* The whole number, or with the indicator's decimals; a ratio in per cent with one. */
void results_amount_put(struct buf *out, enum lang lang, const struct result_indicator *i,
                        int64_t amount, struct i64_opt base);
/* For programs: "12.50"; a ratio as a share, "0.8740". */
void results_amount_plain(struct buf *out, const struct result_indicator *i, int64_t amount,
                          struct i64_opt base);
/* Does the number count people, so that small ones are withheld? */
bool results_counts_people(const struct result_indicator *i);
/* Month behind the last one that can have data: this month's, or the programme's end. */
int64_t results_end_of_data(const struct result_programme *p, int64_t today);
/* How a member of a dimension reads. `unknown` for TALLY_UNKNOWN. */
struct str results_member_text(struct app *app, struct tx *tx, struct arena *a, enum lang lang,
                               const struct result_indicator *i, struct str dimension,
                               struct str value);

/* One number: the indicator over a period. present false: no data. */
struct result_number {
    bool present;
    int64_t amount;
    struct i64_opt base;
    bool withheld; /* of results_public_number(): it exists, but not for the public */
};
MUST enum err results_public_number(const struct app *app, struct tx *tx, struct arena *a,
                                    const struct result_programme *p,
                                    const struct result_indicator *i, struct str unit, int64_t from,
                                    int64_t to, struct result_number *out);
/* For those who work with the records; the public: results_public_number(). */
MUST enum err results_number(struct tx *tx, struct arena *a, const struct result_indicator *i,
                             struct str unit, int64_t from, int64_t to, struct result_number *out);

/* --- records of the programme --- */
extern const struct counter results_people_counter, results_milestones_counter;
struct result_record {
    struct str unit;
    int64_t id;
    struct str programme, service, basis, village;
    int64_t day, people;
    struct i64_opt women;
    struct str document;
    int64_t person;
};
struct result_milestone {
    struct str unit;
    int64_t id;
    struct str programme, milestone, service;
    int64_t day;
    struct str document;
    int64_t person;
};
/* With their totals, in the caller's transaction. ERR_INPUT when it cannot be. */
MUST enum err results_record_add(struct tx *tx, const struct result_record *r);
MUST enum err results_milestone_add(struct tx *tx, const struct result_milestone *m);
/* ERR_CONFLICT when it was withdrawn before. */
MUST enum err results_record_withdraw(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                                      struct str why);
MUST enum err results_milestone_withdraw(struct tx *tx, struct arena *a, struct str unit,
                                         int64_t id, struct str why);

/* --- what was published, beside what the records say --- */
struct result_story_line {
    const struct result_indicator *indicator;
    int64_t published, from_month, to_month;
    struct str wording, source;
    struct result_number counted;
};
struct result_story_lines {
    struct result_story_line *v;
    size_t n, cap;
};
/* Country scope. */
MUST enum err results_story(const struct app *app, struct tx *tx, struct arena *a,
                            struct result_story_lines *out);
/* As a table of plain text, for the terminal. */
MUST enum err results_story_print(struct app *app, struct arena *a, struct buf *out);

enum err results_demo(struct app *app, struct demo_context *demo);

/* --- commands --- */
int results_command_list(struct app *app, int argc, char **argv);
int results_command_show(struct app *app, int argc, char **argv);
int results_command_story(struct app *app, int argc, char **argv);
int results_command_verify(struct app *app, int argc, char **argv);

/* Throws the kept totals of a counter away and counts them anew: for a counter that is new, and for
 * whoever was told by `verify results` what is wrong. */
int results_command_rebuild(struct app *app, int argc, char **argv);

/* --- pages --- */
enum err results_open_csv(struct req *r);
enum err results_desk_list(struct req *r);
enum err results_desk_indicator(struct req *r);
enum err results_desk_enter(struct req *r);
enum err results_desk_step(struct req *r);
enum err results_desk_visit(struct req *r);
enum err results_desk_evidence(struct req *r);
enum err results_office(struct req *r);
enum err results_success_post(struct req *r);
enum err results_success_withdraw(struct req *r);
enum err results_editor_page(struct req *r);
enum err results_editor_post(struct req *r);
enum err results_editor_new(struct req *r);
enum err results_editor_new_post(struct req *r);
enum err results_entry_page(struct req *r);
enum err results_entry_people(struct req *r);
enum err results_entry_step(struct req *r);
enum err results_entry_withdraw(struct req *r);
enum err results_report_page(struct req *r);
enum err results_report_pdf(struct req *r);
enum err results_report_xlsx(struct req *r);
enum err results_home(struct req *r);
enum err results_indicator_page(struct req *r);
enum err results_unit_records(struct req *r);

#endif
