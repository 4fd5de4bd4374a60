/*
 * Reading one .po file: a catalogue of one area in one language. The parser knows the file format
 * (GNU gettext's manual, "The Format of PO Files") and this project's use of it: keys instead of
 * English text, named placeholders. What must hold between the files of an area is checked in
 * catalogue.c. tplc reads the English files with this parser to check the messages of templates.
 */
#ifndef TOOLS_POC_PO_H
#define TOOLS_POC_PO_H

#include "common/source.h"

enum { PO_MAX_FORMS = 4, PO_MAX_PLACEHOLDERS = 12 };

struct po_form {
    struct str text; /* escapes undone, braces as written */
    size_t at;       /* where its keyword stands */
};

/* The names in braces of one text, sorted, each once. Views into the text. */
struct po_placeholders {
    struct str v[PO_MAX_PLACEHOLDERS];
    size_t n;
};

struct po_message {
    struct str key;
    size_t at; /* where its msgid stands */
    bool plural;
    bool fuzzy;
    bool same; /* "#. same": may equal another language's text */
    int forms;
    struct po_form form[PO_MAX_FORMS];
};

struct po_file {
    const struct source *source;
    struct str area, lang; /* from the name AREA.LANG.po */
    struct po_message *v;
    size_t n, cap;
    bool broken;              /* a fault was added: messages may be missing here */
    struct po_message header; /* the entry with an empty msgid; its forms are 0 when missing */
};

/* Parses a file; adds a fault for everything malformed and goes on behind it. */
void po_parse(struct arena *a, struct diag *d, const struct source *source, struct po_file *out);
/* The value of a line "Name: value" of the header; NULL view when absent. */
struct str po_header(const struct po_file *file, struct str name);
/* Collects the placeholders of a form; adds a fault for bad braces and returns false. */
bool po_placeholders(struct diag *d, const struct po_file *file, const struct po_form *form,
                     struct po_placeholders *out);
bool po_placeholders_has(const struct po_placeholders *p, struct str name);
/* The message with that key, or NULL. */
const struct po_message *po_find(const struct po_file *file, struct str key);

#endif
