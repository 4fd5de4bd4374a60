/*
 * Fictional people of the demonstration: one for each role, in Kok-Jar or for the whole country.
 *
 * They log in with a known password and a known secret of the second factor, so they can log in
 * only where the data is that of a demonstration (people_login.c), and the page shows their code
 * only on this computer.
 */
#include "community/people/people_internal.h"

#include "platform/web/demo.h"

#define KOK_JAR "41704235837000"
#define PASSWORD "kok-jar-demo"
/* In base32, for a phone: IFUW2YLLIRSW232TMVRXEZLUFUZDAMRW */
#define SECRET "AimakDemoSecret-2026"
#define RESIDENT "resident@kok-jar.demo"

static const struct {
    const char *login, *name, *what;
    enum role role;
    const char *scope;
} staff[] = {
    {"officer@kok-jar.demo", "Демо Кызматкер", "Service officer, Kok-Jar", ROLE_OFFICER, KOK_JAR},
    {"head@kok-jar.demo", "Демо Өкмөт Башчысы", "Head of Kok-Jar", ROLE_HEAD, KOK_JAR},
    {"accountant@kok-jar.demo", "Демо Бухгалтер", "Accountant, Kok-Jar", ROLE_ACCOUNTANT, KOK_JAR},
    {"deputy@kok-jar.demo", "Демо Депутат", "Deputy of the kenesh, Kok-Jar", ROLE_DEPUTY, KOK_JAR},
    {"group@kok-jar.demo", "Демо Активист", "Monitoring group, Kok-Jar", ROLE_GROUP_MEMBER,
     KOK_JAR},
    {"provider@kok-jar.demo", "Демо Таза Айыл", "Service provider, Kok-Jar", ROLE_PROVIDER,
     KOK_JAR},
    {"programme@aimak.demo", "Демо Программа", "Programme staff", ROLE_PROGRAMME, "*"},
    {"national@aimak.demo", "Демо Агенттик", "National agency", ROLE_NATIONAL, "*"},
    {"admin@aimak.demo", "Демо Администратор", "Administrator", ROLE_ADMINISTRATOR, "*"},
};

struct demo_resident {
    struct arena *a;
    int64_t id, now_ms;
};

static enum err add_resident(struct tx *tx, void *arg)
{
    struct demo_resident *d = arg;
    struct sql_person_email_get_row known;
    enum err rc = sql_person_email_get(tx, d->a, &known, .email = STR(RESIDENT));
    if (rc != ERR_NOT_FOUND)
        return rc;
    rc = sql_person_add(tx, NULL, .id = d->id, .name = STR("Демо Тургун"), .lang = STR("ky"),
                        .email = STR(RESIDENT), .notices = 1, .fictional = 1, .now_ms = d->now_ms);
    if (rc == ERR_OK)
        rc = sql_person_email_put(tx, NULL, .email = STR(RESIDENT), .person_id = d->id,
                                  .now_ms = d->now_ms);
    return rc;
}

enum err people_demo(struct app *app, struct demo_context *demo)
{
    enum err rc = ERR_OK;
    for (size_t i = 0; i < COUNT_OF(staff); i++) {
        int64_t id;
        struct new_staff s = {
            .name = str_from(staff[i].name),
            .login = str_from(staff[i].login),
            .email = str_from(staff[i].login),
            .password = STR(PASSWORD),
            .totp_secret = STR(SECRET),
            .lang = LANG_KY,
            .role = staff[i].role,
            .scope = str_from(staff[i].scope),
            .fictional = true,
        };
        rc = people_add_staff(app, &s, &id);
        if (rc != ERR_OK && rc != ERR_CONFLICT)
            return rc;
        demo_note_login(demo, (struct demo_login){.role = str_from(staff[i].what),
                                                  .login = s.login,
                                                  .password = s.password,
                                                  .note = STR("the page shows the code")});
    }
    struct demo_resident resident = {demo->arena, id_new(), clock_now_ms()};
    rc = db_write(app->db, SCOPE_COUNTRY, add_resident, &resident);
    demo_note_login(demo, (struct demo_login){.role = STR("Resident"),
                                              .login = STR(RESIDENT),
                                              .note = STR("by e-mail; read it at /demo/mail")});
    demo_note_address(
        demo, (struct demo_address){STR("E-mail that the program sent"), STR("/demo/mail")});
    return rc;
}
