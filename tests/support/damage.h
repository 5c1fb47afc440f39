/* SPDX-License-Identifier: Apache-2.0
 *
 * support/damage.h: what disks do to files. */
#ifndef SUPPORT_DAMAGE_H
#define SUPPORT_DAMAGE_H

/* The path of the only file in FOLDER whose name begins with KIND. */
void only_file(const char *folder, const char *kind, char path[512]);

/* Change the byte at AT (from the end when negative). Once more is back to what it was. */
void flip_byte(const char *path, long at);

#endif
