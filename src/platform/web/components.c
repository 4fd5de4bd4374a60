/*
 * Form fields: GOV.UK Frontend's markup, written here because it is put together from data. Every
 * text passes html_text; names and ids come from the declared fields.
 */
#include "platform/web/components.h"

#include "platform/core/clock.h"

#include "platform/web/assets.h"
#include "platform/web/web_priv.h"

static void put(struct buf *out, const char *markup)
{
    buf_cstr(out, markup);
}

static void attribute(struct buf *out, const struct ui *ui, const char *name, struct str value)
{
    buf_char(out, ' ');
    put(out, name);
    put(out, "=\"");
    html_text(out, ui, value);
    buf_char(out, '"');
}

static void attribute_number(struct buf *out, const char *name, int64_t value)
{
    buf_printf(out, " %s=\"%lld\"", name, (long long)value);
}

/* --- the form itself --- */

static bool has_files(const struct form *f)
{
    for (int i = 0; f && i < f->count; i++)
        if (f->fields[i].kind == FIELD_FILES)
            return true;
    return false;
}

void ui_form_open(struct buf *out, const struct ui *ui, const struct form *f, struct str action)
{
    put(out, "<form method=\"post\" novalidate");
    if (action.p)
        attribute(out, ui, "action", action);
    if (has_files(f))
        put(out, " enctype=\"multipart/form-data\"");
    buf_char(out, '>');
    ui_form_tokens(out, ui, f);
}

void ui_form_tokens(struct buf *out, const struct ui *ui, const struct form *f)
{
    ui_hidden(out, ui, "csrf", ui_csrf(ui));
    struct str once = f ? f->once : ui_once(ui);
    if (once.p)
        ui_hidden(out, ui, "once", once);
}

void ui_form_open_get(struct buf *out, const struct ui *ui, struct str action)
{
    put(out, "<form method=\"get\"");
    if (action.p)
        attribute(out, ui, "action", action);
    buf_char(out, '>');
}

void ui_form_close(struct buf *out, const struct ui *ui)
{
    (void)ui;
    put(out, "</form>");
}

void ui_hidden(struct buf *out, const struct ui *ui, const char *name, struct str value)
{
    put(out, "<input type=\"hidden\"");
    attribute(out, ui, "name", str_from(name));
    attribute(out, ui, "value", value);
    buf_char(out, '>');
}

/* --- around a field --- */

static void describe(struct buf *out, const struct field *d, const struct field_value *v)
{
    if (d->hint == MSG_NONE && v->fault == MSG_NONE)
        return;
    put(out, " aria-describedby=\"");
    if (d->hint != MSG_NONE)
        buf_printf(out, "%s-hint", d->name);
    if (v->fault != MSG_NONE)
        buf_printf(out, "%s%s-fault", d->hint != MSG_NONE ? " " : "", d->name);
    buf_char(out, '"');
}

static void group_open(struct buf *out, const struct field_value *v)
{
    put(out, v->fault != MSG_NONE ? "<div class=\"govuk-form-group govuk-form-group--error\">"
                                  : "<div class=\"govuk-form-group\">");
}

static void label_text(struct buf *out, const struct ui *ui, const struct field *d,
                       const struct field_value *v)
{
    html_msg(out, ui, MSG(d->label));
    if (!d->required && !v->filter && d->kind != FIELD_BOOL) {
        put(out, " <span class=\"quiet\">(");
        html_msg(out, ui, MSG(MSG_common_optional));
        put(out, ")</span>");
    }
}

static void hint_and_fault(struct buf *out, const struct ui *ui, const struct field *d,
                           const struct field_value *v)
{
    if (d->hint != MSG_NONE) {
        buf_printf(out, "<div id=\"%s-hint\" class=\"govuk-hint\">", d->name);
        html_msg(out, ui, MSG(d->hint));
        put(out, "</div>");
    }
    if (v->fault != MSG_NONE) {
        buf_printf(out, "<p id=\"%s-fault\" class=\"govuk-error-message\">", d->name);
        put(out, "<span class=\"govuk-visually-hidden\">");
        html_msg(out, ui, MSG(MSG_common_fault_prefix));
        put(out, ":</span> ");
        html_text(out, ui, v->fault_text);
        put(out, "</p>");
    }
}

