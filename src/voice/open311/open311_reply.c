/*
 * One set of calls, two formats; see open311_internal.h.
 */
#include "voice/open311/open311_internal.h"

#include "platform/core/clock.h"

struct reply reply_begin(struct req *r, int status, bool json)
{
    struct reply p = {.json = json};
    if (json)
        p.j = json_to(resp_json(r, status));
    else /* the standard names text/xml */
        p.x = xml_to(resp_bytes(r, status, "text/xml; charset=utf-8"));
    return p;
}

/* JSON has no names for the top and for members of lists. */
static const char *key(const struct reply *p, const char *name)
{
    return p->depth == 0 || p->list[p->depth - 1] ? NULL : name;
}

static void open_one(struct reply *p, const char *name, bool list)
{
    if (!p->json)
        xml_open(&p->x, name);
    else if (list)
        json_open_array(&p->j, key(p, name));
    else
        json_open(&p->j, key(p, name));
    p->list[p->depth++] = list;
}

void reply_list(struct reply *p, const char *name)
{
    open_one(p, name, true);
}

void reply_object(struct reply *p, const char *name)
{
    open_one(p, name, false);
}

void reply_close(struct reply *p)
{
    p->depth--;
    if (p->json)
        json_close(&p->j);
    else
        xml_close(&p->x);
}

void reply_str(struct reply *p, const char *name, struct str s)
{
    if (p->json)
        json_put_str(&p->j, key(p, name), s);
    else
        xml_element(&p->x, name, s);
}

void reply_cstr(struct reply *p, const char *name, const char *s)
{
    reply_str(p, name, str_from(s));
}

void reply_bool(struct reply *p, const char *name, bool v)
{
    if (p->json)
        json_put_bool(&p->j, key(p, name), v);
    else
        xml_element_bool(&p->x, name, v);
}

void reply_int(struct reply *p, const char *name, int64_t v)
{
    if (p->json)
        json_put_i64(&p->j, key(p, name), v);
    else
        xml_element_i64(&p->x, name, v);
}

void reply_time(struct reply *p, const char *name, int64_t ms)
{
    if (!ms)
        reply_str(p, name, STR_NULL);
    else if (p->json)
        json_put_time(&p->j, key(p, name), ms);
    else
        xml_element_time(&p->x, name, ms);
}

void reply_day(struct reply *p, const char *name, int64_t day)
{
    struct buf text = BUF_EMPTY;
    if (day)
        buf_day(&text, day);
    reply_str(p, name, day ? buf_view(&text) : STR_NULL);
    buf_free(&text);
}

void reply_number(struct reply *p, const char *name, bool set, double v)
{
    if (!set) {
        reply_str(p, name, STR_NULL);
    } else if (p->json) {
        json_put_double(&p->j, key(p, name), v);
    } else {
        struct buf text = BUF_EMPTY;
        buf_double(&text, v);
        xml_element(&p->x, name, buf_view(&text));
        buf_free(&text);
    }
}
