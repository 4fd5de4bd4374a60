/*
 * What a query declares against what its statements do. The databases check the SQL itself when a
 * test prepares it; here is what they cannot know: names, kinds, and the order of columns.
 */
#include "sqlc/sqlc.h"

struct check {
    struct arena *a;
    struct diag *d;
    struct query *q;
    struct token_range body;
    bool postgres_only; /* this statement is not shown to SQLite */
};

static void fault(struct check *c, const struct token *t, const char *what)
{
    diag_error(c->d, c->q->source, t->at, "%s", what);
}

static ptrdiff_t column_index(const struct column_list *list, struct str name)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->v[i].name, name))
            return (ptrdiff_t)i;
    return -1;
}

/* Signs and parameters; marks the parameters that are used. */
static void check_tokens(struct check *c, bool *used, bool *order_used)
{
    for (const struct token *t = c->body.first; t < c->body.end; t++) {
        if (t->kind == TOKEN_PARAM) {
            struct str name = str_slice(t->text, 1, t->text.n);
            ptrdiff_t i = column_index(&c->q->in, name);
            if (is_digit(name.p[0]))
                fault(c, t, "parameters have names: write $unit and declare it in \"-- in:\"");
            else if (i >= 0)
                used[i] = true;
            else if (str_eq(name, STR("order")) && c->q->orders.n)
                *order_used = true;
            else if (str_eq(name, STR("order")))
                fault(c, t, "$order needs a line: -- order: NAME \"columns\"");
            else
                diag_error(c->d, c->q->source, t->at, "$%.*s is not declared: add it to \"-- in:\"",
                           STRF(name));
        } else if (c->postgres_only && token_is_sign(t, '@') && t + 1 < c->body.end &&
                   token_is_sign(t + 1, '@')) {
            t++; /* full text against a query */
        } else if (token_is_sign(t, '?') || token_is_sign(t, '$') || token_is_sign(t, '@') ||
                   token_is_sign(t, ':')) {
            fault(c, t, "parameters are written $name");
        } else if (t->kind == TOKEN_SIGN && t->text.n == 2 && !c->postgres_only) {
            fault(c, t, "SQLite has no :: operator: write CAST(value AS TYPE)");
        }
    }
}

static void check_all_used(struct check *c, const bool *used, bool order_used)
{
    const struct query *q = c->q;
    const char *where = q->one_text ? "" : c->postgres_only ? " for PostgreSQL" : " for SQLite";
    for (size_t i = 0; i < q->in.n; i++)
        if (!used[i])
            diag_error(c->d, q->source, q->in.v[i].at, "$%.*s is not used in the statement%s",
                       STRF(q->in.v[i].name), where);
    if (q->orders.n && !order_used)
        diag_error(c->d, q->source, q->orders.v[0].at,
                   "$order is not used in the statement%s: write ORDER BY $order", where);
    ptrdiff_t clash = q->orders.n ? column_index(&q->in, STR("order")) : -1;
    if (clash >= 0)
        diag_error(c->d, q->source, q->in.v[clash].at,
                   "a parameter named \"order\" beside \"-- order:\": choose another name");
}

/* The keyword that says what a statement does; WITH is looked through. */
static const struct token *main_keyword(struct token_range body)
{
    const struct token *t = body.first;
    if (t == body.end || !token_is(t, "WITH"))
        return t;
    for (t++; t < body.end; t++) {
        if (token_is_sign(t, '(')) {
            t = token_skip_parens(t, body.end) - 1;
            continue;
        }
        if (token_is(t, "SELECT") || token_is(t, "INSERT") || token_is(t, "UPDATE") ||
            token_is(t, "DELETE") || token_is(t, "VALUES"))
            return t;
    }
    return body.first;
}

static bool is_change(const struct token *t)
{
    return token_is(t, "INSERT") || token_is(t, "UPDATE") || token_is(t, "DELETE");
}

/* A statement writes when it changes rows, in a WITH part too, or locks them. */
static bool writes(struct token_range body, const struct token *keyword)
{
    if (is_change(keyword))
        return true;
    for (const struct token *t = body.first; t + 1 < body.end; t++) {
        if (token_is_sign(t, '(') && is_change(t + 1))
            return true;
        if (token_is(t, "FOR") &&
            (token_is(t + 1, "UPDATE") || token_is(t + 1, "SHARE") || token_is(t + 1, "NO")))
            return true;
    }
    return false;
}

static bool ends_select_list(const struct token *t, const struct token *first)
{
    static const char *const words[] = {"WHERE", "GROUP",     "HAVING", "ORDER",  "LIMIT",
                                        "UNION", "INTERSECT", "EXCEPT", "WINDOW", "OFFSET"};
    if (token_is(t, "FROM")) /* but not IS DISTINCT FROM */
        return t == first || !token_is(t - 1, "DISTINCT");
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (token_is(t, words[i]))
            return true;
    return false;
}

/* The expressions of the result: behind SELECT, or behind RETURNING. Empty when there are none. */
static struct token_range result_list(struct token_range body, const struct token *keyword)
{
    const struct token *first = NULL, *t = keyword;
    bool select = token_is(keyword, "SELECT");
    if (select) {
        first = keyword + 1;
        if (first < body.end && (token_is(first, "ALL") || token_is(first, "DISTINCT"))) {
            bool on =
                first + 1 < body.end && token_is(first, "DISTINCT") && token_is(first + 1, "ON");
            first = on ? token_skip_parens(first + 2, body.end) : first + 1;
        }
        t = first;
    }
    for (; t < body.end; t++) {
        if (token_is_sign(t, '('))
            t = token_skip_parens(t, body.end) - 1;
        else if (select && ends_select_list(t, first))
            return (struct token_range){first, t};
        else if (!select && token_is(t, "RETURNING"))
            return (struct token_range){t + 1, body.end};
    }
    return (struct token_range){first ? first : body.end, body.end};
}

