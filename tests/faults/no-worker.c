/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command has no workers. */
#include <stdlib.h>

#include "worker.h"

int worker_main(char *title)
{
    (void)title;
    abort();
}
