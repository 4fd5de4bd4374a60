/*
 * Passwords: Argon2id through libsodium, in a bounded pool.
 *
 * A hash costs 19 MiB and some 13 ms of a core by design. Two at a time is what a small server can
 * give away; a few more may wait a moment; everybody beyond that is told to come back, so a flood
 * of log-ins can neither fill the memory nor hold all workers.
 *
 * An unknown log-in is checked against a hash that no password has, so that its answer takes as
 * long as that of a known one.
 */
#include "community/people/people_internal.h"

#include "platform/core/utf8.h"

#include <pthread.h>
#include <sodium.h>
#include <time.h>

/* One of the three sets that OWASP ASVS 5.0 approves (t = 2, 19 MiB). */
#define PASSWORD_PASSES 2
#define PASSWORD_BYTES ((size_t)19456 * 1024)

enum { POOL_RUNNING = 2, POOL_WAITING = 8, POOL_WAIT_MS = 2000 };

/* Of a random text that was thrown away; the parameters must be those above. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$gaqvRhRtp/"
                             "unK5e5QLkraQ$4WVtK1wE6XQ7kvkqYgtUMeWdGPjE5s/IN4RP/zR/mjs";

static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t pool_free = PTHREAD_COND_INITIALIZER;
static int pool_running, pool_waiting;

static struct timespec in_ms(int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    int64_t ns = t.tv_nsec + ms % 1000 * 1000000;
    t.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
    t.tv_nsec = (long)(ns % 1000000000);
    return t;
}

enum err password_pool_enter(void)
{
    struct timespec until = in_ms(POOL_WAIT_MS);
    enum err rc = ERR_OK;
    pthread_mutex_lock(&pool_lock);
    if (pool_running >= POOL_RUNNING && pool_waiting >= POOL_WAITING) {
        rc = ERR_RATE;
    } else {
        pool_waiting++;
        while (rc == ERR_OK && pool_running >= POOL_RUNNING)
            if (pthread_cond_timedwait(&pool_free, &pool_lock, &until) != 0)
                rc = ERR_RATE;
        pool_waiting--;
        pool_running += rc == ERR_OK;
    }
    pthread_mutex_unlock(&pool_lock);
    return rc;
}

void password_pool_leave(void)
{
    pthread_mutex_lock(&pool_lock);
    pool_running--;
    pthread_cond_signal(&pool_free);
    pthread_mutex_unlock(&pool_lock);
}

int password_pool_waiting(void)
{
    pthread_mutex_lock(&pool_lock);
    int n = pool_waiting;
    pthread_mutex_unlock(&pool_lock);
    return n;
}

enum err password_hash(struct arena *a, struct str password, struct str *out)
{
    char text[crypto_pwhash_STRBYTES];
    enum err rc = password_pool_enter();
    if (rc != ERR_OK)
        return rc;
    if (crypto_pwhash_str_alg(text, password.p ? password.p : "", password.n, PASSWORD_PASSES,
                              PASSWORD_BYTES, crypto_pwhash_ALG_ARGON2ID13) != 0)
        rc = ERR_BUSY; /* no memory for it just now */
    password_pool_leave();
    if (rc == ERR_OK)
        *out = arena_str(a, str_from(text));
    return rc;
}

enum err password_check(struct str hash, struct str password, struct password_verdict *out)
{
    char text[crypto_pwhash_STRBYTES] = {0};
    bool known = hash.n > 0 && hash.n < sizeof(text);
    struct str used = known ? hash : str_from(nobody);
    memcpy(text, used.p, used.n);
    enum err rc = password_pool_enter();
    if (rc != ERR_OK)
        return rc;
    bool right = crypto_pwhash_str_verify(text, password.p ? password.p : "", password.n) == 0;
    password_pool_leave();
    out->right = right && known;
    out->old = out->right && crypto_pwhash_str_needs_rehash(text, PASSWORD_PASSES, PASSWORD_BYTES);
    return ERR_OK;
}

/* --- which passwords are taken --- */

