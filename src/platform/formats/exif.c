/* The one fact wanted from EXIF: which way is up. Read by hand, because it is 40 bounded lines. */
#include "platform/formats/image_codec.h"

enum { TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3, ENTRY_SIZE = 12, MOST_ENTRIES = 500 };

static bool read16(struct str s, size_t at, bool big, uint32_t *out)
{
    if (s.n < 2 || at > s.n - 2)
        return false;
    const unsigned char *p = (const unsigned char *)s.p + at;
    *out = big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
    return true;
}

static bool read32(struct str s, size_t at, bool big, uint32_t *out)
{
    uint32_t first, second;
    if (!read16(s, at, big, &first) || !read16(s, at + 2, big, &second))
        return false;
    *out = big ? first << 16 | second : second << 16 | first;
    return true;
}

int exif_orientation(struct str exif)
{
    bool big = str_starts(exif, STR("MM"));
    uint32_t magic, directory, count, value;
    if (!big && !str_starts(exif, STR("II")))
        return 1;
    if (!read16(exif, 2, big, &magic) || magic != 42 || !read32(exif, 4, big, &directory) ||
        !read16(exif, directory, big, &count))
        return 1;
    for (uint32_t i = 0; i < count && i < MOST_ENTRIES; i++) {
        size_t at = (size_t)directory + 2 + (size_t)i * ENTRY_SIZE;
        uint32_t tag, type;
        if (!read16(exif, at, big, &tag) || !read16(exif, at + 2, big, &type) ||
            !read16(exif, at + 8, big, &value))
            return 1;
        if (tag == TAG_ORIENTATION)
            return type == TYPE_SHORT && value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}
