/* Photos good and bad through image_convert; see image_samples.h for where they come from. */
#include "platform/core/clock.h"
#include "platform/core/testing.h"
#include "platform/formats/image_samples.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/resource.h>

#include <cmocka.h>

static enum image_fault fault_of(struct str file)
{
    struct arena *a = arena_new();
    struct image_pair pair;
    enum image_fault fault = IMAGE_FINE;
    enum err rc = image_convert(a, file, &pair, &fault);
    assert_int_equal(rc, fault == IMAGE_FINE ? ERR_OK : ERR_INPUT);
    assert_int_equal(fault == IMAGE_FINE, pair.large.jpeg.n > 0);
    arena_free(a);
    return fault;
}

/* R, G, B or W for the nearest of the four colours of sample_fields; '?' for none of them. */
static char colour_at(const struct raster *r, int x, int y)
{
    static const int colours[4][3] = {{220, 20, 20}, {20, 200, 20}, {20, 20, 220}, {250, 250, 250}};
    const unsigned char *p = r->rgb + ((size_t)y * (size_t)r->width + (size_t)x) * 3;
    for (int i = 0; i < 4; i++) {
        int distance = 0;
        for (int c = 0; c < 3; c++)
            distance += abs(p[c] - colours[i][c]);
        if (distance < 60)
            return "RGBW"[i];
    }
    return '?';
}

/* The colours in the middle of the four fields, row by row. */
static void check_fields(struct str jpeg, const char *want, int width, int height)
{
    struct arena *a = arena_new();
    struct raster r = sample_decode_jpeg(a, jpeg);
    assert_int_equal(r.width, width);
    assert_int_equal(r.height, height);
    for (int i = 0; i < 4; i++) {
        int x = width * (i % 2 ? 3 : 1) / 4, y = height * (i / 2 ? 3 : 1) / 4;
        if (colour_at(&r, x, y) != want[i])
            fail_msg("field %d is %c, want %s", i, colour_at(&r, x, y), want);
    }
    arena_free(a);
}

/* What is seen when the stored fields are RG/BW, by the value of EXIF orientation. */
static const char *const seen[9] = {"RGBW", "RGBW", "GRWB", "WBGR", "BWRG",
                                    "RBGW", "BRWG", "WGBR", "GWRB"};

static void check_upright(struct str file, enum image_kind kind, int orientation)
{
    struct arena *a = arena_new();
    struct image_pair pair;
    enum image_fault fault;
    assert_int_equal(image_convert(a, file, &pair, &fault), ERR_OK);
    assert_int_equal(pair.from, kind);
    bool sideways = orientation >= 5;
    check_fields(pair.large.jpeg, seen[orientation], sideways ? 400 : 600, sideways ? 600 : 400);
    check_fields(pair.small.jpeg, seen[orientation], sideways ? 267 : 400, sideways ? 400 : 267);
    assert_int_equal(pair.large.width, sideways ? 400 : 600);
    assert_int_equal(pair.small.height, sideways ? 400 : 267);
    arena_free(a);
}

static void turns_every_orientation_upright(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct raster r = sample_fields(a, 600, 400);
    for (int o = 1; o <= 8; o++) {
        struct str exif = sample_exif(a, o, o % 2 == 0);
        check_upright(sample_jpeg(a, &r, exif), IMAGE_JPEG, o);
        check_upright(sample_png(a, &r, SAMPLE_RGB, exif), IMAGE_PNG, o);
        check_upright(sample_webp(a, &r, o % 2 == 0, exif), IMAGE_WEBP, o);
    }
    check_upright(sample_jpeg(a, &r, sample_exif(a, 9, false)), IMAGE_JPEG, 1);
    check_upright(sample_jpeg(a, &r, STR("II*\0\xFF\xFF\xFF\xFF")), IMAGE_JPEG, 1);
    check_upright(sample_jpeg(a, &r, STR_NULL), IMAGE_JPEG, 1);
    check_upright(sample_webp(a, &r, false, STR_NULL), IMAGE_WEBP, 1);
    arena_free(a);
}

/* Segments of a JPEG up to the picture data: only those that hold pixels may be there. */
static void check_no_metadata(struct str jpeg)
{
    const unsigned char *p = (const unsigned char *)jpeg.p;
    assert_int_equal(str_find(jpeg, STR(SAMPLE_SECRET)), -1);
    assert_int_equal(str_find(jpeg, STR("appended")), -1);
    size_t at = 2;
    while (p[at + 1] != 0xDA) {
        unsigned char marker = p[at + 1];
        assert_int_equal(p[at], 0xFF);
        bool app0 = marker == 0xE0 && memcmp(p + at + 4, "JFIF", 5) == 0;
        if (!app0 && marker != 0xDB && marker != 0xC2 && marker != 0xC4)
            fail_msg("segment %02x", marker);
        at += 2 + ((size_t)p[at + 2] << 8 | p[at + 3]);
    }
    assert_memory_equal(p + jpeg.n - 2, "\xFF\xD9", 2);
}

