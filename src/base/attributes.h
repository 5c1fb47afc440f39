/* SPDX-License-Identifier: Apache-2.0
 *
 * base/attributes.h: the promises of a signature, said so that the compiler checks them. */
#ifndef BASE_ATTRIBUTES_H
#define BASE_ATTRIBUTES_H

#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((__format__(__printf__, text, first)))
#define NORETURN __attribute__((noreturn))
#define UNUSED __attribute__((unused))

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#endif
