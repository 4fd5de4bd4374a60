/*
 * A request on its way through a handler, and the ways to answer it.
 *
 * A handler is `enum err slice_verb_noun(struct req *r)`. It reads declared inputs (form.h), reads
 * or submits one write, and answers once. When it returns anything but ERR_OK without having
 * answered, the platform sends the standard page or JSON/XML error for that code, in the user's
 * language: a handler never writes an error page of its own for a standard situation.
 */
#ifndef WEB_REQ_H
#define WEB_REQ_H

#include "platform/net/http_server.h"
#include "platform/store/db.h"
#include "platform/web/access.h"
#include "platform/web/ui.h"

struct app;
struct route;
struct req_private; /* the platform's own: parsed body, CSRF, cookies, cache rule */

enum error_style { ERRORS_HTML, ERRORS_JSON, ERRORS_OPEN311 }; /* OPEN311: XML or JSON by suffix */

#define REQ_PARAMS 6
struct req {
    const struct http_request *http;
    struct http_response *resp;
    struct app *app;
    struct db *db;
    struct arena *arena; /* everything of this request */
    const struct route *route;
    struct str param[REQ_PARAMS]; /* values of {..} in the route, in order; decoded, never empty */
    struct str unit;              /* value of {unit} (a known municipality), or NULL view */
    const void *unit_data;        /* what the check_unit hook learned of it, for its own slice */
    struct actor actor;
    struct ui ui;
    enum error_style errors;
    enum msg error_detail; /* handler may say what to do next on the standard page; 0 none */
    bool answered;
    struct req_private *priv;
};

/* Addresses that the platform itself sends people to; the slice `people` serves them. */
#define WEB_LOGIN_PATH "/login"               /* ?next=PATH */
#define WEB_SECOND_FACTOR_PATH "/login/code"  /* ?next=PATH */
#define WEB_PASSWORD_PATH "/account/password" /* ?next=PATH, when must_change_password */
#define WEB_ACCOUNT_PATH "/account"
#define WEB_LOGOUT_PATH "/logout" /* POST, from the frame of every page */

struct str req_header(const struct req *r, const char *name);
/* Value of a cookie by its plain name; the "__Host-" prefix is the platform's business. NULL view
 * when absent, or when it was sent twice (somebody is trying to shadow it). */
struct str req_cookie(const struct req *r, const char *name);
/* First value of a query parameter, decoded; NULL view when absent or malformed. */
struct str req_query(struct req *r, const char *name);
/* Value of {name} in the route; a name that the route does not have is a bug. */
struct str req_param(const struct req *r, const char *name);

/* Names and values as they came, for the few inputs that cannot be declared (Open311's
 * attribute[CODE]). Of the query, or of a urlencoded or multipart body; parsed once. */
struct req_input {
    struct str name, value;
    bool is_file;
    bool unreadable;           /* was no text: `value` holds U+FFFD for what could not be read */
    struct str filename, type; /* of files */
};
struct req_inputs {
    const struct req_input *v;
    size_t n;
};
MUST enum err req_query_inputs(struct req *r, struct req_inputs *out);
/* ERR_PARSE for a malformed body, and when a value is no text (form_read says so beside the field
 * instead); of another type than the two, resp_error() then says 415. */
MUST enum err req_body_inputs(struct req *r, struct req_inputs *out);

/* Writes: run in one transaction within the request's scope (r->unit, else country). req_write is
 * refused (ERR_DENIED) for a request that changes things and did not prove that it comes from a
 * page of ours, also when the handler forgot to look. */
MUST enum err req_read(struct req *r, db_fn fn, void *arg);
MUST enum err req_write(struct req *r, db_fn fn, void *arg);

/* The random cookie that every browser gets with its first form; NULL view when it brought none.
 * The same for requests that were sent at once, so what is made of it is too. */
struct str req_visitor(const struct req *r);

/* May this visitor do that here (in r->unit)? As access_allows; for parts of a page. */
bool req_allows(const struct req *r, enum permission p);

/* --- sessions: the cookie; what stands behind it is the business of `people` --- */
/* Gives the browser a session: the token becomes the session cookie (HttpOnly, SameSite=Lax, or
 * Strict for staff), the CSRF secret follows it, so a form or token from before the log-in is void.
 * The token must be new: made by id_secret() in this request (session fixation). */
void req_session_set(struct req *r, struct str token, int64_t max_age_s, bool strict);
void req_session_clear(struct req *r);

/* --- answers --- */
/* Control characters in the value become blanks: no header of a stranger's choice. */
void resp_header(struct req *r, const char *name, struct str value);
/* HttpOnly, Path=/, Secure and "__Host-" outside development. max_age_s 0: until the browser
 * closes; < 0: delete. The value must be of cookie characters (RFC 6265: no blanks, quotes, commas,
 * semicolons, backslashes); others are percent-encoded, and req_cookie does not decode. */
void resp_cookie(struct req *r, const char *name, struct str value, int64_t max_age_s, bool strict);
/* The buffer of the body; content type set by the first call of one of these. */
struct buf *resp_html(struct req *r, int status);
struct buf *resp_json(struct req *r, int status);
struct buf *resp_xml(struct req *r, int status);
/* A download for spreadsheets: attachment, with the byte-order mark that Excel needs for Cyrillic.
 */
struct buf *resp_csv(struct req *r, const char *filename);
struct buf *resp_text(struct req *r, int status);
struct buf *resp_bytes(struct req *r, int status, const char *content_type);
/* Content-Disposition: attachment with an RFC 6266 file name. */
void resp_attachment(struct req *r, struct str filename);
/* Sends `size` bytes of fd, which the answer now owns. */
void resp_file(struct req *r, int fd, int64_t size, const char *content_type);
/* 303 to a path of ours (path_is_local; anything else goes to "/"). A script that says
 * "X-Requested-With: fetch" gets 204 and the address in X-Location instead. */
void resp_redirect(struct req *r, struct str path);
void resp_moved(struct req *r,
                struct str path); /* 301 (308 unless GET), for merged municipalities */
/* A path on this site: begins with one '/', no '//', no backslash, no control character. What a
 * `next` parameter must pass. */
bool path_is_local(struct str path);
/* Cache rules. Default: private, no-store. Public pages without personal content may be cached;
 * this has no effect for visitors who are logged in, on pages with a form, and when a cookie is
 * set. */
void resp_cache_public(struct req *r, int seconds);
/* ETag from a version text; true (and 304 sent) when the client has it already. The language and
 * the program's version are mixed in. False for visitors who are logged in. */
bool resp_not_modified(struct req *r, struct str version);
/* The same for a file whose content last changed at that instant: sends Last-Modified too, and
 * heeds If-Modified-Since when the client sent no If-None-Match (RFC 9110 section 13.1.3). */
bool resp_not_modified_since(struct req *r, struct str version, int64_t changed_ms);
/* A short message on the next page ("Saved."), kept in a signed cookie. Without placeholders. */
void resp_notice(struct req *r, enum msg m);

/* Standard error answer; the platform calls it for handlers that failed. */
void resp_error(struct req *r, enum err rc);
/* The same with a status of its own and a Retry-After. */
void resp_error_status(struct req *r, int status, int64_t retry_after_s);

#endif
