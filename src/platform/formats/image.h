/*
 * Photos from strangers: decoded, turned upright, stripped of all metadata, and written anew as
 * JPEG in two sizes. What comes out holds pixels and nothing else: no position, no camera, no
 * appended file.
 *
 * JPEG, PNG and WebP are known by their bytes, never by name or declared type. Sizes are checked
 * before memory is taken for pixels; rows are scaled while they are decoded, so a photo of 40
 * megapixels needs some megabytes (an interlaced PNG, a progressive JPEG or a WebP needs the whole
 * picture: up to 160 MB). Therefore at most two pictures are worked on at once in the process;
 * further callers wait. The same input gives the same output bytes on one machine and library.
 *
 * Colours: transparency becomes white; CMYK is converted plainly; embedded colour profiles are
 * dropped, not applied.
 */
#ifndef FORMATS_IMAGE_H
#define FORMATS_IMAGE_H

#include "platform/core/buf.h"

#define IMAGE_MAX_BYTES ((size_t)10 << 20)
#define IMAGE_MAX_PIXELS 40000000
#define IMAGE_MAX_SIDE 12000
#define IMAGE_LARGE_SIDE 1600
#define IMAGE_SMALL_SIDE 400

enum image_kind { IMAGE_UNKNOWN, IMAGE_JPEG, IMAGE_PNG, IMAGE_WEBP };

/* Why a file was refused, for the message beside the field. */
enum image_fault {
    IMAGE_FINE,
    IMAGE_NOT_A_PHOTO,     /* none of the three formats */
    IMAGE_FILE_TOO_BIG,    /* over 10 MB */
    IMAGE_TOO_MANY_PIXELS, /* over 40 megapixels or 12,000 pixels a side */
    IMAGE_BROKEN,          /* truncated or damaged */
    IMAGE_MOVING,          /* an animation */
};
const char *image_fault_name(enum image_fault f); /* "too_many_pixels", for logs */

struct image_size {
    struct str jpeg; /* in the arena */
    int width, height;
};
struct image_pair {
    enum image_kind from;
    struct image_size large; /* longer side at most 1,600; never enlarged */
    struct image_size small; /* longer side at most 400 */
};

/* By the first bytes. */
enum image_kind image_sniff(struct str file);

/* ERR_INPUT with *fault set for anything wrong with the file. Slow (a tenth of a second): call it
 * outside of a transaction. Thread-safe. */
MUST enum err image_convert(struct arena *a, struct str file, struct image_pair *out,
                            enum image_fault *fault);

#endif
