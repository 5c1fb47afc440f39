/* SPDX-License-Identifier: Apache-2.0
 *
 * access/purpose.c: what for, and what that permits. */
#include "access/access.h"

const char *purpose_name(enum purpose purpose)
{
    switch (purpose) {
    case PURPOSE_CARE: return "care";
    case PURPOSE_RESEARCH: return "research";
    case PURPOSE_QUALITY: return "quality";
    case PURPOSE_OPERATION: return "operation";
    }
    return "unknown";
}

enum list_right list_right(enum purpose purpose)
{
    switch (purpose) {
    case PURPOSE_CARE:
    case PURPOSE_QUALITY: return LIST_NUMBERS;
    case PURPOSE_RESEARCH: return LIST_PSEUDONYMS;
    case PURPOSE_OPERATION: break;
    }
    return LIST_REFUSED;
}
