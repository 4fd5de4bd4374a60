/* Pictures for tests; see image_samples.h. Errors end the test by abort. */
#include "platform/formats/image_samples.h"

#include <stdio.h>

#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>
#include <zlib.h>

struct raster sample_fields(struct arena *a, int width, int height)
{
    static const unsigned char colours[4][3] = {
        {220, 20, 20}, {20, 200, 20}, {20, 20, 220}, {250, 250, 250}};
    struct raster r = {.width = width, .height = height};
    r.rgb = arena_array(a, (size_t)width * 3, (size_t)height);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            memcpy(r.rgb + ((size_t)y * (size_t)width + (size_t)x) * 3,
                   colours[(y >= height / 2) * 2 + (x >= width / 2)], 3);
    return r;
}

static void put16(struct buf *b, bool big, unsigned v)
{
    buf_char(b, (char)(big ? v >> 8 : v));
    buf_char(b, (char)(big ? v : v >> 8));
}

static void put32(struct buf *b, bool big, unsigned v)
{
    put16(b, big, big ? v >> 16 : v & 0xFFFF);
    put16(b, big, big ? v & 0xFFFF : v >> 16);
}

struct str sample_exif(struct arena *a, int orientation, bool big)
{
    struct buf *b = buf_in(a);
    buf_cstr(b, big ? "MM" : "II");
    put16(b, big, 42);
    put32(b, big, 8);
    put16(b, big, 2); /* entries */
    put16(b, big, 0x010F);
    put16(b, big, 2);
    put32(b, big, (unsigned)sizeof SAMPLE_SECRET);
    put32(b, big, 38);
    put16(b, big, 0x0112);
    put16(b, big, 3);
    put32(b, big, 1);
    put16(b, big, (unsigned)orientation);
    put16(b, big, 0);
    put32(b, big, 0);
    buf_put(b, SAMPLE_SECRET, sizeof SAMPLE_SECRET);
    return buf_view(b);
}

/* --- JPEG --- */

static struct str finish_jpeg(struct arena *a, struct jpeg_compress_struct *info,
                              const unsigned char *rows, int row_bytes, unsigned char **bytes,
                              unsigned long *length)
{
    while (info->next_scanline < info->image_height) {
        unsigned char *row =
            (unsigned char *)(uintptr_t)rows + (size_t)info->next_scanline * (size_t)row_bytes;
        jpeg_write_scanlines(info, &row, 1);
    }
    jpeg_finish_compress(info);
    jpeg_destroy_compress(info);
    struct str out = arena_str(a, str_of((const char *)*bytes, *length));
    free(*bytes);
    return out;
}

struct str sample_jpeg(struct arena *a, const struct raster *r, struct str exif)
{
    struct jpeg_compress_struct info = {0};
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long length = 0;
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &bytes, &length);
    info.image_width = (unsigned)r->width;
    info.image_height = (unsigned)r->height;
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_start_compress(&info, TRUE);
    if (exif.p) {
        struct buf *marker = buf_in(a);
        buf_put(marker, "Exif\0\0", 6);
        buf_str(marker, exif);
        jpeg_write_marker(&info, JPEG_APP0 + 1, (const unsigned char *)marker->p,
                          (unsigned)marker->n);
        jpeg_write_marker(&info, JPEG_COM, (const unsigned char *)SAMPLE_SECRET,
                          (unsigned)strlen(SAMPLE_SECRET));
    }
    return finish_jpeg(a, &info, r->rgb, r->width * 3, &bytes, &length);
}

struct str sample_jpeg_of_many_scans(struct arena *a, const struct raster *r)
{
    static jpeg_scan_info scans[1 + 3 * 63];
    int n = 0;
    scans[n++] = (jpeg_scan_info){.comps_in_scan = 3, .component_index = {0, 1, 2}};
    for (int component = 0; component < 3; component++)
        for (int k = 1; k < 64; k++)
            scans[n++] = (jpeg_scan_info){
                .comps_in_scan = 1, .component_index = {component}, .Ss = k, .Se = k};
    struct jpeg_compress_struct info = {0};
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long length = 0;
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &bytes, &length);
    info.image_width = (unsigned)r->width;
    info.image_height = (unsigned)r->height;
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    info.scan_info = scans;
    info.num_scans = n;
    jpeg_start_compress(&info, TRUE);
    return finish_jpeg(a, &info, r->rgb, r->width * 3, &bytes, &length);
}

