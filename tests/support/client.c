/* The browser without a socket; see client.h. */
#include "tests/support/client.h"

#include "platform/core/id.h"
#include "platform/core/log.h"
#include "platform/store/fixture_test.h"
#include "platform/web/components.h"

#include <ftw.h>

#define TOKEN_PATH "/test-client/token"

struct test_session {
    struct str token;
    struct actor actor;
};

struct test_private {
    struct scratch_place place; /* PostgreSQL only */
    const struct slice **slices;
    struct {
        struct test_session *v;
        size_t n, cap;
    } sessions;
};

/* --- the program --- */

/* The one page of the client's own: a token as a form of ours would carry it. */
static enum err give_token(struct req *r)
{
    buf_str(resp_text(r, 200), ui_csrf(&r->ui));
    return ERR_OK;
}

static const struct route client_routes[] = {
    ROUTE("GET", TOKEN_PATH, give_token, PERM_PUBLIC, 0),
};
static const struct slice client_slice = {
    .name = "test_client", .routes = client_routes, .route_count = COUNT_OF(client_routes)};

/* What the slices under test have set; sessions of test_login come first. */
static struct app_hooks below;

static enum err load_actor(struct req *r, struct str token)
{
    struct test_app *t = (struct test_app *)r->app;
    for (size_t i = 0; i < t->priv->sessions.n; i++)
        if (str_eq(t->priv->sessions.v[i].token, token)) {
            r->actor = t->priv->sessions.v[i].actor;
            return ERR_OK;
        }
    return below.load_actor ? below.load_actor(r, token) : ERR_OK;
}

static enum err check_unit(struct req *r, struct str code, bool any_level, struct str *moved_to)
{
    struct test_app *t = (struct test_app *)r->app;
    int64_t number;
    if (below.check_unit)
        return below.check_unit(r, code, any_level, moved_to);
    if (code.n != 14 || !str_to_i64(code, &number) || str_eq(code, str_from(t->unknown_unit)))
        return ERR_NOT_FOUND;
    if (t->moved_from && str_eq(code, str_from(t->moved_from))) {
        *moved_to = str_from(t->moved_to);
        return any_level ? ERR_OK : ERR_CONFLICT;
    }
    return ERR_OK;
}

static void set_hooks(void)
{
    struct app_hooks now = app_get_hooks();
    if (now.load_actor != load_actor)
        below.load_actor = now.load_actor;
    if (now.check_unit != check_unit)
        below.check_unit = now.check_unit;
    app_set_hooks(&(struct app_hooks){load_actor, check_unit});
}

static void open_database(struct test_app *t, bool postgres)
{
    struct str url = STR("sqlite::memory:");
    struct {
        const struct migration **v;
        size_t n, cap;
    } all = {0};

    if (postgres) {
        assert_true(place_make(&t->priv->place, true));
        url = str_from(t->priv->place.url);
    }
    assert_int_equal(db_open(&t->app.db, url, NULL), ERR_OK);
    for (size_t i = 0; i < t->app.slice_count; i++)
        for (const struct migration *const *m = t->app.slices[i]->migrations; m && *m; m++)
            ARENA_PUSH(t->arena, all, *m);
    if (all.n > 0)
        assert_int_equal(migrate_up(t->app.db, all.v, all.n, NULL), ERR_OK);
}

struct test_app *test_app_open(bool postgres, const struct slice *const *slices, size_t n)
{
    struct test_app *t = calloc(1, sizeof(*t));
    assert_non_null(t);
    log_set_level(LOG_ERROR);
    t->arena = arena_new();
    t->priv = ARENA_NEW(t->arena, struct test_private);
    t->lang = LANG_EN;
    t->address = "203.0.113.7";
    t->host = "aimak.test";
    t->secure = true;
    t->unknown_unit = "41700000000404";
    snprintf(t->data_dir, sizeof(t->data_dir), "/tmp/aimak-test-XXXXXX");
    assert_non_null(mkdtemp(t->data_dir));

