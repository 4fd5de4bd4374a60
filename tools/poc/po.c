/*
 * The .po parser; see po.h. Works line by line: a .po file has no construct that spans lines
 * except a text continued by further quoted lines.
 */
#include "poc/po.h"

struct parser {
    struct arena *a;
    struct diag *d;
    const struct source *source;
    struct po_file *file;
    struct po_message entry; /* being read */
    struct buf text;         /* of the keyword being read */
    enum { IN_NOTHING, IN_ID, IN_PLURAL, IN_STR } in;
    int form;
    bool has_id, has_plural, bad;
};

static void fault_plural_id(struct parser *p, struct str text, size_t at)
{
    if (!str_eq(text, p->entry.key)) {
        diag_error(p->d, p->source, at, "msgid_plural differs from msgid: repeat the key \"%.*s\"",
                   STRF(p->entry.key));
        p->bad = true;
    }
}

/* Takes over the text collected since the last keyword. */
static void end_text(struct parser *p)
{
    struct str text = arena_str(p->a, buf_view(&p->text));
    switch (p->in) {
    case IN_ID:
        p->entry.key = text;
        break;
    case IN_PLURAL:
        if (!p->bad)
            fault_plural_id(p, text, p->entry.at);
        break;
    case IN_STR:
        p->entry.form[p->form].text = text;
        break;
    case IN_NOTHING:
        break;
    }
    p->in = IN_NOTHING;
    buf_clear(&p->text);
}

static void end_entry(struct parser *p)
{
    end_text(p);
    if (p->has_id && !p->entry.forms && !p->bad)
        diag_error(p->d, p->source, p->entry.at, "\"%.*s\" has no msgstr", STRF(p->entry.key));
    else if (p->has_id && !p->bad && p->entry.key.n == 0)
        p->file->header = p->entry;
    else if (p->has_id && !p->bad)
        ARENA_PUSH(p->a, *p->file, p->entry);
    p->entry = (struct po_message){.key = STR("")};
    p->has_id = p->has_plural = p->bad = false;
}

static void fault(struct parser *p, size_t at, const char *what)
{
    diag_error(p->d, p->source, at, "%s", what);
    p->bad = true;
}

/* A quoted text from `at` to the end of the line. */
static void quoted(struct parser *p, size_t at, size_t end)
{
    const char *t = p->source->text.p;
    while (at < end && is_blank(t[at]))
        at++;
    size_t start = at;
    if (at == end || t[at] != '"') {
        fault(p, at, "expected a text in double quotes");
        return;
    }
    for (at++; at < end && t[at] != '"'; at++) {
        if (t[at] != '\\') {
            buf_char(&p->text, t[at]);
            continue;
        }
        at++;
        char c = at < end ? t[at] : 0;
        if (c == 'n' || c == 't' || c == '"' || c == '\\')
            buf_char(&p->text, c == 'n' ? '\n' : c == 't' ? '\t' : c);
        else
            fault(p, at - 1, "unknown escape: only \\n \\t \\\" \\\\ are used here");
    }
    if (at >= end)
        fault(p, start, "the text is not closed: a double quote is missing at the end of the line");
    else if (str_trim(str_of(t + at + 1, end - at - 1)).n)
        fault(p, at + 1, "something stands behind the text: put \\ before a quote inside a text");
}

/* A comment or a msgid behind a msgstr begins the next entry. */
static void begin_if_complete(struct parser *p)
{
    if (p->entry.forms || p->in == IN_STR)
        end_entry(p);
}

static void comment(struct parser *p, struct str line)
{
    begin_if_complete(p);
    if (str_starts(line, STR("#,")) && str_find(line, STR("fuzzy")) >= 0)
        p->entry.fuzzy = true;
    if (str_starts(line, STR("#.")) && str_eq(str_trim(str_slice(line, 2, line.n)), STR("same")))
        p->entry.same = true;
}

static void begin_id(struct parser *p, size_t at)
{
    begin_if_complete(p);
    if (p->has_id) {
        bool fuzzy = p->entry.fuzzy, same = p->entry.same;
        end_entry(p);
        p->entry.fuzzy = fuzzy;
        p->entry.same = same;
    }
    p->has_id = true;
    p->entry.at = at;
    p->in = IN_ID;
}

static void begin_plural_id(struct parser *p, size_t at)
{
    end_text(p);
    if (!p->has_id || p->entry.forms || p->entry.plural)
        fault(p, at, "msgid_plural must follow its msgid");
    p->entry.plural = true;
    p->in = IN_PLURAL;
}

/* `index` is -1 for a plain msgstr. */
static void begin_str(struct parser *p, size_t at, int index)
{
    end_text(p);
    if (!p->has_id) {
        fault(p, at, "msgstr without a msgid before it");
    } else if (p->entry.plural != (index >= 0)) {
        fault(p, at,
              index < 0 ? "a message with msgid_plural needs msgstr[0], msgstr[1] ..."
                        : "msgstr[] without msgid_plural: write msgstr, or add msgid_plural");
    } else if (index >= 0 ? index != p->entry.forms : p->entry.forms > 0) {
        fault(p, at, "msgstr is repeated or out of order");
    } else if (p->entry.forms == PO_MAX_FORMS) {
        fault(p, at, "too many plural forms");
    } else {
        p->form = p->entry.forms++;
        p->entry.form[p->form].at = at;
        p->in = IN_STR;
    }
}

