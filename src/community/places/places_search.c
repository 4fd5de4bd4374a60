/*
 * Finding a place by what somebody typed or by where they stand.
 *
 * The names' search keys (core/utf8.h) already forgive case, look-alike letters and missing ң ө ү.
 * Here words are compared: a whole name before a beginning, a beginning before a word inside, and
 * one slip (a letter wrong, missing, extra, or two swapped) in words of five letters or more. Some
 * 2,500 names in three languages are looked through in well under a millisecond, so there is no
 * index.
 */
#include "community/places/places_internal.h"

#include "platform/core/utf8.h"
#include "platform/formats/geo.h"
#include "platform/web/components.h"

#include <math.h>

#define WORD_MAX 40

/*
 * One spelling for names that are written in many: "Kok-Jar", "Kok-Dzhar", "Кок-Джар", "Көк-Жар".
 * On top of the search key, Latin words become Cyrillic (longest match first: passports, maps and
 * phones spell differently), дж becomes ж, soft and hard signs go.
 */
static const struct {
    struct str latin;
    const char *cyrillic;
} spellings[] = {
    {STRI("dzh"), "ж"}, {STRI("shch"), "щ"}, {STRI("zh"), "ж"}, {STRI("dj"), "ж"},
    {STRI("ch"), "ч"},  {STRI("sh"), "ш"},   {STRI("kh"), "х"}, {STRI("ts"), "ц"},
    {STRI("ya"), "я"},  {STRI("ia"), "я"},   {STRI("yu"), "ю"}, {STRI("ye"), "е"},
    {STRI("yo"), "е"},  {STRI("oe"), "о"},   {STRI("ue"), "у"}, {STRI("a"), "а"},
    {STRI("b"), "б"},   {STRI("c"), "к"},    {STRI("d"), "д"},  {STRI("e"), "е"},
    {STRI("f"), "ф"},   {STRI("g"), "г"},    {STRI("h"), "х"},  {STRI("i"), "и"},
    {STRI("j"), "ж"},   {STRI("k"), "к"},    {STRI("l"), "л"},  {STRI("m"), "м"},
    {STRI("n"), "н"},   {STRI("o"), "о"},    {STRI("p"), "п"},  {STRI("q"), "к"},
    {STRI("r"), "р"},   {STRI("s"), "с"},    {STRI("t"), "т"},  {STRI("u"), "у"},
    {STRI("v"), "в"},   {STRI("w"), "в"},    {STRI("x"), "кс"}, {STRI("y"), "ы"},
    {STRI("z"), "з"},   {STRI("дж"), "ж"},   {STRI("ь"), ""},   {STRI("ъ"), ""},
};

void places_search_key(struct buf *out, struct str name)
{
    struct buf key = BUF_EMPTY;
    utf8_search_key(&key, name);
    struct str rest = buf_view(&key);
    while (rest.n > 0) {
        size_t taken = 0;
        for (size_t i = 0; i < COUNT_OF(spellings) && taken == 0; i++)
            if (str_starts(rest, spellings[i].latin)) {
                buf_cstr(out, spellings[i].cyrillic);
                taken = spellings[i].latin.n;
            }
        if (taken == 0) {
            buf_char(out, rest.p[0]);
            taken = 1;
        }
        rest = str_slice(rest, taken, rest.n);
    }
    buf_free(&key);
}

/* Words that say what kind of unit it is; people type them or not. Written as keys of this file. */
static const struct str generic_words[] = {
    STRI("аиыл"),     STRI("аыил"),     STRI("аимагы"),  STRI("аимак"),   STRI("аиылныи"),
    STRI("облусу"),   STRI("област"),   STRI("раиону"),  STRI("раион"),   STRI("раёну"),
    STRI("шаары"),    STRI("шаарчасы"), STRI("город"),   STRI("г"),       STRI("село"),
    STRI("с"),        STRI("айыл"),     STRI("аылныи"),  STRI("виллаге"), STRI("област"),
    STRI("дистрикт"), STRI("посёлок"),  STRI("поселок"), STRI("сити"),
};

struct words {
    struct str v[8];
    size_t n;
};

static struct words split_words(struct str key, bool drop_generic)
{
    struct words words = {0};
    struct str word;
    while (words.n < COUNT_OF(words.v) && str_split(&key, ' ', &word)) {
        bool generic = word.n == 0;
        for (size_t i = 0; drop_generic && !generic && i < COUNT_OF(generic_words); i++)
            generic = str_eq(word, generic_words[i]);
        if (!generic)
            words.v[words.n++] = word;
    }
    return words;
}

static size_t code_points(struct str s, uint32_t *out, size_t max)
{
    size_t n = 0, at = 0;
    while (n < max && utf8_next(s, &at, &out[n]))
        n++;
    return n;
}

/* Optimal string alignment distance of at most one: a letter changed, missing, extra or two
 * swapped. */
