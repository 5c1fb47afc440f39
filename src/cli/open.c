/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/open.c: the node, or the server that has it open. */
#include <stddef.h>

#include "base/error.h"
#include "cli/cli.h"
#include "node/node.h"

int node_open_here(struct node **node_r, const char *folder, struct error *err)
{
    struct remote *remote = NULL;

    *node_r = node_open(folder, NODE_WRITE, err);
    if (*node_r)
        return 0;
    if (err && err->code == ERROR_BUSY && remote_open(&remote, folder, NULL) == 0 &&
        remote)
        error_set(err, ERROR_BUSY, "a server has %s open: stop it first (lacis serve)",
                  folder);
    remote_close(remote);
    return -1;
}

int target_open_read(struct target *target, const char *folder, struct error *err)
{
    *target = (struct target){0};
    if (remote_open(&target->remote, folder, err) < 0)
        return -1;
    if (!target->remote)
        target->node = node_open(folder, NODE_READ, err);
    return target->remote || target->node ? 0 : -1;
}

int target_open_write(struct target *target, const char *folder, struct error *err)
{
    *target = (struct target){0};
    if (remote_open(&target->remote, folder, err) < 0)
        return -1;
    return target->remote ? 0 : node_open_here(&target->node, folder, err);
}

void target_close(struct target *target)
{
    node_close(target->node);
    remote_close(target->remote);
    *target = (struct target){0};
}
