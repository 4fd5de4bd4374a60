/* The common options; see options.h. */
#include "cmd/options.h"

#include "cmd/settings.h"

const char options_help[] =
    "Options of every command, with the variable that is used without them:\n"
    "  --db URL             sqlite:PATH or postgresql://USER@HOST:PORT/NAME; without one\n"
    "                       sqlite:DATA/aimak.db (AIMAK_DB)\n"
    "  --data DIR           files, keys and the database file; \"data\" (AIMAK_DATA)\n"
    "  --listen HOST:PORT   where to serve; 127.0.0.1:8080, port 0: any free (AIMAK_LISTEN)\n"
    "  --public-url URL     the address that people type, with https (AIMAK_PUBLIC_URL)\n"
    "  --trusted-proxy IP   proxy whose X-Forwarded headers count (AIMAK_TRUSTED_PROXY)\n"
    "  --settings FILE      the variables of a service, such as /etc/aimak/aimak.conf\n"
    "  --help, --version\n";

static const char *from_environment(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

bool options_take(struct options *o, int *argc, char **argv)
{
    /* First: what the file says stands where nothing else does. */
    const char *settings = NULL;
    if (!cli_value(argc, argv, "--settings", &settings) || (settings && !settings_read(settings)))
        return false;
    *o = (struct options){
        .data = from_environment("AIMAK_DATA", "data"),
        .db = from_environment("AIMAK_DB", NULL),
        .listen = from_environment("AIMAK_LISTEN", "127.0.0.1:8080"),
        .public_url = from_environment("AIMAK_PUBLIC_URL", NULL),
        .trusted_proxy = from_environment("AIMAK_TRUSTED_PROXY", NULL),
    };
    if (!cli_value(argc, argv, "--db", &o->db) || !cli_value(argc, argv, "--data", &o->data) ||
        !cli_value(argc, argv, "--listen", &o->listen) ||
        !cli_value(argc, argv, "--public-url", &o->public_url) ||
        !cli_value(argc, argv, "--trusted-proxy", &o->trusted_proxy))
        return false;
    bool h = cli_flag(argc, argv, "-h");
    o->help = cli_flag(argc, argv, "--help") || h;
    o->version = cli_flag(argc, argv, "--version");
    if (!*o->data || strlen(o->data) > 4000) {
        cli_say("--data needs the name of a directory");
        return false;
    }
    if (!o->db) {
        snprintf(o->db_default, sizeof(o->db_default), "sqlite:%s/aimak.db", o->data);
        o->db = o->db_default;
    }
    if (strncmp(o->db, "sqlite:", 7) != 0 && strncmp(o->db, "postgresql://", 13) != 0 &&
        strncmp(o->db, "postgres://", 11) != 0) {
        cli_say("--db is sqlite:PATH or postgresql://USER@HOST:PORT/NAME, not \"%s\"", o->db);
        return false;
    }
    if (o->public_url) {
        size_t n = strlen(o->public_url);
        if ((strncmp(o->public_url, "https://", 8) != 0 &&
             strncmp(o->public_url, "http://", 7) != 0) ||
            o->public_url[n - 1] == '/') {
            cli_say("--public-url begins with https:// and has no slash at the end, not \"%s\"",
                    o->public_url);
            return false;
        }
    }
    return true;
}