struct str sample_jpeg_cmyk(struct arena *a, int side, const unsigned char cmyk[4])
{
    struct jpeg_compress_struct info = {0};
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long length = 0;
    unsigned char *pixels = arena_array(a, (size_t)side * (size_t)side, 4);
    for (int i = 0; i < side * side * 4; i++)
        pixels[i] = (unsigned char)(255 - cmyk[i % 4]);
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &bytes, &length);
    info.image_width = info.image_height = (unsigned)side;
    info.input_components = 4;
    info.in_color_space = JCS_CMYK;
    jpeg_set_defaults(&info); /* writes the Adobe marker for CMYK */
    jpeg_start_compress(&info, TRUE);
    return finish_jpeg(a, &info, pixels, side * 4, &bytes, &length);
}

struct raster sample_decode_jpeg(struct arena *a, struct str jpeg)
{
    struct jpeg_decompress_struct info = {0};
    struct jpeg_error_mgr errors;
    info.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, (const unsigned char *)jpeg.p, jpeg.n);
    jpeg_read_header(&info, TRUE);
    info.out_color_space = JCS_RGB;
    jpeg_start_decompress(&info);
    struct raster r = {.width = (int)info.output_width, .height = (int)info.output_height};
    r.rgb = arena_array(a, (size_t)r.width * 3, (size_t)r.height);
    while (info.output_scanline < info.output_height) {
        unsigned char *row = r.rgb + (size_t)info.output_scanline * (size_t)r.width * 3;
        jpeg_read_scanlines(&info, &row, 1);
    }
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
    return r;
}

/* --- PNG --- */

static void png_out(png_structp png, png_bytep bytes, size_t n)
{
    buf_put(png_get_io_ptr(png), bytes, n);
}

static void png_flush_nothing(png_structp png)
{
    (void)png;
}

struct png_out {
    png_structp png;
    png_infop info;
    struct buf *out;
};

static struct png_out png_begin(struct arena *a)
{
    struct png_out p = {.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL),
                        .out = buf_in(a)};
    INVARIANT(p.png);
    p.info = png_create_info_struct(p.png);
    png_set_user_limits(p.png, 0x7FFFFFFF, 0x7FFFFFFF);
    png_set_write_fn(p.png, p.out, png_out, png_flush_nothing);
    return p;
}

static struct str png_finish(struct png_out *p)
{
    png_write_end(p->png, p->info);
    png_destroy_write_struct(&p->png, &p->info);
    return buf_view(p->out);
}

/* One pixel of the raster in the layout of the kind; returns its bytes. */
static size_t put_pixel(unsigned char *out, const unsigned char *rgb, enum sample_png kind)
{
    switch (kind) {
    case SAMPLE_RGBA_CLEAR:
        memcpy(out, rgb, 3);
        out[3] = 0;
        return 4;
    case SAMPLE_DEEP:
        for (int i = 0; i < 3; i++)
            out[2 * i] = out[2 * i + 1] = rgb[i];
        return 6;
    case SAMPLE_PALETTE:
        out[0] = (unsigned char)(rgb[0] > 240 ? 3 : rgb[0] > 128 ? 0 : rgb[1] > 128 ? 1 : 2);
        return 1;
    default:
        memcpy(out, rgb, 3);
        return 3;
    }
}