/* What people choose when they want no password: guessed first. With digits at either end too. */
static const char *const common[] = {
    "password",      "passw0rd",   "parol",      "пароль",       "qwerty",    "qwertyuiop",
    "qwertz",        "йцукен",     "йцукенгшщз", "asdfgh",       "asdfghjkl", "фывапролдж",
    "zxcvbnm",       "ячсмить",    "letmein",    "welcome",      "iloveyou",  "admin",
    "administrator", "superadmin", "root",       "login",        "user",      "guest",
    "test",          "temp",       "changeme",   "secret",       "master",    "dragon",
    "football",      "monkey",     "sunshine",   "princess",     "abc",       "abcd",
    "abcdef",        "salam",      "салам",      "саламатсызбы", "любовь",    "привет",
    "солнышко",      "наташа",     "марина",     "кыргызстан",   "киргизия",  "kyrgyzstan",
    "kirgizia",      "bishkek",    "бишкек",     "manas",        "манас",     "issykkul",
    "ысыккөл",       "иссыккуль",  "naryn",      "нарын",        "osh",       "jalalabad",
    "talas",         "batken",     "aimak",      "аймак",        "айыл",      "айылөкмөтү",
    "aiylokmotu",    "okmotu",     "өкмөт",      "кенеш",        "kenesh",    "көкжар",
    "kokjar",        "апа",        "ата",        "жаным",        "janym",     "qazwsx",
    "qweasd",        "qweasdzxc",  "йфяцыч",     "passpass",     "супер",     "super",
};

static struct str folded(struct arena *a, struct str s)
{
    struct buf *out = buf_in(a);
    uint32_t code;
    for (size_t at = 0; utf8_next(s, &at, &code);)
        if (code != ' ' && code != '-' && code != '_' && code != '.' && code != '!')
            buf_utf8(out, utf8_lower(code));
    return buf_view(out);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct str without_digits_around(struct str s)
{
    size_t from = 0, to = s.n;
    while (from < to && is_digit(s.p[from]))
        from++;
    while (to > from && is_digit(s.p[to - 1]))
        to--;
    return str_slice(s, from, to - from);
}

/* "aaaaaaaaaa", "abababababab", "12121212": a short piece again and again. */
static bool is_repeated(struct str s)
{
    for (size_t period = 1; period <= 4 && period * 2 < s.n; period++) {
        size_t i = period;
        while (i < s.n && s.p[i] == s.p[i - period])
            i++;
        if (i == s.n)
            return true;
    }
    return false;
}

/* "1234567890", "9876543210", "abcdefghij". */
static bool is_run(struct str s)
{
    int steps[2] = {0, 0};
    for (size_t i = 1; i < s.n; i++) {
        int step = s.p[i] - s.p[i - 1];
        /* 9 and 0 are neighbours on a keyboard. */
        steps[0] += step == 1 || (s.p[i - 1] == '9' && s.p[i] == '0');
        steps[1] += step == -1 || (s.p[i - 1] == '0' && s.p[i] == '9');
    }
    return s.n > 1 && (steps[0] == (int)s.n - 1 || steps[1] == (int)s.n - 1);
}

enum msg password_fault(struct arena *a, struct str password, struct str login, struct str name)
{
    size_t length = utf8_length(password);
    if (length < PASSWORD_LEAST)
        return MSG_people_password_short;
    struct str plain = folded(a, password), core = without_digits_around(plain);
    if (core.n == 0 || is_repeated(plain) || is_run(plain) || is_run(core))
        return MSG_people_password_common;
    for (size_t i = 0; i < COUNT_OF(common); i++)
        if (str_eq(core, str_from(common[i])))
            return MSG_people_password_common;
    struct str own = folded(a, login);
    ptrdiff_t at = str_find_char(own, '@');
    struct str local = at > 0 ? str_slice(own, 0, (size_t)at) : own;
    struct str words = name, word;
    bool personal = str_eq(plain, own) || str_eq(core, local);
    while (str_split(&words, ' ', &word))
        personal = personal || (word.n > 0 && str_eq(core, folded(a, word)));
    return personal ? MSG_people_password_own : MSG_NONE;
}

struct str letters_make(struct arena *a, int groups, int size)
{
    /* 31 characters that nobody mistakes for another. */
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    struct buf *out = buf_in(a);
    for (int made = 0; made < groups * size;) {
        unsigned char byte;
        random_fill(&byte, 1);
        if (byte >= 248) /* 8 * 31: no letter more likely than another */
            continue;
        if (made > 0 && made % size == 0)
            buf_char(out, '-');
        buf_char(out, letters[byte % 31]);
        made++;
    }
    return buf_view(out);
}

struct str password_make(struct arena *a)
{
    return letters_make(a, 3, 5); /* 74 bits */
}

struct str recovery_make(struct arena *a)
{
    return letters_make(a, 3, 4); /* 59 bits */
}

struct str recovery_folded(struct arena *a, struct str typed)
{
    struct buf *out = buf_in(a);
    for (size_t i = 0; i < typed.n; i++) {
        char c = typed.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c != ' ' && c != '-')
            buf_char(out, c);
    }
    return buf_view(out);
}
