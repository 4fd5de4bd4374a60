/*
 * From pieces to the tree of a template: statements, blocks, and the checks of messages. The static
 * text goes through html.c on the way, which says how each value must be written. See tplc.h.
 */
#include "tplc/html.h"

struct parser {
    struct arena *a;
    struct diag *d;
    const struct source *source;
    const struct catalogue *catalogue;
    struct template *out;
    struct html html;
    struct buf *text; /* static text since the last node */
    size_t at;        /* of the next piece */
    int depth;        /* blocks around this place */
    bool args_seen, output_seen, stop;
};

/* How a run of pieces ended. */
struct ending {
    enum { END_OF_FILE, END_ELSE, END_ELIF, END_EMPTY, END_BLOCK } kind;
    struct piece piece;
    struct str rest; /* behind the keyword */
};

static struct ending parse_body(struct parser *p, struct node_list *list);

static void fault(struct parser *p, size_t at, const char *what)
{
    diag_error(p->d, p->source, at, "%s", what);
}

static size_t offset_of(const struct parser *p, struct str part)
{
    return (size_t)(part.p - p->source->text.p);
}

/* Makes a node of the static text written so far. */
static void flush_text(struct parser *p, struct node_list *list)
{
    if (!p->text->n)
        return;
    struct node node = {.kind = NODE_TEXT, .at = p->at, .text = arena_str(p->a, buf_view(p->text))};
    ARENA_PUSH(p->a, *list, node);
    buf_clear(p->text);
    p->output_seen = true;
}

static void add_node(struct parser *p, struct node_list *list, struct node node)
{
    flush_text(p, list);
    ARENA_PUSH(p->a, *list, node);
    p->output_seen = true;
}

/* Is the piece the only thing in its line, which then disappears with it? */
static bool alone_in_line(const struct source *source, const struct piece *piece)
{
    struct str t = source->text;
    size_t before = piece->at, behind = piece->end;
    while (before > 0 && t.p[before - 1] != '\n')
        if (!is_blank(t.p[--before]))
            return false;
    while (behind < t.n && t.p[behind] != '\n')
        if (!is_blank(t.p[behind++]))
            return false;
    return true;
}

/* --- messages --- */

/* Letters to change, add or remove to get from one key to the other; at most 3, else 4. */
static size_t key_distance(struct str x, struct str y)
{
    size_t row[65], n = y.n;
    if (x.n > 64 || n > 64)
        return 4;
    for (size_t i = 0; i <= n; i++)
        row[i] = i;
    for (size_t i = 1; i <= x.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t k = 1; k <= n; k++) {
            size_t above = row[k], best = diagonal + (x.p[i - 1] != y.p[k - 1]);
            best = above + 1 < best ? above + 1 : best;
            best = row[k - 1] + 1 < best ? row[k - 1] + 1 : best;
            diagonal = above;
            row[k] = best;
        }
    }
    return row[n] < 4 ? row[n] : 4;
}

static void fault_unknown_key(struct parser *p, struct str key)
{
    struct str nearest = STR("");
    size_t distance = 4;
    for (size_t i = 0; i < p->catalogue->n && p->d->errors < 20; i++)
        for (size_t k = 0; k < p->catalogue->v[i].n; k++) {
            size_t found = key_distance(key, p->catalogue->v[i].v[k].key);
            if (found < distance) {
                distance = found;
                nearest = p->catalogue->v[i].v[k].key;
            }
        }
    if (nearest.n)
        diag_error(p->d, p->source, offset_of(p, key),
                   "no message \"%.*s\" in po/: did you mean \"%.*s\"?", STRF(key), STRF(nearest));
    else
        diag_error(p->d, p->source, offset_of(p, key),
                   "no message \"%.*s\" in po/: add it in all three languages", STRF(key));
}

static const struct po_message *find_message(const struct parser *p, struct str key,
                                             const struct po_file **file)
{
    for (size_t i = 0; i < p->catalogue->n; i++) {
        const struct po_message *m = po_find(&p->catalogue->v[i], key);
        if (m) {
            *file = &p->catalogue->v[i];
            return m;
        }
    }
    return NULL;
}

static bool has_argument(const struct argument_list *list, struct str name)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->v[i].name, name))
            return true;
    return false;
}

