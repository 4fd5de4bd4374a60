/* What the results room announces. */
#include "programme/results/results_count.h"
#include "programme/results/results_exchange.h"
#include "programme/results/results_sql.h"
#include "programme/results/results_value.h"

#include "platform/files/files.h"

static const struct counter *const counters[] = {&results_people_counter,
                                                 &results_milestones_counter};

static const struct command commands[] = {
    {"results list", "", "List the indicators with their numbers",
     "Every indicator with its number over the time of its programme, how it is added up, and\n"
     "where it comes from.\n\nExample:\n  aimak results list\n",
     results_command_list, true},
    {"results show", "CODE [--period P] [--by place|DIMENSION] [--unit CODE]",
     "Show one indicator: its sheet and its numbers",
     "Periods: 2018, 2018Q2, FY2018 (US fiscal year), FY2018Q1, 2018-03, 2018-03/2018-08.\n\n"
     "Examples:\n  aimak results show cami.water_improved --by place\n"
     "  aimak results show cami.water_gained --by basis --period 2019\n",
     results_command_show, true},
    {"results story", "", "Print the published figures beside those counted from the records",
     "Each figure that was published about a programme, in the words of its source, and what the\n"
     "records say under the definition of its indicator.\n\nExample:\n  aimak results story\n",
     results_command_story, true},
    {"verify results", "[COUNTER]", "Count every total again from the records",
     "Compares each kept total with what the records of every municipality say, and the country's\n"
     "totals with the sums of the municipalities. Nothing is repaired. Exit code 1 when a total\n"
     "is wrong; each is named.\n\nExample:\n  aimak verify results\n",
     results_command_verify, true},
    {"results rebuild", "COUNTER", "Count the totals of a counter anew",
     "Throws the kept totals away and keeps what the records say: for a counter that is new in\n"
     "this version, and after `aimak verify results` told what is wrong.\n\n"
     "Example:\n  aimak results rebuild catalogue.people_served\n",
     results_command_rebuild, true},
    {"results import", "FILE.csv [--dry-run]", "Load values of indicators",
     "One row is an indicator, a municipality, a period and a full disaggregation. Columns:\n"
     "indicator, unit (SOATE, * for the country), period (2026Q1, 2026, FY2026, 2026-03), value,\n"
     "and optionally kind (actual, target, baseline), denominator, grade (A to D), note, words, "
     "and\n"
     "one column for each dimension (sex, age, ...); empty in the row of the total.\n"
     "Taken whole or not at all: every fault is named by row and column.\n\n"
     "Example:\n  aimak results import values.csv --dry-run\n",
     results_command_import, true},
    {"results export", "[--programme CODE] [--counted]", "Write values of indicators as CSV",
     "The entered values, as `aimak results import` reads them. With --counted also those that\n"
     "are counted from records, by municipality and year.\n\n"
     "Example:\n  aimak results export > values.csv\n",
     results_command_export, true},
    {"results import-dhis", "FILE [--dry-run]", "Load values from DHIS2 (dataValueSets or ADX)",
     "dataValueSets as JSON or ADX as XML, identified by codes: indicators, SOATE codes, our\n"
     "dimensions (categoryOptionCombo \"age=16-29;sex=f\", or attributes of ADX). The row that a\n"
     "fault names is the value's place in the document plus one.\n\n"
     "Example:\n  aimak results import-dhis values.json --dry-run\n",
     results_command_import_dhis, true},
    {"results export-dhis", "[--programme CODE] [--adx]", "Write entered values for DHIS2",
     "dataValueSets as JSON, or with --adx ADX as XML.\n\n"
     "Example:\n  aimak results export-dhis --adx > values.xml\n",
     results_command_export_dhis, true},
    {"results iati", "FILE.xml", "Write the IATI 2.03 activity file",
     "One activity for each programme, with its results.\n\n"
     "Example:\n  aimak results iati activities.xml\n",
     results_command_iati, true},
    {"results check-iati", "FILE.xml", "Hold an IATI file against the standard's rules",
     "The rules that the schema cannot say, by their numbers. Exit code 1 when one is broken.\n\n"
     "Example:\n  aimak results check-iati activities.xml\n",
     results_command_check_iati, false},
};