static void keeps_pixels_only(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct raster r = sample_fields(a, 64, 48);
    struct str exif = sample_exif(a, 1, false);
    struct str files[] = {sample_jpeg(a, &r, exif), sample_png(a, &r, SAMPLE_RGB, exif),
                          sample_webp(a, &r, false, exif)};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct buf *b = buf_in(a);
        struct image_pair pair;
        enum image_fault fault;
        assert_true(str_find(files[i], STR(SAMPLE_SECRET)) > 0);
        buf_str(b, files[i]);
        buf_cstr(b, "appended");
        assert_int_equal(image_convert(a, buf_view(b), &pair, &fault), ERR_OK);
        check_no_metadata(pair.large.jpeg);
        check_no_metadata(pair.small.jpeg);
        check_fields(pair.small.jpeg, "RGBW", 64, 48); /* never enlarged */
    }
    arena_free(a);
}

static void reads_every_kind_of_png(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct raster r = sample_fields(a, 120, 80);
    for (enum sample_png kind = SAMPLE_RGB; kind <= SAMPLE_PALETTE; kind++) {
        struct image_pair pair;
        enum image_fault fault;
        assert_int_equal(image_convert(a, sample_png(a, &r, kind, STR_NULL), &pair, &fault),
                         ERR_OK);
        check_fields(pair.large.jpeg, kind == SAMPLE_RGBA_CLEAR ? "WWWW" : "RGBW", 120, 80);
    }
    arena_free(a);
}

static void reads_cmyk(void **state)
{
    (void)state;
    static const unsigned char red[4] = {20, 235, 235, 15}, white[4] = {0, 0, 0, 5};
    struct arena *a = arena_new();
    struct image_pair pair;
    enum image_fault fault;
    assert_int_equal(image_convert(a, sample_jpeg_cmyk(a, 40, red), &pair, &fault), ERR_OK);
    check_fields(pair.large.jpeg, "RRRR", 40, 40);
    assert_int_equal(image_convert(a, sample_jpeg_cmyk(a, 40, white), &pair, &fault), ERR_OK);
    check_fields(pair.large.jpeg, "WWWW", 40, 40);
    arena_free(a);
}

static void shrinks_large_photos(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct raster r = sample_fields(a, 4000, 2600);
    struct str files[] = {sample_jpeg(a, &r, STR_NULL),
                          sample_png(a, &r, SAMPLE_INTERLACED, STR_NULL),
                          sample_webp(a, &r, true, STR_NULL)};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct image_pair pair, again;
        enum image_fault fault;
        assert_int_equal(image_convert(a, files[i], &pair, &fault), ERR_OK);
        check_fields(pair.large.jpeg, "RGBW", 1600, 1040);
        check_fields(pair.small.jpeg, "RGBW", 400, 260);
        assert_int_equal(image_convert(a, files[i], &again, &fault), ERR_OK);
        assert_true(str_eq(pair.large.jpeg, again.large.jpeg));
        assert_true(str_eq(pair.small.jpeg, again.small.jpeg));
    }
    arena_free(a);
}

