/*
 * Fuzz target: files of acts in each format. Whatever comes in is refused with a fault, or lies
 * within the bounds, and what is taken can be written as Akoma Ntoso and read again as the same.
 */
#include "programme/law/law_text.h"

#include "platform/core/utf8.h"

static void check_again(struct arena *a, const struct law_text *t)
{
    struct buf *xml = buf_in(a);
    struct law_texts again;
    struct law_faults faults;
    law_write_akn(xml, t, 0);
    if (law_read(a, buf_view(xml), &again, &faults) != ERR_OK)
        return; /* larger than a file may be, or a title that is all blanks */
    INVARIANT(again.n == 1 && again.v[0].day == t->day && again.v[0].from_day == t->from_day);
    INVARIANT(str_eq(again.v[0].lang, t->lang) && str_eq(again.v[0].issuer, t->issuer));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *a = arena_new();
    struct law_texts texts;
    struct law_faults faults;
    enum err rc = law_read(a, str_of((const char *)bytes, n), &texts, &faults);
    INVARIANT(rc == ERR_OK || rc == ERR_INPUT);
    INVARIANT((rc == ERR_OK) == (faults.n == 0));
    for (size_t i = 0; rc == ERR_OK && i < texts.n; i++) {
        INVARIANT(texts.v[i].parts.n > 0 && texts.v[i].parts.n <= LAW_PARTS_MAX);
        check_again(a, &texts.v[i]);
    }
    arena_free(a);
    return 0;
}
