/*
 * Simple case mapping of Latin and Cyrillic letters (blocks Basic Latin to Latin Extended-A, and
 * Cyrillic with its supplement), after the Unicode Character Database. The tests compare every
 * code point of these blocks with ICU.
 */
#include "platform/core/utf8.h"

/* Letters that are neighbours: the capital is even in one run, odd in another. */
static bool is_even_pair(uint32_t c)
{
    return (c >= 0x0100 && c <= 0x0137 && c != 0x0130 && c != 0x0131) ||
           (c >= 0x014A && c <= 0x0177) || (c >= 0x0460 && c <= 0x0481) ||
           (c >= 0x048A && c <= 0x04BF) || (c >= 0x04D0 && c <= 0x052F);
}

static bool is_odd_pair(uint32_t c)
{
    return (c >= 0x0139 && c <= 0x0148) || (c >= 0x0179 && c <= 0x017E) ||
           (c >= 0x04C1 && c <= 0x04CE);
}

uint32_t utf8_lower(uint32_t code)
{
    if (code < 0x80)
        return code >= 'A' && code <= 'Z' ? code + 0x20 : code;
    if ((code >= 0x00C0 && code <= 0x00DE && code != 0x00D7) || (code >= 0x0410 && code <= 0x042F))
        return code + 0x20;
    if (code >= 0x0400 && code <= 0x040F)
        return code + 0x50;
    if (is_even_pair(code))
        return code | 1;
    if (is_odd_pair(code))
        return code + (code & 1);
    switch (code) {
    case 0x0130: /* capital I with dot */
        return 'i';
    case 0x0178: /* capital Y with diaeresis */
        return 0x00FF;
    case 0x04C0: /* palochka */
        return 0x04CF;
    default:
        return code;
    }
}

uint32_t utf8_upper(uint32_t code)
{
    if (code < 0x80)
        return code >= 'a' && code <= 'z' ? code - 0x20 : code;
    if ((code >= 0x00E0 && code <= 0x00FE && code != 0x00F7) || (code >= 0x0430 && code <= 0x044F))
        return code - 0x20;
    if (code >= 0x0450 && code <= 0x045F)
        return code - 0x50;
    if (is_even_pair(code))
        return code & ~UINT32_C(1);
    if (is_odd_pair(code))
        return code - (~code & 1);
    switch (code) {
    case 0x0131: /* small dotless i */
        return 'I';
    case 0x00FF: /* small y with diaeresis */
        return 0x0178;
    case 0x017F: /* long s */
        return 'S';
    case 0x04CF: /* palochka */
        return 0x04C0;
    default:
        return code;
    }
}