static long peak_memory_kb(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* Runs first: peak memory only grows. */
static void holds_forty_megapixels_in_little_memory(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct str file = sample_png_black(a, 12000, 3333, false);
    assert_true(file.n < 100000);
    long before = peak_memory_kb();
    struct image_pair pair;
    enum image_fault fault;
    assert_int_equal(image_convert(a, file, &pair, &fault), ERR_OK);
    assert_int_equal(pair.large.width, 1600);
    assert_int_equal(pair.large.height, 444);
#if !TEST_SANITIZED
    assert_true(peak_memory_kb() - before < 30000);
#else
    (void)before;
#endif
    arena_free(a);
}

/* A JPEG whose frame header claims another size. */
static struct str jpeg_claiming(struct arena *a, int width, int height)
{
    struct raster r = sample_fields(a, 16, 16);
    struct buf *b = buf_in(a);
    buf_str(b, sample_jpeg(a, &r, STR_NULL));
    ptrdiff_t at = str_find(buf_view(b), STR("\xFF\xC0"));
    assert_true(at > 0);
    b->p[at + 5] = (char)(height >> 8);
    b->p[at + 6] = (char)height;
    b->p[at + 7] = (char)(width >> 8);
    b->p[at + 8] = (char)width;
    return buf_view(b);
}

/* VP8X header alone, claiming a canvas; flag 2 is animation. */
static struct str webp_claiming(struct arena *a, unsigned side, unsigned char flags)
{
    unsigned char file[30] = "RIFF\x16\0\0\0WEBPVP8X\x0A\0\0\0";
    file[20] = flags;
    for (int i = 0; i < 3; i++)
        file[24 + i] = file[27 + i] = (unsigned char)((side - 1) >> (8 * i));
    return arena_str(a, str_of((const char *)file, sizeof file));
}

static void refuses_bombs_before_taking_memory(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    long before = peak_memory_kb();
    int64_t started = clock_monotonic_ms();
    assert_int_equal(fault_of(sample_png_header(a, 50000, 50000)), IMAGE_TOO_MANY_PIXELS);
    assert_int_equal(fault_of(sample_png_header(a, 12001, 1)), IMAGE_TOO_MANY_PIXELS);
    assert_int_equal(fault_of(sample_png_header(a, 0x7FFFFFFF, 0x7FFFFFFF)), IMAGE_TOO_MANY_PIXELS);
    assert_int_equal(fault_of(sample_png_header(a, 8000, 5001)), IMAGE_TOO_MANY_PIXELS);
    assert_int_equal(fault_of(sample_png_header(a, 8000, 5000)), IMAGE_BROKEN);
    assert_int_equal(fault_of(sample_png_header(a, 0, 5)), IMAGE_BROKEN);
    assert_int_equal(fault_of(jpeg_claiming(a, 65500, 65500)), IMAGE_TOO_MANY_PIXELS);
    assert_int_equal(fault_of(jpeg_claiming(a, 8000, 5000)), IMAGE_BROKEN);
    assert_int_equal(fault_of(webp_claiming(a, 12001, 0)), IMAGE_TOO_MANY_PIXELS);
    assert_int_equal(fault_of(webp_claiming(a, 100, 2)), IMAGE_MOVING);
    char *big = arena_alloc(a, IMAGE_MAX_BYTES + 1);
    memcpy(big, "\xFF\xD8\xFF", 3);
    assert_int_equal(fault_of(str_of(big, IMAGE_MAX_BYTES + 1)), IMAGE_FILE_TOO_BIG);
    assert_true(clock_monotonic_ms() - started < 3000);
#if !TEST_SANITIZED
    assert_true(peak_memory_kb() - before < 80000);
#else
    (void)before;
#endif
    struct raster r = sample_fields(a, 64, 64);
    assert_int_equal(fault_of(sample_jpeg_of_many_scans(a, &r)), IMAGE_BROKEN);
    arena_free(a);
}

static void refuses_what_is_no_photo(void **state)
{
    (void)state;
    assert_int_equal(fault_of(STR("")), IMAGE_NOT_A_PHOTO);
    assert_int_equal(fault_of(STR("GIF89a\1\0\1\0")), IMAGE_NOT_A_PHOTO);
    assert_int_equal(fault_of(STR("<svg xmlns='http://www.w3.org/2000/svg'/>")), IMAGE_NOT_A_PHOTO);
    assert_int_equal(fault_of(STR("%PDF-1.5")), IMAGE_NOT_A_PHOTO);
    assert_int_equal(fault_of(STR("\xFF\xD8")), IMAGE_NOT_A_PHOTO);
    assert_int_equal(fault_of(STR("RIFF\0\0\0\0WAVE")), IMAGE_NOT_A_PHOTO);
    assert_int_equal(fault_of(STR("\xFF\xD8\xFF\xE0")), IMAGE_BROKEN);
    assert_int_equal(fault_of(STR("\x89PNG\r\n\x1A\n")), IMAGE_BROKEN);
    assert_int_equal(fault_of(STR("RIFF\0\0\0\0WEBP")), IMAGE_BROKEN);
}

static void refuses_every_truncation_and_bears_damage(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    random_seed_for_test(11);
    struct raster r = sample_fields(a, 90, 60);
    struct str exif = sample_exif(a, 6, false);
    struct str files[] = {sample_jpeg(a, &r, exif), sample_png(a, &r, SAMPLE_RGB, exif),
                          sample_png(a, &r, SAMPLE_INTERLACED, exif),
                          sample_webp(a, &r, false, STR_NULL), sample_webp(a, &r, true, STR_NULL)};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        for (size_t n = 0; n < files[i].n; n += n < 64 ? 1 : 7)
            assert_int_not_equal(fault_of(str_slice(files[i], 0, n)), IMAGE_FINE);
        assert_int_not_equal(fault_of(str_slice(files[i], 0, files[i].n - 1)), IMAGE_FINE);
        char *copy = arena_cstr(a, files[i]);
        for (int round = 0; round < 200; round++) {
            memcpy(copy, files[i].p, files[i].n);
            for (int k = 0; k < 3; k++)
                copy[random_u64() % files[i].n] = (char)random_u64();
            (void)fault_of(str_of(copy, files[i].n)); /* any answer, but an answer */
        }
    }
    random_seed_for_test(0);
    arena_free(a);
}

