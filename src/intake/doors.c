/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/doors.c: which door a folder or a file goes through. */
#include <string.h>

#include "base/attributes.h"
#include "intake/delivery.h"

static const struct door *const doors[] = {&door_osiris_pivot, &door_cbioportal,
                                           &door_csv};

const struct door *door_of_folder(const char *path)
{
    for (size_t i = 0; i < ARRAY_LENGTH(doors); i++)
        if (doors[i]->recognises && doors[i]->recognises(path))
            return doors[i];
    return NULL;
}

const struct door *door_named(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(doors); i++)
        if (strcmp(doors[i]->name, name) == 0)
            return doors[i];
    return NULL;
}
