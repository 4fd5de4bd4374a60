/* The log lines behind bind.h: mistakes in the use or the declaration of a query. */
#include "platform/store/bind.h"

#include "platform/core/log.h"

enum err bind_null(const struct db_query *query, const char *name)
{
    LOG(LOG_ERROR, "sql.null_in", LOG_C("query", query->name), LOG_C("parameter", name));
    return ERR_INPUT;
}

enum err take_null(const struct db_query *query, const char *name)
{
    LOG(LOG_ERROR, "sql.null_out", LOG_C("query", query->name), LOG_C("column", name));
    return ERR_PARSE;
}

enum err take_second(const struct db_query *query)
{
    LOG(LOG_ERROR, "sql.second_row", LOG_C("query", query->name));
    return ERR_PARSE;
}
