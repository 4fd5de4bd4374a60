/*
 * Keys of programs that send reports (Open311): made, shown once, kept hashed, revoked. A key is
 * good in one place and all within it.
 */
#include "community/people/people_staff_web.h"
#include "community/people/people_tpl.h"

#include "platform/channels/outbox.h"

#include <sodium.h>

enum { MOST_KEYS = 500 };

static struct str key_hash(struct arena *a, struct str key)
{
    char *hash = arena_alloc(a, 32);
    /* 192 random bits need no secret of ours to be hashed with. */
    crypto_generichash((unsigned char *)hash, 32, (const unsigned char *)(key.p ? key.p : ""),
                       key.n, NULL, 0);
    return str_of(hash, 32);
}

enum err people_check_api_key(struct tx *tx, struct arena *a, struct str key, struct str unit,
                              int64_t *key_id)
{
    struct sql_api_key_find_row row;
    enum err rc = sql_api_key_find(tx, a, &row, .hash = key_hash(a, key));
    if (rc == ERR_NOT_FOUND || (rc == ERR_OK && !access_unit_within(unit, row.scope)))
        return ERR_DENIED;
    if (rc == ERR_OK)
        *key_id = row.id;
    return rc;
}

/* --- the page --- */

enum { K_NAME, K_CONTACT, K_SCOPE };
static const struct field key_fields[] = {
    [K_NAME] = {"name", FIELD_LINE, .required = true, .max = 100, .label = MSG_people_keys_name,
                .hint = MSG_people_keys_name_hint, .autocomplete = "off"},
    [K_CONTACT] = {"contact", FIELD_EMAIL, .required = true, .max = 200,
                   .label = MSG_people_keys_contact, .autocomplete = "off"},
    [K_SCOPE] = {"scope", FIELD_LINE, .required = true, .max = 80, .label = MSG_people_staff_place,
                 .hint = MSG_people_staff_place_hint},
};

struct listing_keys {
    struct req *r;
    struct keys_view *v;
};

static enum err list_keys(struct tx *tx, void *arg)
{
    struct listing_keys *l = arg;
    struct req *r = l->r;
    struct sql_api_key_list_rows rows;
    l->v->lines.n = 0;
    enum err rc = sql_api_key_list(tx, r->arena, &rows, .limit = MOST_KEYS);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_api_key_list_row *row = &rows.v[i];
        if (!access_allows(&r->actor, PERM_API_KEYS, row->scope))
            continue;
        ARENA_PUSH(r->arena, l->v->lines,
                   ((struct key_line){
                       .id = row->id,
                       .name = row->name,
                       .contact = row->contact,
                       .scope = scope_name(r->app, r->arena, row->scope, r->ui.lang),
                       .created_ms = row->created_ms,
                       .revoked_ms = row->revoked_ms,
                       .action = arena_printf(r->arena, "/desk/keys/%lld", (long long)row->id),
                   }));
    }
    return rc;
}

static enum err show_keys(struct req *r, struct form *form, int status)
{
    struct keys_view v = {
        .form = form,
        .scopes = scope_options(r, PERM_API_KEYS),
        .free_scope = scopes_are_many(&r->actor, PERM_API_KEYS),
    };
    struct listing_keys listing = {r, &v};
    enum err rc = req_read(r, list_keys, &listing);
    if (rc != ERR_OK)
        return rc;
    struct page page = {.title = msg_text(r->ui.lang, MSG_people_keys_title),
                        .section = SECTION_DESK,
                        .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_people_keys(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err people_keys_page(struct req *r)
{
    struct form *form = FORM_NEW(r, key_fields);
    struct option_list scopes = scope_options(r, PERM_API_KEYS);
    if (scopes.n == 1 && !scopes_are_many(&r->actor, PERM_API_KEYS))
        form_set(form, K_SCOPE, scopes.v[0].value);
    return show_keys(r, form, 200);
}

struct making_key {
    struct req *r;
    int64_t id;
    struct str hash, name, contact, scope;
};

static enum err insert_key(struct tx *tx, void *arg)
{
    struct making_key *k = arg;
    const struct actor *actor = &k->r->actor;
    enum err rc = ERR_OK;
    TRY(sql_api_key_add(tx, NULL, .id = k->id, .hash = k->hash, .name = k->name,
                        .contact = k->contact, .scope = k->scope, .created_by = actor->person_id,
                        .now_ms = clock_now_ms()));
    rc = audit_write(tx, actor, k->scope, AUDIT_DID, "key_make", 0, k->name, STR_NULL);
out:
    return rc;
}

enum err people_keys_post(struct req *r)
{
    struct form *form = NULL;
    enum err rc = FORM_READ(r, key_fields, &form);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    if (rc == ERR_INPUT)
        return show_keys(r, form, 422);
    struct str scope = scope_find(r, form->v[K_SCOPE].s);
    if (!scope.p || !access_allows(&r->actor, PERM_API_KEYS, scope)) {
        form_fault(r, form, K_SCOPE, MSG_people_scope_unknown);
        return show_keys(r, form, 422);
    }
    struct str key = arena_printf(r->arena, "aimak_%.*s", STRF(id_secret(r->arena, 24)));
    struct making_key making = {
        .r = r,
        .id = id_new(),
        .hash = key_hash(r->arena, key),
        .name = form->v[K_NAME].s,
        .contact = form->v[K_CONTACT].s,
        .scope = scope,
    };
    rc = req_write(r, insert_key, &making);
    return rc == ERR_OK ? people_show_key(r, making.name, key) : rc;
}

struct revoking {
    struct req *r;
    int64_t id;
};

static enum err revoke_key(struct tx *tx, void *arg)
{
    struct revoking *v = arg;
    const struct actor *actor = &v->r->actor;
    struct sql_api_key_get_row row;
    enum err rc = ERR_OK;
    TRY(sql_api_key_get(tx, v->r->arena, &row, .id = v->id));
    if (!access_allows(actor, PERM_API_KEYS, row.scope))
        return ERR_NOT_FOUND;
    TRY(sql_api_key_revoke(tx, NULL, .id = v->id, .revoked_by = actor->person_id,
                           .now_ms = clock_now_ms()));
    rc = audit_write(tx, actor, row.scope, AUDIT_DID, "key_revoke", 0, row.name, STR_NULL);
out:
    return rc;
}

enum err people_key_revoke(struct req *r)
{
    struct revoking v = {.r = r};
    if (!str_to_i64(req_param(r, "key"), &v.id))
        return ERR_NOT_FOUND;
    enum err rc = req_write(r, revoke_key, &v);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_people_saved);
    resp_redirect(r, STR("/desk/keys"));
    return ERR_OK;
}