/* The arguments of a message against the placeholders of its English text. */
static void check_message(struct parser *p, struct str key, const struct argument_list *arguments)
{
    const struct po_file *file = NULL;
    const struct po_message *m = find_message(p, key, &file);
    struct po_placeholders wanted;
    if (!m) {
        fault_unknown_key(p, key);
        return;
    }
    if (!m->forms || !po_placeholders(p->d, file, &m->form[0], &wanted))
        return; /* poc reports it */
    for (size_t i = 0; i < wanted.n; i++)
        if (!has_argument(arguments, wanted.v[i]))
            diag_error(p->d, p->source, offset_of(p, key),
                       "the message \"%.*s\" needs %.*s=...: it says \"%.*s\"", STRF(key),
                       STRF(wanted.v[i]), STRF(m->form[0].text));
    for (size_t i = 0; i < arguments->n; i++)
        if (!po_placeholders_has(&wanted, arguments->v[i].name))
            diag_error(p->d, p->source, offset_of(p, arguments->v[i].name),
                       "the message \"%.*s\" has no placeholder {%.*s}: it says \"%.*s\"",
                       STRF(key), STRF(arguments->v[i].name), STRF(m->form[0].text));
}

static void parse_message(struct parser *p, const struct piece *piece, struct node_list *list)
{
    struct str rest = piece->inside, name, expression;
    struct node node = {.kind = NODE_MESSAGE, .at = piece->at};
    size_t n = 0;
    while (n < rest.n && is_name_char(rest.p[n]))
        n++;
    node.text = str_slice(rest, 0, n);
    rest = str_slice(rest, n, rest.n);
    if (!is_snake_name(node.text) || (rest.n && !is_blank(rest.p[0]))) {
        fault(p, piece->at, "expected {{t key}} or {{t key name=expression}}");
        return;
    }
    while (expression_next_argument(&rest, &name, &expression)) {
        struct message_argument argument = {name, expression};
        if (has_argument(&node.arguments, name))
            diag_error(p->d, p->source, offset_of(p, name), "\"%.*s\" is given twice", STRF(name));
        if (!expression.n)
            diag_error(p->d, p->source, offset_of(p, name), "the value of \"%.*s\" is missing",
                       STRF(name));
        else
            expression_check(p->d, p->source, expression);
        ARENA_PUSH(p->a, node.arguments, argument);
    }
    if (name.n)
        diag_error(p->d, p->source, offset_of(p, name), "expected name=expression");
    check_message(p, node.text, &node.arguments);
    if (html_before_value(&p->html, piece->at, true, &node.how))
        add_node(p, list, node);
}

/* --- statements --- */

static bool take_keyword(struct str *text, struct str *word)
{
    size_t n = 0;
    while (n < text->n && is_name_char(text->p[n]))
        n++;
    *word = str_slice(*text, 0, n);
    *text = str_trim(str_slice(*text, n, text->n));
    return n > 0;
}

static void parse_use(struct parser *p, const struct piece *piece, struct str rest)
{
    bool quoted = rest.n > 2 && rest.p[0] == '"' && literal_length(rest, 0) == rest.n;
    if (!quoted || str_find_char(rest, '\\') >= 0) {
        fault(p, piece->at, "expected {% use \"wing/slice/header.h\" %}");
        return;
    }
    ARENA_PUSH(p->a, p->out->uses, str_slice(rest, 1, rest.n - 2));
}

static void parse_args(struct parser *p, const struct piece *piece, struct str rest)
{
    bool balanced = rest.n && str_find_char(rest, ';') < 0 && str_find_char(rest, '{') < 0 &&
                    str_find_char(rest, '#') < 0;
    int depth = 0;
    for (size_t i = 0; balanced && i < rest.n; i++) {
        depth += rest.p[i] == '(';
        depth -= rest.p[i] == ')';
        balanced = depth >= 0;
    }
    if (p->args_seen)
        fault(p, piece->at, "{% args %} stands here for the second time");
    else if (p->output_seen || p->text->n || p->depth)
        fault(p, piece->at, "{% args %} must stand before all else");
    else if (!balanced || depth)
        fault(p, piece->at, "expected {% args const struct x *v, int64_t n %}");
    p->args_seen = true;
    p->out->args = rest;
    p->out->args_at = rest.n ? offset_of(p, rest) : piece->at;
}

/* name(arguments) */
static void parse_do(struct parser *p, const struct piece *piece, struct str rest,
                     struct node_list *list)
{
    size_t n = 0;
    while (n < rest.n && is_name_char(rest.p[n]))
        n++;
    struct node node = {.kind = NODE_DO, .at = piece->at, .name = str_slice(rest, 0, n)};
    bool call =
        n && is_name_start(rest.p[0]) && n < rest.n && rest.p[n] == '(' && str_ends(rest, STR(")"));
    if (!call) {
        fault(p, piece->at, "expected {% do name(arguments) %}: out and ui are passed in front");
        return;
    }
    if (!expression_check(p->d, p->source, str_slice(rest, n, rest.n)))
        return;
    node.text = str_trim(str_slice(rest, n + 1, rest.n - n - 2));
    if (html_before_component(&p->html, piece->at))
        add_node(p, list, node);
}

