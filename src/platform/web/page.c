/*
 * The frame around every page. A handler writes its content between page_open and page_close; the
 * frame is one template around it, so its markup can be checked as a whole. The content is moved
 * once, which costs a few microseconds a page.
 */
#include "platform/web/web_priv.h"
#include "platform/web/web_tpl.h"

#include "platform/web/assets.h"

static page_nav_fn navigation;

void page_set_navigation(page_nav_fn fn)
{
    navigation = fn;
}

void page_open(struct buf *out, struct req *r, const struct page *page)
{
    (void)page;
    r->priv->content_at = out->n;
}

static struct str language_href(struct req *r, enum lang lang)
{
    struct str path = r->ui.path;
    return arena_printf(r->arena, "%.*s%slang=%s", STRF(path),
                        str_find_char(path, '?') >= 0 ? "&" : "?", lang_code(lang));
}

static struct error_items error_items(struct req *r, const struct form *f)
{
    struct error_items items = {0};
    for (int i = 0; f && i < f->count; i++)
        if (f->v[i].fault != MSG_NONE)
            ARENA_PUSH(r->arena, items,
                       ((struct error_item){arena_printf(r->arena, "#%s", f->fields[i].name),
                                            f->v[i].fault_text}));
    return items;
}

static const char *const columns[] = {
    [PAGE_NORMAL] = "page",
    [PAGE_WIDE] = "page page--wide",
    [PAGE_NARROW] = "page page--narrow",
    [PAGE_BARE] = "page-bare",
};

/* Pages of the desk share one width, so that its menu stands still from page to page. */
static bool is_wide(const struct page *page)
{
    return page->width == PAGE_WIDE || page->section == SECTION_DESK;
}

static const char *column_of(const struct page *page)
{
    if (page->section == SECTION_DESK && page->width == PAGE_NARROW)
        return "page page--wide page--narrow";
    return columns[is_wide(page) ? PAGE_WIDE : page->width];
}

void page_close(struct buf *out, struct req *r, const struct page *page)
{
    size_t at = r->priv->content_at;
    struct str content = arena_str(r->arena, str_slice(buf_view(out), at, out->n));
    out->n = at;

    struct frame_view v = {
        .page = page,
        .content = {content},
        .demo = r->app->demo,
        .program_href = STR("/"),
        .notice = notice_take(r),
        .wide = is_wide(page) ? "page page--wide" : "page",
        .column = column_of(page),
        .errors = error_items(r, page->form),
        .staff = r->actor.person_id && access_allows_somewhere(&r->actor, PERM_STAFF),
        .style = asset_url("style.css"),
        .icon = asset_url("favicon.svg"),
    };
    v.faulty = page->form && page->form->fault_count > 0;
    v.error_title = page->form && page->form->summary != MSG_NONE ? page->form->summary
                                                                  : MSG_common_fault_title;
    for (int l = 0; l < LANG__MAX; l++) {
        struct frame_language language = {(enum lang)l, language_href(r, (enum lang)l)};
        ARENA_PUSH(r->arena, v.languages, language);
    }
    ARENA_PUSH(r->arena, v.scripts, str_from(asset_url("app.js")));
    for (size_t i = 0; i < COUNT_OF(page->scripts) && page->scripts[i]; i++)
        ARENA_PUSH(r->arena, v.scripts, str_from(asset_url(page->scripts[i])));
    for (size_t i = 0; i < page->crumb_count; i++)
        ARENA_PUSH(r->arena, v.crumbs, page->crumbs[i]);
    if (navigation && !page->print_only) {
        struct buf *nav = buf_in(r->arena);
        navigation(nav, r, page);
        v.navigation = (struct html){buf_view(nav)};
    }
    if (page->print_only)
        tpl_web_sheet(out, &r->ui, &v);
    else
        tpl_web_frame(out, &r->ui, &v);
}
