/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/main.c: the program lacis. Everything else is in the library, where tests reach it. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    return cli_main(argc, argv);
}
