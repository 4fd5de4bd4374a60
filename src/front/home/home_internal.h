/* Shared inside the front door. */
#ifndef HOME_INTERNAL_H
#define HOME_INTERNAL_H

#include "front/home/home.h"
#include "front/home/home_view.h"

#include "platform/core/utf8.h"
#include "services/delivery/delivery.h"

enum err home_find(struct req *r);
enum err home_unit(struct req *r);
enum err home_about(struct req *r);
enum err home_compare(struct req *r);
enum err home_compare_csv(struct req *r);
enum err home_compare_xlsx(struct req *r);
/* The country painted as on "/compare"; home_legend explains it. */
MUST enum err home_kept_map(struct req *r, struct html *map);
/* The municipality's menu in the frame. */
void home_navigation(struct buf *out, struct req *r, const struct page *page);

/* --- what changed this month (home_changes.c) --- */

struct month_change_days {
    int64_t month, before; /* first days of this calendar month and the one before */
};
struct month_change_days month_change_days(int64_t today);
struct month_changes {
    struct month_change_days days;
    struct charter_news_list charters;
    struct coverage_news_list counts;
    struct visit_tallies visits;
};
/* Three queries, however long the history. */
MUST enum err home_read_changes(struct tx *tx, struct arena *a, struct str unit, int64_t today,
                                struct month_changes *out);
/* Reports of this month so far, and of the whole one before. */
struct month_reports {
    int64_t received, answered, received_before, answered_before;
};
/* Puts into words what changed; nothing when nothing did. `kept` may hold the totals of several
 * municipalities of one family. */
void home_tell_changes(struct req *r, const struct month_changes *c,
                       const struct month_reports *reports, const struct unit_services *services,
                       const struct unit_kept_list *kept, int64_t today, struct unit_changes *out);

#endif
