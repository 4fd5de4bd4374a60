/* Between the files of this slice. */
#ifndef CHANNELS_OUTBOX_INTERNAL_H
#define CHANNELS_OUTBOX_INTERNAL_H

#include "platform/channels/outbox.h"
#include "platform/channels/outbox_sql.h"
#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"

struct outbox_health {
    bool configured;
    const char *why; /* not: what is wrong, for people who run the installation */
    int64_t waiting, failed, kept;
    int64_t oldest_ms; /* age of the oldest message that waits */
};
MUST enum err outbox_read_health(struct app *app, struct outbox_health *out);

/* A job to send the message; no second one while the first waits. */
MUST enum err outbox_enqueue(struct tx *tx, struct str unit, int64_t id);

extern const struct route outbox_routes[3];

#endif
