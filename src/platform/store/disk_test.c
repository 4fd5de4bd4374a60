/* The misbehaving disk; see disk_test.h. */
#include "platform/store/disk_test.h"

#include "platform/core/clock.h"

#include <pthread.h>
#include <sqlite3.h>
#include <unistd.h>

#define SECTOR 512

struct bytes {
    char *p;
    int64_t n, room;
};
struct unsynced {
    int64_t offset, n; /* n < 0: truncate to offset */
    char *p;
    struct unsynced *next;
};
/* What is known of a file, by its name; lives until the process ends. */
struct image {
    char name[300];
    struct bytes durable;
    struct unsynced *first, *last;
    int64_t size;
    int open; /* handles */
    bool remembered;
    struct image *next;
};

struct disk_file {
    sqlite3_file base;
    struct image *image; /* NULL: not a database or log */
    sqlite3_file *real;  /* follows this struct */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sqlite3_vfs *real_vfs, disk_vfs;
static struct image *images;
static enum disk_fault fault;
static int64_t operations, fail_at, limit;
static bool failed, remembering;

void disk_fail(enum disk_fault f, int64_t n)
{
    pthread_mutex_lock(&lock);
    fault = f;
    fail_at = n;
    operations = 0;
    failed = false;
    pthread_mutex_unlock(&lock);
}

int64_t disk_operations(void)
{
    pthread_mutex_lock(&lock);
    int64_t n = operations;
    pthread_mutex_unlock(&lock);
    return n;
}

bool disk_has_failed(void)
{
    pthread_mutex_lock(&lock);
    bool f = failed;
    pthread_mutex_unlock(&lock);
    return f;
}

void disk_limit(int64_t bytes)
{
    pthread_mutex_lock(&lock);
    limit = bytes;
    pthread_mutex_unlock(&lock);
}

void disk_remember(bool on)
{
    pthread_mutex_lock(&lock);
    remembering = on;
    pthread_mutex_unlock(&lock);
}

static void resize(struct bytes *b, int64_t n)
{
    if (n > b->room) {
        b->room = n * 2;
        b->p = realloc(b->p, (size_t)b->room);
        INVARIANT(b->p);
    }
    if (n > b->n)
        memset(b->p + b->n, 0, (size_t)(n - b->n));
    b->n = n;
}

static void apply(struct bytes *b, const struct unsynced *u, int64_t from, int64_t n)
{
    if (u->n < 0) {
        resize(b, u->offset);
        return;
    }
    if (u->offset + from + n > b->n)
        resize(b, u->offset + from + n);
    memcpy(b->p + u->offset + from, u->p + from, (size_t)n);
}

static void note(struct image *i, int64_t offset, const void *p, int64_t n)
{
    struct unsynced *u = calloc(1, sizeof *u);
    INVARIANT(u);
    *u = (struct unsynced){.offset = offset, .n = n};
    if (n > 0) {
        u->p = malloc((size_t)n);
        INVARIANT(u->p);
        memcpy(u->p, p, (size_t)n);
    }
    *(i->last ? &i->last->next : &i->first) = u;
    i->last = u;
}

static void forget(struct image *i)
{
    for (struct unsynced *u = i->first, *next; u; u = next) {
        next = u->next;
        free(u->p);
        free(u);
    }
    i->first = i->last = NULL;
}

/* Under the lock: whether this operation fails. */
static bool fails(enum disk_fault concerned, int64_t growth)
{
    bool full = fault == DISK_FULL_ONCE || fault == DISK_FULL_FROM;
    bool mine = fault == concerned || (full && concerned == DISK_WRITE_ERROR);
    operations += mine;
    bool now = mine && (fault == DISK_FULL_FROM ? operations >= fail_at : operations == fail_at);
    failed = failed || now;
    if (limit && growth > 0) {
        int64_t total = growth;
        for (struct image *i = images; i; i = i->next)
            total += i->open ? i->size : 0;
        if (total > limit)
            now = failed = true;
    }
    return now;
}

static int file_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 offset)
{
    struct disk_file *d = (struct disk_file *)f;
    if (!d->image)
        return d->real->pMethods->xWrite(d->real, p, n, offset);
    pthread_mutex_lock(&lock);
    bool full = fault == DISK_FULL_ONCE || fault == DISK_FULL_FROM || limit;
    int rc = SQLITE_OK;
    if (fails(DISK_WRITE_ERROR, offset + n - d->image->size)) {
        /* A failed write may have written its first part. */
        d->real->pMethods->xWrite(d->real, p, n / 2, offset);
        rc = full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    } else {
        rc = d->real->pMethods->xWrite(d->real, p, n, offset);
        if (offset + n > d->image->size)
            d->image->size = offset + n;
        if (d->image->remembered)
            note(d->image, offset, p, n);
    }
    pthread_mutex_unlock(&lock);
    return rc;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    struct disk_file *d = (struct disk_file *)f;
    pthread_mutex_lock(&lock);
    int rc = d->real->pMethods->xTruncate(d->real, size);
    if (d->image) {
        d->image->size = size;
        if (d->image->remembered)
            note(d->image, size, NULL, -1);
    }
    pthread_mutex_unlock(&lock);
    return rc;
}

