/*
 * For tests: makes pictures in all three formats, with a given orientation, and takes JPEGs apart
 * again. Made with the libraries directly, so that tests do not believe the code they test.
 */
#ifndef FORMATS_IMAGE_SAMPLES_H
#define FORMATS_IMAGE_SAMPLES_H

#include "platform/formats/image_codec.h"

/* Four fields: red green / blue white. */
struct raster sample_fields(struct arena *a, int width, int height);
/* A TIFF block with this orientation and a made-up camera name SAMPLE_SECRET. */
#define SAMPLE_SECRET "GPS42.8746N"
struct str sample_exif(struct arena *a, int orientation, bool big_endian);

/* `exif` NULL view: none. */
struct str sample_jpeg(struct arena *a, const struct raster *r, struct str exif);
struct str sample_jpeg_of_many_scans(struct arena *a, const struct raster *r);
/* One colour in CMYK, as Photoshop stores it (inverted, with its marker). */
struct str sample_jpeg_cmyk(struct arena *a, int side, const unsigned char cmyk[4]);

enum sample_png { SAMPLE_RGB, SAMPLE_RGBA_CLEAR, SAMPLE_INTERLACED, SAMPLE_DEEP, SAMPLE_PALETTE };
struct str sample_png(struct arena *a, const struct raster *r, enum sample_png kind,
                      struct str exif);
/* An all-black 1-bit picture of any size: some kilobytes for millions of pixels. */
struct str sample_png_black(struct arena *a, unsigned width, unsigned height, bool interlaced);
/* Only signature, IHDR and an empty IDAT. */
struct str sample_png_header(struct arena *a, unsigned width, unsigned height);

struct str sample_webp(struct arena *a, const struct raster *r, bool lossless, struct str exif);

/* Decodes at full size, without any turning. */
struct raster sample_decode_jpeg(struct arena *a, struct str jpeg);

#endif
