/*
 * What the query wrappers made by tools/sqlc have in common: values into a statement, rows out of
 * it. Only generated code includes this.
 *
 * A NULL where the query declares none is a mistake of the program that the type system of C
 * cannot see. It is logged with the names of query and column, and fails the call: never a
 * crash, and never a silent empty text.
 */
#ifndef STORE_BIND_H
#define STORE_BIND_H

#include "platform/store/db.h"

#include <math.h>

static inline struct db_value bind_i64(int64_t v)
{
    return (struct db_value){.type = DB_I64, .i = v};
}
static inline struct db_value bind_i64_opt(struct i64_opt v)
{
    return (struct db_value){.type = DB_I64, .null = !v.set, .i = v.v};
}
static inline struct db_value bind_f64(double v)
{
    return (struct db_value){.type = DB_F64, .null = isnan(v), .f = v};
}
static inline struct db_value bind_str(struct str v)
{
    return (struct db_value){.type = DB_STR, .null = !v.p, .s = v};
}
static inline struct db_value bind_blob(struct str v)
{
    return (struct db_value){.type = DB_BLOB, .null = !v.p, .s = v};
}

static inline int64_t take_i64(const struct db_value *v)
{
    return v->null ? 0 : v->i;
}
static inline struct i64_opt take_i64_opt(const struct db_value *v)
{
    return v->null ? I64_NONE : I64(v->i);
}
static inline double take_f64(const struct db_value *v)
{
    return v->null ? (double)NAN : v->f;
}
/* A copy in the arena; without one the view is borrowed for the call. */
static inline struct str take_str(const struct db_value *v, struct arena *a)
{
    if (v->null)
        return STR_NULL;
    struct str s = v->s.p ? v->s : STR("");
    return a ? arena_str(a, s) : s;
}

/* Where the rows of :one and :many go. */
struct take_one {
    struct arena *a;
    void *row;
    bool found;
};
struct take_many {
    struct arena *a;
    void *rows;
    size_t cap;
};

enum err bind_null(const struct db_query *query, const char *name); /* logs; ERR_INPUT */
enum err take_null(const struct db_query *query, const char *name); /* logs; ERR_PARSE */
/* A second row where the query says there is one at most: logs; ERR_PARSE. */
MUST enum err take_second(const struct db_query *query);

MUST static inline enum err bind_required(const struct db_query *query, const char *const *names,
                                          const bool *required, const struct db_value *values)
{
    for (int i = 0; i < query->in_count; i++)
        if (required[i] && values[i].null)
            return bind_null(query, names[i]);
    return ERR_OK;
}
MUST static inline enum err take_required(const struct db_query *query, const bool *required,
                                          const struct db_value *values)
{
    for (int i = 0; i < query->out_count; i++)
        if (required[i] && values[i].null)
            return take_null(query, query->out_names[i]);
    return ERR_OK;
}

#endif
