/*
 * Between image.c and the files that include one picture library each. Decoders hand rows of
 * 8-bit RGB to a scaler, which keeps only the picture that comes out.
 */
#ifndef FORMATS_IMAGE_CODEC_H
#define FORMATS_IMAGE_CODEC_H

#include "platform/formats/image.h"

struct raster {
    int width, height;
    unsigned char *rgb; /* width * 3 bytes a row, no gaps */
};

/* Area average, row by row: every source pixel counts with the share of the target pixel that it
 * covers. Integers only, so the result is the same everywhere. */
struct scaler {
    int width, height; /* of the source */
    int rows;          /* received */
    struct raster to;
    uint32_t *line; /* one row averaged across, 8.8 fixed point */
    uint32_t *sum;  /* rows added up, weighted */
    int to_row;
};

/* Are these dimensions within bounds? To be asked before anything is allocated for pixels. */
enum image_fault image_check_size(int64_t width, int64_t height);
/* The size within max_side, never enlarged, at least 1 x 1. */
void image_fit(int width, int height, int max_side, int *to_width, int *to_height);

void scaler_begin(struct scaler *s, struct arena *a, int width, int height, int max_side);
void scaler_row(struct scaler *s, const unsigned char *rgb);
/* True when all rows came. */
bool scaler_complete(const struct scaler *s);

/* Puts pixels on white paper: `n` pixels of RGBA (not premultiplied) to RGB. */
void image_on_white(unsigned char *rgb, const unsigned char *rgba, int n);

/* The orientation 1-8 of an EXIF block (TIFF structure, without "Exif\0\0"); 1 when unsaid. */
int exif_orientation(struct str exif);

/* Each decodes into `s` (begun by it) and finds the orientation. Temporaries in `a`. */
enum image_fault image_read_jpeg(struct arena *a, struct str file, struct scaler *s,
                                 int *orientation);
enum image_fault image_read_png(struct arena *a, struct str file, struct scaler *s,
                                int *orientation);
enum image_fault image_read_webp(struct arena *a, struct str file, struct scaler *s,
                                 int *orientation);

/* Baseline-compatible colour JPEG, progressive, 4:2:0. The result is in `a`. */
struct str image_write_jpeg(struct arena *a, const struct raster *r, int quality);

#endif