/* type name = expression */
static void parse_set(struct parser *p, const struct piece *piece, struct str rest,
                      struct node_list *list)
{
    ptrdiff_t sign = str_find_char(rest, '=');
    struct str left = sign > 0 ? str_trim(str_slice(rest, 0, (size_t)sign)) : STR("");
    struct str right = sign > 0 ? str_trim(str_slice(rest, (size_t)sign + 1, rest.n)) : STR("");
    size_t name = left.n;
    while (name > 0 && is_name_char(left.p[name - 1]))
        name--;
    if (name == 0 || name == left.n || !is_name_start(left.p[name]) || !right.n) {
        fault(p, piece->at, "expected {% set type name = expression %}");
        return;
    }
    if (expression_check(p->d, p->source, left) && expression_check(p->d, p->source, right))
        add_node(p, list, (struct node){.kind = NODE_SET, .at = piece->at, .text = rest});
}

/* The pieces of one branch; `html` is left as it is behind the branch. */
static struct ending parse_branch(struct parser *p, struct node *node, struct str condition,
                                  size_t at, const struct html *start)
{
    struct branch branch = {.condition = condition, .at = at};
    p->html = *start;
    p->depth++;
    struct ending end = parse_body(p, &branch.body);
    p->depth--;
    if (end.kind != END_OF_FILE)
        html_end_branch(&p->html, start, end.piece.at);
    flush_text(p, &branch.body);
    ARENA_PUSH(p->a, node->branches, branch);
    return end;
}

static void unclosed(struct parser *p, const struct piece *piece, const char *what)
{
    if (!p->stop)
        diag_error(p->d, p->source, piece->at, "{%% %s %%} without {%% end %%}", what);
    p->stop = true;
}

/* What holds behind a block: as the branches say, and outside of its floor again. */
static void leave_block(struct parser *p, const struct html *merged, const struct html *before,
                        const struct ending *end)
{
    p->html = *merged;
    p->html.floor = before->floor;
    if (end->kind == END_BLOCK)
        html_before_block(&p->html, end->piece.at, alone_in_line(p->source, &end->piece));
}

static void parse_if(struct parser *p, const struct piece *piece, struct str condition,
                     struct node_list *list)
{
    struct node node = {.kind = NODE_IF, .at = piece->at};
    struct html before = p->html, start = before, merged;
    struct ending end;
    bool has_else = false;
    size_t at = piece->at;
    start.floor = start.open;
    flush_text(p, list);
    for (;;) {
        if (!has_else)
            expression_check(p->d, p->source, condition);
        end = parse_branch(p, &node, has_else ? STR_NULL : condition, at, &start);
        if (node.branches.n > 1)
            html_merge(&p->html, &merged, &start);
        merged = p->html;
        at = end.piece.at;
        if (has_else && (end.kind == END_ELSE || end.kind == END_ELIF))
            fault(p, at, "this stands behind {% else %}");
        if (end.kind == END_ELIF)
            condition = end.rest;
        else if (end.kind == END_ELSE)
            has_else = true;
        else
            break;
    }
    if (end.kind == END_EMPTY)
        fault(p, at, "{% empty %} belongs to {% for %}: here {% else %}");
    if (end.kind == END_OF_FILE)
        unclosed(p, piece, "if");
    if (!has_else)
        html_merge(&merged, &start, &start);
    leave_block(p, &merged, &before, &end);
    add_node(p, list, node);
}

static void parse_for(struct parser *p, const struct piece *piece, struct str rest,
                      struct node_list *list)
{
    struct node node = {.kind = NODE_FOR, .at = piece->at};
    struct html before = p->html, start = before, merged;
    struct str in;
    bool good = take_keyword(&rest, &node.name) && take_keyword(&rest, &in) &&
                str_eq(in, STR("in")) && is_name_start(node.name.p[0]) && !is_c_keyword(node.name);
    if (!good)
        fault(p, piece->at, "expected {% for name in list %}");
    else
        expression_check(p->d, p->source, rest);
    node.text = rest;
    flush_text(p, list);
    start.floor = start.open;
    /* The second round begins where the first one ended. */
    if (start.state == HTML_IN_TAG)
        start.state = HTML_AFTER_VALUE;
    if (start.state == HTML_VALUE && start.position == POSITION_START)
        start.position = POSITION_MIXED;
    struct ending end = parse_branch(p, &node, STR_NULL, piece->at, &start);
    merged = p->html;
    if (end.kind == END_EMPTY) {
        size_t at = end.piece.at;
        end = parse_branch(p, &node, STR_NULL, at, &start);
        html_merge(&merged, &p->html, &start);
    } else {
        html_merge(&merged, &start, &start);
    }
    if (end.kind == END_OF_FILE)
        unclosed(p, piece, "for");
    else if (end.kind != END_BLOCK)
        fault(p, end.piece.at,
              "expected {% end %} here: {% for %} has {% empty %} once, and no else");
    leave_block(p, &merged, &before, &end);
    add_node(p, list, node);
}