static const struct route routes[] = {
    ROUTE("GET", "/results", results_home, PERM_PUBLIC, 0),
    ROUTE("GET", "/results/i/{indicator}", results_indicator_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/results/records", results_unit_records, PERM_PUBLIC, 0),
    ROUTE("GET", "/open/results.csv", results_open_csv, PERM_PUBLIC, ROUTE_API | ROUTE_NO_CSRF),
    ROUTE("GET", "/open/iati/activities.xml", results_iati_get, PERM_PUBLIC,
          ROUTE_API | ROUTE_NO_CSRF),
    ROUTE("GET", "/results/report", results_report_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/results/report.pdf", results_report_pdf, PERM_PUBLIC, 0),
    ROUTE("GET", "/results/report.xlsx", results_report_xlsx, PERM_PUBLIC, 0),
    ROUTE("GET", "/desk/results", results_office, PERM_RESULTS_VERIFY, 0),
    ROUTE("POST", "/desk/results/stories", results_success_post, PERM_RESULTS_VERIFY, 0),
    ROUTE("POST", "/desk/results/stories/{of}/{id}", results_success_withdraw, PERM_RESULTS_VERIFY,
          0),
    ROUTE("GET", "/desk/results/indicators", results_editor_new, PERM_RESULTS_VERIFY, 0),
    ROUTE("POST", "/desk/results/indicators", results_editor_new_post, PERM_RESULTS_VERIFY, 0),
    ROUTE("GET", "/desk/results/indicators/{indicator}", results_editor_page, PERM_RESULTS_VERIFY,
          0),
    ROUTE("POST", "/desk/results/indicators/{indicator}", results_editor_post, PERM_RESULTS_VERIFY,
          0),
    ROUTE("GET", "/desk/{unit}/achieved", results_entry_page, PERM_RESULTS_ENTER, 0),
    ROUTE("POST", "/desk/{unit}/achieved/people", results_entry_people, PERM_RESULTS_VERIFY, 0),
    ROUTE("POST", "/desk/{unit}/achieved/steps", results_entry_step, PERM_RESULTS_VERIFY, 0),
    ROUTE("POST", "/desk/{unit}/achieved/{kind}/{id}", results_entry_withdraw, PERM_RESULTS_VERIFY,
          0),
    ROUTE("GET", "/desk/{unit}/results", results_desk_list, PERM_RESULTS_ENTER, 0),
    ROUTE("GET", "/desk/{unit}/results/{indicator}", results_desk_indicator, PERM_RESULTS_ENTER, 0),
    ROUTE("POST", "/desk/{unit}/results/{indicator}", results_desk_enter, PERM_RESULTS_ENTER,
          ROUTE_BIG_BODY),
    ROUTE("POST", "/desk/{unit}/results/{indicator}/visit", results_desk_visit, PERM_RESULTS_VERIFY,
          0),
    ROUTE("POST", "/desk/{unit}/results/{indicator}/{id}/step", results_desk_step,
          PERM_RESULTS_ENTER, 0),
    ROUTE("GET", "/desk/{unit}/results/{indicator}/{value}/evidence/{id}", results_desk_evidence,
          PERM_RESULTS_ENTER, 0),
};

static const struct schedule_def schedules[] = {
    /* At the first start of a version that brings a counter; afterwards it finds nothing to do. */
    {"results.count_missing", INT64_C(24) * 3600 * 1000, results_count_missing},
};

static const char *const file_columns[] = {"result_evidence.file", NULL};

static enum err use_file(void *uses, const struct sql_results_files_row *row)
{
    file_used(uses, row->file);
    return ERR_OK;
}

static enum err files(struct tx *tx, struct file_uses *uses)
{
    return sql_results_files(tx, use_file, uses);
}

const struct slice results_slice = {
    .name = "results",
    .file_columns = file_columns,
    .files = files,
    .migrations = results_migrations,
    .queries = results_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .commands = commands,
    .command_count = COUNT_OF(commands),
    .counters = counters,
    .counter_count = COUNT_OF(counters),
    .schedules = schedules,
    .schedule_count = COUNT_OF(schedules),
    .demo = results_demo,
};
