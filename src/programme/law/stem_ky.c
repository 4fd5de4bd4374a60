/*
 * The Kyrgyz suffix stripper.
 *
 * Kyrgyz is agglutinative: a form is a stem and a chain of suffixes, each of which follows the
 * letters before it in two ways.
 *   Vowel harmony. A suffix has a low vowel (А: а, е, о, ө) or a high one (I: ы, и, у, ү), chosen
 *   by the last vowel before it. After а, ы: а, ы; after е, и: е, и; after о: о, у; after ө: ө, ү;
 *   after у: а, у; after ү: ө, ү. In search keys ө reads о and ү reads у, so after у both а and о
 *   are in harmony.
 *   Assimilation. The first consonant follows the letter before it: plural -лар after a vowel, р
 *   and й, -дар after another voiced consonant, -тар after a voiceless one; accusative and genitive
 *   н, д, т; locative and past д, т; dative and perfect г, к; negation б, п.
 * So the patterns below are written with signs: A I for the vowels, L N D G B for the consonants.
 * An ending that is not in harmony with what stands before it is no ending.
 *
 * The endings: number, possession, case, -дагы and -ныкы, -лык, -луу, -сыз; persons of the
 * predicate; of verbs the tenses and moods, negation, participles, converbs, the verbal nouns in
 * -уу and -оо, and voice (passive, reflexive, reciprocal, causative).
 *
 * One ending is taken off at a time, the longest that fits, until none does: a fixpoint. That is
 * why the stem of a lemma is the stem of its forms also where too much is taken off: "кызматы" is
 * led to "кызмат" and on from there, wherever that goes. What would break this is an ending that is
 * cut at another place in a form than in the lemma. Three rules stand against it:
 *   - where two cuttings of one form are in question (жаран-ы or жара-ны), the lemma itself is cut
 *     too (жаран to жара), so both ways meet;
 *   - a list of words of public life at which it stops (`known`), and which win over longer
 * endings;
 *   - at least three letters stay, or two when they are a word of the list.
 *
 * At the end of a stem г and б become к and п: "салыгы", "салык". Stems that lose a vowel before
 * an ending (орун, орду) and words with forms of their own stand in a list of exceptions.
 */
#include "programme/law/stem_ky.h"

#include "platform/core/utf8.h"

#include <pthread.h>

#define LETTERS (STEM_KY_MAX / 2)

/* A letter of the alphabet as its distance from а: а 0 ... я 31. */
typedef unsigned char letter;
#define FIRST_LETTER 0x0430

enum {
    L_A = 0,
    L_B = 1,
    L_V = 2,
    L_G = 3,
    L_D = 4,
    L_E = 5,
    L_ZH = 6,
    L_Z = 7,
    L_I = 8,
    L_SHORT_I = 9,
    L_K = 10,
    L_L = 11,
    L_N = 13,
    L_O = 14,
    L_P = 15,
    L_R = 16,
    L_T = 18,
    L_U = 19,
    L_Y = 27,
    L_SOFT = 28,
    L_E_OPEN = 29,
    L_YU = 30,
    L_YA = 31,
};

struct word {
    letter v[LETTERS];
    size_t n;
};

static bool is_vowel(letter c)
{
    switch (c) {
    case L_A:
    case L_E:
    case L_I:
    case L_O:
    case L_U:
    case L_Y:
    case L_E_OPEN:
    case L_YU:
    case L_YA:
        return true;
    default:
        return false;
    }
}

/* п к с т ф х ц ч ш щ */
static bool is_voiceless(letter c)
{
    return c == L_K || c == L_P || c == 17 || (c >= 18 && c != L_U && c <= 25);
}

/* Voiced stops and sibilants at the end of loanwords are followed by either sort. */
static bool is_wavering(letter c)
{
    return c == L_B || c == L_V || c == L_G || c == L_D || c == L_ZH || c == L_Z || c == L_SOFT;
}

static bool parse(struct str s, struct word *out)
{
    size_t at = 0;
    uint32_t code;
    out->n = 0;
    while (utf8_next(s, &at, &code)) {
        if (code < FIRST_LETTER || code > FIRST_LETTER + 31 || out->n == LETTERS)
            return false;
        out->v[out->n++] = (letter)(code - FIRST_LETTER);
    }
    return true;
}

/* --- words known --- */

/* Search keys of words at which to stop. Nouns and adjectives as in a dictionary, verbs as their
 * root. */
