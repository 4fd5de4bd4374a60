/* The tour of a demonstration; see tour.h and platform/web/demo.h. */
#include "cmd/tour.h"

#include "cmd/house.h"

#include <unistd.h>

/* Stands in the file where the address of the moment goes. */
#define URL_MARK "{url}"

/* Characters, not bytes: Cyrillic names must line up too. */
static int characters_of(struct str s)
{
    int characters = 0;
    for (size_t i = 0; i < s.n; i++)
        characters += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return characters;
}

static void put_column(struct buf *out, struct str s, int width)
{
    buf_str(out, s);
    for (int at = characters_of(s); at < width + 1; at++)
        buf_char(out, ' ');
}

static void write_tour(struct buf *out, const struct demo_context *d)
{
    int first = 0; /* one width for both lists, so that the eye finds the second column */
    for (size_t i = 0; i < d->addresses.n; i++)
        first = characters_of(d->addresses.v[i].what) > first
                    ? characters_of(d->addresses.v[i].what)
                    : first;
    buf_cstr(out, "\nA demonstration with fictional people and reports. Worth a look:\n\n");
    for (size_t i = 0; i < d->addresses.n; i++) {
        buf_cstr(out, "  ");
        put_column(out, d->addresses.v[i].what, first);
        buf_cstr(out, URL_MARK);
        buf_str(out, d->addresses.v[i].path);
        buf_char(out, '\n');
    }
    if (d->logins.n > 0)
        buf_cstr(out, "\nLog in at " URL_MARK "/login as:\n\n");
    for (size_t i = 0; i < d->logins.n; i++) {
        buf_cstr(out, "  ");
        put_column(out, d->logins.v[i].role, first);
        put_column(out, d->logins.v[i].login, 26);
        put_column(out, d->logins.v[i].password, 18);
        buf_str(out, d->logins.v[i].note);
        while (out->n && out->p[out->n - 1] == ' ')
            out->n--;
        buf_char(out, '\n');
    }
}

enum err tour_save(const char *data, const struct demo_context *d)
{
    enum err rc = ERR_OK;
    char path[4200], fresh[4200];
    FILE *file = NULL;
    struct buf *text = buf_in(d->arena);
    write_tour(text, d);
    if (!house_path(path, sizeof(path), data, "tour.txt") ||
        !house_path(fresh, sizeof(fresh), data, "tour.txt.new"))
        FAIL(ERR_IO);
    file = fopen(fresh, "we");
    if (!file || fwrite(text->p, 1, text->n, file) != text->n || fflush(file) != 0 ||
        fsync(fileno(file)) != 0 || rename(fresh, path) != 0)
        FAIL(ERR_IO);
out:
    if (file)
        fclose(file);
    return rc;
}

bool tour_print(const char *data, const char *url)
{
    char path[4200], line[4096];
    FILE *file = house_path(path, sizeof(path), data, "tour.txt") ? fopen(path, "re") : NULL;
    if (!file)
        return false;
    while (fgets(line, sizeof(line), file)) {
        const char *rest = line;
        for (const char *mark; (mark = strstr(rest, URL_MARK)); rest = mark + strlen(URL_MARK))
            printf("%.*s%s", (int)(mark - rest), rest, url);
        fputs(rest, stdout);
    }
    fclose(file);
    return true;
}
