/* See evidence.h. */
#include "platform/files/evidence.h"

#include "platform/core/id.h"
#include "platform/core/utf8.h"
#include "platform/formats/image.h"

enum { NAME_MAX_LETTERS = 120 };

static struct str name_of(struct req *r, struct str given)
{
    struct buf *name = buf_in(r->arena);
    utf8_clean(name, given);
    struct str shown = utf8_prefix(str_trim(buf_view(name)), NAME_MAX_LETTERS);
    return shown.n ? shown : msg_text(r->ui.lang, MSG_web_document);
}

enum err evidence_take(struct req *r, struct form *form, int field, struct evidence_files *out)
{
    const struct field_value *v = &form->v[field];
    enum err rc = ERR_OK;
    *out = (struct evidence_files){0};
    for (int i = 0; i < v->n; i++) {
        struct str data = v->files[i].data;
        struct evidence e = {
            .id = id_new(), .name = name_of(r, v->files[i].name), .type = STR("application/pdf")};
        if (!str_starts(data, STR("%PDF-"))) {
            struct image_pair pair;
            enum image_fault fault = IMAGE_FINE;
            rc = image_convert(r->arena, data, &pair, &fault);
            if (rc == ERR_INPUT)
                form_fault(r, form, field,
                           fault == IMAGE_NOT_A_PHOTO ? MSG_web_fault_document_kind
                                                      : MSG_web_fault_document_broken);
            TRY(rc);
            data = pair.large.jpeg;
            e.type = STR("image/jpeg");
        }
        TRY(file_put(r->app, r->arena, data, &e.file));
        ARENA_PUSH(r->arena, *out, e);
    }
out:
    return rc;
}
