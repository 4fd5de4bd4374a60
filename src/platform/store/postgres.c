/* PostgreSQL: follows SQLite; until then its URL is refused. */
#include "platform/store/engine.h"

#include "platform/core/log.h"

enum err postgres_open(struct db **out, struct str url, const struct db_options *options)
{
    (void)url;
    (void)options;
    *out = NULL;
    LOG(LOG_ERROR, "db.url", LOG_C("hint", "this build has no PostgreSQL engine"));
    return ERR_CONFIG;
}
