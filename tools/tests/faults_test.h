/*
 * Fault files: one file for each thing that a compiler refuses, with what it says about it.
 *
 *     === cases.sql
 *     -- query: case_list :many
 *     ...
 *     === expected
 *     cases.sql:1:1: error: ...
 *
 * The sections before "expected" are the input files (those named .po are passed with --po to
 * compilers other than poc). With AIMAK_REWRITE=1 in the environment the last section is written
 * anew: read the difference before you keep it.
 */
#ifndef TOOLS_TESTS_FAULTS_TEST_H
#define TOOLS_TESTS_FAULTS_TEST_H

#include "common/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The sections of a bundle, in order. */
void bundle_split(struct arena *a, struct str text, struct source_list *out);

/* A file below the source folder of the project. */
struct str file_read(struct arena *a, const char *path);

/* Runs a compiler on sources that are in memory; returns its diagnostics, in the arena. */
struct str compile_bundle(struct arena *a, tool_fn compile, const struct source_list *files,
                          struct output_list *out);

/* cmocka's main of a compiler's test: the given tests, and one for each file in
 * tools/tests/faults/NAME. */
int faults_main(const char *name, tool_fn compile, const struct CMUnitTest *tests, size_t n);

/* Compares the outputs with the files of tools/tests/golden; see AIMAK_REWRITE. */
void golden_check(const struct output_list *out);

#endif