static const char known_words[] =
    "мыйзам кенеш окмот айыл аймак токтом бюджет салык кызмат депутат тургун китеп мектеп жол суу "
    "жер уй иш бала киши акча баа тариф план район облус шаар жаран укук милдет орун долбоор "
    "комиссия сессия чечим моонот мулк таштанды жарык чогулуш адам эл мамлекет башкар "
    "жергиликтуу орган бийлик соз кун жыл ай убакыт сан ат тил дарек адрес класс офис закон устав "
    "хартия кагаз уруксат макул каржы сапат ресурс процесс баланс документация насос автобус "
    "конкурс статус корпус "
    "бер ал бар бекит кара иште аныкта толо катыш текшер каржыла туз озгорт пайдалан тапшыр уюштур "
    "жарыяла кел бол оку кет кал кыл жаса айт ук ур ач аш от ич эт кабыл кийин кыйын кылмыш боюнча "
    "жонундо учун менен жана же эле да де же эки уч он беш торт алты жети сегиз тогуз жуз мин бир "
    "ар оз ич уст ал ак аз аяк баш кол коз бет орто туш туур тийиш";

/* The list as a table of open addressing, made once: each word of a text asks it often. */
enum { KNOWN_PLACES = 1024 };
static struct word known[KNOWN_PLACES];
static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static size_t place_of(const letter *v, size_t n)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ v[i]) * 16777619U;
    return (hash ^ hash >> 15) % KNOWN_PLACES;
}

static struct word *find_known(const letter *v, size_t n)
{
    size_t at = place_of(v, n);
    while (known[at].n && (known[at].n != n || memcmp(known[at].v, v, n) != 0))
        at = (at + 1) % KNOWN_PLACES;
    return &known[at];
}

static bool is_known(const struct word *w, size_t n)
{
    return n > 0 && find_known(w->v, n)->n > 0;
}

/* Forms that are no stem and ending, or whose stem loses a vowel. */
enum { EXCEPTION_LETTERS = 7 };
static const struct {
    const char *form, *stem;
} exceptions[] = {
    {"орд", "орун"},    {"мурд", "мурун"}, {"мойн", "моюн"},  {"эрд", "эрин"},   {"конл", "конул"},
    {"балдар", "бала"}, {"коет", "кой"},   {"коюу", "кой"},   {"коюп", "кой"},   {"таап", "тап"},
    {"мага", "мен"},    {"мени", "мен"},   {"менин", "мен"},  {"сага", "сен"},   {"сени", "сен"},
    {"сенин", "сен"},   {"анын", "ал"},    {"аны", "ал"},     {"ага", "ал"},     {"анда", "ал"},
    {"андан", "ал"},    {"алардын", "ал"}, {"алар", "ал"},    {"буга", "бул"},   {"муну", "бул"},
    {"мунун", "бул"},   {"мында", "бул"},  {"мындан", "бул"}, {"ушуну", "ушул"}, {"ушунун", "ушул"},
    {"ушуга", "ушул"},  {"деп", "де"},     {"деген", "де"},   {"деди", "де"},    {"дейт", "де"},
    {"шагы", "шак"},
};

/* --- endings --- */

enum after { ANY, VOWEL, CONSONANT };
struct ending {
    const char *pattern;
    enum after after;
    unsigned char least; /* letters that must stay */
};

