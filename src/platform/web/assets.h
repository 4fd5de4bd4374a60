/*
 * Styles, scripts and icons, compiled into the program by tools/embed and served under a name with
 * the hash of their bytes ("/assets/style-3f9c1d20a7.css"), so that browsers keep them for a year.
 */
#ifndef WEB_ASSETS_H
#define WEB_ASSETS_H

#include "platform/core/str.h"

struct asset {
    const char *name; /* "style.css" */
    const char *path; /* "/assets/style-3f9c1d20a7.css" */
    const char *type;
    const unsigned char *bytes, *bytes_end;
    const unsigned char *gzip, *gzip_end;
};
extern const struct asset assets[]; /* generated; ends with name NULL */

/* The address to put into a page. An unknown name is a bug. Static memory. */
const char *asset_url(const char *name);

#endif