/* A keyword that ends the present branch. */
static bool is_ending(struct str word, struct ending *end)
{
    static const struct str words[] = {[END_ELSE] = STRI("else"),
                                       [END_ELIF] = STRI("elif"),
                                       [END_EMPTY] = STRI("empty"),
                                       [END_BLOCK] = STRI("end")};
    for (int i = END_ELSE; i <= END_BLOCK; i++)
        if (str_eq(word, words[i])) {
            end->kind = i;
            return true;
        }
    return false;
}

/* True when the statement ends the body that is being read. */
static bool parse_statement(struct parser *p, const struct piece *piece, struct node_list *list,
                            struct ending *end)
{
    struct str rest = piece->inside, word;
    take_keyword(&rest, &word);
    bool component = str_eq(word, STR("do"));
    if (!component)
        html_before_block(&p->html, piece->at, alone_in_line(p->source, piece));
    if (is_ending(word, end)) {
        end->piece = *piece;
        end->rest = rest;
        if (end->kind != END_ELIF && rest.n)
            diag_error(p->d, p->source, offset_of(p, rest), "nothing may stand behind \"%.*s\"",
                       STRF(word));
        if (p->depth)
            return true;
        diag_error(p->d, p->source, piece->at, "{%% %.*s %%} without a block before it",
                   STRF(word));
        return false;
    }
    bool block = str_eq(word, STR("if")) || str_eq(word, STR("for"));
    if (block && p->depth == TPL_MAX_DEPTH) {
        if (!p->stop)
            fault(p, piece->at, "too many blocks in blocks");
        p->stop = true;
    } else if (component)
        parse_do(p, piece, rest, list);
    else if (str_eq(word, STR("if")))
        parse_if(p, piece, rest, list);
    else if (str_eq(word, STR("for")))
        parse_for(p, piece, rest, list);
    else if (str_eq(word, STR("set")))
        parse_set(p, piece, rest, list);
    else if (str_eq(word, STR("use")))
        parse_use(p, piece, rest);
    else if (str_eq(word, STR("args")))
        parse_args(p, piece, rest);
    else
        fault(p, piece->at, "expected use, args, if, elif, else, for, empty, end, do or set");
    return false;
}

static void parse_value(struct parser *p, const struct piece *piece, struct node_list *list)
{
    struct node node = {.kind = NODE_PUT, .at = piece->at, .text = piece->inside};
    bool good = expression_check(p->d, p->source, piece->inside);
    if (html_before_value(&p->html, piece->at, false, &node.how) && good)
        add_node(p, list, node);
}

static struct ending parse_body(struct parser *p, struct node_list *list)
{
    struct ending end = {.kind = END_OF_FILE};
    struct piece piece;
    while (!p->stop) {
        if (!scan_piece(p->d, p->source, p->at, &piece)) {
            p->stop = true;
            break;
        }
        p->at = piece.end;
        bool ended = false;
        switch (piece.kind) {
        case PIECE_TEXT:
            html_text_piece(&p->html, piece.inside);
            break;
        case PIECE_VALUE:
            parse_value(p, &piece, list);
            break;
        case PIECE_MESSAGE:
            parse_message(p, &piece, list);
            break;
        case PIECE_STATEMENT:
            ended = parse_statement(p, &piece, list, &end);
            break;
        case PIECE_COMMENT:
            html_before_block(&p->html, piece.at, alone_in_line(p->source, &piece));
            break;
        case PIECE_END:
            ended = true;
            break;
        }
        if (ended)
            break;
    }
    return end;
}

bool template_parse(struct arena *a, struct diag *d, const struct source *source,
                    const struct catalogue *catalogue, struct template *out)
{
    int before = d->errors;
    struct parser p = {.a = a, .d = d, .source = source, .catalogue = catalogue, .out = out};
    struct str name = path_name(source->path);
    *out = (struct template){.source = source, .args = STR("")};
    out->name = str_slice(name, 0, str_ends(name, STR(".html")) ? name.n - 5 : 0);
    if (!is_snake_name(out->name))
        diag_file_error(d, source->path,
                        "a template is named NAME.html, in small letters, digits and underscores");
    p.text = buf_in(a);
    html_begin(&p.html, a, d, source, p.text);
    parse_body(&p, &out->body);
    flush_text(&p, &out->body);
    if (!p.stop)
        html_end(&p.html);
    return d->errors == before;
}
