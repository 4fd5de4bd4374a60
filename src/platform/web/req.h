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

enum error_style { ERRORS_HTML, ERRORS_JSON, ERRORS_OPEN311 }; /* OPEN311: XML or JSON by suffix */

struct req {
    const struct http_request *http;
    struct http_response *resp;
    struct app *app;
    struct db *db;
    struct arena *arena; /* everything of this request */
    const struct route *route;
    struct str param[4]; /* values of {..} in the route, in order; decoded */
    struct str unit;     /* value of {unit} (a known municipality), or NULL view */
    struct actor actor;
    struct ui ui;
    enum error_style errors;
    enum msg error_detail; /* handler may say what to do next on the standard page; 0 none */
    bool answered;
};

struct str req_header(const struct req *r, const char *name);
struct str req_cookie(const struct req *r, const char *name);
/* First value of a query parameter, decoded; NULL view when absent or malformed. */
struct str req_query(struct req *r, const char *name);

/* Writes: run in one transaction within the request's scope (r->unit, else country). */
MUST enum err req_read(struct req *r, db_fn fn, void *arg);
MUST enum err req_write(struct req *r, db_fn fn, void *arg);

/* --- answers --- */
void resp_header(struct req *r, const char *name, struct str value);
void resp_cookie(struct req *r, const char *name, struct str value, int64_t max_age_s, bool strict);
/* The buffer of the body; content type set by the first call of one of these. */
struct buf *resp_html(struct req *r, int status);
struct buf *resp_json(struct req *r, int status);
struct buf *resp_xml(struct req *r, int status);
struct buf *resp_csv(struct req *r, const char *filename);
struct buf *resp_bytes(struct req *r, int status, const char *content_type);
/* Content-Disposition: attachment with an RFC 6266 file name. */
void resp_attachment(struct req *r, struct str filename);
void resp_file(struct req *r, int fd, int64_t size, const char *content_type);
/* 303 to a path of ours (checked: begins with a single '/'). */
void resp_redirect(struct req *r, struct str path);
void resp_moved(struct req *r, struct str path); /* 301, for merged municipalities */
/* Cache rules. Default: private, no-store. Public pages without personal content may be cached. */
void resp_cache_public(struct req *r, int seconds);
/* ETag from a version number; true (and 304 sent) when the client has it already. */
bool resp_not_modified(struct req *r, struct str version);
/* A short message on the next page ("Saved."), kept in a signed cookie. */
void resp_notice(struct req *r, enum msg m);

/* Standard error answer; the platform calls it for handlers that failed. */
void resp_error(struct req *r, enum err rc);

#endif
