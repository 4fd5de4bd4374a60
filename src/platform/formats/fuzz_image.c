/* Fuzzing: any bytes given as a photo are refused or converted, never worse. */
#include "platform/formats/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *a = arena_new();
    struct image_pair pair;
    enum image_fault fault;
    enum err rc = image_convert(a, str_of((const char *)bytes, n), &pair, &fault);
    INVARIANT((rc == ERR_OK) == (fault == IMAGE_FINE));
    INVARIANT(rc != ERR_OK || (pair.large.width <= IMAGE_LARGE_SIDE && pair.small.jpeg.n > 0));
    arena_free(a);
    return 0;
}
