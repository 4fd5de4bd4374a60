/*
 * Migrations: one text for two engines, see src/platform/store/migrate.h. Comments are dropped and
 * nothing else, so that the text (and the hash that guards it) stays the same when a comment
 * is improved. What is written here for a given migration must never change: applied
 * migrations are compared by their text.
 */
#include "sqlc/sqlc.h"

struct reader {
    struct arena *a;
    struct diag *d;
    const struct source *source;
    struct migration_text *m;
};

static void fault(struct reader *r, const struct token *t, const char *what)
{
    diag_error(r->d, r->source, t->at, "%s", what);
}

bool migration_is(const struct source *source)
{
    struct str name = path_name(source->path);
    return name.n > 4 && is_digit(name.p[0]) && is_digit(name.p[1]) && is_digit(name.p[2]) &&
           name.p[3] == '_' && str_ends(name, STR(".sql"));
}

/* Tokens with their blanks; a line break and its indent stay as they are. */
static void render(struct buf *out, struct token_range range, enum sql_engine engine)
{
    for (const struct token *t = range.first; t < range.end; t++) {
        size_t used = 1;
        const char *type = engine == SQL_SQLITE ? sql_sqlite_type(t, range.end, &used) : NULL;
        if (t > range.first && t->space.n) {
            struct str space = t->space;
            ptrdiff_t found, line = -1;
            while ((found = str_find_char(str_slice(space, (size_t)(line + 1), space.n), '\n')) >=
                   0)
                line += found + 1;
            buf_char(out, line >= 0 ? '\n' : ' ');
            for (size_t i = (size_t)(line + 1); line >= 0 && i < space.n && space.p[i] == ' '; i++)
                buf_char(out, ' ');
        }
        if (type)
            buf_cstr(out, type);
        else
            buf_str(out, t->text);
        t += used - 1;
    }
}

/* The type of a column: one of the four that both engines have a name for. */
static void check_type(struct reader *r, const struct token *t, const struct token *end)
{
    size_t used;
    if (t == end)
        fault(r, end, "a column needs a type");
    else if (!sql_sqlite_type(t, end, &used))
        diag_error(r->d, r->source, t->at,
                   "\"%.*s\" is not a type of ours: BIGINT, DOUBLE PRECISION, TEXT or BYTEA",
                   STRF(t->text));
}

static bool is_table_constraint(const struct token *t)
{
    return token_is(t, "PRIMARY") || token_is(t, "UNIQUE") || token_is(t, "CHECK") ||
           token_is(t, "FOREIGN") || token_is(t, "CONSTRAINT");
}

/* The first column of PRIMARY KEY (...) in a table constraint. */
static const struct token *key_in_constraint(struct token_range item)
{
    for (const struct token *t = item.first; t + 3 < item.end; t++)
        if (token_is(t, "PRIMARY") && token_is(t + 1, "KEY") && token_is_sign(t + 2, '('))
            return t + 3;
    return NULL;
}

/* One line of CREATE TABLE. Returns the first column of the primary key when it is here. */
static const struct token *table_item(struct reader *r, struct token_range item)
{
    if (item.first == item.end) {
        fault(r, item.end, "an empty line in the list of columns: a comma too many");
        return NULL;
    }
    if (is_table_constraint(item.first))
        return key_in_constraint(item);
    check_type(r, item.first + 1, item.end);
    for (const struct token *t = item.first; t + 1 < item.end; t++)
        if (token_is(t, "PRIMARY") && token_is(t + 1, "KEY"))
            return item.first;
    return NULL;
}

static void add_row_security(struct buf *out, struct str table)
{
    /* The sub-selects are evaluated once a statement, not once a row. */
    buf_printf(out,
               "ALTER TABLE %.*s ENABLE ROW LEVEL SECURITY;\n"
               "ALTER TABLE %.*s FORCE ROW LEVEL SECURITY;\n"
               "CREATE POLICY unit_scope ON %.*s\n"
               "    USING (unit = (SELECT current_setting('app.unit', true))\n"
               "        OR (SELECT current_setting('app.unit', true)) = '*')\n"
               "    WITH CHECK (unit = (SELECT current_setting('app.unit', true))\n"
               "        OR (SELECT current_setting('app.unit', true)) = '*');\n",
               STRF(table), STRF(table), STRF(table));
}

