/*
 * Fuzzing the compiler of catalogues: three files of an area, cut from the input at bytes of value
 * 1, give faults or two outputs.
 */
#include "platform/core/utf8.h"
#include "poc/poc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"po/a.ky.po", "po/a.ru.po", "po/a.en.po"};
    struct arena *a = arena_new();
    struct diag d = {BUF_EMPTY, 0};
    struct tool_input in = {.slice = STR("fuzz")};
    struct output_list out = {0};
    struct str rest = str_of((const char *)data, size), part;
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        part = STR("");
        if (rest.p)
            str_split(&rest, '\1', &part);
        struct source source = {paths[i], arena_str(a, part.p ? part : STR(""))};
        source_check(&d, &source);
        ARENA_PUSH(a, in.files, source);
    }
    if (!d.errors) {
        poc_compile(a, &d, &in, &out);
        INVARIANT(d.errors ? out.n == 0 && utf8_is_text(buf_view(&d.text)) : out.n == 2);
    }
    buf_free(&d.text);
    arena_free(a);
    return 0;
}
