/*
 * Answers written from their declaration: the writer walks the schema and takes each value from its
 * place in the struct.
 */
#include "front/api/api_describe.h"

static void put_strs(struct json_writer *j, const char *name, const struct api_strs *list)
{
    json_open_array(j, name);
    for (size_t i = 0; i < list->n; i++)
        json_put_str(j, NULL, list->v[i]);
    json_close(j);
}

static void put_text3(struct json_writer *j, const char *name, const struct text3 *t)
{
    json_open(j, name);
    for (int l = 0; l < LANG__MAX; l++)
        json_put_str(j, lang_code((enum lang)l), t->in[l].p ? t->in[l] : STR(""));
    json_close(j);
}

static void put_list(struct json_writer *j, const struct api_field *f, const struct api_list *list)
{
    json_open_array(j, f->name);
    for (size_t i = 0; i < list->n; i++)
        api_put(j, NULL, f->of, (const char *)list->v + i * f->of->size);
    json_close(j);
}

/* A text that may not be null is written empty rather than against the declaration. */
static struct str text_of(const struct api_field *f, const struct str *s)
{
    return s->p || f->nullable ? *s : STR("");
}

static void put_field(struct json_writer *j, const struct api_field *f, const void *at)
{
    switch (f->type) {
    case API_STR:
    case API_URL:
        json_put_str(j, f->name, text_of(f, at));
        break;
    case API_TEXT3:
        put_text3(j, f->name, at);
        break;
    case API_INT:
        json_put_i64(j, f->name, *(const int64_t *)at);
        break;
    case API_OPT:
        json_put_opt(j, f->name, *(const struct i64_opt *)at);
        break;
    case API_ID:
        json_put_id(j, f->name, *(const int64_t *)at);
        break;
    case API_BOOL:
        json_put_bool(j, f->name, *(const bool *)at);
        break;
    case API_NUMBER:
        json_put_double(j, f->name, *(const double *)at);
        break;
    case API_TIME:
        if (*(const int64_t *)at || !f->nullable)
            json_put_time(j, f->name, *(const int64_t *)at);
        else
            json_put_null(j, f->name);
        break;
    case API_DAY:
        if (*(const int64_t *)at || !f->nullable)
            json_put_day(j, f->name, *(const int64_t *)at);
        else
            json_put_null(j, f->name);
        break;
    case API_OBJECT:
        api_put(j, f->name, f->of, at);
        break;
    case API_LIST:
        put_list(j, f, at);
        break;
    case API_STRS:
        put_strs(j, f->name, at);
        break;
    case API_CODE:
        INVARIANT(!"a type of parameters");
    }
}

void api_put(struct json_writer *j, const char *key, const struct api_schema *schema,
             const void *value)
{
    json_open(j, key);
    for (size_t i = 0; i < schema->field_count; i++)
        put_field(j, &schema->fields[i], (const char *)value + schema->fields[i].at);
    json_close(j);
}