/* Longest first is looked for, so the order says nothing. */
static const struct ending endings[] = {
    /* case, alone and after a possessive */
    {"NIн", ANY, 3},
    {"NI", VOWEL, 4},
    {"NI", CONSONANT, 3},
    {"GA", ANY, 3},
    {"нA", VOWEL, 4},
    {"DA", ANY, 3},
    {"нDA", VOWEL, 4},
    {"DAн", ANY, 3},
    {"нAн", VOWEL, 4},
    {"сIн", VOWEL, 3},
    {"сIнA", VOWEL, 3},
    {"IмA", CONSONANT, 3},
    {"чA", ANY, 4},
    {"GAчA", ANY, 3},
    /* number and possession */
    {"LAр", ANY, 3},
    {"I", CONSONANT, 3},
    {"сI", VOWEL, 4},
    {"Iм", CONSONANT, 3},
    {"Iн", CONSONANT, 3},
    {"IнIз", CONSONANT, 3},
    {"нIз", VOWEL, 4},
    {"IбIз", CONSONANT, 3},
    {"бIз", VOWEL, 4},
    /* what makes a word of relation of a noun */
    {"DAгI", ANY, 3},
    {"нDAгI", VOWEL, 3},
    {"NIкI", ANY, 3},
    {"LIк", ANY, 4},
    {"Lуу", ANY, 3},
    {"сIз", ANY, 3},
    {"DAй", ANY, 4},
    /* persons of the predicate */
    {"мIн", ANY, 3},
    {"BIз", ANY, 4},
    {"сIн", ANY, 3},
    /* tenses and moods */
    {"DI", ANY, 3},
    {"DIм", ANY, 3},
    {"DIк", ANY, 4},
    {"DIнIз", ANY, 3},
    {"GAн", ANY, 3},
    {"Aт", CONSONANT, 3},
    {"йт", VOWEL, 3},
    {"BAйт", ANY, 3},
    {"BAй", ANY, 4},
    {"BAгAн", ANY, 3},
    {"BAс", ANY, 4},
    {"BAсA", ANY, 3},
    {"BAсIн", ANY, 3},
    {"BAдI", ANY, 3},
    {"BAсDAн", ANY, 3},
    {"BAп", ANY, 3},
    {"BA", ANY, 4},
    {"AмIн", CONSONANT, 3},
    {"ймIн", VOWEL, 3},
    {"AсIн", CONSONANT, 3},
    {"йсIн", VOWEL, 3},
    {"AбIз", CONSONANT, 3},
    {"йбIз", VOWEL, 3},
    {"AсIз", CONSONANT, 3},
    {"йсIз", VOWEL, 3},
    {"Aр", CONSONANT, 4},
    {"р", VOWEL, 5},
    {"Iп", CONSONANT, 3},
    {"п", VOWEL, 3},
    {"й", VOWEL, 4},
    {"сA", ANY, 3},
    {"сAк", ANY, 3},
    {"сAм", ANY, 3},
    {"сAнIз", ANY, 3},
    {"GIлA", ANY, 3},
    {"GIн", ANY, 4},
    {"GAй", ANY, 3},
    {"GAнчA", ANY, 3},
    {"мAк", ANY, 4},
    {"уу", CONSONANT, 3},
    {"уучу", CONSONANT, 3},
    /* voice */
    {"Iл", CONSONANT, 3},
    {"л", VOWEL, 5},
    {"н", VOWEL, 4},
    {"Iш", CONSONANT, 3},
    {"ш", VOWEL, 5},
    {"DIр", ANY, 4},
    {"GIз", ANY, 4},
    /* the vowel at the end of a stem, which a verb loses before -оо and -уу */
    {"A", CONSONANT, 4},
    {"я", ANY, 4},
};

/* The patterns read once: signs as 100 and their character, letters as they are. */
#define ENDING_MAX 8
static struct {
    size_t n;
    unsigned char v[ENDING_MAX];
} patterns[COUNT_OF(endings)];
#define SIGN 100

static void prepare(void)
{
    struct str rest = str_of(known_words, sizeof known_words - 1), one;
    while (str_split(&rest, ' ', &one)) {
        struct word w;
        if (parse(one, &w) && w.n > 0)
            *find_known(w.v, w.n) = w;
    }
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        struct str pattern = str_from(endings[i].pattern);
        size_t at = 0;
        uint32_t code;
        while (utf8_next(pattern, &at, &code)) {
            INVARIANT(patterns[i].n < ENDING_MAX);
            patterns[i].v[patterns[i].n++] =
                (unsigned char)(code < 0x80 ? SIGN + code : code - FIRST_LETTER);
        }
    }
}

static bool low_fits(letter before, letter c)
{
    switch (before) {
    case L_A:
    case L_Y:
    case L_YA:
        return c == L_A;
    case L_E:
    case L_I:
    case L_E_OPEN:
        return c == L_E;
    case L_O:
        return c == L_O;
    default: /* у, ю */
        return c == L_A || c == L_O;
    }
}

static bool high_fits(letter before, letter c)
{
    switch (before) {
    case L_A:
    case L_Y:
    case L_YA:
        return c == L_Y;
    case L_E:
    case L_I:
    case L_E_OPEN:
        return c == L_I;
    default:
        return c == L_U;
    }
}

/* Which of voiced and voiceless may follow. */
static bool voiced_fits(letter before)
{
    return !is_voiceless(before);
}
static bool voiceless_fits(letter before)
{
    return is_voiceless(before) || is_wavering(before);
}

/* `sign` of a pattern against a letter, given the letter and the vowel before it. */
static bool sign_fits(char sign, letter before, letter vowel, letter c)
{
    bool open = is_vowel(before);
    switch (sign) {
    case 'A':
        return low_fits(vowel, c);
    case 'I':
        return high_fits(vowel, c);
    case 'L':
        if (c == L_L)
            return open || before == L_R || before == L_SHORT_I;
        return (c == L_D && !open && voiced_fits(before)) || (c == L_T && voiceless_fits(before));
    case 'N':
        if (c == L_N)
            return open;
        return (c == L_D && !open && voiced_fits(before)) || (c == L_T && voiceless_fits(before));
    case 'D':
        return (c == L_D && voiced_fits(before)) || (c == L_T && voiceless_fits(before));
    case 'G':
        return (c == L_G && voiced_fits(before)) || (c == L_K && voiceless_fits(before));
    default: /* B */
        return (c == L_B && voiced_fits(before)) || (c == L_P && voiceless_fits(before));
    }
}

