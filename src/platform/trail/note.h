/*
 * Signed notes and checkpoints (C2SP signed-note and tlog-checkpoint): text that ordinary tools of
 * transparency logs can check.
 *
 *     aimak.example/trail/41702205600000
 *     1234
 *     base64 of the root
 *
 *     — aimak.example/trail/41702205600000 base64 of key hash and Ed25519 signature
 */
#ifndef TRAIL_NOTE_H
#define TRAIL_NOTE_H

#include "platform/core/buf.h"
#include "platform/trail/merkle.h"

#include <sodium.h>

struct note_key {
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
};
/* The signing key follows from the installation's secret, which the data directory keeps, so there
 * is one thing to back up. Wipe the result with sodium_memzero. */
void note_key_derive(struct note_key *out, const unsigned char installation[32]);

struct checkpoint {
    struct str origin;
    uint64_t size;
    struct hash root;
};
/* Appends the signed note; the origin is the name of the key too. */
void checkpoint_sign(struct buf *out, const struct checkpoint *c, const struct note_key *key);
/* Reads a note; views into it. ERR_PARSE when it has not the form. The signature is not looked at.
 */
MUST enum err checkpoint_read(struct str note, struct checkpoint *out);
/* Has the holder of the key signed the note (possibly among others)? */
bool checkpoint_signed_by(struct str note,
                          const unsigned char public_key[crypto_sign_PUBLICKEYBYTES]);
/* "name+keyhash+base64" for verifiers. */
void note_key_text(struct buf *out, struct str name,
                   const unsigned char public_key[crypto_sign_PUBLICKEYBYTES]);

#endif
