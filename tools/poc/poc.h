/*
 * The compiler of message catalogues: po/AREA.{ky,ru,en}.po -> messages.h, messages.c.
 */
#ifndef TOOLS_POC_POC_H
#define TOOLS_POC_POC_H

#include "common/output.h"
#include "poc/po.h"

enum { POC_KY, POC_RU, POC_EN, POC_LANGUAGES };

/* One message in all languages; nothing is missing. */
struct poc_message {
    struct str key;
    bool plural, placeholders;
    const struct po_message *in[POC_LANGUAGES];
};
struct poc_catalogue {
    struct poc_message *v; /* sorted by key */
    size_t n, cap;
};

/* Checks all that must hold between the files, and joins them. */
void poc_join(struct arena *a, struct diag *d, const struct source_list *files,
              struct poc_catalogue *out);
/* The text of messages.h and of messages.c. */
void poc_emit_header(struct buf *out, const struct poc_catalogue *catalogue);
void poc_emit_table(struct buf *out, const struct poc_catalogue *catalogue);
/* The whole compiler (tool_fn). */
void poc_compile(struct arena *a, struct diag *d, const struct tool_input *in,
                 struct output_list *out);

#endif