static bool last_vowel(const struct word *w, size_t n, letter *out)
{
    while (n-- > 0)
        if (is_vowel(w->v[n])) {
            *out = w->v[n];
            return true;
        }
    return false;
}

/* How many letters stay when the ending is taken off; 0: it is not there. */
static size_t without(const struct word *w, size_t which)
{
    const struct ending *e = &endings[which];
    size_t length = patterns[which].n;
    letter vowel;
    if (w->n < length + 2)
        return 0;
    size_t stay = w->n - length;
    unsigned char last = patterns[which].v[length - 1];
    if (last < SIGN && last != w->v[w->n - 1])
        return 0;
    if ((e->after == VOWEL && !is_vowel(w->v[stay - 1])) ||
        (e->after == CONSONANT && is_vowel(w->v[stay - 1])) || !last_vowel(w, stay, &vowel))
        return 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char want = patterns[which].v[i];
        letter c = w->v[stay + i];
        if (want >= SIGN ? !sign_fits((char)(want - SIGN), w->v[stay + i - 1], vowel, c)
                         : c != want)
            return 0;
        if (is_vowel(c))
            vowel = c;
    }
    return stay >= e->least || is_known(w, stay) ? stay : 0;
}

static void harden(struct word *w)
{
    if (w->n == 0)
        return;
    letter *last = &w->v[w->n - 1];
    if (*last == L_G)
        *last = L_K;
    else if (*last == L_B)
        *last = L_P;
}

static bool replace_exception(struct word *w)
{
    struct word form;
    if (w->n > EXCEPTION_LETTERS)
        return false;
    for (size_t i = 0; i < COUNT_OF(exceptions); i++)
        if (parse(str_from(exceptions[i].form), &form) && form.n == w->n &&
            memcmp(form.v, w->v, w->n) == 0)
            return parse(str_from(exceptions[i].stem), w);
    return false;
}

/* "кароо" is кара and -оо: the vowel of the stem comes back, in harmony. */
static bool strip_long_o(struct word *w)
{
    letter vowel;
    if (w->n < 5 || w->v[w->n - 1] != L_O || w->v[w->n - 2] != L_O ||
        !last_vowel(w, w->n - 2, &vowel))
        return false;
    w->n--;
    letter *back = &w->v[w->n - 1];
    switch (vowel) {
    case L_A:
    case L_Y:
    case L_YA:
        *back = L_A;
        break;
    case L_E:
    case L_I:
    case L_E_OPEN:
        *back = L_E;
        break;
    default:
        *back = L_O;
        break;
    }
    return true;
}

/* One step towards the stem; false: it is reached. */
static bool strip_one(struct word *w)
{
    size_t best = 0;
    bool best_known = false;
    harden(w);
    if (is_known(w, w->n))
        return false;
    if (replace_exception(w) || strip_long_o(w))
        return true;
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        size_t stay = without(w, i);
        if (!stay)
            continue;
        struct word rest = *w;
        rest.n = stay;
        harden(&rest);
        bool is_word = is_known(&rest, stay);
        if (!best || (is_word && !best_known) || (is_word == best_known && stay < best)) {
            best = stay;
            best_known = is_word;
        }
    }
    if (!best && w->n == 4 && w->v[2] == L_U && w->v[3] == L_U)
        best = 3; /* "окуу": too short for -уу, so that one у stays with the stem */
    if (!best)
        return false;
    w->n = best;
    return true;
}

struct str stem_ky(struct str word, char out[STEM_KY_MAX])
{
    struct word w;
    pthread_once(&prepared, prepare);
    if (word.n > STEM_KY_MAX || !parse(word, &w) || w.n < 3)
        return word;
    /* Each step but replacing shortens the word, and what replaces is not replaced again. */
    for (int steps = 0; steps < 2 * LETTERS && strip_one(&w); steps++)
        ;
    for (size_t i = 0; i < w.n; i++) {
        uint32_t code = FIRST_LETTER + w.v[i];
        out[2 * i] = (char)(0xC0 | code >> 6);
        out[2 * i + 1] = (char)(0x80 | (code & 0x3F));
    }
    return str_of(out, 2 * w.n);
}

bool stem_ky_knows(struct str word)
{
    struct word w;
    pthread_once(&prepared, prepare);
    return parse(word, &w) && is_known(&w, w.n);
}
