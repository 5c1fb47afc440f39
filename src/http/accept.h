/* SPDX-License-Identifier: Apache-2.0
 *
 * http/accept.h: which of the forms that a route offers a client would rather have. */
#ifndef HTTP_ACCEPT_H
#define HTTP_ACCEPT_H

#include <stdbool.h>
#include <stddef.h>

/* The index of the best of OFFERED (media types in lower case, ours first) for LENGTH bytes of
 * an Accept header: by the client's weights, ties by our order. -1 when none will do. An
 * empty header takes the first. What cannot be read of it is passed over. */
int accept_choose(const char *accept, size_t length, const char *const *offered,
                  size_t n);

/* Is LENGTH bytes of a Content-Type the media type TYPE, whatever its parameters? */
bool media_type_is(const char *content_type, size_t length, const char *type);

#endif
