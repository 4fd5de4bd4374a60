/*
 * The log on both engines: what is appended is placed, signed and proved, and whatever an
 * administrator of the database changes is found and named.
 */
#include "platform/trail/audit.h"
#include "platform/trail/trail_internal.h"
#include "platform/web/slice_testing.h"

#include <fcntl.h>

#define START_MS INT64_C(1795317300000)

static const struct slice *const slices[] = {&jobs_slice, &trail_slice};

static void begin(struct slice_test *t, void **state)
{
    slice_test_begin(t, state, slices, COUNT_OF(slices));
    assert_int_equal(trail_slice.start(&t->app), ERR_OK);
    memset(t->app.key, 7, sizeof t->app.key);
    clock_set_for_test(START_MS);
}

static void end(struct slice_test *t)
{
    clock_set_for_test(0);
    slice_test_end(t);
}

/* --- helpers --- */

struct appending {
    struct str unit;
    int count;
    int64_t first_id;
    enum err then;
};

static enum err append(struct tx *tx, void *arg)
{
    struct appending *p = arg;
    for (int i = 0; i < p->count; i++) {
        char payload[40];
        int n = snprintf(payload, sizeof payload, "{\"state\":\"accepted\",\"n\":%d}", i);
        int64_t id;
        enum err rc = trail_append(tx, p->unit, "case_state", STR("7K3M-Q2XD-4"),
                                   str_of(payload, (size_t)n), &id);
        if (rc != ERR_OK)
            return rc;
        if (i == 0)
            p->first_id = id;
    }
    return p->then;
}

static int64_t add(struct slice_test *t, struct str unit, int count)
{
    struct appending p = {.unit = unit, .count = count};
    assert_int_equal(db_write(t->app.db, unit, append, &p), ERR_OK);
    return p.first_id;
}

static void sequence(struct slice_test *t)
{
    assert_int_equal(trail_sequence(&t->app, true), ERR_OK);
}

static struct trail_check verify(struct slice_test *t, struct str unit,
                                 const struct checkpoint *kept)
{
    struct trail_check check;
    assert_int_equal(trail_verify(&t->app, unit, kept, &check), ERR_OK);
    return check;
}

static void check_whole(struct slice_test *t, struct str unit, int entries, int checkpoints)
{
    struct trail_check c = verify(t, unit, NULL);
    if (c.broken)
        fail_msg("%s", c.fault.text);
    assert_int_equal(c.entries, entries);
    assert_int_equal(c.checkpoints, checkpoints);
}

static void check_broken(struct slice_test *t, int64_t seq, const char *words)
{
    struct trail_check c = verify(t, UNIT, NULL);
    if (!c.broken || c.fault.seq != seq || !strstr(c.fault.text, words))
        fail_msg("%s: entry %lld: %s", c.broken ? "broken" : "whole", (long long)c.fault.seq,
                 c.fault.text);
}

struct looking {
    struct arena *a;
    int64_t seq;
    struct trail_entries entries;
    struct trail_checkpoint latest;
    struct trail_proof proof;
    int64_t id;
    struct str payload;
    bool same;
};

static enum err look_latest(struct tx *tx, void *arg)
{
    struct looking *l = arg;
    return trail_latest(tx, l->a, UNIT, &l->latest);
}

static enum err look_proof(struct tx *tx, void *arg)
{
    struct looking *l = arg;
    return trail_prove(tx, l->a, UNIT, l->seq, &l->proof);
}

static enum err look_subject(struct tx *tx, void *arg)
{
    struct looking *l = arg;
    return trail_of_subject(tx, l->a, UNIT, STR("7K3M-Q2XD-4"), &l->entries);
}

static enum err look_match(struct tx *tx, void *arg)
{
    struct looking *l = arg;
    return trail_matches(tx, UNIT, l->id, l->payload, &l->same);
}

static enum err forget(struct tx *tx, void *arg)
{
    return trail_forget(tx, UNIT, *(int64_t *)arg);
}

/* What somebody with the database's password can do. */
static enum err tamper(struct tx *tx, void *arg)
{
    return tx_run(tx, arg, NULL, NULL, NULL, NULL);
}

