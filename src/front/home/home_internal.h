/* Shared inside the front door. */
#ifndef HOME_INTERNAL_H
#define HOME_INTERNAL_H

#include "front/home/home.h"
#include "front/home/home_view.h"

#include "platform/core/utf8.h"

enum err home_find(struct req *r);
enum err home_unit(struct req *r);
enum err home_about(struct req *r);
enum err home_compare(struct req *r);
enum err home_compare_csv(struct req *r);
enum err home_compare_xlsx(struct req *r);
/* The municipality's menu in the frame. */
void home_navigation(struct buf *out, struct req *r, const struct page *page);

#endif