/* CREATE TABLE name ( items ) */
static void create_table(struct reader *r, struct token_range s)
{
    const struct token *name = s.first + 2, *open = s.first + 3;
    if (open >= s.end || !token_is_sign(open, '(') || name->kind != TOKEN_WORD) {
        fault(r, s.first,
              "expected CREATE TABLE name (columns), without IF NOT EXISTS: a migration "
              "runs once");
        return;
    }
    const struct token *close = token_skip_parens(open, s.end) - 1, *key = NULL;
    if (close + 1 != s.end) {
        fault(r, close + 1,
              "nothing may stand behind the columns: STRICT is added for SQLite; for more use "
              "\"-- only: sqlite\"");
        return;
    }
    for (const struct token *t = open + 1, *item = t; t <= close; t++) {
        if (t < close && token_is_sign(t, '(')) {
            t = token_skip_parens(t, close) - 1;
        } else if (t == close || token_is_sign(t, ',')) {
            const struct token *found = table_item(r, (struct token_range){item, t});
            key = found ? found : key;
            item = t + 1;
        }
    }
    if (!key)
        diag_error(r->d, r->source, name->at, "the table \"%.*s\" has no primary key",
                   STRF(name->text));
    render(r->m->text[SQL_SQLITE], s, SQL_SQLITE);
    buf_cstr(r->m->text[SQL_SQLITE], " STRICT;\n");
    render(r->m->text[SQL_POSTGRES], s, SQL_POSTGRES);
    buf_cstr(r->m->text[SQL_POSTGRES], ";\n");
    if (key && token_is(key, "unit"))
        add_row_security(r->m->text[SQL_POSTGRES], name->text);
}

/* ALTER TABLE name ADD [COLUMN] ... | RENAME ... | DROP [COLUMN] ... : what both engines can do. */
static void alter_table(struct reader *r, struct token_range s)
{
    const struct token *verb = s.first + 3;
    if (verb >= s.end ||
        !(token_is(verb, "ADD") || token_is(verb, "RENAME") || token_is(verb, "DROP"))) {
        fault(r, s.first,
              "SQLite can only ADD, RENAME or DROP a column: for more use \"-- only:\"");
        return;
    }
    const struct token *column =
        verb + 1 < s.end && token_is(verb + 1, "COLUMN") ? verb + 2 : verb + 1;
    if (token_is(verb, "ADD") && column < s.end && is_table_constraint(column))
        fault(r, column, "SQLite cannot add a constraint: make a new table, copy, drop, rename");
    else if (token_is(verb, "ADD"))
        check_type(r, column < s.end ? column + 1 : s.end, s.end);
}

static void check_signs(struct reader *r, struct token_range s)
{
    for (const struct token *t = s.first; t < s.end; t++) {
        if (t->kind == TOKEN_PARAM || token_is_sign(t, '$') || token_is_sign(t, '?'))
            fault(r, t, "a migration has no parameters");
        else if (t->kind == TOKEN_SIGN && t->text.n == 2)
            fault(r, t, "SQLite has no :: operator: write CAST(value AS TYPE)");
    }
}

static void statement(struct reader *r, struct token_range s)
{
    static const char *const both[] = {"CREATE", "ALTER",  "DROP", "INSERT",
                                       "UPDATE", "DELETE", "WITH"};
    bool known = false;
    if (!sql_check_parens(r->d, r->source, s))
        return;
    check_signs(r, s);
    for (size_t i = 0; i < COUNT_OF(both); i++)
        known = known || token_is(s.first, both[i]);
    bool more = s.first + 1 < s.end;
    if (!known) {
        fault(r, s.first,
              "not a statement of both engines: use \"-- only: sqlite\" or "
              "\"-- only: postgres\" ... \"-- end\"");
        return;
    }
    if (token_is(s.first, "CREATE") && more && token_is(s.first + 1, "TABLE")) {
        create_table(r, s);
        return;
    }
    if (token_is(s.first, "CREATE") && more && !token_is(s.first + 1, "INDEX") &&
        !token_is(s.first + 1, "UNIQUE") && !token_is(s.first + 1, "VIEW"))
        fault(r, s.first + 1,
              "both engines can CREATE TABLE, INDEX, UNIQUE INDEX and VIEW: for more "
              "use \"-- only:\"");
    if (token_is(s.first, "ALTER"))
        alter_table(r, s);
    for (int engine = 0; engine < SQL_ENGINES; engine++) {
        render(r->m->text[engine], s, (enum sql_engine)engine);
        buf_cstr(r->m->text[engine], ";\n");
    }
}

