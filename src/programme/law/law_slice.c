/* The library's descriptor. */
#include "programme/law/law_internal.h"

#include "platform/web/components.h"

static enum err doctor(struct app *app, struct buf *out, int *faults)
{
    struct law_check_run run = {.arena = arena_new()};
    run.out = buf_in(run.arena);
    enum err rc = db_read(app->db, SCOPE_COUNTRY, law_digests_check, &run);
    if (rc == ERR_OK) {
        buf_str(out, buf_view(run.out));
        *faults += run.faults;
    }
    arena_free(run.arena);
    return rc;
}

#define ACT "/law/kg/{issuer}/{kind}/{year}/{month}/{day}/{number}"

static enum err law_start(struct app *app)
{
    struct arena *a = arena_new();
    ui_citation_source("/law", "/law/cite");
    enum err rc =
        db_is_postgres(app->db) ? ERR_OK : db_write(app->db, SCOPE_COUNTRY, law_index_check, a);
    arena_free(a);
    return rc == ERR_DENIED ? ERR_OK : rc; /* opened for reading beside a server */
}

static const struct route routes[] = {
    ROUTE("GET", "/law", law_home, PERM_PUBLIC, 0),
    ROUTE("GET", "/law/cite", law_cite_list, PERM_PUBLIC, 0),
    ROUTE("GET", ACT, law_show, PERM_PUBLIC, 0),
    ROUTE("GET", ACT "/akn.xml", law_akn, PERM_PUBLIC, 0),
    ROUTE("GET", "/law/sbornik/{code}", law_sbornik_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/law/sbornik/{code}/document.pdf", law_sbornik_pdf, PERM_PUBLIC, 0),
    ROUTE("GET", "/law/sbornik/{code}/list.xlsx", law_sbornik_xlsx, PERM_PUBLIC, 0),
    ROUTE("GET", "/desk/law", law_desk, PERM_LAW_EDIT, 0),
    ROUTE("GET", "/desk/law/import", law_desk_import, PERM_LAW_EDIT, 0),
    ROUTE("POST", "/desk/law/import", law_desk_import_post, PERM_LAW_EDIT, ROUTE_BIG_BODY),
    ROUTE("GET", "/desk/law/links", law_desk_link, PERM_LAW_EDIT, 0),
    ROUTE("POST", "/desk/law/links", law_desk_link_post, PERM_LAW_EDIT, 0),
    ROUTE("GET", "/desk/law/collections", law_desk_collection, PERM_LAW_EDIT, 0),
    ROUTE("POST", "/desk/law/collections", law_desk_collection_post, PERM_LAW_EDIT, 0),
    ROUTE("GET", "/desk/law/collections/{code}/edit", law_desk_collection_edit, PERM_LAW_EDIT, 0),
    ROUTE("POST", "/desk/law/collections/{code}/edit", law_desk_collection_edit_post, PERM_LAW_EDIT,
          0),
    ROUTE("POST", "/desk/law/collections/{code}/withdraw", law_desk_withdraw_post, PERM_LAW_EDIT,
          0),
    ROUTE("GET", "/desk/law/collections/{code}/given", law_desk_given, PERM_LAW_EDIT, 0),
    ROUTE("GET", "/desk/law/collections/{code}/given/import", law_desk_given_csv, PERM_LAW_EDIT, 0),
    ROUTE("POST", "/desk/law/collections/{code}/given/import", law_desk_given_post, PERM_LAW_EDIT,
          ROUTE_BIG_BODY),
};

static const struct command commands[] = {
    {"import law", "FILE [--dry-run]", "Load acts into the library of laws",
     "FILE is plain text, HTML or Akoma Ntoso; - reads standard input. Plain text begins with "
     "lines\n"
     "\"key: value\" (issuer, kind, number, date, title-ky, title-ru, lang, from, topics, "
     "standing,\n"
     "source), an empty line, then the act; acts are parted by a line of five or more =. The same\n"
     "words again change nothing; words from a later day are a new version.\n\n"
     "Example:\n  aimak import law water-law.txt --dry-run\n",
     law_import_command, true},
    {"search law", "WORDS... [--topic CODE] [--in ky|ru] [--on DATE]", "Search the library of laws",
     "Words may be inflected, and typed without Kyrgyz letters. \"...\" is a phrase, \"ст. 34\" "
     "an\n"
     "article. Exits with 1 when nothing was found.\n\n"
     "Example:\n  aimak search law суу тарифи\n",
     law_search_command, true},
};

const struct slice law_slice = {
    .name = "law",
    .migrations = law_migrations,
    .queries = law_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .commands = commands,
    .command_count = COUNT_OF(commands),
    .counters = law_counters,
    .counter_count = 2,
    .start = law_start,
    .demo = law_demo,
    .doctor = doctor,
};