#define TAMPER(t, sql)                                                                             \
    do {                                                                                           \
        static const struct db_query query = {                                                     \
            .name = "tamper", .sqlite = sql, .postgres = sql, .writes = true};                     \
        assert_int_equal(db_write((t)->app.db, SCOPE_COUNTRY, tamper, (void *)(uintptr_t)&query),  \
                         ERR_OK);                                                                  \
    } while (0)

/* --- tests --- */

static void keeps_what_committed(void **state)
{
    struct slice_test t;
    begin(&t, state);
    struct appending lost = {.unit = UNIT, .count = 2, .then = ERR_NOT_FOUND};
    assert_int_equal(db_write(t.app.db, UNIT, append, &lost), ERR_NOT_FOUND);
    sequence(&t);
    check_whole(&t, UNIT, 0, 0);
    add(&t, UNIT, 3);
    add(&t, OTHER_UNIT, 2);
    check_whole(&t, UNIT, 0, 0);
    sequence(&t);
    check_whole(&t, UNIT, 3, 1);
    check_whole(&t, OTHER_UNIT, 2, 1);
    sequence(&t); /* nothing new: no new checkpoint */
    check_whole(&t, UNIT, 3, 1);
    struct looking l = {.a = t.arena};
    assert_int_equal(db_read(t.app.db, UNIT, look_subject, &l), ERR_OK);
    assert_int_equal(l.entries.n, 3);
    assert_int_equal(l.entries.v[2].seq, 2);
    assert_int_equal(l.entries.v[2].at_ms, START_MS);
    assert_true(str_eq(l.entries.v[2].kind, STR("case_state")));
    assert_true(hash_eq(l.entries.v[2].previous, l.entries.v[1].leaf));
    end(&t);
}

static void signs_at_most_every_ten_minutes(void **state)
{
    struct slice_test t;
    begin(&t, state);
    add(&t, UNIT, 1);
    assert_int_equal(schedule_run_now(&t.app, "trail_sequence"), ERR_OK);
    check_whole(&t, UNIT, 1, 1);
    clock_set_for_test(START_MS + MS_MINUTE);
    add(&t, UNIT, 1);
    assert_int_equal(trail_sequence(&t.app, false), ERR_OK);
    check_whole(&t, UNIT, 2, 1);
    clock_set_for_test(START_MS + 10 * MS_MINUTE); /* no new entry, but one unsigned */
    assert_int_equal(trail_sequence(&t.app, false), ERR_OK);
    check_whole(&t, UNIT, 2, 2);
    end(&t);
}

static void proves_each_entry(void **state)
{
    struct slice_test t;
    begin(&t, state);
    struct looking l = {.a = t.arena};
    assert_int_equal(db_read(t.app.db, UNIT, look_proof, &l), ERR_NOT_FOUND);
    for (int round = 0; round < 3; round++) {
        add(&t, UNIT, 205); /* over one batch */
        sequence(&t);
    }
    check_whole(&t, UNIT, 615, 3);
    for (l.seq = 0; l.seq < 615; l.seq += 41) {
        assert_int_equal(db_read(t.app.db, UNIT, look_proof, &l), ERR_OK);
        assert_int_equal(l.proof.checkpoint.size, 615);
        assert_true(hash_eq(trail_entry_leaf(&l.proof.entry), l.proof.entry.leaf));
        assert_true(merkle_proves(l.proof.entry.leaf, (uint64_t)l.seq, 615, l.proof.path, l.proof.n,
                                  l.proof.checkpoint.root));
    }
    l.seq = 615;
    assert_int_equal(db_read(t.app.db, UNIT, look_proof, &l), ERR_NOT_FOUND);
    l.seq = -1;
    assert_int_equal(db_read(t.app.db, UNIT, look_proof, &l), ERR_NOT_FOUND);
    end(&t);
}