/* Statements for both engines, between two section marks. */
static void shared(struct reader *r, size_t from, size_t to)
{
    struct token_list tokens;
    if (!sql_tokens(r->a, r->d, r->source, from, to, &tokens))
        return;
    struct token_range all =
        sql_without_comments(r->a, (struct token_range){tokens.v, tokens.v + tokens.n});
    const struct token *first = all.first;
    for (const struct token *t = all.first; t < all.end; t++) {
        if (!token_is_sign(t, ';'))
            continue;
        if (t > first)
            statement(r, (struct token_range){first, t});
        first = t + 1;
    }
    if (first < all.end)
        fault(r, first, "this statement has no ; at its end");
}

/* Statements for one engine, as they stand: lines of comment and empty lines are dropped. */
static void section(struct reader *r, enum sql_engine engine, size_t from, size_t to)
{
    struct str rest = str_slice(r->source->text, from, to - from), line, last = STR("");
    struct buf *out = r->m->text[engine];
    while (str_split(&rest, '\n', &line)) {
        struct str text = str_trim(line);
        if (!text.n || str_starts(text, STR("--")))
            continue;
        buf_put(out, line.p, (size_t)(text.p - line.p) + text.n);
        buf_char(out, '\n');
        last = text;
    }
    if (last.n && !str_ends(last, STR(";")))
        diag_error(r->d, r->source, (size_t)(last.p - r->source->text.p) + last.n,
                   "the last statement of the section has no ; at its end");
}

/* "-- only: sqlite" in a line of its own; false for any other line. */
static bool mark(struct str line, const char *word, struct str *value)
{
    struct str text = str_trim(line);
    if (!str_starts(text, STR("--")))
        return false;
    text = str_trim(str_slice(text, 2, text.n));
    struct str wanted = str_from(word);
    if (!str_starts(text, wanted))
        return false;
    *value = str_trim(str_slice(text, wanted.n, text.n));
    return true;
}

static void sections(struct reader *r)
{
    struct str text = r->source->text, rest = text, line, value;
    size_t from = 0, opened_at = 0;
    int engine = -1; /* of the open section */
    while (str_split(&rest, '\n', &line)) {
        size_t at = (size_t)(line.p - text.p), behind = at + line.n;
        if (mark(line, "only:", &value)) {
            bool sqlite = str_eq(value, STR("sqlite")), postgres = str_eq(value, STR("postgres"));
            if (engine >= 0)
                diag_error(r->d, r->source, at, "the section above is not closed with \"-- end\"");
            else
                shared(r, from, at);
            if (!sqlite && !postgres)
                diag_error(r->d, r->source, at,
                           "expected \"-- only: sqlite\" or \"-- only: postgres\"");
            engine = postgres ? SQL_POSTGRES : SQL_SQLITE;
            from = behind;
            opened_at = at;
        } else if (mark(line, "end", &value) && !value.n) {
            if (engine < 0)
                diag_error(r->d, r->source, at, "\"-- end\" without \"-- only:\" above");
            else
                section(r, (enum sql_engine)engine, from, at);
            engine = -1;
            from = behind;
        }
    }
    if (engine >= 0)
        diag_error(r->d, r->source, opened_at, "this section is not closed with \"-- end\"");
    else
        shared(r, from, text.n);
}

void migration_parse(struct arena *a, struct diag *d, const struct source *source,
                     struct migration_list *out)
{
    struct str name = path_name(source->path);
    struct migration_text m = {.source = source, .name = str_slice(name, 0, name.n - 4)};
    m.number = (name.p[0] - '0') * 100 + (name.p[1] - '0') * 10 + (name.p[2] - '0');
    m.text[SQL_SQLITE] = buf_in(a);
    m.text[SQL_POSTGRES] = buf_in(a);
    struct reader r = {a, d, source, &m};
    sections(&r);
    if (m.number == 0)
        diag_file_error(d, source->path, "migrations are numbered from 001");
    if (!d->errors && !m.text[SQL_SQLITE]->n && !m.text[SQL_POSTGRES]->n)
        diag_file_error(d, source->path, "the migration is empty");
    size_t i = 0;
    while (i < out->n && out->v[i].number < m.number)
        i++;
    if (i < out->n && out->v[i].number == m.number)
        diag_file_error(d, source->path, "the number %03d is taken by %s", m.number,
                        out->v[i].source->path);
    ARENA_PUSH(a, *out, m);
    for (size_t k = out->n - 1; k > i; k--) {
        struct migration_text swap = out->v[k];
        out->v[k] = out->v[k - 1];
        out->v[k - 1] = swap;
    }
}
