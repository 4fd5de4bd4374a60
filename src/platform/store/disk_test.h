/*
 * A disk that misbehaves on order: a VFS of SQLite between the engine and the real one.
 *
 * It can fail the n-th write, sync or truncate once or from then on, can be full, and knows which
 * bytes were synced, so that the image a power cut would have left can be taken at any moment.
 */
#ifndef STORE_DISK_TEST_H
#define STORE_DISK_TEST_H

#include <stdbool.h>
#include <stdint.h>

enum disk_fault { DISK_FINE, DISK_WRITE_ERROR, DISK_SYNC_ERROR, DISK_FULL_ONCE, DISK_FULL_FROM };

/* Makes it the default VFS of the process. */
void disk_install(void);
/* Counts operations from 1 anew; the n-th that the fault concerns fails. DISK_FULL_FROM: every
 * write from the n-th on. */
void disk_fail(enum disk_fault fault, int64_t n);
/* Operations since disk_fail. */
int64_t disk_operations(void);
bool disk_has_failed(void);
/* Bytes that all files together may have; 0 = no limit. */
void disk_limit(int64_t bytes);

/* Whether the durable bytes of files opened from now on are remembered. */
void disk_remember(bool on);
/* Writes what a power cut now would leave of the files into `directory`: everything synced, and of
 * the rest an arbitrary part, torn at 512 bytes. */
void disk_power_cut(const char *directory);

#endif