static void checkpoints_are_signed_notes(void **state)
{
    struct slice_test t;
    begin(&t, state);
    add(&t, UNIT, 3);
    sequence(&t);
    struct looking l = {.a = t.arena};
    struct note_key key;
    struct checkpoint c;
    assert_int_equal(db_read(t.app.db, UNIT, look_latest, &l), ERR_OK);
    note_key_derive(&key, t.app.key);
    assert_true(checkpoint_signed_by(l.latest.note, key.public_key));
    assert_int_equal(checkpoint_read(l.latest.note, &c), ERR_OK);
    assert_int_equal(c.size, 3);
    assert_true(str_eq(c.origin, STR("aimak.example/trail/41702215010000")));
    assert_true(hash_eq(c.root, l.latest.root));
    for (size_t i = 0; i < l.latest.note.n; i++) { /* no byte of it may change */
        char *copy = arena_cstr(t.arena, l.latest.note);
        copy[i] ^= 1;
        struct str changed = str_of(copy, l.latest.note.n);
        if (checkpoint_signed_by(changed, key.public_key))
            fail_msg("byte %zu may be changed", i);
    }
    struct note_key other;
    unsigned char secret[32] = {1};
    note_key_derive(&other, secret);
    assert_false(checkpoint_signed_by(l.latest.note, other.public_key));
    struct buf *text = buf_in(t.arena);
    trail_key_text(text, &t.app, UNIT);
    assert_true(str_starts(buf_view(text), STR("aimak.example/trail/41702215010000+")));
    assert_int_equal(checkpoint_read(STR("a\nb\nc\n"), &c), ERR_PARSE);
    assert_int_equal(checkpoint_read(STR(""), &c), ERR_PARSE);
    end(&t);
}