/* The real sync is left out: it would only cost time, what is durable is told by the image. */
static int file_sync(sqlite3_file *f, int flags)
{
    struct disk_file *d = (struct disk_file *)f;
    (void)flags;
    if (!d->image)
        return SQLITE_OK;
    pthread_mutex_lock(&lock);
    int rc = fails(DISK_SYNC_ERROR, 0) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
    if (rc == SQLITE_OK) {
        for (struct unsynced *u = d->image->first; u; u = u->next)
            apply(&d->image->durable, u, 0, u->n);
        forget(d->image);
    }
    pthread_mutex_unlock(&lock);
    if (rc == SQLITE_OK && d->image->remembered)
        usleep(300); /* as if it took time, so that groups form */
    return rc;
}

static int file_close(sqlite3_file *f)
{
    struct disk_file *d = (struct disk_file *)f;
    pthread_mutex_lock(&lock);
    if (d->image)
        d->image->open--;
    pthread_mutex_unlock(&lock);
    return d->real->pMethods ? d->real->pMethods->xClose(d->real) : SQLITE_OK;
}

/* Everything else passes straight through. */
#define REAL(f) (((struct disk_file *)(f))->real)
#define CALL(f, method, ...) REAL(f)->pMethods->method(REAL(f), ##__VA_ARGS__)
static int file_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return CALL(f, xRead, p, n, at);
}
static int file_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return CALL(f, xFileSize, size);
}
static int file_lock(sqlite3_file *f, int level)
{
    return CALL(f, xLock, level);
}
static int file_unlock(sqlite3_file *f, int level)
{
    return CALL(f, xUnlock, level);
}
static int file_reserved(sqlite3_file *f, int *out)
{
    return CALL(f, xCheckReservedLock, out);
}
static int file_control(sqlite3_file *f, int op, void *arg)
{
    return op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE
               ? SQLITE_OK
               : CALL(f, xFileControl, op, arg);
}
static int file_sector(sqlite3_file *f)
{
    return CALL(f, xSectorSize);
}
static int file_traits(sqlite3_file *f)
{
    (void)f;
    return 0; /* a plain disk: nothing atomic, no safe append, power cuts may damage neighbours */
}
static int file_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return CALL(f, xShmMap, page, size, extend, out);
}
static int file_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return CALL(f, xShmLock, offset, n, flags);
}
static void file_shm_barrier(sqlite3_file *f)
{
    CALL(f, xShmBarrier);
}
static int file_shm_unmap(sqlite3_file *f, int delete)
{
    return CALL(f, xShmUnmap, delete);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

static struct image *image_of(const char *name)
{
    struct image *i = images;
    while (i && strcmp(i->name, name) != 0)
        i = i->next;
    if (!i) {
        i = calloc(1, sizeof *i);
        INVARIANT(i);
        snprintf(i->name, sizeof i->name, "%s", name);
        i->next = images;
        images = i;
    }
    return i;
}

static int vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
    struct disk_file *d = (struct disk_file *)f;
    (void)v;
    memset(d, 0, sizeof *d);
    d->real = (sqlite3_file *)(d + 1);
    int rc = real_vfs->xOpen(real_vfs, name, d->real, flags, out_flags);
    if (rc != SQLITE_OK)
        return rc;
    d->base.pMethods = &methods;
    if (name && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL))) {
        sqlite3_int64 size = 0;
        pthread_mutex_lock(&lock);
        d->image = image_of(name);
        d->image->open++;
        d->image->remembered = remembering;
        if (d->real->pMethods->xFileSize(d->real, &size) == SQLITE_OK)
            d->image->size = size;
        pthread_mutex_unlock(&lock);
    }
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *v, const char *name, int sync)
{
    (void)v;
    pthread_mutex_lock(&lock);
    for (struct image *i = images; i; i = i->next)
        if (strcmp(i->name, name) == 0) {
            i->size = 0;
            i->durable.n = 0;
            forget(i);
        }
    pthread_mutex_unlock(&lock);
    return real_vfs->xDelete(real_vfs, name, sync);
}

void disk_install(void)
{
    real_vfs = sqlite3_vfs_find(NULL);
    disk_vfs = *real_vfs;
    disk_vfs.zName = "disk";
    disk_vfs.szOsFile = (int)sizeof(struct disk_file) + real_vfs->szOsFile;
    disk_vfs.xOpen = vfs_open;
    disk_vfs.xDelete = vfs_delete;
    sqlite3_vfs_register(&disk_vfs, 1);
}

void disk_power_cut(const char *directory)
{
    pthread_mutex_lock(&lock);
    for (struct image *i = images; i; i = i->next) {
        if (!i->open || !i->remembered)
            continue;
        struct bytes left = {0};
        resize(&left, i->durable.n);
        if (i->durable.n)
            memcpy(left.p, i->durable.p, (size_t)i->durable.n);
        for (struct unsynced *u = i->first; u; u = u->next) {
            if (u->n < 0) {
                if (random_u64() & 1)
                    apply(&left, u, 0, 0);
                continue;
            }
            for (int64_t at = 0; at < u->n; at += SECTOR)
                if (random_u64() & 1)
                    apply(&left, u, at, u->n - at < SECTOR ? u->n - at : SECTOR);
        }
        const char *base = strrchr(i->name, '/');
        char path[400];
        snprintf(path, sizeof path, "%s/%s", directory, base ? base + 1 : i->name);
        FILE *f = fopen(path, "w");
        INVARIANT(f && fwrite(left.p ? left.p : "", 1, (size_t)left.n, f) == (size_t)left.n);
        fclose(f);
        free(left.p);
    }
    pthread_mutex_unlock(&lock);
}