static void label_hint_fault(struct buf *out, const struct ui *ui, const struct field *d,
                             const struct field_value *v)
{
    buf_printf(out, "<label class=\"govuk-label govuk-label--s\" for=\"%s\">", d->name);
    label_text(out, ui, d, v);
    put(out, "</label>");
    hint_and_fault(out, ui, d, v);
}

static void fieldset_open(struct buf *out, const struct ui *ui, const struct field *d,
                          const struct field_value *v)
{
    put(out, "<fieldset class=\"govuk-fieldset\"");
    describe(out, d, v);
    put(out, "><legend class=\"govuk-fieldset__legend govuk-fieldset__legend--s\">");
    label_text(out, ui, d, v);
    put(out, "</legend>");
    hint_and_fault(out, ui, d, v);
}

/* --- kinds --- */

struct input_look {
    const char *type, *mode, *autocomplete;
};
static struct input_look look_of(enum field_kind kind)
{
    switch (kind) {
    case FIELD_INT:
        return (struct input_look){"text", "numeric", "off"};
    case FIELD_DECIMAL:
    case FIELD_MONEY:
        return (struct input_look){"text", "decimal", "off"};
    case FIELD_DATE:
        return (struct input_look){"date", NULL, NULL};
    case FIELD_EMAIL:
        return (struct input_look){"email", "email", "email"};
    case FIELD_PHONE:
        return (struct input_look){"tel", "tel", "tel"};
    case FIELD_PASSWORD:
        return (struct input_look){"password", NULL, "current-password"};
    case FIELD_LINE:
    case FIELD_TEXT:
    case FIELD_CODE:
    case FIELD_BOOL:
    case FIELD_CHOICE:
    case FIELD_MANY:
    case FIELD_FILES:
        break;
    }
    return (struct input_look){"text", NULL, NULL};
}

static void input_value(struct buf *out, const struct ui *ui, const struct field *d,
                        const struct field_value *v)
{
    if (d->kind == FIELD_PASSWORD || !v->s.n)
        return;
    /* A date input takes only YYYY-MM-DD; what was typed otherwise is shown as it is. */
    if (d->kind == FIELD_DATE && v->fault == MSG_NONE && v->present) {
        struct buf *day = buf_in(ui->req->arena);
        buf_day(day, v->i);
        attribute(out, ui, "value", buf_view(day));
        return;
    }
    attribute(out, ui, "value", v->s);
}

static void field_input(struct buf *out, const struct ui *ui, const struct field *d,
                        const struct field_value *v)
{
    struct input_look look = look_of(d->kind);
    const char *autocomplete = d->autocomplete ? d->autocomplete : look.autocomplete;
    label_hint_fault(out, ui, d, v);
    buf_printf(out, "<input class=\"govuk-input%s",
               v->fault != MSG_NONE ? " govuk-input--error" : "");
    if (d->width)
        buf_printf(out, " govuk-input--width-%d", d->width);
    else if (d->kind == FIELD_DATE || d->kind == FIELD_INT || d->kind == FIELD_MONEY)
        put(out, " govuk-input--width-10");
    else if (d->kind == FIELD_PHONE)
        put(out, " govuk-input--width-20");
    buf_printf(out, "\" id=\"%s\" name=\"%s\" type=\"%s\"", d->name, d->name,
               d->kind == FIELD_DATE && v->fault != MSG_NONE ? "text" : look.type);
    if (look.mode)
        attribute(out, ui, "inputmode", str_from(look.mode));
    if (autocomplete)
        attribute(out, ui, "autocomplete", str_from(autocomplete));
    if (d->max > 0 && (d->kind == FIELD_LINE || d->kind == FIELD_CODE))
        attribute_number(out, "maxlength", d->max);
    if (d->required)
        put(out, " required");
    describe(out, d, v);
    input_value(out, ui, d, v);
    buf_char(out, '>');
}

static void field_text(struct buf *out, const struct ui *ui, const struct field *d,
                       const struct field_value *v)
{
    label_hint_fault(out, ui, d, v);
    buf_printf(out, "<textarea class=\"govuk-textarea%s\" id=\"%s\" name=\"%s\" rows=\"%d\"",
               v->fault != MSG_NONE ? " govuk-textarea--error" : "", d->name, d->name,
               d->rows ? d->rows : 5);
    attribute_number(out, "maxlength", d->max ? d->max : 4000);
    if (d->required)
        put(out, " required");
    describe(out, d, v);
    put(out, ">\n");
    html_text(out, ui, v->s);
    put(out, "</textarea>");
}

