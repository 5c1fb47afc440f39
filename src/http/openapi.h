/* SPDX-License-Identifier: Apache-2.0
 *
 * http/openapi.h: the routes, their parameters and their answers as an OpenAPI 3.1 document. */
#ifndef HTTP_OPENAPI_H
#define HTTP_OPENAPI_H

struct buffer;

/* The whole document; the same at every call. */
void openapi_print(struct buffer *out);

#endif
