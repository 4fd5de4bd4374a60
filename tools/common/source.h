/*
 * What the three build-time compilers share: source files with positions, a list of diagnostics,
 * and the writing of C text. One arena lives as long as the program.
 */
#ifndef TOOLS_COMMON_SOURCE_H
#define TOOLS_COMMON_SOURCE_H

#include "platform/core/buf.h"

/* A whole input file. `path` is printed in diagnostics as it was given. */
struct source {
    const char *path;
    struct str text;
};
struct source_list {
    struct source *v;
    size_t n, cap;
};

/* Faults found so far, as text ready to print. All faults of a run are reported, not the first. */
struct diag {
    struct buf text;
    int errors;
};

/* Adds "path:line:column: error: ..." for the byte at `offset`. Columns count characters, as an
 * editor does. More than 50 faults are counted but not listed. */
void diag_error(struct diag *d, const struct source *s, size_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A fault of a file as a whole, or of the command line: "where: error: ...". */
void diag_file_error(struct diag *d, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Line of a byte, from 1. */
int source_line(const struct source *s, size_t offset);

/* Reads a file and checks that it is UTF-8 text; adds a fault and returns false otherwise. */
bool source_read(struct arena *a, struct diag *d, const char *path, struct source *out);
/* The same check for a text that is in memory already. */
bool source_check(struct diag *d, const struct source *s);

/* The last part of a path, without its folders. */
struct str path_name(const char *path);

/* ASCII letters, digits, underscore; independent of any locale. */
bool is_name_start(char c);
bool is_name_char(char c);
bool is_blank(char c); /* space, tab, LF, CR */
bool is_digit(char c);
/* [a-z][a-z0-9_]* : names that become parts of C names. */
bool is_snake_name(struct str s);
/* A keyword of C, which cannot name a struct member. */
bool is_c_keyword(struct str s);

/* Appends the text as one C string literal, quotes included. */
void emit_c_string(struct buf *out, struct str text);
/* Appends the text as literals of about one source line each, every one on a line of its own that
 * starts with `indent` blanks; breaks after line ends, else at blanks. */
void emit_c_lines(struct buf *out, struct str text, int indent);

#endif