    t->priv->slices = ARENA_ARRAY(t->arena, const struct slice *, n + 1);
    memcpy(t->priv->slices, slices, n * sizeof(*slices));
    t->priv->slices[n] = &client_slice;
    t->app.slices = t->priv->slices;
    t->app.slice_count = n + 1;
    t->app.data_dir = t->data_dir;
    t->app.public_url = "https://aimak.test";
    random_fill(t->app.key, sizeof(t->app.key));
    for (int i = 0; i < RATE__MAX; i++)
        t->app.limits[i].per_minute = -1;
    open_database(t, postgres);
    for (size_t i = 0; i < n; i++)
        if (slices[i]->start)
            assert_int_equal(slices[i]->start(&t->app), ERR_OK);
    set_hooks();
    assert_int_equal(app_start(&t->app), ERR_OK);
    return t;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

void test_app_close(struct test_app *t)
{
    app_stop(&t->app);
    db_close(t->app.db);
    if (t->priv->place.postgres)
        place_remove(&t->priv->place);
    nftw(t->data_dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    arena_free(t->arena);
    free(t);
}

/* --- cookies --- */

static struct str plain_name(struct str name)
{
    struct str prefix = STR("__Host-");
    return str_starts(name, prefix) ? str_slice(name, prefix.n, name.n) : name;
}

static struct test_cookie *find_cookie(const struct test_app *t, struct str plain)
{
    for (size_t i = 0; i < t->cookies.n; i++)
        if (str_eq(plain_name(t->cookies.v[i].name), plain))
            return &t->cookies.v[i];
    return NULL;
}

const struct test_cookie *test_cookie_of(const struct test_app *t, const char *name)
{
    return find_cookie(t, str_from(name));
}

static void take_cookie(struct test_app *t, struct str line)
{
    ptrdiff_t eq = str_find_char(line, '='), end = str_find_char(line, ';');
    assert_true(eq > 0 && end > eq);
    struct test_cookie c = {
        .name = arena_str(t->arena, str_slice(line, 0, (size_t)eq)),
        .value = arena_str(t->arena, str_slice(line, (size_t)eq + 1, (size_t)(end - eq) - 1)),
        .attributes = arena_str(t->arena, str_slice(line, (size_t)end, line.n)),
    };
    struct test_cookie *old = find_cookie(t, plain_name(c.name));
    if (str_find(c.attributes, STR("Max-Age=0")) >= 0) {
        if (old)
            *old = t->cookies.v[--t->cookies.n];
    } else if (old) {
        *old = c;
    } else {
        ARENA_PUSH(t->arena, t->cookies, c);
    }
}

/* --- requests --- */

struct header_list {
    struct http_header *v;
    size_t n, cap;
};

static void add_header(struct test_app *t, struct header_list *list, const char *name,
                       struct str value)
{
    struct http_header h = {str_from(name), value};
    ARENA_PUSH(t->arena, *list, h);
}

static struct header_list headers_of(struct test_app *t, const struct test_request *request)
{
    struct header_list list = {0};
    add_header(t, &list, "Host", str_from(t->host));
    add_header(t, &list, "Accept-Language", str_from(lang_code(t->lang)));
    if (t->cookies.n > 0) {
        struct buf *cookies = buf_in(t->arena);
        for (size_t i = 0; i < t->cookies.n; i++)
            buf_printf(cookies, "%s%.*s=%.*s", i ? "; " : "", STRF(t->cookies.v[i].name),
                       STRF(t->cookies.v[i].value));
        add_header(t, &list, "Cookie", buf_view(cookies));
    }
    if (request->content_type)
        add_header(t, &list, "Content-Type", str_from(request->content_type));
    for (const struct test_header *h = request->headers; h && h->name; h++)
        add_header(t, &list, h->name, str_from(h->value));
    return list;
}

/* As the server does it: the path decoded once. */
static struct str decode_path(struct test_app *t, struct str path)
{
    struct buf *out = buf_in(t->arena);
    for (size_t i = 0; i < path.n; i++) {
        char hex[3] = {0};
        if (path.p[i] == '%' && i + 2 < path.n) {
            memcpy(hex, path.p + i + 1, 2);
            buf_char(out, (char)strtol(hex, NULL, 16));
            i += 2;
        } else {
            buf_char(out, path.p[i]);
        }
    }
    return buf_view(out);
}

static struct str body_of(struct test_app *t, struct http_response *out)
{
    struct str body = buf_view(&out->body);
    if (out->file_fd >= 0) {
        char *bytes = arena_alloc(t->arena, (size_t)out->file_size + 1);
        assert_int_equal(pread(out->file_fd, bytes, (size_t)out->file_size, 0), out->file_size);
        close(out->file_fd);
        return str_of(bytes, (size_t)out->file_size);
    }
    if (out->static_body)
        body = str_of(out->static_body, out->static_size);
    return arena_str(t->arena, body);
}

struct test_answer test_send(struct test_app *t, const struct test_request *request)
{
    static unsigned short number;
    struct str target = str_from(request->path);
    ptrdiff_t mark = str_find_char(target, '?');
    struct header_list headers = headers_of(t, request);
    struct http_request in = {
        .method = str_from(request->method ? request->method : "GET"),
        .path = decode_path(t, mark < 0 ? target : str_slice(target, 0, (size_t)mark)),
        .query = mark < 0 ? STR("") : str_slice(target, (size_t)mark + 1, target.n),
        .target = target,
        .body = request->body,
        .address = str_from(t->address),
        .secure = t->secure,
        .headers = headers.v,
        .header_count = headers.n,
    };
    struct http_response out = {.file_fd = -1};
    struct test_answer a = {0};
    struct str rest, line;

    snprintf(in.id, sizeof(in.id), "test-%u", (unsigned)++number);
    app_handle(&t->app, &in, &out);
    a.status = out.status;
    a.body = body_of(t, &out);
    a.headers = arena_str(t->arena, buf_view(&out.headers));
    buf_free(&out.headers);
    buf_free(&out.body);
    for (rest = a.headers; str_split(&rest, '\n', &line);)
        if (str_starts(line, STR("Set-Cookie: ")))
            take_cookie(t, str_trim(str_slice(line, 12, line.n)));
    return a;
}

struct test_answer test_get(struct test_app *t, const char *path)
{
    return test_send(t, &(struct test_request){.path = path});
}

struct test_answer test_get_with(struct test_app *t, const char *path, const char *header,
                                 const char *value)
{
    struct test_header headers[] = {{header, value}, {0}};
    return test_send(t, &(struct test_request){.path = path, .headers = headers});
}

struct str test_token(struct test_app *t)
{
    struct test_answer a = test_get(t, TOKEN_PATH);
    assert_int_equal(a.status, 200);
    return a.body;
}

static const struct test_header *origin_headers(struct test_app *t)
{
    struct test_header *h = ARENA_ARRAY(t->arena, struct test_header, 3);
    h[0] = (struct test_header){
        "Origin", arena_cstr(t->arena, arena_printf(t->arena, "https://%s", t->host))};
    h[1] = (struct test_header){"Sec-Fetch-Site", "same-origin"};
    return h;
}

static void put_pair(struct buf *body, struct str name, struct str value)
{
    if (body->n)
        buf_char(body, '&');
    buf_percent(body, name);
    buf_char(body, '=');
    buf_percent(body, value);
}

struct test_answer test_post(struct test_app *t, const char *path, ...)
{
    struct buf *body = buf_in(t->arena);
    bool once = false;
    va_list args;

    va_start(args, path);
    for (const char *name; (name = va_arg(args, const char *));) {
        once = once || strcmp(name, "once") == 0;
        put_pair(body, str_from(name), str_from(va_arg(args, const char *)));
    }
    va_end(args);
    put_pair(body, STR("csrf"), test_token(t));
    if (!once)
        put_pair(body, STR("once"), id_secret(t->arena, 16));
    return test_send(t, &(struct test_request){
                            .method = "POST",
                            .path = path,
                            .body = buf_view(body),
                            .content_type = "application/x-www-form-urlencoded",
                            .headers = origin_headers(t),
                        });
}

static void put_part(struct buf *body, const struct test_part *p)
{
    buf_printf(body, "--test-boundary\r\nContent-Disposition: form-data; name=\"%s\"", p->name);
    if (p->filename)
        buf_printf(body, "; filename=\"%s\"\r\nContent-Type: %s", p->filename,
                   p->type ? p->type : "application/octet-stream");
    buf_cstr(body, "\r\n\r\n");
    buf_str(body, p->value);
    buf_cstr(body, "\r\n");
}

struct test_answer test_post_parts(struct test_app *t, const char *path,
                                   const struct test_part *parts, size_t n)
{
    struct buf *body = buf_in(t->arena);
    put_part(body, &(struct test_part){.name = "csrf", .value = test_token(t)});
    put_part(body, &(struct test_part){.name = "once", .value = id_secret(t->arena, 16)});
    for (size_t i = 0; i < n; i++)
        put_part(body, &parts[i]);
    buf_cstr(body, "--test-boundary--\r\n");
    return test_send(t, &(struct test_request){
                            .method = "POST",
                            .path = path,
                            .body = buf_view(body),
                            .content_type = "multipart/form-data; boundary=test-boundary",
                            .headers = origin_headers(t),
                        });
}

struct test_answer test_follow(struct test_app *t, struct test_answer a)
{
    struct str to = test_header_of(a, "Location");
    if (!to.p)
        to = test_header_of(a, "X-Location");
    if (!to.p)
        fail_msg("an answer with status %d leads nowhere", a.status);
    return test_get(t, arena_cstr(t->arena, to));
}

/* --- looking --- */

struct str test_header_of(struct test_answer a, const char *name)
{
    struct str rest = a.headers, line, wanted = str_from(name);
    while (str_split(&rest, '\n', &line))
        if (line.n > wanted.n && line.p[wanted.n] == ':' &&
            str_eq_nocase_ascii(str_slice(line, 0, wanted.n), wanted))
            return str_trim(str_slice(line, wanted.n + 1, line.n));
    return STR_NULL;
}

/* What html_escape wrote, back to text. */
static struct str unescape(struct arena *a, struct str s)
{
    static const struct {
        struct str entity;
        char c;
    } entities[] = {{STRI("&amp;"), '&'},
                    {STRI("&lt;"), '<'},
                    {STRI("&gt;"), '>'},
                    {STRI("&quot;"), '"'},
                    {STRI("&#39;"), '\''}};
    struct buf *out = buf_in(a);
    while (s.n > 0) {
        size_t used = 1;
        char c = s.p[0];
        for (size_t i = 0; i < COUNT_OF(entities); i++)
            if (str_starts(s, entities[i].entity)) {
                used = entities[i].entity.n;
                c = entities[i].c;
            }
        buf_char(out, c);
        s = str_slice(s, used, s.n);
    }
    return buf_view(out);
}

static struct str attribute_of(struct str tag, const char *name)
{
    char start[80];
    snprintf(start, sizeof(start), " %s=\"", name);
    ptrdiff_t at = str_find(tag, str_from(start));
    if (at < 0)
        return STR_NULL;
    struct str value = str_slice(tag, (size_t)at + strlen(start), tag.n);
    ptrdiff_t end = str_find_char(value, '"');
    return end < 0 ? STR_NULL : str_slice(value, 0, (size_t)end);
}

struct str test_field(struct test_app *t, struct test_answer a, const char *name)
{
    struct str page = a.body;
    for (ptrdiff_t at; (at = str_find_char(page, '<')) >= 0;) {
        page = str_slice(page, (size_t)at + 1, page.n);
        ptrdiff_t end = str_find_char(page, '>');
        if (end < 0)
            break;
        struct str tag = str_slice(page, 0, (size_t)end);
        if (!str_eq(attribute_of(tag, "name"), str_from(name)))
            continue;
        if (str_starts(tag, STR("input"))) {
            struct str value = attribute_of(tag, "value");
            return unescape(t->arena, value.p ? value : STR(""));
        }
        if (str_starts(tag, STR("textarea"))) {
            struct str text = str_slice(page, (size_t)end + 1, page.n);
            text = str_slice(text, 0, (size_t)str_find_char(text, '<'));
            return unescape(t->arena,
                            str_starts(text, STR("\n")) ? str_slice(text, 1, text.n) : text);
        }
    }
    return STR_NULL;
}

static void show(struct test_answer a)
{
    print_message("status %d, body:\n%.*s\n", a.status, (int)(a.body.n > 4000 ? 4000 : a.body.n),
                  a.body.p ? a.body.p : "");
}

void test_check_status(struct test_answer a, int status, const char *file, int line)
{
    if (a.status == status)
        return;
    show(a);
    print_error("status %d, not %d\n", a.status, status);
    _fail(file, line);
}

void test_check_text(struct test_answer a, const char *text, bool wanted, const char *file,
                     int line)
{
    if ((str_find(a.body, str_from(text)) >= 0) == wanted)
        return;
    show(a);
    print_error("%s \"%s\"\n", wanted ? "the answer lacks" : "the answer should not have", text);
    _fail(file, line);
}

/* --- who asks --- */

void test_new_visitor(struct test_app *t)
{
    t->cookies.n = 0;
}

void test_login(struct test_app *t, const struct actor *actor)
{
    struct test_session s = {.token = id_secret(t->arena, 32), .actor = *actor};
    struct str name = t->app.development ? STR("session") : STR("__Host-session");
    struct test_cookie cookie = {.name = name, .value = s.token, .attributes = STR("")};
    test_logout(t);
    ARENA_PUSH(t->arena, t->priv->sessions, s);
    ARENA_PUSH(t->arena, t->cookies, cookie);
}

int64_t test_login_as(struct test_app *t, enum role role, const char *scope)
{
    struct actor actor = {
        .person_id = 1000 + role,
        .session_id = 1,
        .second_factor = true,
        .name = arena_printf(t->arena, "Test %s", role_code(role)),
        .grant_count = 1,
    };
    for (const char *c = scope; *c; c++)
        actor.person_id = actor.person_id * 31 % 1000000007 + (unsigned char)*c;
    actor.grants[0].role = role;
    snprintf(actor.grants[0].scope, sizeof(actor.grants[0].scope), "%s", scope);
    test_login(t, &actor);
    return actor.person_id;
}

void test_logout(struct test_app *t)
{
    struct test_cookie *c = find_cookie(t, STR("session"));
    if (c)
        *c = t->cookies.v[--t->cookies.n];
}
