/*
 * Outgoing mail through libcurl.
 *
 * What a failure means depends on what the server answered to: the conversation is therefore
 * listened to. Only a final "no" (5yz) to the recipient or to the message itself is for good; one
 * to the log-in, to the sender or before that is our installation's trouble, and passes when
 * somebody repairs it. A connection lost after the message and before the server's word leaves it
 * unknown whether it was sent: it counts as not sent.
 */
#include "platform/core/log.h"
#include "platform/net/address.h"
#include "platform/net/http_client.h"

#include <curl/curl.h>

#include <unistd.h>

enum { TIMEOUT_MS = 30000, LONGEST_ADDRESS = 254 };

struct letter {
    struct str data;
    size_t sent;
    const char *command; /* the last one, "RCPT" */
    struct buf reply;    /* the last line of the server */
    bool loopback, over;
};

static size_t give_data(char *to, size_t one, size_t n, void *arg)
{
    struct letter *l = arg;
    size_t left = l->data.n - l->sent, most = one * n;
    size_t now = left < most ? left : most;
    memcpy(to, l->data.p + l->sent, now);
    l->sent += now;
    return now;
}

/* Remembers which command this is; what answers an AUTH challenge is none, and a secret. */
static void note_command(struct letter *l, struct str line)
{
    static const char *const commands[] = {"EHLO", "HELO", "STARTTLS", "AUTH",
                                           "MAIL", "RCPT", "DATA"};
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (str_starts(line, str_from(commands[i])))
            l->command = commands[i];
}

static int listen_in(CURL *c, curl_infotype what, char *bytes, size_t n, void *arg)
{
    (void)c;
    struct letter *l = arg;
    /* The farewell is no part of the outcome. */
    if (what == CURLINFO_HEADER_OUT && str_starts(str_of(bytes, n), STR("QUIT")))
        l->over = true;
    if (l->over)
        return 0;
    if (what == CURLINFO_HEADER_OUT) {
        note_command(l, str_of(bytes, n));
        buf_clear(&l->reply);
    } else if (what == CURLINFO_HEADER_IN) {
        buf_clear(&l->reply);
        buf_str(&l->reply, str_trim(str_of(bytes, n)));
    }
    return 0;
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    (void)purpose;
    struct letter *l = arg;
    if (l->loopback && address_kind(&to->addr) != ADDRESS_LOOPBACK)
        return CURL_SOCKET_BAD;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* What goes between "<" and ">" on a command line of its own. */
static bool is_address(const char *s)
{
    size_t n = s ? strlen(s) : 0;
    const char *at = n ? strrchr(s, '@') : NULL;
    if (!at || at == s || !at[1] || n > LONGEST_ADDRESS)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] <= 0x20 || s[i] == 0x7f || s[i] == '<' || s[i] == '>')
            return false;
    return true;
}

/* A line end that is not CR LF could end the message early for some server on the way and begin
 * another ("SMTP smuggling"). */
static bool has_clean_lines(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\0' || (s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r')) ||
            (s.p[i] == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n')))
            return false;
    return s.n > 0;
}

/* On this machine a mail server rarely has a certificate, and nobody listens. */
static enum err is_loopback(const char *url, bool *loopback)
{
    enum err rc = ERR_OK;
    char *host = NULL, *scheme = NULL;
    CURLU *parsed = err_memory(curl_url());
    if (curl_url_set(parsed, CURLUPART_URL, url, 0) != CURLUE_OK ||
        curl_url_get(parsed, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
        curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        (strcmp(scheme, "smtp") != 0 && strcmp(scheme, "smtps") != 0))
        FAIL(ERR_CONFIG);
    *loopback = strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
                strcmp(host, "[::1]") == 0;
out:
    curl_free(host);
    curl_free(scheme);
    curl_url_cleanup(parsed);
    return rc;
}

static enum err outcome(const struct letter *l)
{
    static const char *const about_message[] = {"RCPT", "DATA"};
    bool final = l->reply.n > 0 && l->reply.p[0] == '5';
    for (size_t i = 0; final && i < COUNT_OF(about_message); i++)
        if (strcmp(l->command, about_message[i]) == 0)
            return ERR_INPUT;
    return ERR_UNAVAILABLE;
}

static CURLcode perform(CURL *c, const struct smtp_message *m, struct letter *l)
{
    char from[LONGEST_ADDRESS + 3], to[LONGEST_ADDRESS + 3];
    snprintf(from, sizeof(from), "<%s>", m->from);
    snprintf(to, sizeof(to), "<%s>", m->to);
    struct curl_slist *recipients = err_memory(curl_slist_append(NULL, to));
    curl_easy_setopt(c, CURLOPT_URL, m->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)(m->timeout_ms ? m->timeout_ms : TIMEOUT_MS));
    curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(l->loopback ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, l);
    curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, listen_in);
    curl_easy_setopt(c, CURLOPT_DEBUGDATA, l);
    curl_easy_setopt(c, CURLOPT_VERBOSE, 1L);
    if (m->user) {
        curl_easy_setopt(c, CURLOPT_USERNAME, m->user);
        curl_easy_setopt(c, CURLOPT_PASSWORD, m->password ? m->password : "");
    }
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, give_data);
    curl_easy_setopt(c, CURLOPT_READDATA, l);
    CURLcode code = curl_easy_perform(c);
    curl_slist_free_all(recipients);
    return code;
}

enum err smtp_send(const struct smtp_message *m, struct buf *detail)
{
    enum err rc = ERR_OK;
    struct letter l = {.data = m->data, .command = ""};
    CURL *c = NULL;
    http_client_global_start();
    TRY(is_loopback(m->url, &l.loopback));
    if (!is_address(m->from))
        FAIL(ERR_CONFIG);
    if (!is_address(m->to) || !has_clean_lines(m->data))
        FAIL(ERR_INPUT);
    c = err_memory(curl_easy_init());
    CURLcode code = perform(c, m, &l);
    if (code == CURLE_OK)
        goto out;
    rc = outcome(&l);
    buf_str(detail, l.reply.n ? buf_view(&l.reply) : str_from(curl_easy_strerror(code)));
    LOG(LOG_WARN, "smtp.failed", LOG_C("command", l.command),
        LOG_C("reason", curl_easy_strerror(code)), LOG_C("error", err_name(rc)));
out:
    curl_easy_cleanup(c);
    buf_free(&l.reply);
    return rc;
}
