/* What the slices note for the tour while they make demo data. */
#include "platform/web/demo.h"

void demo_note_login(struct demo_context *d, struct demo_login l)
{
    struct demo_login kept = {
        arena_str(d->arena, l.role),
        arena_str(d->arena, l.login),
        arena_str(d->arena, l.password),
        arena_str(d->arena, l.note),
    };
    ARENA_PUSH(d->arena, d->logins, kept);
}

void demo_note_address(struct demo_context *d, struct demo_address a)
{
    struct demo_address kept = {arena_str(d->arena, a.what), arena_str(d->arena, a.path)};
    ARENA_PUSH(d->arena, d->addresses, kept);
}
