/*
 * Feeds a fuzz target without a fuzzer: every file of its corpora (src/.../corpus/TARGET), each
 * also cut short and with bytes changed in a repeatable way, and the empty input. A crash file of
 * `make fuzz` that is put into the corpus is thereby a regression test of the ordinary run.
 *
 *     replay_TARGET TARGET        with AIMAK_SOURCE, the root of the source tree
 *
 * Prints TAP, one test a file. A target that crashes leaves the name of the file in the line
 * before.
 */
#include "platform/core/buf.h"

#include <ftw.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

#define CHANGES 24

static const char *target;
static int count;

/* xorshift: the same changes in every run, so that a failure can be repeated. */
static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* The target gets a copy of exactly n bytes, so that a sanitizer sees a read behind them. */
static void feed(const uint8_t *bytes, size_t n)
{
    uint8_t *copy = malloc(n ? n : 1);
    INVARIANT(copy);
    if (n)
        memcpy(copy, bytes, n);
    LLVMFuzzerTestOneInput(copy, n);
    free(copy);
}

static void feed_changed(uint8_t *bytes, size_t n)
{
    uint32_t state = 2463534242u ^ (uint32_t)n;
    for (int i = 0; i < CHANGES && n > 0; i++) {
        size_t at = next_random(&state) % n;
        uint8_t kept = bytes[at];
        bytes[at] = (uint8_t)next_random(&state);
        feed(bytes, i % 3 == 0 ? at + 1 : n);
        bytes[at] = kept;
    }
}

static int visit(const char *path, const struct stat *seen, int type, struct FTW *where)
{
    char folder[300];
    (void)where;
    snprintf(folder, sizeof(folder), "/corpus/%s/", target);
    if (type != FTW_F || !strstr(path, folder))
        return 0;
    size_t n = (size_t)seen->st_size;
    uint8_t *bytes = malloc(n ? n : 1);
    FILE *file = fopen(path, "rb");
    INVARIANT(bytes && file && fread(bytes, 1, n, file) == n);
    fclose(file);
    printf("# %s\n", path);
    fflush(stdout);
    feed(bytes, n);
    feed_changed(bytes, n);
    free(bytes);
    printf("ok %d - %s: %s\n", ++count, target, strrchr(path, '/') + 1);
    return 0;
}

int main(int argc, char **argv)
{
    const char *source = getenv("AIMAK_SOURCE");
    char tree[4096];
    if (argc < 2 || !source) {
        fputs("usage: AIMAK_SOURCE=DIR replay_TARGET TARGET\n", stderr);
        return 2;
    }
    target = argv[1];
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    feed((const uint8_t *)"", 0);
    printf("ok %d - %s: empty input\n", ++count, target);
    for (int i = 0; i < 2; i++) {
        snprintf(tree, sizeof(tree), "%s/%s", source, i ? "tools" : "src");
        INVARIANT(nftw(tree, visit, 16, FTW_PHYS) == 0);
    }
    printf("1..%d\n", count);
    return 0;
}
