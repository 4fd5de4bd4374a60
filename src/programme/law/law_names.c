/* How kinds, issuers and links read, and how an act is cited. */
#include "programme/law/law_internal.h"

enum msg law_kind_message(struct str kind)
{
    static const struct {
        const char *code;
        enum msg m;
    } kinds[] = {
        {"law", MSG_law_kind_law},       {"code", MSG_law_kind_code},
        {"decree", MSG_law_kind_decree}, {"resolution", MSG_law_kind_resolution},
        {"order", MSG_law_kind_order},   {"regulation", MSG_law_kind_regulation},
        {"model", MSG_law_kind_model},   {"charter", MSG_law_kind_charter},
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_eq(kind, str_from(kinds[i].code)))
            return kinds[i].m;
    return MSG_law_kind_other;
}

enum msg law_standing_message(struct str standing)
{
    return str_eq(standing, STR("abstract")) ? MSG_law_standing_abstract
           : str_eq(standing, STR("model"))  ? MSG_law_standing_model
                                             : MSG_law_standing_official;
}

static const struct {
    const char *code;
    enum msg there, back;
} link_kinds[] = {
    {"amends", MSG_law_link_amends, MSG_law_link_amended},
    {"repeals", MSG_law_link_repeals, MSG_law_link_repealed},
    {"implements", MSG_law_link_implements, MSG_law_link_implemented},
    {"corrects", MSG_law_link_corrects, MSG_law_link_corrected},
    {"cites", MSG_law_link_cites, MSG_law_link_cited},
};

bool law_link_known(struct str kind)
{
    for (size_t i = 0; i < COUNT_OF(link_kinds); i++)
        if (str_eq(kind, str_from(link_kinds[i].code)))
            return true;
    return false;
}

enum msg law_link_message(struct str kind, bool back)
{
    for (size_t i = 0; i < COUNT_OF(link_kinds); i++)
        if (str_eq(kind, str_from(link_kinds[i].code)))
            return back ? link_kinds[i].back : link_kinds[i].there;
    return MSG_law_link_cites;
}

/* Issuers that many acts have; others read as their code. */
struct str law_issuer_name(enum lang lang, struct str issuer)
{
    static const struct {
        const char *code;
        enum msg m;
    } issuers[] = {
        {"jogorku-kenesh", MSG_law_issuer_jogorku_kenesh},
        {"government", MSG_law_issuer_government},
        {"cabinet", MSG_law_issuer_cabinet},
        {"minfin", MSG_law_issuer_minfin},
        {"lsg-agency", MSG_law_issuer_lsg_agency},
        {"model-kenesh", MSG_law_issuer_model_kenesh},
    };
    for (size_t i = 0; i < COUNT_OF(issuers); i++)
        if (str_eq(issuer, str_from(issuers[i].code)))
            return msg_text(lang, issuers[i].m);
    return issuer;
}

struct str law_act_line(struct arena *a, enum lang lang, const struct law_act *act)
{
    struct str kind = msg_text(lang, law_kind_message(act->kind));
    return act->number.n ? MSG_STR(a, lang, MSG_law_line, ARG_S("kind", kind),
                                   ARG_S("number", act->number), ARG_DATE("day", act->day))
                         : MSG_STR(a, lang, MSG_law_line_no_number, ARG_S("kind", kind),
                                   ARG_DATE("day", act->day));
}

struct str law_cite(struct arena *a, enum lang lang, const struct law_act *act, struct str article)
{
    struct str title = text3_get(&act->title, lang), line = law_act_line(a, lang, act);
    if (!article.n)
        return MSG_STR(a, lang, MSG_law_citation, ARG_S("line", line), ARG_S("title", title));
    return MSG_STR(a, lang, MSG_law_citation_article, ARG_S("line", line), ARG_S("title", title),
                   ARG_S("article", article));
}
