/*
 * Documents that people add to a record as evidence: a field of files becomes stored files. A
 * picture is written anew, without the camera's data; a PDF is kept as it is and only ever
 * downloaded, never shown inside a page.
 */
#ifndef FILES_EVIDENCE_H
#define FILES_EVIDENCE_H

#include "platform/files/files.h"
#include "platform/web/form.h"

#define EVIDENCE_ACCEPT "application/pdf,image/jpeg,image/png"
#define EVIDENCE_BYTES (10 << 20)

struct evidence {
    int64_t id;            /* made here, for the row */
    struct str file;       /* as file_put gave it */
    struct str name, type; /* for the download */
};
struct evidence_files {
    struct evidence *v;
    size_t n, cap;
};
/* Stores what was chosen in a FIELD_FILES of the form, before the transaction that names it.
 * ERR_INPUT with the fault beside the field when a file is neither PDF nor picture, or broken. */
MUST enum err evidence_take(struct req *r, struct form *form, int field,
                            struct evidence_files *out);

#endif
