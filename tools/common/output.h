/*
 * Command line and output files of the build-time compilers.
 */
#ifndef TOOLS_COMMON_OUTPUT_H
#define TOOLS_COMMON_OUTPUT_H

#include "common/source.h"

/* A file to be written when no fault was found. */
struct output {
    struct str name; /* "cases_sql.h", inside the folder given with --out */
    struct str text;
};
struct output_list {
    struct output *v;
    size_t n, cap;
};

/* A compiler: turns the sources into outputs, or adds faults. Everything it makes is in `a`. */
struct tool_input {
    struct str slice;         /* --slice, else the last folder of --out */
    struct source_list files; /* the plain arguments, in their order */
    struct source_list po;    /* the arguments of --po */
};
typedef void (*tool_fn)(struct arena *a, struct diag *d, const struct tool_input *in,
                        struct output_list *out);

/* The main() of a compiler: reads `[--slice NAME] --out DIR [--po FILE]... FILE...`, runs it,
 * prints the faults to standard error, writes the outputs. A file whose text is the same keeps its
 * time, so that nothing is compiled again for it. Exit code: 0, 1 faults in the input, 2 wrong
 * usage. */
int tool_main(const char *name, tool_fn compile, int argc, char **argv);

#endif
