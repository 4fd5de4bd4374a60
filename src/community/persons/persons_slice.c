/* What the register announces. */
#include "community/persons/persons_internal.h"

static const struct route routes[] = {
    ROUTE("GET", "/desk/persons", persons_page_list, PERM_PERSONS_READ, 0),
    ROUTE("GET", "/desk/persons/pairs", persons_page_pairs, PERM_PERSONS_MERGE, 0),
    ROUTE("POST", "/desk/persons/pairs", persons_page_pair_post, PERM_PERSONS_MERGE, 0),
    ROUTE("POST", "/desk/persons/undo", persons_page_undo, PERM_PERSONS_MERGE, 0),
    ROUTE("GET", "/desk/persons/import", persons_page_import, PERM_PERSONS_READ, 0),
    ROUTE("POST", "/desk/persons/import", persons_page_import_post, PERM_PERSONS_READ,
          ROUTE_BIG_BODY),
    ROUTE("GET", "/desk/persons/{id}", persons_page_show, PERM_PERSONS_READ, 0),
    ROUTE("POST", "/desk/persons/{id}", persons_page_post, PERM_PERSONS_READ, 0),
};

struct check {
    struct arena *a;
    struct sql_persons_broken_row broken;
    struct sql_persons_count_row count;
};

static enum err read_check(struct tx *tx, void *arg)
{
    struct check *c = arg;
    enum err rc = ERR_OK;
    TRY(sql_persons_broken(tx, c->a, &c->broken));
    TRY(sql_persons_count(tx, c->a, &c->count));
out:
    return rc;
}

static enum err doctor(struct app *app, struct buf *out, int *faults)
{
    struct check c = {.a = arena_new()};
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_check, &c);
    if (rc == ERR_OK && c.broken.n) {
        (*faults)++;
        buf_printf(out, "fault: %lld merged persons lead nowhere\n", (long long)c.broken.n);
    } else if (rc == ERR_OK) {
        buf_printf(out, "%lld persons in %lld records\n", (long long)c.count.people,
                   (long long)c.count.records);
    }
    arena_free(c.a);
    return rc;
}

/* Where somebody lives follows the territory; positions and attendance stay what they were. */
static enum err merged(struct app *app, struct tx *tx, struct str from, struct str into,
                       int64_t day)
{
    (void)app, (void)day;
    return sql_persons_move_home(tx, NULL, .home = from, .into = into);
}

const struct slice persons_slice = {
    .name = "persons",
    .migrations = persons_migrations,
    .queries = persons_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .commands = persons_commands,
    .command_count = 1,
    .merged = merged,
    .doctor = doctor,
};
