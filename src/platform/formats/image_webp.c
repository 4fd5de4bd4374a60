/* The one file that includes libwebp, which scales by itself while decoding. */
#include "platform/formats/image_codec.h"

#include <webp/decode.h>

/* Walks the RIFF chunks for EXIF (WebP container specification); 1 when there is none. */
static int find_orientation(struct str file)
{
    size_t at = 12;
    while (at + 8 <= file.n) {
        const unsigned char *p = (const unsigned char *)file.p + at;
        uint32_t size =
            (uint32_t)p[4] | (uint32_t)p[5] << 8 | (uint32_t)p[6] << 16 | (uint32_t)p[7] << 24;
        struct str data = str_slice(file, at + 8, size);
        if (memcmp(p, "EXIF", 4) == 0) {
            /* Some writers keep JPEG's prefix. */
            if (str_starts(data, STR("Exif\0\0")))
                data = str_slice(data, 6, data.n);
            return exif_orientation(data);
        }
        at += 8 + (size_t)size + (size & 1);
    }
    return 1;
}

enum image_fault image_read_webp(struct arena *a, struct str file, struct scaler *s,
                                 int *orientation)
{
    WebPDecoderConfig config;
    const uint8_t *bytes = (const uint8_t *)file.p;
    if (!WebPInitDecoderConfig(&config) ||
        WebPGetFeatures(bytes, file.n, &config.input) != VP8_STATUS_OK)
        return IMAGE_BROKEN;
    if (config.input.has_animation)
        return IMAGE_MOVING;
    enum image_fault fault = image_check_size(config.input.width, config.input.height);
    if (fault != IMAGE_FINE)
        return fault;
    int width, height;
    image_fit(config.input.width, config.input.height, IMAGE_LARGE_SIDE, &width, &height);
    config.options.use_scaling = width != config.input.width || height != config.input.height;
    config.options.scaled_width = width;
    config.options.scaled_height = height;
    config.output.colorspace = MODE_RGBA;
    if (WebPDecode(bytes, file.n, &config) != VP8_STATUS_OK) {
        WebPFreeDecBuffer(&config.output);
        return IMAGE_BROKEN;
    }
    scaler_begin(s, a, width, height, IMAGE_LARGE_SIDE);
    unsigned char *rgb = arena_array(a, (size_t)width, 3);
    for (int y = 0; y < height; y++) {
        image_on_white(rgb,
                       config.output.u.RGBA.rgba + (size_t)y * (size_t)config.output.u.RGBA.stride,
                       width);
        scaler_row(s, rgb);
    }
    WebPFreeDecBuffer(&config.output);
    *orientation = find_orientation(file);
    return IMAGE_FINE;
}
