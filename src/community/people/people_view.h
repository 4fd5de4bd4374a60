/*
 * What the templates of the people room show.
 */
#ifndef PEOPLE_VIEW_H
#define PEOPLE_VIEW_H

#include "platform/web/components.h"

/* A form and the address to go on with. */
struct login_view {
    struct form *form;
    struct str next;      /* NULL: none */
    struct str mail_href; /* the other way to log in */
    struct str staff_href;
};

struct code_view {
    struct form *form;
    struct str next;
    struct str demo_code; /* only for fictional people of a demonstration on this computer */
    bool recovery;        /* has unused recovery codes */
};

/* A resident's code: by mail, or to prove a new address. */
struct mail_code_view {
    struct form *form;
    struct str email, next;
    int64_t minutes;
};

struct link_view {
    struct form *form;
    struct str action;
    bool good; /* the link still works */
};

struct account_role {
    struct msg_value role;
    struct str scope;
    int64_t from;
    struct i64_opt to;
};
struct account_session {
    int64_t id;
    struct str browser; /* empty: unknown */
    int64_t since_ms, seen_ms;
    bool here;
};
struct account_view {
    struct form *form;
    struct str name, login, email;
    bool staff, has_totp, can_change; /* can_change: second factor passed or not needed */
    int64_t totp_ms, password_ms, recovery_left;
    struct account_roles {
        struct account_role *v;
        size_t n, cap;
    } roles;
    struct account_sessions {
        struct account_session *v;
        size_t n, cap;
    } sessions;
};

struct email_view {
    struct form *form;
    struct str sent_to; /* NULL: ask for the address; else for the code */
};

struct password_view {
    struct form *form;
    struct str next, login;
    bool made_for_you; /* the present one was made by somebody else */
};

struct totp_view {
    struct form *form;
    struct html qr;
    struct str secret_text; /* in groups of four */
    struct str sealed, next;
    struct str demo_code;
    bool again; /* replaces a phone */
};
struct recovery_view {
    struct str *v; /* the codes, shown once */
    size_t n;
    struct str next;
};

/* Who did and who read: for the person concerned and for the head. */
struct audit_line {
    int64_t at_ms;
    struct str who, action, about, object, where;
    bool read;
};
struct audit_lines {
    struct audit_line *v;
    size_t n, cap;
};
struct seen_view {
    struct audit_lines lines;
    struct str older;
};
struct audit_view {
    struct form *form;
    struct option_list scopes, people;
    bool free_scope;
    struct audit_lines lines;
    struct str unit_name, csv, older;
};

struct staff_role_line {
    int64_t id;
    struct msg_value role;
    struct str scope;
    int64_t from;
    struct i64_opt to;
    bool live, may_end;
};
struct staff_role_lines {
    struct staff_role_line *v;
    size_t n, cap;
};
struct staff_line {
    int64_t id;
    struct str name, login;
    bool disabled, has_totp;
    struct staff_role_lines roles;
};
struct staff_view {
    struct form *form; /* of the search */
    struct str scope_name, new_href;
    struct staff_lines {
        struct staff_line *v;
        size_t n, cap;
    } lines;
    struct str xlsx, csv;
    bool wide; /* may look at more than one place: show the search */
    bool cut;  /* there are more */
};
struct staff_new_view {
    struct form *form;
    struct option_list roles, scopes;
    bool free_scope; /* too many places for a list: ask for the code */
};
struct staff_person_view {
    struct form *give; /* a new role; NULL: may give none */
    struct option_list roles, scopes;
    bool free_scope;
    struct str action;
    struct staff_line person;
    bool may_manage, has_totp;
    int64_t sessions;
};
/* A password or key, shown once. */
struct secret_view {
    struct str name, login, secret, back;
};

struct key_line {
    int64_t id;
    struct str name, contact, scope;
    int64_t created_ms;
    struct i64_opt revoked_ms;
    struct str action;
};
struct keys_view {
    struct form *form;
    struct option_list scopes;
    bool free_scope;
    struct key_lines {
        struct key_line *v;
        size_t n, cap;
    } lines;
};

#endif
