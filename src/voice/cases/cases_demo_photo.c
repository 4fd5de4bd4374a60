/*
 * Pictures for demo reports, drawn by the program: no photo of a real place or person is shipped.
 * They pass the same way as everybody's photos (decoded, scaled, written anew), so the demo shows
 * what that does.
 */
#include "voice/cases/cases_demo.h"

#include "platform/files/files.h"
#include "platform/formats/image.h"

#include <cairo.h>
#include <math.h>

#define WIDTH 1280
#define HEIGHT 960

static void fill(cairo_t *c, unsigned rgb)
{
    cairo_set_source_rgb(c, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0,
                         (rgb & 255) / 255.0);
    cairo_fill(c);
}
static void box(cairo_t *c, double x, double y, double w, double h, unsigned rgb)
{
    cairo_rectangle(c, x, y, w, h);
    fill(c, rgb);
}
static void oval(cairo_t *c, double x, double y, double rx, double ry, unsigned rgb)
{
    cairo_save(c);
    cairo_translate(c, x, y);
    cairo_scale(c, rx, ry);
    cairo_arc(c, 0, 0, 1, 0, 2 * M_PI);
    cairo_restore(c);
    fill(c, rgb);
}
static void shape(cairo_t *c, const double *points, int n, unsigned rgb)
{
    for (int i = 0; i < n; i++)
        cairo_line_to(c, points[2 * i], points[2 * i + 1]);
    cairo_close_path(c);
    fill(c, rgb);
}

/* Sky, mountains with snow, meadow and a street that all scenes stand in. */
static void street(cairo_t *c, bool night)
{
    static const double back[] = {0,   480, 190, 220,  330, 380,  520, 160, 760,
                                  400, 980, 200, 1280, 460, 1280, 560, 0,   560};
    static const double snow[] = {455, 230, 520, 160, 590, 235, 548, 222, 520, 250, 492, 224};
    static const double snow2[] = {920, 250, 980, 200, 1050, 246, 1010, 240, 984, 262, 956, 238};
    static const double road[] = {520, 560, 760, 560, 1180, 960, 100, 960};
    box(c, 0, 0, WIDTH, HEIGHT, night ? 0x1d2440 : 0xbcd8e8);
    shape(c, back, 9, night ? 0x2a3350 : 0x7f97a8);
    shape(c, snow, 6, night ? 0x8a93b0 : 0xf4f8fa);
    shape(c, snow2, 6, night ? 0x8a93b0 : 0xf4f8fa);
    box(c, 0, 540, WIDTH, 420, night ? 0x27301f : 0x9aae6c);
    shape(c, road, 4, night ? 0x33343c : 0x8d8a84);
    box(c, 70, 430, 230, 170, night ? 0x463c34 : 0xe9dcc3);
    const double roof[] = {40, 430, 185, 330, 330, 430};
    shape(c, roof, 3, night ? 0x4c2330 : 0x9a3d4d);
    box(c, 120, 480, 60, 60, night ? 0xd9b45a : 0x6d8fa5);
    box(c, 210, 500, 50, 100, night ? 0x2c241e : 0x7a5a3c);
}

static void water(cairo_t *c)
{
    street(c, false);
    oval(c, 700, 780, 330, 90, 0x5f8fb4);
    oval(c, 640, 770, 210, 52, 0x86b4d4);
    box(c, 860, 560, 46, 200, 0x5c6b73);
    box(c, 840, 540, 86, 34, 0x47545b);
    for (int i = 0; i < 5; i++)
        oval(c, 830 - i * 26, 600 + i * i * 9, 12, 18, 0x86b4d4);
}
static void waste(cairo_t *c)
{
    street(c, false);
    box(c, 790, 560, 280, 220, 0x3f6b4f);
    box(c, 770, 540, 320, 34, 0x335840);
    static const unsigned bags[] = {0x2c2c30, 0x474a52, 0xd8d4c8, 0x35507a, 0x8a3b3b, 0x2c2c30};
    for (int i = 0; i < 6; i++)
        oval(c, 690 + (i * 97) % 420, 800 + (i * 37) % 60, 62, 46, bags[i]);
    oval(c, 850, 535, 60, 40, 0x2c2c30);
    oval(c, 960, 530, 70, 44, 0xd8d4c8);
}
static void lamp(cairo_t *c)
{
    street(c, true);
    box(c, 880, 170, 18, 600, 0x6a6f7c);
    box(c, 760, 170, 130, 14, 0x6a6f7c);
    oval(c, 770, 194, 46, 18, 0x3c404b);
    for (int i = 0; i < 40; i++)
        oval(c, (i * 331) % WIDTH, (i * 197) % 300, 2, 2, 0xd8dcea);
}
static void road(cairo_t *c)
{
    street(c, false);
    oval(c, 640, 800, 240, 76, 0x4a4742);
    oval(c, 650, 812, 190, 52, 0x37342f);
    oval(c, 690, 822, 90, 22, 0x6b7f8a);
    for (int i = 0; i < 14; i++)
        oval(c, 400 + (i * 173) % 480, 730 + (i * 61) % 160, 10, 7, 0x6f6b64);
}
static void playground(cairo_t *c)
{
    street(c, false);
    box(c, 720, 470, 16, 330, 0xb3423f);
    box(c, 1080, 470, 16, 330, 0xb3423f);
    box(c, 715, 460, 386, 16, 0xb3423f);
    box(c, 830, 476, 5, 230, 0x4a4a4a);
    box(c, 930, 476, 5, 110, 0x4a4a4a);
    cairo_save(c);
    cairo_translate(c, 830, 710);
    cairo_rotate(c, 0.7);
    box(c, 0, 0, 120, 14, 0x7a5a3c);
    cairo_restore(c);
}

static cairo_status_t take_png(void *out, const unsigned char *bytes, unsigned n)
{
    buf_put(out, bytes, n);
    return CAIRO_STATUS_SUCCESS;
}

enum err cases_demo_photo(struct app *app, struct arena *a, struct str service,
                          struct case_photo_input *out, bool *drawn)
{
    static const struct {
        const char *service;
        void (*draw)(cairo_t *c);
    } scenes[] = {{"water", water}, {"waste", waste},      {"lighting", lamp},
                  {"roads", road},  {"parks", playground}, {"irrigation", water}};
    void (*draw)(cairo_t *) = NULL;
    for (size_t i = 0; i < COUNT_OF(scenes); i++)
        if (str_eq(service, str_from(scenes[i].service)))
            draw = scenes[i].draw;
    *drawn = draw != NULL;
    if (!draw)
        return ERR_OK;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
    cairo_t *c = cairo_create(surface);
    draw(c);
    cairo_destroy(c);
    struct buf *png = buf_in(a);
    cairo_status_t written = cairo_surface_write_to_png_stream(surface, take_png, png);
    cairo_surface_destroy(surface);
    INVARIANT(written == CAIRO_STATUS_SUCCESS);

    struct image_pair pair;
    enum image_fault fault;
    enum err rc = ERR_OK;
    TRY(image_convert(a, buf_view(png), &pair, &fault));
    TRY(file_put(app, a, pair.large.jpeg, &out->large));
    TRY(file_put(app, a, pair.small.jpeg, &out->small));
    out->width = pair.large.width;
    out->height = pair.large.height;
out:
    return rc;
}