/* The scaler against the definition of an area average, in floating point. */
static void scales_by_area(void **state)
{
    (void)state;
    random_seed_for_test(5);
    for (int round = 0; round < 40; round++) {
        struct arena *a = arena_new();
        struct raster r = {.width = 1 + (int)(random_u64() % 70),
                           .height = 1 + (int)(random_u64() % 70)};
        r.rgb = arena_array(a, (size_t)r.width * 3, (size_t)r.height);
        random_fill(r.rgb, (size_t)r.width * 3 * (size_t)r.height);
        struct scaler s;
        scaler_begin(&s, a, r.width, r.height, 1 + (int)(random_u64() % 40));
        for (int y = 0; y < r.height; y++)
            scaler_row(&s, r.rgb + (size_t)y * (size_t)r.width * 3);
        assert_true(scaler_complete(&s) && s.to_row == s.to.height);
        double across = (double)r.width / s.to.width, down = (double)r.height / s.to.height;
        for (int y = 0; y < s.to.height; y++) {
            for (int x = 0; x < s.to.width * 3; x++) {
                double sum = 0;
                for (int v = 0; v < r.height; v++) {
                    double top = v > y * down ? v : y * down;
                    double bottom = v + 1 < (y + 1) * down ? v + 1 : (y + 1) * down;
                    for (int u = 0; u < r.width && bottom > top; u++) {
                        double left = u > x / 3 * across ? u : x / 3 * across;
                        double right = u + 1 < (x / 3 + 1) * across ? u + 1 : (x / 3 + 1) * across;
                        if (right > left)
                            sum += (right - left) * (bottom - top) *
                                   r.rgb[(v * r.width + u) * 3 + x % 3];
                    }
                }
                double got = s.to.rgb[y * s.to.width * 3 + x];
                double want = sum / across / down;
                if (got < want - 0.51 || got > want + 0.51)
                    fail_msg("%d x %d -> %d x %d: %f, want %f", r.width, r.height, s.to.width,
                             s.to.height, got, want);
            }
        }
        arena_free(a);
    }
    random_seed_for_test(0);
}

struct shared_file {
    struct str file, want;
};

static void *convert_some(void *arg)
{
    const struct shared_file *shared = arg;
    for (int i = 0; i < 5; i++) {
        struct arena *a = arena_new();
        struct image_pair pair;
        enum image_fault fault;
        bool same = image_convert(a, shared->file, &pair, &fault) == ERR_OK &&
                    str_eq(pair.large.jpeg, shared->want);
        arena_free(a);
        if (!same)
            return arg;
    }
    return NULL;
}

static void serves_many_threads(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct raster r = sample_fields(a, 600, 400);
    struct shared_file shared = {.file = sample_jpeg(a, &r, sample_exif(a, 6, true))};
    struct image_pair pair;
    enum image_fault fault;
    assert_int_equal(image_convert(a, shared.file, &pair, &fault), ERR_OK);
    shared.want = pair.large.jpeg;
    pthread_t thread[8];
    for (size_t i = 0; i < COUNT_OF(thread); i++)
        assert_int_equal(pthread_create(&thread[i], NULL, convert_some, &shared), 0);
    for (size_t i = 0; i < COUNT_OF(thread); i++) {
        void *wrong;
        assert_int_equal(pthread_join(thread[i], &wrong), 0);
        assert_null(wrong);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_forty_megapixels_in_little_memory),
        cmocka_unit_test(refuses_bombs_before_taking_memory),
        cmocka_unit_test(turns_every_orientation_upright),
        cmocka_unit_test(keeps_pixels_only),
        cmocka_unit_test(reads_every_kind_of_png),
        cmocka_unit_test(reads_cmyk),
        cmocka_unit_test(shrinks_large_photos),
        cmocka_unit_test(refuses_what_is_no_photo),
        cmocka_unit_test(refuses_every_truncation_and_bears_damage),
        cmocka_unit_test(scales_by_area),
        cmocka_unit_test(serves_many_threads),
    };
    return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