static void field_files(struct buf *out, const struct ui *ui, const struct field *d,
                        const struct field_value *v)
{
    label_hint_fault(out, ui, d, v);
    buf_printf(out, "<input class=\"govuk-file-upload%s\" id=\"%s\" name=\"%s\" type=\"file\"",
               v->fault != MSG_NONE ? " govuk-file-upload--error" : "", d->name, d->name);
    if (d->accept)
        attribute(out, ui, "accept", str_from(d->accept));
    if (d->count > 1)
        put(out, " multiple");
    describe(out, d, v);
    buf_char(out, '>');
}

static void field_bool(struct buf *out, const struct ui *ui, const struct field *d,
                       const struct field_value *v)
{
    put(out, "<div class=\"govuk-checkboxes\"><div class=\"govuk-checkboxes__item\">");
    buf_printf(out,
               "<input class=\"govuk-checkboxes__input\" type=\"checkbox\" id=\"%s\" name=\"%s\" "
               "value=\"1\"%s",
               d->name, d->name, v->present ? " checked" : "");
    describe(out, d, v);
    buf_printf(out, "><label class=\"govuk-label govuk-checkboxes__label\" for=\"%s\">", d->name);
    html_msg(out, ui, MSG(d->label));
    put(out, "</label></div></div>");
    hint_and_fault(out, ui, d, v);
}

static bool is_ticked(const struct field_value *v, struct str value)
{
    for (int i = 0; i < v->n && v->values; i++)
        if (str_eq(v->values[i], value))
            return true;
    return v->s.p && str_eq(v->s, value);
}

/* Radios or checkboxes; the first has the field's id, where the error summary leads. A line that is
 * offered as a choice loses its hint, which tells how to type it. */
static void items(struct buf *out, const struct ui *ui, const struct field *field,
                  const struct field_value *v, struct option_list options, bool many)
{
    const char *kind = many ? "checkboxes" : "radios";
    struct field offered = *field;
    const struct field *d = &offered;
    if (field->kind == FIELD_LINE)
        offered.hint = MSG_NONE;
    fieldset_open(out, ui, d, v);
    buf_printf(out, "<div class=\"govuk-%s\">", kind);
    for (size_t i = 0; i < options.n; i++) {
        const struct option *o = &options.v[i];
        struct str id =
            i ? arena_printf(ui->req->arena, "%s-%zu", d->name, i + 1) : str_from(d->name);
        buf_printf(out,
                   "<div class=\"govuk-%s__item\"><input class=\"govuk-%s__input\" type=\"%s\"",
                   kind, kind, many ? "checkbox" : "radio");
        attribute(out, ui, "id", id);
        attribute(out, ui, "name", str_from(d->name));
        attribute(out, ui, "value", o->value);
        if (is_ticked(v, o->value))
            put(out, " checked");
        if (o->hint.n)
            buf_printf(out, " aria-describedby=\"%.*s-option-hint\"", STRF(id));
        buf_printf(out, "><label class=\"govuk-label govuk-%s__label\"", kind);
        attribute(out, ui, "for", id);
        buf_char(out, '>');
        html_text(out, ui, o->text);
        put(out, "</label>");
        if (o->hint.n) {
            /* Not "NAME-hint", which is the whole field's. */
            buf_printf(out, "<div id=\"%.*s-option-hint\" class=\"govuk-hint govuk-%s__hint\">",
                       STRF(id), kind);
            html_text(out, ui, o->hint);
            put(out, "</div>");
        }
        put(out, "</div>");
    }
    put(out, "</div></fieldset>");
}

