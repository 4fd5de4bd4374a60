/*
 * The one file that includes libjpeg-turbo.
 *
 * The library reports errors by a callback that must not return, so each call sequence runs behind
 * one setjmp, and everything that changes after it lives in a struct, never in a local variable.
 * Photos far over the target are decoded at 1/2, 1/4 or 1/8 size (the transform itself drops
 * the detail), which makes a 40-megapixel photo cost as little as a small one.
 *
 * Two known bombs are bounded: a progressive file of thousands of scans, each a pass over the whole
 * picture (MOST_SCANS), and the coefficient memory of progressive files (MOST_MEMORY).
 */
#include "platform/formats/image_codec.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>

enum { MOST_SCANS = 100, MOST_MEMORY = 256 << 20 };

struct jpeg_read {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    bool damaged; /* the library went on with made-up pixels */
    bool too_large;
};

static _Noreturn void on_read_error(j_common_ptr info)
{
    struct jpeg_read *job = info->client_data;
    int code = info->err->msg_code;
    job->too_large =
        code == JERR_NO_BACKING_STORE || code == JERR_IMAGE_TOO_BIG || code == JERR_OUT_OF_MEMORY;
    longjmp(job->escape, 1);
}

/* Warnings have level -1. A missing end or a marker inside the picture means lost pixels; stray
 * bytes between segments, which some phones write, do not. */
static void on_read_message(j_common_ptr info, int level)
{
    struct jpeg_read *job = info->client_data;
    int code = info->err->msg_code;
    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER))
        job->damaged = true;
}

static void on_message(j_common_ptr info)
{
    (void)info; /* never to standard error */
}

static void on_progress(j_common_ptr info)
{
    struct jpeg_read *job = info->client_data;
    if (job->info.input_scan_number > MOST_SCANS)
        longjmp(job->escape, 1);
}

static int find_orientation(struct jpeg_decompress_struct *info)
{
    for (jpeg_saved_marker_ptr m = info->marker_list; m; m = m->next) {
        struct str data = str_of((const char *)m->data, m->data_length);
        if (m->marker == JPEG_APP0 + 1 && str_starts(data, STR("Exif\0\0")))
            return exif_orientation(str_slice(data, 6, data.n));
    }
    return 1;
}

/* Photoshop writes CMYK inverted; without its marker the plain sense is meant. */
static void cmyk_to_rgb(unsigned char *rgb, const unsigned char *cmyk, int n, bool inverted)
{
    for (int i = 0; i < n; i++, rgb += 3, cmyk += 4) {
        unsigned black = inverted ? cmyk[3] : 255u - cmyk[3];
        for (int c = 0; c < 3; c++) {
            unsigned ink = inverted ? cmyk[c] : 255u - cmyk[c];
            rgb[c] = (unsigned char)((ink * black + 127) / 255);
        }
    }
}

static void choose_scale(struct jpeg_decompress_struct *info)
{
    unsigned side = info->image_width > info->image_height ? info->image_width : info->image_height;
    info->scale_num = 1;
    info->scale_denom = 1;
    while (info->scale_denom < 8 && side / (info->scale_denom * 2) >= IMAGE_LARGE_SIDE)
        info->scale_denom *= 2;
}

static enum image_fault read_header(struct jpeg_read *job, struct str file)
{
    struct jpeg_decompress_struct *info = &job->info;
    jpeg_mem_src(info, (const unsigned char *)file.p, file.n);
    jpeg_save_markers(info, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(info, TRUE);
    return image_check_size(info->image_width, info->image_height);
}

static void read_rows(struct jpeg_read *job, struct arena *a, struct scaler *s)
{
    struct jpeg_decompress_struct *info = &job->info;
    bool cmyk = info->num_components == 4;
    info->out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    info->dct_method = JDCT_ISLOW; /* the same bits with and without SIMD */
    choose_scale(info);
    jpeg_start_decompress(info);
    int width = (int)info->output_width;
    scaler_begin(s, a, width, (int)info->output_height, IMAGE_LARGE_SIDE);
    unsigned char *row = arena_array(a, (size_t)width, 4);
    unsigned char *rgb = cmyk ? arena_array(a, (size_t)width, 3) : row;
    while (info->output_scanline < info->output_height) {
        if (jpeg_read_scanlines(info, &row, 1) != 1)
            break;
        if (cmyk)
            cmyk_to_rgb(rgb, row, width, info->saw_Adobe_marker);
        scaler_row(s, rgb);
    }
    jpeg_finish_decompress(info);
}

enum image_fault image_read_jpeg(struct arena *a, struct str file, struct scaler *s,
                                 int *orientation)
{
    struct jpeg_read *const job = ARENA_NEW(a, struct jpeg_read);
    job->info.err = jpeg_std_error(&job->errors);
    job->errors.error_exit = on_read_error;
    job->errors.emit_message = on_read_message;
    job->errors.output_message = on_message;
    job->info.client_data = job;
    if (setjmp(job->escape)) {
        jpeg_destroy_decompress(&job->info);
        return job->too_large ? IMAGE_TOO_MANY_PIXELS : IMAGE_BROKEN;
    }
    jpeg_create_decompress(&job->info);
    job->info.mem->max_memory_to_use = MOST_MEMORY;
    job->progress.progress_monitor = on_progress;
    job->info.progress = &job->progress;
    enum image_fault fault = read_header(job, file);
    if (fault == IMAGE_FINE) {
        *orientation = find_orientation(&job->info);
        read_rows(job, a, s);
        fault = job->damaged ? IMAGE_BROKEN : IMAGE_FINE;
    }
    jpeg_destroy_decompress(&job->info);
    return fault;
}

/* --- writing --- */

/* Pixels of ours into memory: whatever fails here is a bug or the end of memory. */
static _Noreturn void on_write_error(j_common_ptr info)
{
    (void)info;
    err_panic(__FILE__, __LINE__, "jpeg encoder failed");
}

struct str image_write_jpeg(struct arena *a, const struct raster *r, int quality)
{
    struct jpeg_compress_struct info = {0};
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long length = 0;
    info.err = jpeg_std_error(&errors);
    errors.error_exit = on_write_error;
    errors.output_message = on_message;
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &bytes, &length);
    info.image_width = (unsigned)r->width;
    info.image_height = (unsigned)r->height;
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    info.dct_method = JDCT_ISLOW;
    info.optimize_coding = TRUE;
    jpeg_simple_progression(&info); /* a rough picture first, on a slow line */
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        unsigned char *row = r->rgb + (size_t)info.next_scanline * (size_t)r->width * 3;
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    struct str out = arena_str(a, str_of((const char *)bytes, length));
    free(bytes);
    return out;
}
