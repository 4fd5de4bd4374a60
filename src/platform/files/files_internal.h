/* Shared inside the files room. */
#ifndef FILES_INTERNAL_H
#define FILES_INTERNAL_H

#include "platform/files/files.h"

/* 64 lower-case hex digits: the name of a finished file. */
bool file_id_valid(struct str id);

#endif