static void keyword_line(struct parser *p, size_t at, size_t end)
{
    const char *t = p->source->text.p;
    size_t stop = at;
    while (stop < end && is_name_char(t[stop]))
        stop++;
    struct str word = str_of(t + at, stop - at);
    if (str_eq(word, STR("msgid"))) {
        begin_id(p, at);
    } else if (str_eq(word, STR("msgid_plural"))) {
        begin_plural_id(p, at);
    } else if (str_eq(word, STR("msgstr"))) {
        int index = -1;
        if (stop < end && t[stop] == '[') {
            if (stop + 2 < end && is_digit(t[stop + 1]) && t[stop + 2] == ']') {
                index = t[stop + 1] - '0';
                stop += 3;
            } else {
                fault(p, stop, "expected a number in brackets: msgstr[0]");
                return;
            }
        }
        begin_str(p, at, index);
    } else if (str_eq(word, STR("msgctxt"))) {
        fault(p, at, "msgctxt is not used here: give the message a key of its own");
        return;
    } else {
        fault(p, at, "expected msgid, msgid_plural, msgstr, a comment or a quoted text");
        return;
    }
    quoted(p, stop, end);
}

static void line(struct parser *p, size_t at, size_t end)
{
    const char *t = p->source->text.p;
    while (at < end && is_blank(t[at]))
        at++;
    if (at == end) {
        end_text(p); /* an empty line ends a text, as editors show it */
        return;
    }
    if (t[at] == '#') {
        comment(p, str_of(t + at, end - at));
    } else if (t[at] != '"') {
        keyword_line(p, at, end);
    } else if (p->in == IN_NOTHING) {
        if (!p->bad) /* else it continues a text that is refused already */
            fault(p, at, "a text without msgid or msgstr before it");
    } else {
        quoted(p, at, end);
    }
}

static bool name_parts(const struct source *source, struct po_file *out)
{
    struct str rest = path_name(source->path), extension;
    return str_split(&rest, '.', &out->area) && str_split(&rest, '.', &out->lang) &&
           str_split(&rest, '.', &extension) && str_eq(extension, STR("po")) &&
           is_snake_name(out->area) && !rest.n;
}

static int compare_key(const void *a, const void *b)
{
    const struct po_message *x = a, *y = b;
    int order = str_compare(x->key, y->key);
    return order ? order : x->at < y->at ? -1 : 1;
}

/* Sorted by key, for po_find; of doubles the first stays. */
static void sort_and_refuse_doubles(struct diag *d, struct po_file *file)
{
    if (file->n)
        qsort(file->v, file->n, sizeof file->v[0], compare_key);
    size_t kept = 0;
    for (size_t i = 0; i < file->n; i++) {
        if (kept && str_eq(file->v[kept - 1].key, file->v[i].key))
            diag_error(d, file->source, file->v[i].at, "\"%.*s\" is defined already, in line %d",
                       STRF(file->v[i].key), source_line(file->source, file->v[kept - 1].at));
        else
            file->v[kept++] = file->v[i];
    }
    file->n = kept;
}

void po_parse(struct arena *a, struct diag *d, const struct source *source, struct po_file *out)
{
    int before = d->errors;
    *out = (struct po_file){.source = source};
    if (!name_parts(source, out))
        diag_file_error(d, source->path, "the file must be named AREA.LANGUAGE.po, as cases.ky.po");
    struct parser p = {.a = a, .d = d, .source = source, .file = out};
    p.entry.key = STR("");
    for (size_t at = 0; at < source->text.n;) {
        size_t end = at;
        while (end < source->text.n && source->text.p[end] != '\n')
            end++;
        line(&p, at, end);
        at = end + 1;
    }
    end_entry(&p);
    buf_free(&p.text);
    sort_and_refuse_doubles(d, out);
    out->broken = d->errors > before;
}

struct str po_header(const struct po_file *file, struct str name)
{
    struct str rest = file->header.forms ? file->header.form[0].text : STR(""), field;
    while (str_split(&rest, '\n', &field)) {
        if (str_starts(field, name) && field.n > name.n && field.p[name.n] == ':')
            return str_trim(str_slice(field, name.n + 1, field.n));
    }
    return STR_NULL;
}

bool po_placeholders_has(const struct po_placeholders *p, struct str name)
{
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->v[i], name))
            return true;
    return false;
}

static bool add_placeholder(struct po_placeholders *p, struct str name)
{
    size_t i = p->n;
    if (po_placeholders_has(p, name))
        return true;
    if (p->n == PO_MAX_PLACEHOLDERS)
        return false;
    for (; i > 0 && str_compare(p->v[i - 1], name) > 0; i--)
        p->v[i] = p->v[i - 1];
    p->v[i] = name;
    p->n++;
    return true;
}

bool po_placeholders(struct diag *d, const struct po_file *file, const struct po_form *form,
                     struct po_placeholders *out)
{
    struct str t = form->text;
    *out = (struct po_placeholders){.n = 0};
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] != '{' && t.p[i] != '}')
            continue;
        if (i + 1 < t.n && t.p[i + 1] == t.p[i]) {
            i++;
            continue;
        }
        ptrdiff_t close = t.p[i] == '{' ? str_find_char(str_slice(t, i, t.n), '}') : -1;
        struct str name = close < 0 ? STR("") : str_slice(t, i + 1, (size_t)close - 1);
        if (!is_snake_name(name)) {
            diag_error(d, file->source, form->at,
                       "a brace that is no {placeholder}: write {{ or }} for one brace");
            return false;
        }
        if (!add_placeholder(out, name)) {
            diag_error(d, file->source, form->at, "more than %d placeholders in one text",
                       PO_MAX_PLACEHOLDERS);
            return false;
        }
        i += (size_t)close;
    }
    return true;
}

const struct po_message *po_find(const struct po_file *file, struct str key)
{
    size_t low = 0, high = file->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(file->v[middle].key, key);
        if (order == 0)
            return &file->v[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