/* One expression of the result against its declaration. */
static void check_column(struct check *c, struct token_range item, size_t index)
{
    const struct token *last = item.end - 1;
    if (item.first == item.end) {
        fault(c, item.end, "an empty expression in the list of columns");
        return;
    }
    if (token_is_sign(last, '*')) {
        fault(c, last, "name the columns instead of *: their order is part of the query");
        return;
    }
    if (index >= c->q->out.n)
        return;
    struct str name = c->q->out.v[index].name, found = last->text;
    if (last->kind == TOKEN_QUOTED)
        found = str_slice(found, 1, found.n - 2);
    if ((last->kind != TOKEN_WORD && last->kind != TOKEN_QUOTED) ||
        !str_eq_nocase_ascii(found, name))
        diag_error(
            c->d, c->q->source, item.first->at,
            "column %zu of the result is not named \"%.*s\" as \"-- out:\" says: add AS %.*s, or "
            "put both lists in the same order",
            index + 1, STRF(name), STRF(name));
}

static void check_result(struct check *c, const struct token *keyword)
{
    const struct query *q = c->q;
    struct token_range list = result_list(c->body, keyword);
    bool any = list.first < list.end;
    size_t n = 0;
    if (q->kind == QUERY_EXEC) {
        if (q->out.n)
            diag_error(c->d, q->source, q->out.v[0].at,
                       ":exec has no rows: remove \"-- out:\", or use :one or :many");
        else if (any && is_change(keyword))
            fault(c, list.first - 1, ":exec has no rows: remove RETURNING, or use :one or :many");
        else if (any)
            fault(c, keyword, ":exec is for INSERT, UPDATE and DELETE: use :one, :many or :each");
        return;
    }
    if (!any) {
        fault(c, keyword, "this statement returns no rows: add RETURNING, or use :exec");
        return;
    }
    if (!q->out.n) {
        diag_error(c->d, q->source, q->at,
                   "the query \"%.*s\" has rows: declare them in \"-- out:\"", STRF(q->name));
        return;
    }
    for (const struct token *t = list.first, *item = t; t <= list.end; t++) {
        if (t < list.end && token_is_sign(t, '(')) {
            t = token_skip_parens(t, list.end) - 1;
        } else if (t == list.end || token_is_sign(t, ',')) {
            check_column(c, (struct token_range){item, t}, n++);
            item = t + 1;
        }
    }
    if (n != q->out.n)
        diag_error(c->d, q->source, q->out.v[0].at,
                   "\"-- out:\" declares %zu columns, the statement returns %zu", q->out.n, n);
}

static void check_body(struct check *c, bool *used)
{
    bool order_used = false;
    memset(used, 0, c->q->in.n * sizeof *used);
    if (!sql_check_parens(c->d, c->q->source, c->body))
        return;
    check_tokens(c, used, &order_used);
    check_all_used(c, used, order_used);
    const struct token *keyword = main_keyword(c->body);
    if (!token_is(keyword, "SELECT") && !is_change(keyword)) {
        fault(c, keyword,
              "a query begins with SELECT, INSERT, UPDATE, DELETE, or WITH and one of them");
        return;
    }
    c->q->writes = c->q->writes || writes(c->body, keyword);
    check_result(c, keyword);
}

/* A text of "-- order:" becomes part of the statement, so it must be one list of expressions. */
static void check_orders(struct check *c)
{
    for (size_t i = 0; i < c->q->orders.n; i++) {
        const struct sort_order *order = &c->q->orders.v[i];
        size_t from = (size_t)(order->text.p - c->q->source->text.p);
        struct token_list tokens;
        if (!sql_tokens(c->a, c->d, c->q->source, from, from + order->text.n, &tokens))
            continue;
        struct token_range range = {tokens.v, tokens.v + tokens.n};
        bool ok = sql_check_parens(c->d, c->q->source, range);
        for (const struct token *t = range.first; ok && t < range.end; t++)
            if (t->kind == TOKEN_PARAM || t->kind == TOKEN_COMMENT || token_is_sign(t, ';')) {
                fault(c, t, "an order holds columns only");
                ok = false;
            }
    }
}

void query_check(struct arena *a, struct diag *d, struct query *query)
{
    bool *used = ARENA_ARRAY(a, bool, query->in.n + 1);
    struct check c = {.a = a, .d = d, .q = query};
    check_orders(&c);
    for (int engine = 0; engine < (query->one_text ? 1 : SQL_ENGINES); engine++) {
        c.body = query->body[engine];
        c.postgres_only = !query->one_text && engine == SQL_POSTGRES;
        check_body(&c, used);
    }
}

void query_render(struct buf *out, const struct query *query, enum sql_engine engine, size_t order)
{
    struct token_range body = query->body[engine];
    for (const struct token *t = body.first; t < body.end; t++) {
        size_t used = 1;
        const char *type = engine == SQL_SQLITE ? sql_sqlite_type(t, body.end, &used) : NULL;
        if (t > body.first && (t->space.n || t->space.p == NULL))
            buf_char(out, ' ');
        if (t->kind == TOKEN_PARAM &&
            column_index(&query->in, str_slice(t->text, 1, t->text.n)) >= 0)
            buf_printf(out, "%c%td", engine == SQL_SQLITE ? '?' : '$',
                       column_index(&query->in, str_slice(t->text, 1, t->text.n)) + 1);
        else if (t->kind == TOKEN_PARAM)
            buf_str(out, query->orders.v[order].text);
        else if (type)
            buf_cstr(out, type);
        else
            buf_str(out, t->text);
        t += used - 1;
    }
}
