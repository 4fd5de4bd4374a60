/*
 * Search over a large library: fills the database with made-up articles, then takes the time of the
 * first page of several searches, each beside its ceiling: the engine's own full-text query for the
 * same words, ordered by its rank, rows only.
 *
 *     bench_law --db URL [--articles N]
 *
 * Prints tab-separated: "fill", articles, seconds, microseconds an article; then "search", words,
 * hits of the page, median milliseconds by the clock, of processor time in this process, and of the
 * ceiling by the clock. An empty database is
 * migrated and filled; one that has been filled is only searched.
 */
#include "programme/law/law_internal.h"

#include "platform/core/cli.h"
#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/store/migrate.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARTICLES_AN_ACT = 50, WORDS_AN_ARTICLE = 45, ACTS_A_WRITE = 10, ROUNDS = 15 };

/* Nouns and verbs of public life with a few of their forms; the first are the most common, as words
 * of a language are. */
static const char *const words_ky[] = {
    "кеңештин",   "токтом",    "айылдык",    "бюджеттен", "кызматтарды", "тарифтин", "суунун",
    "мыйзамга",   "өкмөтүнүн", "чечимди",    "тургундар", "салыгы",      "аймактын", "берилет",
    "бекитилет",  "төлөйт",    "шайланган",  "комиссия",  "мүлккө",      "жерлерди", "долбоорду",
    "келишимдин", "мөөнөтү",   "угууда",     "отчетун",   "жарыялайт",   "текшерүү", "каржылоо",
    "мектептин",  "жолдордун", "таштандыны", "жарыгын",   "депутаттар",  "сессияда", "жобонун",
    "өзгөртүлөт", "аныктайт",  "катышат",    "уюшулат",   "пайдалануу",  "коргоого", "балдардын",
    "китепкана",  "жайыттын",  "малчылар",   "чыгымдар",  "кирешенин",   "айыптар",  "даттанууну",
    "архивде",    "мөөрү",     "каттоого",   "көчмөндөр", "булактын",    "короонун", "дарбазасы"};
static const char *const words_ru[] = {
    "кенеша",     "постановление", "местного",   "бюджета",        "услуг",      "тарифа",
    "воды",       "закону",        "окмоту",     "решения",        "жителей",    "налогов",
    "территории", "выдаётся",      "утверждает", "оплачивают",     "избранный",  "комиссией",
    "имуществом", "землями",       "проекта",    "договора",       "сроки",      "слушаниях",
    "отчётов",    "публикует",     "проверки",   "финансирования", "школами",    "дорогами",
    "мусор",      "освещение",     "депутатами", "сессии",         "положения",  "изменяется",
    "определяет", "участвуют",     "организует", "пользования",    "охраны",     "детских",
    "библиотеки", "пастбищ",       "скотоводы",  "расходов",       "доходами",   "штрафы",
    "жалобу",     "архива",        "печати",     "регистрации",    "кочевников", "источника",
    "двора",      "ворота"};

struct dice {
    uint64_t state;
};

