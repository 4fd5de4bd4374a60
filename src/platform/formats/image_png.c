/*
 * The one file that includes libpng. Rows go straight to the scaler; only an interlaced picture is
 * held whole. Errors leave by longjmp, so what changes after setjmp lives in a struct.
 */
#include "platform/formats/image_codec.h"

#include <png.h>

enum { MOST_CHUNK = 1 << 20, MOST_CHUNKS = 200 };

struct png_job {
    png_structp png;
    png_infop info;
    struct str rest; /* bytes not yet read */
    int width, height;
    bool interlaced;
};

static void on_bytes(png_structp png, png_bytep out, size_t n)
{
    struct png_job *job = png_get_io_ptr(png);
    if (n > job->rest.n)
        png_error(png, "truncated");
    memcpy(out, job->rest.p, n);
    job->rest = str_slice(job->rest, n, job->rest.n);
}

static _Noreturn void on_error(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static enum image_fault read_header(struct png_job *job)
{
    png_set_read_fn(job->png, job, on_bytes);
    png_set_user_limits(job->png, 0x7FFFFFFF, 0x7FFFFFFF); /* ours is image_check_size */
    png_set_chunk_malloc_max(job->png, MOST_CHUNK);
    png_set_chunk_cache_max(job->png, MOST_CHUNKS);
    png_set_benign_errors(job->png, 1); /* oversize text and profiles are dropped */
    png_read_info(job->png, job->info);
    enum image_fault fault = image_check_size(png_get_image_width(job->png, job->info),
                                              png_get_image_height(job->png, job->info));
    if (fault != IMAGE_FINE)
        return fault;
    job->width = (int)png_get_image_width(job->png, job->info);
    job->height = (int)png_get_image_height(job->png, job->info);
    job->interlaced = png_get_interlace_type(job->png, job->info) != PNG_INTERLACE_NONE;
    return IMAGE_FINE;
}

/* Whatever the file holds becomes 8-bit RGBA. */
static void ask_for_rgba(struct png_job *job)
{
    png_set_expand(job->png);
    png_set_scale_16(job->png);
    png_set_gray_to_rgb(job->png);
    png_set_add_alpha(job->png, 0xFF, PNG_FILLER_AFTER);
    png_set_interlace_handling(job->png);
    png_read_update_info(job->png, job->info);
    INVARIANT(png_get_rowbytes(job->png, job->info) == (size_t)job->width * 4);
}

static void read_rows(struct png_job *job, struct arena *a, struct scaler *s)
{
    size_t row_bytes = (size_t)job->width * 4;
    unsigned char *rgb = arena_array(a, (size_t)job->width, 3);
    if (!job->interlaced) {
        unsigned char *row = arena_alloc(a, row_bytes);
        for (int y = 0; y < job->height; y++) {
            png_read_row(job->png, row, NULL);
            image_on_white(rgb, row, job->width);
            scaler_row(s, rgb);
        }
        return;
    }
    unsigned char **rows = ARENA_ARRAY(a, unsigned char *, (size_t)job->height);
    unsigned char *pixels = arena_array(a, (size_t)job->height, row_bytes);
    for (int y = 0; y < job->height; y++)
        rows[y] = pixels + (size_t)y * row_bytes;
    png_read_image(job->png, rows);
    for (int y = 0; y < job->height; y++) {
        image_on_white(rgb, rows[y], job->width);
        scaler_row(s, rgb);
    }
}

static int find_orientation(struct png_job *job)
{
    png_uint_32 length = 0;
    png_bytep exif = NULL;
    if (!png_get_eXIf_1(job->png, job->info, &length, &exif) || !exif)
        return 1;
    return exif_orientation(str_of((const char *)exif, length));
}

enum image_fault image_read_png(struct arena *a, struct str file, struct scaler *s,
                                int *orientation)
{
    struct png_job *const job = ARENA_NEW(a, struct png_job);
    job->rest = file;
    job->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    job->info = png_create_info_struct(job->png);
    INVARIANT(job->png && job->info);
    if (setjmp(png_jmpbuf(job->png))) {
        png_destroy_read_struct(&job->png, &job->info, NULL);
        return IMAGE_BROKEN;
    }
    enum image_fault fault = read_header(job);
    if (fault == IMAGE_FINE) {
        ask_for_rgba(job);
        scaler_begin(s, a, job->width, job->height, IMAGE_LARGE_SIDE);
        read_rows(job, a, s);
        png_read_end(job->png, job->info); /* EXIF may stand behind the pixels */
        *orientation = find_orientation(job);
    }
    png_destroy_read_struct(&job->png, &job->info, NULL);
    return fault;
}
