/*
 * The way of a photo: sniff, decode and scale, turn upright, scale again, encode twice. The three
 * libraries are in image_jpeg.c, image_png.c and image_webp.c.
 */
#include "platform/formats/image_codec.h"

#include <pthread.h>

enum { QUALITY_LARGE = 82, QUALITY_SMALL = 76, AT_ONCE = 2 };

const char *image_fault_name(enum image_fault f)
{
    static const char *const names[] = {
        [IMAGE_FINE] = "fine",
        [IMAGE_NOT_A_PHOTO] = "not_a_photo",
        [IMAGE_FILE_TOO_BIG] = "file_too_big",
        [IMAGE_TOO_MANY_PIXELS] = "too_many_pixels",
        [IMAGE_BROKEN] = "broken",
        [IMAGE_MOVING] = "moving",
    };
    return (unsigned)f < COUNT_OF(names) ? names[f] : "unknown";
}

enum image_kind image_sniff(struct str file)
{
    if (str_starts(file, STR("\xFF\xD8\xFF")))
        return IMAGE_JPEG;
    if (str_starts(file, STR("\x89PNG\r\n\x1A\n")))
        return IMAGE_PNG;
    if (str_starts(file, STR("RIFF")) && str_eq(str_slice(file, 8, 4), STR("WEBP")))
        return IMAGE_WEBP;
    return IMAGE_UNKNOWN;
}

enum image_fault image_check_size(int64_t width, int64_t height)
{
    if (width < 1 || height < 1)
        return IMAGE_BROKEN;
    if (width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE || width * height > IMAGE_MAX_PIXELS)
        return IMAGE_TOO_MANY_PIXELS;
    return IMAGE_FINE;
}

void image_fit(int width, int height, int max_side, int *to_width, int *to_height)
{
    int side = width > height ? width : height;
    *to_width = width;
    *to_height = height;
    if (side <= max_side)
        return;
    *to_width = (int)(((int64_t)width * max_side + side / 2) / side);
    *to_height = (int)(((int64_t)height * max_side + side / 2) / side);
    if (*to_width < 1)
        *to_width = 1;
    if (*to_height < 1)
        *to_height = 1;
}

