/*
 * The public log of a municipality: append-only, so that nobody quietly changes a report's state, a
 * budget line or a vote. Everybody may read it, and check it without trusting us.
 *
 * An entry says when something of a kind happened to a public subject ("case_state" to report
 * "7K3M-Q2XD-4"), and commits to the details: SHA-256 over a secret random salt and the payload. So
 * the log holds no personal data; who knows payload and salt can show later what was committed to,
 * and destroying the salt makes the entry meaningless for ever.
 *
 * An entry is written in the transaction of its cause; within a minute the sequencer gives it its
 * place: each entry contains the hash of the one before, all are leaves of a Merkle tree (RFC
 * 6962), and the tree's head is signed with Ed25519 in a checkpoint (a C2SP "signed note"). Whoever
 * kept a checkpoint can prove later that the log was changed or shortened.
 */
#ifndef TRAIL_TRAIL_H
#define TRAIL_TRAIL_H

#include "platform/jobs/jobs.h"
#include "platform/trail/merkle.h"

/* In the caller's transaction. `kind` is a code, `subject` a public number or code: neither may
 * hold personal data. `payload` is hashed, not stored: build it so that it can be built again
 * (sorted members, ids, no "now"). `id` (may be NULL) is what trail_matches and trail_forget take.
 */
MUST enum err trail_append(struct tx *tx, struct str unit, const char *kind, struct str subject,
                           struct str payload, int64_t *id);
/* Is this the payload that the entry committed to? ERR_NOT_FOUND: no such entry, or forgotten. */
MUST enum err trail_matches(struct tx *tx, struct str unit, int64_t id, struct str payload,
                            bool *same);
/* Destroys the salt: nobody can ever connect the entry with a payload again. */
MUST enum err trail_forget(struct tx *tx, struct str unit, int64_t id);

struct trail_entry {
    struct str unit;
    int64_t seq; /* from 0, without gaps */
    int64_t at_ms;
    struct str kind, subject;
    struct hash commitment, previous, leaf; /* previous: of the entry before, zeros for the first */
};
struct trail_entries {
    struct trail_entry *v;
    size_t n;
};
/* The text whose leaf hash (RFC 6962: SHA-256 of a zero byte and the text) the entry bears. */
void trail_entry_text(struct buf *out, const struct trail_entry *e);

/* Sequenced entries from `seq` on, at most `limit`. */
MUST enum err trail_list(struct tx *tx, struct arena *a, struct str unit, int64_t from_seq,
                         int limit, struct trail_entries *out);
/* What is on record of a subject, oldest first. */
MUST enum err trail_of_subject(struct tx *tx, struct arena *a, struct str unit, struct str subject,
                               struct trail_entries *out);

struct trail_checkpoint {
    int64_t size, at_ms;
    struct hash root;
    struct str note; /* the signed text as strangers get it */
};
/* The latest signed one; ERR_NOT_FOUND when there is none yet. */
MUST enum err trail_latest(struct tx *tx, struct arena *a, struct str unit,
                           struct trail_checkpoint *out);

struct trail_proof {
    struct trail_entry entry;
    struct trail_checkpoint checkpoint;
    struct hash path[MERKLE_LEVELS];
    size_t n;
};
/* That the entry is in the latest checkpoint; ERR_NOT_FOUND when it is not covered by one yet. */
MUST enum err trail_prove(struct tx *tx, struct arena *a, struct str unit, int64_t seq,
                          struct trail_proof *out);

/* Sequences what waits and, every ten minutes (or `sign_now`), signs what is new. The schedule
 * calls it; tests and commands may. */
MUST enum err trail_sequence(struct app *app, bool sign_now);

/* The verifier's key in the form of signed notes: "name+hash+base64". */
void trail_key_text(struct buf *out, const struct app *app, struct str unit);

extern const struct slice trail_slice;

#endif