static uint64_t roll(struct dice *d)
{
    uint64_t x = d->state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* The smaller of several draws: low numbers are common. */
static size_t draw(struct dice *d, size_t n)
{
    size_t best = roll(d) % n;
    for (int i = 0; i < 2; i++) {
        size_t again = roll(d) % n;
        best = again < best ? again : best;
    }
    return best;
}

static void put_sentence(struct buf *b, struct dice *d, bool ky, int words)
{
    for (int i = 0; i < words; i++)
        buf_printf(b, "%s%s", i ? " " : "",
                   ky ? words_ky[draw(d, COUNT_OF(words_ky))]
                      : words_ru[draw(d, COUNT_OF(words_ru))]);
}

static void make_act(struct buf *b, int64_t number)
{
    struct dice d = {(uint64_t)number};
    bool ky = number % 2;
    buf_printf(b,
               "issuer: bench\nkind: law\nnumber: %d\ndate: %d-%02d-%02d\nlang: %s\ntopics: %s\n",
               (int)number, 1995 + (int)(number % 30), 1 + (int)(roll(&d) % 12),
               1 + (int)(roll(&d) % 28), ky ? "ky" : "ru", number % 10 ? "budget" : "water");
    buf_printf(b, "title-%s: ", ky ? "ky" : "ru");
    put_sentence(b, &d, ky, 6);
    buf_cstr(b, "\n\n");
    for (int i = 1; i <= ARTICLES_AN_ACT; i++) {
        buf_printf(b, ky ? "%d-берене. " : "Статья %d. ", i);
        put_sentence(b, &d, ky, 4);
        buf_char(b, '\n');
        put_sentence(b, &d, ky, WORDS_AN_ARTICLE);
        buf_printf(b, " s%dx%d\n", (int)number, i);
    }
    buf_cstr(b, "=====\n");
}

static void must(enum err rc, const char *what)
{
    if (rc == ERR_OK)
        return;
    cli_say("%s: %s", what, err_name(rc));
    exit(EXIT_ENVIRONMENT);
}

static void fill(struct db *db, int64_t articles)
{
    int64_t acts = articles / ARTICLES_AN_ACT, began = clock_monotonic_us();
    struct progress bar;
    progress_start(&bar, "Filling the library", acts);
    struct arena *a = arena_new();
    for (int64_t i = 0; i < acts; i += ACTS_A_WRITE) {
        struct buf *b = buf_in(a);
        struct law_texts texts;
        struct law_put put = {.arena = a, .texts = &texts, .now_ms = 1};
        for (int64_t k = i; k < i + ACTS_A_WRITE && k < acts; k++)
            make_act(b, k + 1);
        must(law_read(a, buf_view(b), &texts, &put.faults), "reading");
        must(db_write(db, SCOPE_COUNTRY, law_put_texts, &put), "writing");
        arena_reset(a);
        progress_at(&bar, i);
    }
    arena_free(a);
    progress_end(&bar);
    int64_t us = clock_monotonic_us() - began;
    printf("fill\t%lld\t%.1f\t%.0f\n", (long long)articles, (double)us / 1e6,
           (double)us / (double)articles);
}

/* --- searching --- */

struct search {
    struct arena *a;
    struct law_query q;
    struct law_hits hits;
};

static enum err search(struct tx *tx, void *arg)
{
    struct search *s = arg;
    return law_search(tx, s->a, &s->q, &s->hits);
}

static const enum db_type text_in[] = {DB_STR}, number_out[] = {DB_I64};
static const char *const number_name[] = {"id"};
static const struct db_query ceiling = {
    .name = "bench_law_ceiling",
    .sqlite = "SELECT rowid AS id FROM law_index WHERE law_index MATCH ?1 ORDER BY rank LIMIT 21",
    .postgres = "SELECT id FROM law_doc WHERE search @@ CAST(CAST($1 AS TEXT) AS tsquery)"
                " ORDER BY ts_rank(search, CAST(CAST($1 AS TEXT) AS tsquery)) DESC LIMIT 21",
    .in = text_in,
    .in_count = 1,
    .out = number_out,
    .out_names = number_name,
    .out_count = 1};

static enum err see_row(void *arg, const struct db_value *values)
{
    (void)arg;
    (void)values;
    return ERR_OK;
}

static enum err run_ceiling(struct tx *tx, void *arg)
{
    struct db_value value = {.type = DB_STR, .s = *(struct str *)arg};
    return tx_run(tx, &ceiling, &value, see_row, NULL, NULL);
}

/* What autovacuum would do by itself within a minute. */
static enum err analyze(struct tx *tx, void *arg)
{
    static const struct db_query query = {.name = "bench_law_analyze",
                                          .sqlite = "SELECT 1",
                                          .postgres = "ANALYZE law_doc",
                                          .writes = true};
    (void)arg;
    return tx_is_postgres(tx) ? tx_run(tx, &query, NULL, see_row, NULL, NULL) : ERR_OK;
}

static int by_value(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

/* The same words as the engine itself would be asked for them: any stem of each, all of them. */
static struct str bare(struct arena *a, const char *words, const char *topic, bool postgres)
{
    struct law_terms terms;
    struct buf *b = buf_in(a);
    const char *quote = postgres ? "'" : "\"";
    law_terms_read(a, str_from(words), &terms);
    for (size_t i = 0; i < terms.n; i++) {
        const struct law_term *t = &terms.v[i];
        buf_cstr(b, i ? (postgres ? " & " : " AND ") : "");
        if (t->phrase_n) {
            for (size_t k = 0; k < t->phrase_n; k++)
                buf_printf(b, "%s%s%.*s%s", k ? (postgres ? " <-> " : " + ") : "", quote,
                           STRF(t->phrase[k]), quote);
            continue;
        }
        struct str first = t->article ? t->key : t->ky, second = t->article ? t->key : t->ru;
        buf_printf(b, "(%s%.*s%s %s %s%.*s%s)", quote, STRF(first), quote, postgres ? "|" : "OR",
                   quote, STRF(second), quote);
    }
    if (topic)
        buf_printf(b, "%s%s%.*s%s", postgres ? " & " : " AND ", quote,
                   STRF(law_topic_mark(a, str_from(topic))), quote);
    return buf_view(b);
}

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static double median(double *v)
{
    qsort(v, ROUNDS, sizeof *v, by_value);
    return v[ROUNDS / 2];
}

static void measure(struct db *db, const char *words, const char *topic)
{
    double took[ROUNDS], least[ROUNDS], cpu[ROUNDS];
    size_t hits = 0;
    struct arena *a = arena_new();
    for (int i = 0; i < ROUNDS; i++) {
        struct search s = {.a = a,
                           .q = {.words = str_from(words),
                                 .topic = str_from(topic),
                                 .on = day_today(),
                                 .limit = 20}};
        struct str match = bare(a, words, topic, db_is_postgres(db));
        double c0 = cpu_ms();
        int64_t t0 = clock_monotonic_us();
        must(db_read(db, SCOPE_COUNTRY, search, &s), "searching");
        int64_t t1 = clock_monotonic_us();
        cpu[i] = cpu_ms() - c0;
        must(db_read(db, SCOPE_COUNTRY, run_ceiling, &match), "ceiling");
        least[i] = (double)(clock_monotonic_us() - t1) / 1000;
        took[i] = (double)(t1 - t0) / 1000;
        hits = s.hits.n;
        arena_reset(a);
    }
    arena_free(a);
    printf("search\t%s%s%s\t%zu\t%.2f\t%.2f\t%.2f\n", words, topic ? " in " : "",
           topic ? topic : "", hits, median(took), median(cpu), median(least));
}

int main(int argc, char **argv)
{
    const char *url = NULL, *count = NULL;
    int64_t articles = 100000;
    struct db *db;
    log_set_level(LOG_ERROR);
    argc--;
    argv++;
    if (!cli_value(&argc, argv, "--db", &url) || !cli_value(&argc, argv, "--articles", &count) ||
        !cli_arguments(&argc, argv, 0, 0) || !url ||
        (count && !str_to_i64(str_from(count), &articles))) {
        cli_say("usage: bench_law --db URL [--articles N]");
        return EXIT_BAD_USAGE;
    }
    size_t n = 0;
    while (law_migrations[n])
        n++;
    must(db_open(&db, str_from(url), &(struct db_options){.statement_ms = 60000}), "opening");
    int applied;
    must(migrate_up(db, law_migrations, n, &applied), "migrating");
    if (applied > 0)
        fill(db, articles);
    must(db_write(db, SCOPE_COUNTRY, analyze, NULL), "analyzing");
    static const char *const searches[] = {"кеңештер",       "бюджеттердин чыгымы",
                                           "местные услуги", "доходы архивов",
                                           "ст. 34 бюджет",  "пас",
                                           "s700x7",         "\"местного бюджета\""};
    for (size_t i = 0; i < COUNT_OF(searches); i++)
        measure(db, searches[i], NULL);
    measure(db, "тариф", "water");
    db_close(db);
    return EXIT_DONE;
}
