/* SPDX-License-Identifier: Apache-2.0
 *
 * support/fault_vfs.h: a disk for SQLite that loses power, for tests.
 *
 * An SQLite VFS over the default one, of which it becomes the new default. What is written
 * stays in memory until the file is synced; a power cut drops it, or any part of it, torn at
 * sectors of 512 bytes. The real files hold what is durable, so that anybody can look at
 * them. Temporary files and shared memory (-shm) are the default VFS's own.
 *
 *     fault_vfs_install();
 *     fault_vfs_cut_at(5, FAULT_LOSE_SOME, seed);   the 5th sync from now never happens
 *     ... every call on every file fails from then on; close what is open ...
 *     assert(fault_vfs_is_cut());
 *     fault_vfs_restart();                          the machine is on again
 *
 * For one thread, and for a process that alone uses the files. */
#ifndef SUPPORT_FAULT_VFS_H
#define SUPPORT_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

enum fault_loss {
    FAULT_LOSE_ALL,  /* nothing that was not synced is there */
    FAULT_LOSE_SOME, /* each sector of each write may be there or not */
    FAULT_LOSE_NONE, /* the process died, the machine did not */
};

/* Once a process. */
void fault_vfs_install(void);

/* The power is cut instead of the Nth sync from now (1 = the next); 0 = never. */
void fault_vfs_cut_at(unsigned sync, enum fault_loss loss, uint64_t seed);
bool fault_vfs_is_cut(void);
/* Syncs since the last fault_vfs_cut_at(). */
unsigned fault_vfs_syncs(void);

/* The Nth sync from now fails once, its writes lost (as Linux drops dirty pages whose writing
 * failed), and the machine goes on; 0 = never. */
void fault_vfs_fail_sync(unsigned sync);

/* After BYTES more of growth of all files the disk is full; negative = never. */
void fault_vfs_full_after(int64_t bytes);

/* Forget all but what is on the disk; no file may be open. */
void fault_vfs_restart(void);

#endif
