/*
 * What backup and restore share: the schema as the database describes it, the manifest, and safe
 * walking of members and directories. Private to store/.
 */
#ifndef STORE_BACKUP_PARTS_H
#define STORE_BACKUP_PARTS_H

#include "platform/core/buf.h"
#include "platform/store/backup.h"
#include "platform/store/engine.h"

#include <jansson.h>
#include <sodium/crypto_hash_sha256.h>
#include <zip.h>

#define BACKUP_FORMAT "aimak-backup"
#define BACKUP_VERSION 1
#define BACKUP_MANIFEST "manifest.json"
#define BACKUP_HASH_LENGTH 64
/* In the data directory while a restore puts files there; all of them may be removed then. */
#define BACKUP_UNFINISHED ".restore-unfinished"
#define BACKUP_STATEMENT_MS (30 * INT64_C(60000))

struct backup_column {
    struct str name;
    enum db_type type;
    int key; /* place in the primary key from 1; 0: not part of it */
};
struct backup_table {
    struct str name;
    struct backup_column *columns;
    int column_count, key_count;
    int *key; /* columns of the primary key, in its order */
    int64_t rows;
    int64_t bytes;
    char hash[BACKUP_HASH_LENGTH + 1];
};
struct backup_schema {
    struct backup_table *v;
    size_t n, cap;
};

/* Tables of the database with their columns, by name; table `migration` is left out. */
MUST enum err backup_read_schema(struct tx *tx, struct arena *a, struct backup_schema *out);
struct backup_table *backup_find_table(const struct backup_schema *schema, struct str name);
MUST enum err backup_count_rows(struct tx *tx, const struct backup_table *table, int64_t *rows);

/* "name", with quotes doubled. */
void backup_put_name(struct buf *b, struct str name);
/* A statement made for this table; `in` and `out` are borrowed. Text in the arena. */
struct db_query backup_query(struct arena *a, const char *name, const struct buf *sql,
                             const enum db_type *in, int in_count, const enum db_type *out,
                             int out_count, bool writes);
/* "?1" or "$1": both engines take the latter form only on PostgreSQL. */
void backup_put_parameter(struct buf *b, const struct tx *tx, int number);

struct backup_file {
    struct str name; /* below the data directory */
    int64_t bytes;
    char hash[BACKUP_HASH_LENGTH + 1];
    bool gone; /* vanished between listing and reading */
};
struct backup_files {
    struct backup_file *v;
    size_t n, cap;
};
/* Regular files below data_dir, without the database's own and `except` (may be NULL). */
MUST enum err backup_list_files(const struct db *db, struct arena *a, const char *data_dir,
                                const char *except, struct backup_files *out);

struct backup_migration {
    struct str slice, name;
    int64_t number;
};
struct backup_manifest {
    struct backup_schema tables;
    struct backup_files files;
    struct {
        struct backup_migration *v;
        size_t n, cap;
    } migrations;
};
MUST enum err backup_read_migrations(struct tx *tx, struct arena *a, struct backup_manifest *out);
/* As JSON text, to be freed by the caller. */
char *backup_manifest_text(const struct backup_manifest *m);
MUST enum err backup_manifest_read(zip_t *zip, struct arena *a, struct backup_manifest *out);

/* Opens for reading; logs and gives ERR_PARSE or ERR_IO when it cannot. */
MUST enum err backup_open_zip(zip_t **out, const char *path);
/* Reads every member and compares sizes, hashes and numbers of rows with the manifest. */
MUST enum err backup_check_members(zip_t *zip, const struct backup_manifest *m,
                                   const struct backup_progress *progress);

void backup_tick(const struct backup_progress *progress, const char *what, int64_t done,
                 int64_t total);
void backup_hash_text(const unsigned char digest[crypto_hash_sha256_BYTES],
                      char out[BACKUP_HASH_LENGTH + 1]);
/* Name of a table's or file's member, in the arena. */
const char *backup_member(struct arena *a, const char *folder, struct str name, const char *end);

#endif
