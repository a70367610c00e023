/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* make sandbox-report: what a confined worker may still do, for people. */
#include <stdio.h>
#include <stdlib.h>

#include "sandbox-calls.h"

static void print_call(const struct sandbox_call *call)
{
    char text[128];
    size_t i;
    int used = snprintf(text, sizeof(text), "%s", call->name);

    for (i = 0; i < SANDBOX_CONDITIONS && call->when[i].text; i++)
        if (used > 0 && (size_t)used < sizeof(text))
            used += snprintf(text + used, sizeof(text) - (size_t)used, "%s%s",
                             i == 0 ? " (" : ", ", call->when[i].text);
    (void)printf("%s%s\n    %s\n", text, call->when[0].text ? ")" : "",
                 call->reason);
}

int main(void)
{
    size_t i, bad = 0;

    if (!sandbox_calls_ok(sandbox_calls, sandbox_ncalls, &bad)) {
        (void)fprintf(stderr, "row %zu (%s) is wrong\n", bad,
                      sandbox_calls[bad].name);
        return EXIT_FAILURE;
    }
    (void)printf("System calls of a confined xenpcid-worker: %zu rows; "
                 "everything else kills it.\n\n",
                 sandbox_ncalls);
    for (i = 0; i < sandbox_ncalls; i++)
        print_call(&sandbox_calls[i]);
    return EXIT_SUCCESS;
}
