/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records of worker processes: one line a guest, "VERSION PID START PROGRAM". */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hyp.h"
#include "replace.h"
#include "state.h"

#define RECORD ".worker"
#define SOCKET ".sock"

static void path_of(uint16_t domid, const char *suffix, char path[256])
{
    (void)snprintf(path, 256, "%s/d%u%s", state_dir(), domid, suffix);
}

int state_worker_save(const struct state_worker *record)
{
    char path[256], text[128];

    path_of(record->domid, RECORD, path);
    (void)snprintf(text, sizeof(text), "%d %d %" PRIu64 " %s\n", STATE_VERSION,
                   (int)record->pid, record->start, record->program);
    return replace_file(path, text);
}

int state_worker_load(uint16_t domid, struct state_worker *record)
{
    struct state_worker parsed = { .domid = domid };
    char path[256], text[128] = "";
    unsigned long long version, pid;
    char *end;
    FILE *f;

    path_of(domid, RECORD, path);
    f = fopen(path, "re");
    if (!f)
        return -errno;
    errno = 0;
    if (!fgets(text, sizeof(text), f) && errno != 0) {
        int ret = -errno;

        (void)fclose(f);
        return ret;
    }
    (void)fclose(f);
    version = strtoull(text, &end, 10);
    pid = strtoull(end, &end, 10);
    parsed.start = strtoull(end, &end, 10);
    (void)sscanf(end, " %31s", parsed.program);
    if (version == 0 || pid <= 1 || pid > INT32_MAX || parsed.start == 0)
        return -EPROTO;
    parsed.pid = (pid_t)pid;
    *record = parsed;
    return 0;
}

/* "dN.worker" */
static bool is_record(const char *name, uint16_t *domid)
{
    unsigned long id;
    char *end;

    if (name[0] != 'd' || name[1] < '0' || name[1] > '9')
        return false;
    id = strtoul(name + 1, &end, 10);
    if (strcmp(end, RECORD) != 0 || id >= HYP_DOMID_IO)
        return false;
    *domid = (uint16_t)id;
    return true;
}

int state_worker_list(uint16_t **list, unsigned int *count)
{
    DIR *d = opendir(state_dir());
    struct dirent *entry;

    *list = NULL;
    *count = 0;
    if (!d)
        return -errno;
    while ((entry = readdir(d))) {
        uint16_t domid, *grown;

        if (!is_record(entry->d_name, &domid))
            continue;
        grown = realloc(*list, (*count + 1) * sizeof(domid));
        if (!grown)
            break;
        *list = grown;
        grown[(*count)++] = domid;
    }
    (void)closedir(d);
    return 0;
}

void state_worker_drop(uint16_t domid)
{
    char path[256];

    path_of(domid, RECORD, path);
    (void)unlink(path);
    path_of(domid, SOCKET, path);
    (void)unlink(path);
}

/* The record first: a process that none names has no guest's page yet. */
int state_worker_give(uint16_t domid)
{
    static const char *const files[] = { RECORD, SOCKET };
    char from[256], to[256];
    size_t i;

    for (i = 0; i < ARRAY_LEN(files); i++) {
        path_of(WORKER_SPARE, files[i], from);
        path_of(domid, files[i], to);
        if (rename(from, to) < 0)
            return -errno;
    }
    return 0;
}
