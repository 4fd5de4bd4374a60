/* Fuzzing: any bytes given as boundaries are refused, or can be thinned, measured and drawn. */
#include "platform/formats/geo.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static enum err use(void *arg, const struct geo_feature *f)
{
    struct arena *a = arg;
    if (f->kind != GEO_AREA)
        return ERR_OK;
    struct geo_area area = geo_area_copy(a, &f->area);
    INVARIANT(area.n > 0 && !geo_box_empty(area.box));
    geo_simplify(a, &area, 1, 500);
    INVARIANT(area.n > 0);
    struct geo_view view = geo_view_fit(area.box, GEO_MERCATOR, 300, 300, 4);
    struct buf *out = buf_in(a);
    geo_svg_path(out, &view, &area);
    struct json_writer j = json_to(out);
    geo_write(&j, NULL, &area, 5);
    (void)geo_contains(&area, geo_label_point(&area));
    return ERR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *a = arena_new();
    struct geo_limits limits = {.bytes = 1 << 20, .features = 100, .points = 5000};
    struct geo_fault fault;
    enum err rc = geo_read(str_of((const char *)bytes, n), &limits, use, a, &fault);
    INVARIANT(rc == ERR_OK || fault.text[0]);
    arena_free(a);
    return 0;
}