static void select_list(struct buf *out, const struct ui *ui, const struct field *d,
                        const struct field_value *v, struct option_list options)
{
    struct str group = STR_NULL;
    label_hint_fault(out, ui, d, v);
    buf_printf(out, "<select class=\"govuk-select%s\" id=\"%s\" name=\"%s\"",
               v->fault != MSG_NONE ? " govuk-select--error" : "", d->name, d->name);
    describe(out, d, v);
    put(out, "><option value=\"\">");
    html_msg(out, ui, MSG(v->filter ? MSG_common_all : MSG_web_choose));
    put(out, "</option>");
    for (size_t i = 0; i < options.n; i++) {
        const struct option *o = &options.v[i];
        if (!str_eq(o->group, group)) {
            if (group.n)
                put(out, "</optgroup>");
            group = o->group;
            if (group.n) {
                put(out, "<optgroup");
                attribute(out, ui, "label", group);
                buf_char(out, '>');
            }
        }
        put(out, "<option");
        attribute(out, ui, "value", o->value);
        if (is_ticked(v, o->value))
            put(out, " selected");
        buf_char(out, '>');
        html_text(out, ui, o->text);
        put(out, "</option>");
    }
    if (group.n)
        put(out, "</optgroup>");
    put(out, "</select>");
}

static struct option_list options_of(const struct ui *ui, const struct field *d)
{
    struct {
        struct option *v;
        size_t n, cap;
    } list = {0};
    for (const struct choice *c = d->choices; c && c->value; c++)
        ARENA_PUSH(
            ui->req->arena, list,
            ((struct option){.value = str_from(c->value), .text = msg_text(ui->lang, c->label)}));
    return (struct option_list){list.v, list.n};
}

void ui_field(struct buf *out, const struct ui *ui, const struct form *f, int field)
{
    const struct field *d = &f->fields[field];
    const struct field_value *v = &f->v[field];
    struct option_list options;
    group_open(out, v);
    switch (d->kind) {
    case FIELD_TEXT:
        field_text(out, ui, d, v);
        break;
    case FIELD_FILES:
        field_files(out, ui, d, v);
        break;
    case FIELD_BOOL:
        field_bool(out, ui, d, v);
        break;
    case FIELD_CHOICE:
        options = options_of(ui, d);
        if (options.n > 5)
            select_list(out, ui, d, v, options);
        else
            items(out, ui, d, v, options, false);
        break;
    case FIELD_MANY:
        items(out, ui, d, v, options_of(ui, d), true);
        break;
    case FIELD_LINE:
    case FIELD_CODE:
    case FIELD_INT:
    case FIELD_DECIMAL:
    case FIELD_MONEY:
    case FIELD_DATE:
    case FIELD_EMAIL:
    case FIELD_PHONE:
    case FIELD_PASSWORD:
        field_input(out, ui, d, v);
        break;
    }
    put(out, "</div>");
}

void ui_select(struct buf *out, const struct ui *ui, const struct form *f, int field,
               struct option_list options)
{
    group_open(out, &f->v[field]);
    select_list(out, ui, &f->fields[field], &f->v[field], options);
    put(out, "</div>");
}

void ui_radios(struct buf *out, const struct ui *ui, const struct form *f, int field,
               struct option_list options)
{
    group_open(out, &f->v[field]);
    items(out, ui, &f->fields[field], &f->v[field], options, false);
    put(out, "</div>");
}

void ui_checkboxes(struct buf *out, const struct ui *ui, const struct form *f, int field,
                   struct option_list options)
{
    group_open(out, &f->v[field]);
    items(out, ui, &f->fields[field], &f->v[field], options, true);
    put(out, "</div>");
}

/* --- buttons --- */

static const char *const button_classes[] = {
    [BUTTON_PRIMARY] = "govuk-button",
    [BUTTON_SECONDARY] = "govuk-button govuk-button--secondary",
    [BUTTON_WARNING] = "govuk-button govuk-button--warning",
};

void ui_button_named(struct buf *out, const struct ui *ui, enum msg label, enum button_kind kind,
                     const char *name, const char *value)
{
    buf_printf(out, "<button type=\"submit\" class=\"%s\"", button_classes[kind]);
    if (name) {
        attribute(out, ui, "name", str_from(name));
        attribute(out, ui, "value", str_from(value));
    }
    buf_char(out, '>');
    html_msg(out, ui, MSG(label));
    put(out, "</button>");
}

void ui_button(struct buf *out, const struct ui *ui, enum msg label, enum button_kind kind)
{
    ui_button_named(out, ui, label, kind, NULL, NULL);
}

void ui_link_button(struct buf *out, const struct ui *ui, struct str href, enum msg label,
                    enum button_kind kind)
{
    buf_printf(out, "<a class=\"%s\" href=\"", button_classes[kind]);
    html_url(out, ui, URL(href));
    put(out, "\">");
    html_msg(out, ui, MSG(label));
    put(out, "</a>");
}
