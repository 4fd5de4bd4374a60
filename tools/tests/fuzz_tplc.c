/*
 * Fuzzing the compiler of templates: any text gives faults or two outputs. In a template that is
 * taken, no value stands where its rule would not hold: the static text around it is followed a
 * second time, by a few lines that know nothing of the compiler's own state.
 */
#include "platform/core/utf8.h"
#include "tplc/tplc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char catalogue_text[] =
    "msgid \"\"\nmsgstr \"Language: en\\n\"\n\nmsgid \"a_b\"\nmsgstr \"b\"\n\n"
    "msgid \"a_c\"\nmsgstr \"{x} {n}\"\n";

/* Inside of double quotes of a tag, inside of a tag, or in text: enough to place a value. */
enum place { IN_TEXT, IN_TAG, IN_QUOTES, IN_SINGLE_QUOTES };

static enum place walk_text(enum place place, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (place == IN_TEXT)
            place = c == '<' ? IN_TAG : IN_TEXT;
        else if (place == IN_TAG)
            place = c == '"'    ? IN_QUOTES
                    : c == '\'' ? IN_SINGLE_QUOTES
                    : c == '>'  ? IN_TEXT
                                : IN_TAG;
        else if (c == (place == IN_QUOTES ? '"' : '\''))
            place = IN_TAG;
    }
    return place;
}

/* Every branch begins in the place of its block and ends there. */
static enum place walk(enum place place, const struct node_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct node *node = &list->v[i];
        switch (node->kind) {
        case NODE_TEXT:
            place = walk_text(place, node->text);
            break;
        case NODE_PUT:
        case NODE_MESSAGE:
            INVARIANT(place == IN_TEXT || place == IN_QUOTES);
            INVARIANT(node->kind == NODE_MESSAGE || node->how != PUT_HTML || place == IN_TEXT);
            break;
        case NODE_DO:
            INVARIANT(place == IN_TEXT);
            break;
        case NODE_IF:
        case NODE_FOR:
            for (size_t k = 0; k < node->branches.n; k++)
                INVARIANT(walk(place, &node->branches.v[k].body) == place);
            break;
        case NODE_SET:
            break;
        }
    }
    return place;
}

static void check(struct arena *a, const struct source *source, const struct source *po)
{
    struct diag d = {BUF_EMPTY, 0};
    struct catalogue catalogue = {0};
    struct po_file file;
    struct template t;
    po_parse(a, &d, po, &file);
    ARENA_PUSH(a, catalogue, file);
    if (template_parse(a, &d, source, &catalogue, &t))
        INVARIANT(walk(IN_TEXT, &t.body) == IN_TEXT);
    buf_free(&d.text);
}

static void compile(struct arena *a, const struct source *source, const struct source *po)
{
    struct diag d = {BUF_EMPTY, 0};
    struct tool_input in = {.slice = STR("fuzz")};
    struct output_list out = {0};
    ARENA_PUSH(a, in.files, *source);
    ARENA_PUSH(a, in.po, *po);
    tplc_compile(a, &d, &in, &out);
    INVARIANT(d.errors ? out.n == 0 && utf8_is_text(buf_view(&d.text)) : out.n == 2);
    buf_free(&d.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct diag d = {BUF_EMPTY, 0};
    struct source po = {"po/a.en.po", {catalogue_text, sizeof(catalogue_text) - 1}};
    struct source source = {"fuzz.html", arena_str(a, str_of((const char *)data, size))};
    if (source.text.p && source_check(&d, &source)) {
        check(a, &source, &po);
        compile(a, &source, &po);
    }
    buf_free(&d.text);
    arena_free(a);
    return 0;
}
