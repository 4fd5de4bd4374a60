/*
 * What must hold of one message in three languages. A fault here is what a reader would meet as a
 * missing sentence, a sentence in the wrong language, or a number in the wrong place.
 */
#include "poc/poc.h"

enum { SAME_MAX_LETTERS = 20 };

static const struct {
    struct str code;
    int forms;
} languages[POC_LANGUAGES] = {
    [POC_KY] = {STRI("ky"), 2},
    [POC_RU] = {STRI("ru"), 3},
    [POC_EN] = {STRI("en"), 2},
};

struct area {
    struct str name;
    struct po_file file[POC_LANGUAGES]; /* source NULL when missing */
};
struct area_list {
    struct area *v;
    size_t n, cap;
};

static int language_of(struct str code)
{
    for (int i = 0; i < POC_LANGUAGES; i++)
        if (str_eq(languages[i].code, code))
            return i;
    return -1;
}

static void check_header(struct diag *d, const struct po_file *file, int language)
{
    if (!file->header.forms) {
        diag_error(d, file->source, 0, "the header is missing: an entry with an empty msgid first");
        return;
    }
    size_t at = file->header.at;
    struct str lang = po_header(file, STR("Language"));
    if (!str_eq(lang, languages[language].code))
        diag_error(d, file->source, at, "the header must say \"Language: %.*s\\n\"",
                   STRF(languages[language].code));
    if (!str_eq_nocase_ascii(po_header(file, STR("Content-Type")),
                             STR("text/plain; charset=UTF-8")))
        diag_error(d, file->source, at,
                   "the header must say \"Content-Type: text/plain; charset=UTF-8\\n\"");
    struct str forms = po_header(file, STR("Plural-Forms")), mark = STR("nplurals=");
    ptrdiff_t found = forms.p ? str_find(forms, mark) : -1;
    struct str count = found < 0 ? STR("") : str_slice(forms, (size_t)found + mark.n, 2);
    if (count.n != 2 || count.p[0] != (char)('0' + languages[language].forms) || count.p[1] != ';')
        diag_error(d, file->source, at, "the header must say \"Plural-Forms: nplurals=%d; ...\"",
                   languages[language].forms);
}

/* Letters in the sense of this check: what is not ASCII punctuation, digit or blank, and not
 * part of a placeholder. */
static size_t letters_in(struct str text)
{
    size_t n = 0;
    bool placeholder = false;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        placeholder = c == '{' || (placeholder && c != '}');
        bool ascii_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        n += !placeholder && (ascii_letter || c >= 0xC0);
    }
    return n;
}

static bool same_placeholders(const struct po_placeholders *x, const struct po_placeholders *y)
{
    if (x->n != y->n)
        return false;
    for (size_t i = 0; i < x->n; i++)
        if (!str_eq(x->v[i], y->v[i]))
            return false;
    return true;
}

static struct str placeholder_list(struct arena *a, const struct po_placeholders *p)
{
    struct buf *list = buf_in(a);
    for (size_t i = 0; i < p->n; i++)
        buf_printf(list, "%s{%.*s}", i ? " " : "", STRF(p->v[i]));
    return p->n ? buf_view(list) : STR("none");
}

/* One message in one language; false when it cannot be compared with the others. */
static bool check_forms(struct diag *d, const struct po_file *file, const struct po_message *m,
                        int language)
{
    bool ok = true;
    int wanted = m->plural ? languages[language].forms : 1;
    if (m->fuzzy)
        diag_error(d, file->source, m->at,
                   "\"%.*s\" is marked fuzzy: check the text, then remove the mark", STRF(m->key));
    if (m->forms != wanted) {
        diag_error(d, file->source, m->at, "\"%.*s\" has %d plural forms, %.*s needs %d",
                   STRF(m->key), m->forms, STRF(languages[language].code), wanted);
        ok = false;
    }
    for (int i = 0; i < m->forms; i++) {
        struct str text = m->form[i].text;
        if (!text.n) {
            diag_error(d, file->source, m->form[i].at, "\"%.*s\" is empty: translate it",
                       STRF(m->key));
            ok = false;
        } else if (str_trim(text).n != text.n) {
            diag_error(d, file->source, m->form[i].at,
                       "\"%.*s\" starts or ends with a blank: a template sets blanks between texts",
                       STRF(m->key));
        }
    }
    return ok;
}

/* Every form of every language against the first one of Kyrgyz. */
static void check_placeholders(struct arena *a, struct diag *d, const struct area *area,
                               struct poc_message *m)
{
    struct po_placeholders wanted, found;
    const struct po_file *first = &area->file[0];
    if (!po_placeholders(d, first, &m->in[0]->form[0], &wanted))
        return;
    m->placeholders = wanted.n > 0;
    for (int language = 0; language < POC_LANGUAGES; language++) {
        const struct po_file *file = &area->file[language];
        for (int i = 0; i < m->in[language]->forms; i++) {
            const struct po_form *form = &m->in[language]->form[i];
            if (language + i > 0 && !po_placeholders(d, file, form, &found))
                continue;
            if (language + i == 0)
                found = wanted;
            if (m->plural && !po_placeholders_has(&found, STR("n")))
                diag_error(d, file->source, form->at, "a plural form of \"%.*s\" without {n}",
                           STRF(m->key));
            else if (!same_placeholders(&wanted, &found))
                diag_error(d, file->source, form->at,
                           "placeholders of \"%.*s\" differ: here %.*s, in %s line %d %.*s",
                           STRF(m->key), STRF(placeholder_list(a, &found)), first->source->path,
                           source_line(first->source, m->in[0]->form[0].at),
                           STRF(placeholder_list(a, &wanted)));
        }
    }
}