static bool within_one_slip(struct str a, struct str b)
{
    uint32_t x[WORD_MAX], y[WORD_MAX];
    size_t n = code_points(a, x, WORD_MAX), m = code_points(b, y, WORD_MAX);
    if (n > m + 1 || m > n + 1 || n < 5)
        return false;
    size_t head = 0;
    while (head < n && head < m && x[head] == y[head])
        head++;
    size_t tail = 0;
    while (tail < n - head && tail < m - head && x[n - 1 - tail] == y[m - 1 - tail])
        tail++;
    size_t left_x = n - head - tail, left_y = m - head - tail;
    if (left_x <= 1 && left_y <= 1)
        return true;
    return left_x == 2 && left_y == 2 && x[head] == y[head + 1] && x[head + 1] == y[head];
}

/* How well one typed word fits one word of a name: 0 not at all. */
static int word_score(struct str typed, struct str word)
{
    if (str_eq(typed, word))
        return 10;
    if (str_starts(word, typed))
        return 6;
    if (within_one_slip(typed, word))
        return 4;
    return 0;
}

/* "көкжар", "kokjar": on a phone the hyphen is three presses away. At least four letters. */
static int joined_score(struct str typed, const struct words *name)
{
    char room[8 * WORD_MAX];
    size_t n = 0;
    for (size_t i = 0; i < name->n; i++) {
        if (name->v[i].n > sizeof room - n)
            return 0;
        memcpy(room + n, name->v[i].p, name->v[i].n);
        n += name->v[i].n;
    }
    struct str joined = str_of(room, n);
    uint32_t letters[4];
    if (name->n < 2 || code_points(typed, letters, COUNT_OF(letters)) < COUNT_OF(letters))
        return 0;
    return str_eq(joined, typed) ? 100 : str_starts(joined, typed) ? 50 : 0;
}

static int name_score(const struct words *typed, struct str key)
{
    if (key.n == 0 || typed->n == 0)
        return 0;
    struct words name = split_words(key, true);
    int sum = typed->n == 1 ? joined_score(typed->v[0], &name) : 0;
    if (sum > 0)
        return sum;
    for (size_t i = 0; i < typed->n; i++) {
        int best = 0;
        for (size_t j = 0; j < name.n; j++) {
            int score = word_score(typed->v[i], name.v[j]);
            /* The words in their places say more than the same words anywhere. */
            if (score > 0 && i == j)
                score++;
            if (score > best)
                best = score;
        }
        if (best == 0)
            return 0;
        sum += best;
    }
    if (typed->n == name.n)
        sum += 5;
    return sum * 10 / (int)typed->n;
}

static int by_score(const void *x, const void *y)
{
    const struct place_hit *a = x, *b = y;
    if (a->score != b->score)
        return b->score - a->score;
    /* Municipalities before their villages, larger before smaller. */
    if (a->place->level != b->place->level)
        return a->place->level - b->place->level;
    if (a->place->population != b->place->population)
        return a->place->population < b->place->population ? 1 : -1;
    return str_compare(a->place->code, b->place->code);
}

struct place_hits territory_search(const struct territory *t, struct arena *a, struct str typed,
                                   size_t max)
{
    struct place_hits hits = {0};
    struct buf *key = buf_in(a);
    places_search_key(key, utf8_prefix(typed, 80));
    struct words words = split_words(buf_view(key), true);
    if (words.n == 0)
        words = split_words(buf_view(key), false);
    if (words.n == 0)
        return hits;

    for (size_t i = 0; i < t->n; i++) {
        const struct place *p = t->all[i];
        if (!place_is_municipality(p) && p->kind != PLACE_VILLAGE && p->kind != PLACE_SETTLEMENT)
            continue;
        int best = 0;
        for (int l = 0; l < LANG__MAX; l++) {
            int score = name_score(&words, place_entry(p)->key[l]);
            if (score > best)
                best = score;
        }
        if (str_eq(typed, p->code))
            best = 1000;
        if (best > 0 && place_municipality(p))
            ARENA_PUSH(a, hits, ((struct place_hit){.place = p, .score = best}));
    }
    if (hits.n > 1)
        qsort(hits.v, hits.n, sizeof *hits.v, by_score);
    if (hits.n > max)
        hits.n = max;
    return hits;
}

const struct place *territory_nearest(const struct territory *t, double lat, double lon,
                                      double *metres)
{
    const struct place *nearest = NULL;
    double best = 30000;
    for (size_t i = 0; i < t->n; i++) {
        const struct place *p = t->all[i];
        bool settled = p->kind == PLACE_VILLAGE || p->kind == PLACE_SETTLEMENT ||
                       (place_is_municipality(p) && p->kind != PLACE_AIMAK);
        if (!settled || !p->has_point || p->valid_to != INT64_MAX)
            continue;
        if (fabs(p->lat - lat) > 0.5) /* 0.5 degrees are 55 km: cannot be the nearest */
            continue;
        double d = geo_metres((struct geo_point){lon, lat}, (struct geo_point){p->lon, p->lat});
        if (d < best) {
            best = d;
            nearest = p;
        }
    }
    *metres = nearest ? best : 0;
    return nearest;
}

size_t places_village_options(const struct place *unit, enum lang lang, struct arena *a,
                              struct option **out)
{
    struct option *options = ARENA_ARRAY(a, struct option, unit->child_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < unit->child_count; i++)
        options[n++] = (struct option){.value = unit->children[i]->code,
                                       .text = place_name(unit->children[i], lang)};
    *out = options;
    return n;
}