void image_on_white(unsigned char *rgb, const unsigned char *rgba, int n)
{
    for (int i = 0; i < n; i++, rgb += 3, rgba += 4) {
        unsigned alpha = rgba[3];
        for (int c = 0; c < 3; c++)
            rgb[c] = (unsigned char)((rgba[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
}

/* --- scaling --- */

void scaler_begin(struct scaler *s, struct arena *a, int width, int height, int max_side)
{
    *s = (struct scaler){.width = width, .height = height};
    image_fit(width, height, max_side, &s->to.width, &s->to.height);
    size_t samples = (size_t)s->to.width * 3;
    s->to.rgb = arena_array(a, (size_t)s->to.height, samples);
    s->line = ARENA_ARRAY(a, uint32_t, samples);
    s->sum = ARENA_ARRAY(a, uint32_t, samples);
}

/*
 * Across: source pixel i covers [i * to, (i+1) * to) and target pixel j covers [j * from, (j+1) *
 * from) on one common ruler, so that all shares are whole numbers.
 */
static void average_across(struct scaler *s, const unsigned char *rgb)
{
    const uint32_t from = (uint32_t)s->width, to = (uint32_t)s->to.width;
    uint32_t red = 0, green = 0, blue = 0, room = from, *out = s->line;
    for (uint32_t i = 0; i < from; i++, rgb += 3) {
        uint32_t left = to; /* of this source pixel */
        while (left > 0) {
            uint32_t part = left < room ? left : room;
            red += part * rgb[0];
            green += part * rgb[1];
            blue += part * rgb[2];
            left -= part;
            room -= part;
            if (room > 0)
                continue;
            /* At most 255 * 12,000 * 256 < 2^32. */
            *out++ = (red * 256 + from / 2) / from;
            *out++ = (green * 256 + from / 2) / from;
            *out++ = (blue * 256 + from / 2) / from;
            red = green = blue = 0;
            room = from;
        }
    }
}

static void finish_row(struct scaler *s)
{
    size_t samples = (size_t)s->to.width * 3;
    unsigned char *out = s->to.rgb + (size_t)s->to_row * samples;
    const uint64_t whole = (uint64_t)s->height * 256;
    for (size_t i = 0; i < samples; i++)
        out[i] = (unsigned char)((s->sum[i] + whole / 2) / whole);
    memset(s->sum, 0, samples * sizeof *s->sum);
    s->to_row++;
}

void scaler_row(struct scaler *s, const unsigned char *rgb)
{
    INVARIANT(s->rows < s->height);
    size_t samples = (size_t)s->to.width * 3;
    if (s->to.width == s->width && s->to.height == s->height) {
        memcpy(s->to.rgb + (size_t)s->rows * samples, rgb, samples);
        s->rows++;
        s->to_row++;
        return;
    }
    average_across(s, rgb);
    const int64_t from = s->height, to = s->to.height;
    int64_t at = s->rows * to, end = at + to;
    while (at < end) {
        int64_t stop = (s->to_row + 1) * from;
        uint32_t part = (uint32_t)((end < stop ? end : stop) - at);
        for (size_t i = 0; i < samples; i++)
            s->sum[i] += part * s->line[i]; /* 65,280 * 12,000 < 2^32 */
        at += part;
        if (at == stop)
            finish_row(s);
    }
    s->rows++;
}

bool scaler_complete(const struct scaler *s)
{
    return s->height > 0 && s->rows == s->height;
}

/* --- turning upright --- */

/* Where the stored pixel (column, row) is seen, by the EXIF value: which side of the picture the
 * first stored row and the first stored column are on (Exif 2.32, tag 274). */
static void seen_at(int orientation, int width, int height, int column, int row, int *x, int *y)
{
    switch (orientation) {
    case 2: /* row 0 top, column 0 right */
        *x = width - 1 - column, *y = row;
        break;
    case 3: /* bottom, right */
        *x = width - 1 - column, *y = height - 1 - row;
        break;
    case 4: /* bottom, left */
        *x = column, *y = height - 1 - row;
        break;
    case 5: /* left, top */
        *x = row, *y = column;
        break;
    case 6: /* right, top */
        *x = height - 1 - row, *y = column;
        break;
    case 7: /* right, bottom */
        *x = height - 1 - row, *y = width - 1 - column;
        break;
    case 8: /* left, bottom */
        *x = row, *y = width - 1 - column;
        break;
    default:
        *x = column, *y = row;
    }
}

static struct raster turn_upright(struct arena *a, struct raster from, int orientation)
{
    if (orientation <= 1)
        return from;
    bool sideways = orientation >= 5;
    struct raster to = {.width = sideways ? from.height : from.width,
                        .height = sideways ? from.width : from.height};
    to.rgb = arena_array(a, (size_t)to.width * 3, (size_t)to.height);
    const unsigned char *p = from.rgb;
    for (int row = 0; row < from.height; row++) {
        for (int column = 0; column < from.width; column++, p += 3) {
            int x = 0, y = 0;
            seen_at(orientation, from.width, from.height, column, row, &x, &y);
            memcpy(to.rgb + ((size_t)y * (size_t)to.width + (size_t)x) * 3, p, 3);
        }
    }
    return to;
}

static struct raster shrink(struct arena *a, struct raster from, int max_side)
{
    struct scaler s;
    scaler_begin(&s, a, from.width, from.height, max_side);
    for (int row = 0; row < from.height; row++)
        scaler_row(&s, from.rgb + (size_t)row * (size_t)from.width * 3);
    return s.to;
}

/* --- the gate: memory for pictures is bounded by how many are open --- */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_opened = PTHREAD_COND_INITIALIZER;
static int inside;

static void gate_enter(void)
{
    pthread_mutex_lock(&gate);
    while (inside >= AT_ONCE)
        pthread_cond_wait(&gate_opened, &gate);
    inside++;
    pthread_mutex_unlock(&gate);
}

static void gate_leave(void)
{
    pthread_mutex_lock(&gate);
    inside--;
    pthread_cond_signal(&gate_opened);
    pthread_mutex_unlock(&gate);
}

static enum image_fault decode(struct arena *a, struct str file, enum image_kind kind,
                               struct scaler *s, int *orientation)
{
    switch (kind) {
    case IMAGE_JPEG:
        return image_read_jpeg(a, file, s, orientation);
    case IMAGE_PNG:
        return image_read_png(a, file, s, orientation);
    case IMAGE_WEBP:
        return image_read_webp(a, file, s, orientation);
    case IMAGE_UNKNOWN:
        break;
    }
    return IMAGE_NOT_A_PHOTO;
}

static struct image_size encode(struct arena *a, struct arena *work, struct raster r, int quality)
{
    struct str jpeg = image_write_jpeg(work, &r, quality);
    return (struct image_size){.jpeg = arena_str(a, jpeg), .width = r.width, .height = r.height};
}

enum err image_convert(struct arena *a, struct str file, struct image_pair *out,
                       enum image_fault *fault)
{
    *out = (struct image_pair){.from = image_sniff(file)};
    if (file.n > IMAGE_MAX_BYTES) {
        *fault = IMAGE_FILE_TOO_BIG;
        return ERR_INPUT;
    }
    gate_enter();
    struct arena *work = arena_new();
    struct scaler s = {0};
    int orientation = 1;
    *fault = decode(work, file, out->from, &s, &orientation);
    if (*fault == IMAGE_FINE && !scaler_complete(&s))
        *fault = IMAGE_BROKEN;
    if (*fault == IMAGE_FINE) {
        struct raster large = turn_upright(work, s.to, orientation);
        out->large = encode(a, work, large, QUALITY_LARGE);
        out->small = encode(a, work, shrink(work, large, IMAGE_SMALL_SIDE), QUALITY_SMALL);
    }
    arena_free(work);
    gate_leave();
    return *fault == IMAGE_FINE ? ERR_OK : ERR_INPUT;
}