static void check_not_copied(struct diag *d, const struct area *area, const struct poc_message *m)
{
    const struct po_message *ky = m->in[POC_KY], *ru = m->in[POC_RU];
    if (ky->same || ru->same)
        return;
    for (int i = 0; i < ky->forms && i < ru->forms; i++)
        if (str_eq(ky->form[i].text, ru->form[i].text) &&
            letters_in(ky->form[i].text) > SAME_MAX_LETTERS) {
            diag_error(d, area->file[POC_KY].source, ky->form[i].at,
                       "the Kyrgyz text of \"%.*s\" equals the Russian one: translate it, or put "
                       "\"#. same\" above it",
                       STRF(m->key));
            return;
        }
}

/* Looks the key up in all languages of its area; a fault in the file that has it for each that
 * has not, told once (from the first language that has it). */
static bool find_in_all(struct diag *d, const struct area *area, int language,
                        const struct po_message *m, struct poc_message *out)
{
    bool complete = true, told = false;
    *out = (struct poc_message){.key = m->key, .plural = m->plural};
    for (int i = 0; i < POC_LANGUAGES; i++) {
        out->in[i] = po_find(&area->file[i], m->key);
        told = told || (i < language && out->in[i]);
    }
    for (int i = 0; i < POC_LANGUAGES; i++) {
        complete = complete && out->in[i];
        if (!out->in[i] && !told)
            diag_error(d, area->file[language].source, m->at, "\"%.*s\" is missing in %s",
                       STRF(m->key), area->file[i].source->path);
    }
    return complete && !told;
}

static void check_key(struct diag *d, const struct area *area, const struct po_file *file,
                      const struct po_message *m)
{
    if (!is_snake_name(m->key))
        diag_error(d, file->source, m->at,
                   "\"%.*s\" is no key: small Latin letters, digits and underscores", STRF(m->key));
    else if (!str_starts(m->key, area->name) || m->key.n < area->name.n + 2 ||
             m->key.p[area->name.n] != '_')
        diag_error(d, file->source, m->at, "a key of this file must start with \"%.*s_\"",
                   STRF(area->name));
}

static void join_area(struct arena *a, struct diag *d, const struct area *area,
                      struct poc_catalogue *out)
{
    for (int language = 0; language < POC_LANGUAGES; language++) {
        const struct po_file *file = &area->file[language];
        check_header(d, file, language);
        for (size_t i = 0; i < file->n; i++) {
            struct poc_message joined;
            check_key(d, area, file, &file->v[i]);
            if (!find_in_all(d, area, language, &file->v[i], &joined))
                continue;
            bool ok = true;
            for (int other = 0; other < POC_LANGUAGES; other++) {
                ok = check_forms(d, &area->file[other], joined.in[other], other) && ok;
                if (joined.in[other]->plural != joined.plural) {
                    diag_error(d, area->file[other].source, joined.in[other]->at,
                               "\"%.*s\" is a plural in one language and not in another",
                               STRF(joined.key));
                    ok = false;
                }
            }
            if (ok) {
                check_placeholders(a, d, area, &joined);
                check_not_copied(d, area, &joined);
                ARENA_PUSH(a, *out, joined);
            }
        }
    }
}

static struct area *area_of(struct arena *a, struct area_list *areas, struct str name)
{
    for (size_t i = 0; i < areas->n; i++)
        if (str_eq(areas->v[i].name, name))
            return &areas->v[i];
    ARENA_PUSH(a, *areas, ((struct area){.name = name}));
    return &areas->v[areas->n - 1];
}

static int compare_key(const void *a, const void *b)
{
    return str_compare(((const struct poc_message *)a)->key, ((const struct poc_message *)b)->key);
}

/* Keys of area "case" could look like keys of area "case_x"; both starting with their area. */
static void refuse_doubles(struct diag *d, const struct poc_catalogue *catalogue,
                           const struct source *first)
{
    for (size_t i = 1; i < catalogue->n; i++)
        if (str_eq(catalogue->v[i - 1].key, catalogue->v[i].key))
            diag_file_error(d, first->path, "the key \"%.*s\" is defined in two areas",
                            STRF(catalogue->v[i].key));
}

void poc_join(struct arena *a, struct diag *d, const struct source_list *files,
              struct poc_catalogue *out)
{
    struct area_list areas = {0};
    *out = (struct poc_catalogue){0};
    for (size_t i = 0; i < files->n; i++) {
        struct po_file file;
        po_parse(a, d, &files->v[i], &file);
        int language = language_of(file.lang);
        if (language < 0) {
            diag_file_error(d, files->v[i].path, "languages are ky, ru and en: AREA.ky.po");
            continue;
        }
        struct area *area = area_of(a, &areas, file.area);
        if (area->file[language].source)
            diag_file_error(d, files->v[i].path, "two files of one area and language");
        area->file[language] = file;
    }
    for (size_t i = 0; i < areas.n; i++) {
        bool complete = true;
        for (int language = 0; language < POC_LANGUAGES; language++)
            if (!areas.v[i].file[language].source) {
                diag_file_error(d, arena_printf(a, "po/%.*s", STRF(areas.v[i].name)).p,
                                "the file %.*s.%.*s.po is missing", STRF(areas.v[i].name),
                                STRF(languages[language].code));
                complete = false;
            } else if (areas.v[i].file[language].broken) {
                complete = false; /* what is missing may be what could not be read */
            }
        if (complete)
            join_area(a, d, &areas.v[i], out);
    }
    if (out->n) {
        qsort(out->v, out->n, sizeof out->v[0], compare_key);
        refuse_doubles(d, out, &files->v[0]);
    }
}