struct str sample_png(struct arena *a, const struct raster *r, enum sample_png kind,
                      struct str exif)
{
    static const png_color palette[4] = {
        {220, 20, 20}, {20, 200, 20}, {20, 20, 220}, {250, 250, 250}};
    struct png_out p = png_begin(a);
    int type = kind == SAMPLE_RGBA_CLEAR ? PNG_COLOR_TYPE_RGB_ALPHA
               : kind == SAMPLE_PALETTE  ? PNG_COLOR_TYPE_PALETTE
                                         : PNG_COLOR_TYPE_RGB;
    png_set_IHDR(p.png, p.info, (unsigned)r->width, (unsigned)r->height,
                 kind == SAMPLE_DEEP ? 16 : 8, type,
                 kind == SAMPLE_INTERLACED ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (kind == SAMPLE_PALETTE)
        png_set_PLTE(p.png, p.info, palette, 4);
    if (exif.p)
        png_set_eXIf_1(p.png, p.info, (unsigned)exif.n, (unsigned char *)(uintptr_t)exif.p);
    png_write_info(p.png, p.info);
    unsigned char **rows = ARENA_ARRAY(a, unsigned char *, (size_t)r->height);
    for (int y = 0; y < r->height; y++) {
        rows[y] = arena_array(a, (size_t)r->width, 6);
        size_t at = 0;
        for (int x = 0; x < r->width; x++)
            at += put_pixel(rows[y] + at, r->rgb + ((size_t)y * (size_t)r->width + (size_t)x) * 3,
                            kind);
    }
    png_write_image(p.png, rows);
    return png_finish(&p);
}

struct str sample_png_black(struct arena *a, unsigned width, unsigned height, bool interlaced)
{
    struct png_out p = png_begin(a);
    png_set_IHDR(p.png, p.info, width, height, 1, PNG_COLOR_TYPE_GRAY,
                 interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(p.png, p.info);
    unsigned char *row = arena_alloc(a, width / 8 + 1);
    int passes = png_set_interlace_handling(p.png);
    for (int pass = 0; pass < passes; pass++)
        for (unsigned y = 0; y < height; y++)
            png_write_row(p.png, row);
    return png_finish(&p);
}

struct str sample_png_header(struct arena *a, unsigned width, unsigned height)
{
    struct str whole = sample_png_black(a, 1, 1, false);
    struct buf *b = buf_in(a);
    buf_str(b, whole);
    unsigned char *p = (unsigned char *)b->p + 16; /* width and height of IHDR */
    for (int i = 0; i < 4; i++) {
        p[i] = (unsigned char)(width >> (24 - 8 * i));
        p[4 + i] = (unsigned char)(height >> (24 - 8 * i));
    }
    unsigned long crc = crc32(0, (const unsigned char *)b->p + 12, 17);
    for (int i = 0; i < 4; i++)
        p[13 + i] = (unsigned char)(crc >> (24 - 8 * i));
    return buf_view(b);
}

/* --- WebP --- */

static void put_chunk(struct buf *b, const char *name, const void *bytes, size_t n)
{
    buf_put(b, name, 4);
    put32(b, false, (unsigned)n);
    buf_put(b, bytes, n);
    if (n & 1)
        buf_char(b, '\0');
}

struct str sample_webp(struct arena *a, const struct raster *r, bool lossless, struct str exif)
{
    uint8_t *bytes = NULL;
    size_t n = lossless ? WebPEncodeLosslessRGB(r->rgb, r->width, r->height, r->width * 3, &bytes)
                        : WebPEncodeRGB(r->rgb, r->width, r->height, r->width * 3, 90, &bytes);
    INVARIANT(n > 20);
    struct buf *b = buf_in(a);
    if (!exif.p) {
        buf_put(b, bytes, n);
    } else {
        unsigned char header[10] = {0x08}; /* has EXIF */
        for (int i = 0; i < 3; i++) {
            header[4 + i] = (unsigned char)((r->width - 1) >> (8 * i));
            header[7 + i] = (unsigned char)((r->height - 1) >> (8 * i));
        }
        struct buf *chunks = buf_in(a);
        buf_cstr(chunks, "WEBP");
        put_chunk(chunks, "VP8X", header, sizeof header);
        buf_put(chunks, bytes + 12, n - 12);
        put_chunk(chunks, "EXIF", exif.p, exif.n);
        put_chunk(b, "RIFF", chunks->p, chunks->n);
    }
    WebPFree(bytes);
    return buf_view(b);
}
