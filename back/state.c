/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where records are: names and listing. The text is state-json.c's. */
#include "state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "replace.h"
#include "state-json.h"

#define RECORD ".json"
#define SHADOW ".shadow"

static const char *dir = ".";

void state_open(const char *run_dir)
{
    dir = run_dir;
}

const char *state_dir(void)
{
    return dir;
}

static void path_of(struct sbdf sbdf, const char *suffix, char path[256])
{
    char name[SBDF_TEXT];

    (void)snprintf(path, 256, "%s/%s%s", dir, sbdf_format_dashed(sbdf, name),
                   suffix);
}

int state_save(const struct state_record *record)
{
    char path[256];
    char *text = state_json_format(record);
    int ret;

    if (!text)
        return -ENOMEM;
    path_of(record->sbdf, RECORD, path);
    ret = replace_file(path, text);
    free(text);
    return ret;
}

void state_drop(struct sbdf sbdf)
{
    char path[256];

    path_of(sbdf, RECORD, path);
    (void)unlink(path);
    path_of(sbdf, SHADOW, path);
    (void)unlink(path);
}

int state_load(struct sbdf sbdf, struct state_record *record)
{
    struct state_record parsed;
    char path[256];
    int ret;

    path_of(sbdf, RECORD, path);
    if (access(path, R_OK) < 0)
        return -errno;
    ret = state_json_parse(path, &parsed);
    if (ret == 0 && !sbdf_equal(parsed.sbdf, sbdf))
        ret = -EPROTO;
    if (ret == 0)
        *record = parsed;
    return ret;
}

int state_owner(struct sbdf sbdf, uint16_t *domid)
{
    char path[256];

    path_of(sbdf, RECORD, path);
    return state_json_owner(path, domid);
}

/* "dddd-bb-dd-f.json" */
static int is_record(const char *name, struct sbdf *sbdf)
{
    char text[SBDF_TEXT];

    if (strlen(name) != SBDF_TEXT - 1 + strlen(RECORD) ||
        strcmp(name + SBDF_TEXT - 1, RECORD) != 0)
        return 0;
    memcpy(text, name, SBDF_TEXT - 1);
    text[SBDF_TEXT - 1] = '\0';
    return sbdf_parse(text, sbdf);
}

int state_list(struct sbdf **list, unsigned int *count)
{
    struct dirent *entry;
    DIR *d = opendir(dir);

    *list = NULL;
    *count = 0;
    if (!d)
        return -errno;
    while ((entry = readdir(d))) {
        struct sbdf *grown, sbdf;

        if (!is_record(entry->d_name, &sbdf))
            continue;
        grown = realloc(*list, (*count + 1) * sizeof(sbdf));
        if (!grown)
            break;
        *list = grown;
        grown[(*count)++] = sbdf;
    }
    (void)closedir(d);
    return 0;
}

int state_shadow(struct sbdf sbdf)
{
    char path[256];
    int fd;

    path_of(sbdf, SHADOW, path);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    if (ftruncate(fd, (off_t)sizeof(struct cfg_shadow)) < 0) {
        int ret = -errno;

        (void)close(fd);
        return ret;
    }
    return fd;
}
