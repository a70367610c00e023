/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which file the configuration comes from, and reading it again. */
#include "policy-source.h"

#include <stddef.h>
#include <unistd.h>

#include "log.h"
#include "policy.h"

static const char *file;
static enum policy_source kind;

/* A default file that is not there is no mistake; one that was named is. */
static const char *to_read(void)
{
    if (kind == POLICY_SOURCE_DEFAULT && access(file, F_OK) < 0)
        return NULL;
    return file;
}

bool policy_source_open(const char *path, enum policy_source source,
                        char why[POLICY_WHY])
{
    file = path;
    kind = source;
    return policy_load(to_read(), why);
}

void policy_source_again(void *arg UNUSED)
{
    const char *path = to_read();
    char why[POLICY_WHY];

    if (!policy_load(path, why))
        log_warnx("%s; the configuration stays as it was", why);
    else if (path)
        log_info("%s is in force for guests' next devices", path);
    else
        log_info("%s is not there; what is built in is in force for guests' "
                 "next devices",
                 file);
}