/* The signed-note specification's own example of a key: name and bytes give this hash. */
static void key_text_has_the_form_of_the_specification(void **state)
{
    (void)state;
    unsigned char typed[33];
    struct buf b = BUF_EMPTY;
    static const char vkey[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    size_t n = 0;
    assert_int_equal(sodium_base642bin(typed, sizeof typed, strrchr(vkey, '+') + 1, 44, NULL, &n,
                                       NULL, sodium_base64_VARIANT_ORIGINAL),
                     0);
    assert_int_equal(n, 33);
    note_key_text(&b, STR("PeterNeumann"), typed + 1);
    assert_true(str_eq(buf_view(&b), str_from(vkey)));
    static const char note[] =
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
        "\n"
        "\xE2\x80\x94 PeterNeumann "
        "x08go/ZJkuBS9UG/"
        "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    assert_true(checkpoint_signed_by(str_from(note), typed + 1));
    buf_free(&b);
}

static void shows_later_what_was_committed_to(void **state)
{
    struct slice_test t;
    begin(&t, state);
    struct looking l = {.a = t.arena, .id = add(&t, UNIT, 1)};
    for (int placed = 0; placed < 2; placed++) {
        l.payload = STR("{\"state\":\"accepted\",\"n\":0}");
        assert_int_equal(db_read(t.app.db, UNIT, look_match, &l), ERR_OK);
        assert_true(l.same);
        l.payload = STR("{\"state\":\"refused\",\"n\":0}");
        assert_int_equal(db_read(t.app.db, UNIT, look_match, &l), ERR_OK);
        assert_false(l.same);
        sequence(&t);
    }
    assert_int_equal(db_write(t.app.db, UNIT, forget, &l.id), ERR_OK);
    assert_int_equal(db_read(t.app.db, UNIT, look_match, &l), ERR_NOT_FOUND);
    check_whole(&t, UNIT, 1, 1);
    end(&t);
}

static void names_what_was_changed(void **state)
{
    struct slice_test t;
    begin(&t, state);
    add(&t, UNIT, 8);
    sequence(&t);
    add(&t, UNIT, 5);
    sequence(&t);
    check_whole(&t, UNIT, 13, 2);
    TAMPER(&t, "UPDATE trail_entry SET subject = 'XXXX' WHERE seq = 4");
    check_broken(&t, 4, "entry 4 (case_state, XXXX)");
    TAMPER(&t, "UPDATE trail_entry SET subject = '7K3M-Q2XD-4' WHERE seq = 4");
    check_whole(&t, UNIT, 13, 2);
    TAMPER(&t, "UPDATE trail_entry SET at_ms = at_ms + 1 WHERE seq = 9");
    check_broken(&t, 9, "entry 9");
    TAMPER(&t, "UPDATE trail_entry SET at_ms = at_ms - 1 WHERE seq = 9");
    TAMPER(&t, "UPDATE trail_entry SET previous = leaf WHERE seq = 0");
    check_broken(&t, 0, "entry 0");
    end(&t);
}

static void names_what_was_removed(void **state)
{
    struct slice_test t;
    begin(&t, state);
    add(&t, UNIT, 8);
    sequence(&t);
    clock_set_for_test(START_MS + 1);
    add(&t, UNIT, 5);
    assert_int_equal(trail_sequence(&t.app, false), ERR_OK);
    check_whole(&t, UNIT, 13, 1);
    TAMPER(&t, "DELETE FROM trail_entry WHERE seq = 12"); /* not signed yet */
    check_broken(&t, 12, "entry 12 is missing: the log had 13");
    TAMPER(&t, "DELETE FROM trail_entry WHERE seq > 5");
    check_broken(&t, 6, "entry 6 is missing: a checkpoint of size 8 was signed");
    TAMPER(&t, "DELETE FROM trail_entry WHERE seq = 2");
    check_broken(&t, 2, "entry 2 is missing");
    TAMPER(&t, "DELETE FROM trail_entry");
    check_broken(&t, 0, "entry 0 is missing");
    end(&t);
}

static void finds_changed_checkpoints_and_heads(void **state)
{
    struct slice_test t;
    begin(&t, state);
    add(&t, UNIT, 8);
    sequence(&t);
    TAMPER(&t, "UPDATE trail_head SET peaks = last");
    check_broken(&t, -1, "head");
    TAMPER(&t, "UPDATE trail_head SET size = 9");
    check_broken(&t, 8, "the log had 9");
    TAMPER(&t, "UPDATE trail_head SET size = 8");
    TAMPER(&t, "UPDATE trail_head SET last = (SELECT leaf FROM trail_entry WHERE seq = 6)");
    check_broken(&t, -1, "head");
    TAMPER(&t, "UPDATE trail_checkpoint SET note = replace(note, '8', '7')");
    check_broken(&t, -1, "checkpoint of size 8 is damaged");
    TAMPER(&t, "DELETE FROM trail_checkpoint");
    TAMPER(&t, "DELETE FROM trail_head");
    check_broken(&t, -1, "head of the log is missing");
    end(&t);
}

static void unsigned_checkpoints_are_found(void **state)
{
    struct slice_test t;
    begin(&t, state);
    add(&t, UNIT, 2);
    sequence(&t);
    TAMPER(&t, "DELETE FROM trail_key");
    check_broken(&t, -1, "no valid signature");
    end(&t);
}

/* The administrator holds the key, throws the log away and writes a new one: inside everything
 * fits; only a checkpoint kept outside tells. */
static void a_kept_checkpoint_tells_of_a_rewritten_log(void **state)
{
    struct slice_test t;
    begin(&t, state);
    add(&t, UNIT, 5);
    sequence(&t);
    struct looking l = {.a = t.arena};
    struct checkpoint kept;
    assert_int_equal(db_read(t.app.db, UNIT, look_latest, &l), ERR_OK);
    assert_int_equal(checkpoint_read(l.latest.note, &kept), ERR_OK);
    add(&t, UNIT, 2);
    sequence(&t);
    assert_false(verify(&t, UNIT, &kept).broken);
    TAMPER(&t, "DELETE FROM trail_entry");
    TAMPER(&t, "DELETE FROM trail_node");
    TAMPER(&t, "DELETE FROM trail_head");
    TAMPER(&t, "DELETE FROM trail_checkpoint");
    add(&t, UNIT, 4);
    sequence(&t);
    check_whole(&t, UNIT, 4, 1);
    struct trail_check check = verify(&t, UNIT, &kept);
    assert_true(check.broken && strstr(check.fault.text, "entry 4 is missing: the checkpoint"));
    add(&t, UNIT, 4);
    sequence(&t);
    check = verify(&t, UNIT, &kept);
    assert_true(check.broken && strstr(check.fault.text, "not those of the checkpoint"));
    end(&t);
}

static int run_command(struct slice_test *t, char **argv)
{
    int argc = 0, out = dup(1), err = dup(2), null = open("/dev/null", O_WRONLY);
    while (argv[argc])
        argc++;
    fflush(stdout);
    dup2(null, 1);
    dup2(null, 2);
    int code = trail_command_verify(&t->app, argc, argv);
    fflush(stdout);
    dup2(out, 1);
    dup2(err, 2);
    close(null);
    close(out);
    close(err);
    return code;
}

static void command_gives_exit_codes(void **state)
{
    struct slice_test t;
    begin(&t, state);
    char path[100];
    char *all[] = {NULL}, *with[] = {"41702215010000", "--checkpoint", path, NULL};
    char *without_unit[] = {"--checkpoint", path, NULL};
    snprintf(path, sizeof path, "%s/checkpoint.txt", t.data);
    assert_int_equal(run_command(&t, all), 0);
    add(&t, UNIT, 5);
    sequence(&t);
    assert_int_equal(run_command(&t, all), 0);
    assert_int_equal(run_command(&t, with), 3);
    struct looking l = {.a = t.arena};
    assert_int_equal(db_read(t.app.db, UNIT, look_latest, &l), ERR_OK);
    FILE *file = fopen(path, "wb");
    fwrite(l.latest.note.p, 1, l.latest.note.n, file);
    fclose(file);
    char *with_copy[] = {"41702215010000", "--checkpoint", path, NULL};
    assert_int_equal(run_command(&t, with_copy), 0);
    assert_int_equal(run_command(&t, without_unit), 2);
    TAMPER(&t, "UPDATE trail_entry SET kind = 'x' WHERE seq = 3");
    assert_int_equal(run_command(&t, all), 1);
    end(&t);
}

/* --- the audit --- */

struct auditing {
    struct arena *a;
    struct actor actor;
    struct audit_rows unit, reads, person, older;
};

static enum err write_audit(struct tx *tx, void *arg)
{
    struct auditing *p = arg;
    enum err rc = ERR_OK;
    TRY(audit_write(tx, &p->actor, UNIT, AUDIT_DID, "case_state", 0, STR("7K3M"), STR("accepted")));
    TRY(audit_write(tx, &p->actor, UNIT, AUDIT_READ, "case_contact", 77, STR("7K3M"), STR_NULL));
    TRY(audit_write(tx, NULL, OTHER_UNIT, AUDIT_READ, "case_contact", 77, STR_NULL, STR_NULL));
out:
    return rc;
}

static enum err read_audit(struct tx *tx, void *arg)
{
    struct auditing *p = arg;
    enum err rc = ERR_OK;
    TRY(audit_of_unit(tx, p->a, UNIT, &(struct audit_filter){0}, 0, 10, &p->unit));
    TRY(audit_of_unit(tx, p->a, UNIT, &(struct audit_filter){.reads_only = true}, 0, 10,
                      &p->reads));
    TRY(audit_of_person(tx, p->a, 77, 0, 10, &p->person));
    TRY(audit_of_unit(tx, p->a, UNIT, &(struct audit_filter){0}, p->unit.v[0].id, 10, &p->older));
out:
    return rc;
}

static void audit_tells_head_and_person(void **state)
{
    struct slice_test t;
    begin(&t, state);
    struct auditing p = {.a = t.arena, .actor.person_id = 5};
    assert_int_equal(db_write(t.app.db, SCOPE_COUNTRY, write_audit, &p), ERR_OK);
    assert_int_equal(db_read(t.app.db, SCOPE_COUNTRY, read_audit, &p), ERR_OK);
    assert_int_equal(p.unit.n, 2);
    assert_int_equal(p.unit.v[0].kind, AUDIT_READ); /* newest first */
    assert_int_equal(p.unit.v[0].actor, 5);
    assert_int_equal(p.unit.v[0].person, 77);
    assert_true(str_eq(p.unit.v[1].detail, STR("accepted")));
    assert_int_equal(p.unit.v[1].person, 0);
    assert_int_equal(p.reads.n, 1);
    assert_int_equal(p.person.n, 2); /* in whichever municipality */
    assert_int_equal(p.person.v[0].actor, 0);
    assert_int_equal(p.older.n, 1);
    assert_true(str_eq(p.older.v[0].action, STR("case_state")));
    end(&t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(keeps_what_committed),
        BODY(signs_at_most_every_ten_minutes),
        BODY(proves_each_entry),
        BODY(checkpoints_are_signed_notes),
        BODY(key_text_has_the_form_of_the_specification),
        BODY(shows_later_what_was_committed_to),
        BODY(names_what_was_changed),
        BODY(names_what_was_removed),
        BODY(finds_changed_checkpoints_and_heads),
        BODY(unsigned_checkpoints_are_found),
        BODY(a_kept_checkpoint_tells_of_a_rewritten_log),
        BODY(command_gives_exit_codes),
        BODY(audit_tells_head_and_person),
    };
    return slice_test_run("trail", bodies, COUNT_OF(bodies));
}
