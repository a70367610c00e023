/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xenpci denied: which writes xenpcid refused, and what would allow them. Reads
 * the files that xenpcid keeps (back/ledger.c); needs no Xen.
 */
#include <dirent.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "denied.h"
#include "host.h"

#define SUFFIX ".denied.json"

const char *denied_dir = RUN_DIR;

static const char *text_of(struct json_object *o, const char *key)
{
    struct json_object *value = NULL;

    if (!json_object_object_get_ex(o, key, &value) ||
        !json_object_is_type(value, json_type_string))
        return "";
    return json_object_get_string(value);
}

static int64_t number_of(struct json_object *o, const char *key)
{
    struct json_object *value = NULL;

    (void)json_object_object_get_ex(o, key, &value);
    return json_object_get_int64(value);
}

static struct json_object *registers_of(struct json_object *o)
{
    struct json_object *rows = NULL;

    if (!json_object_object_get_ex(o, "registers", &rows) ||
        !json_object_is_type(rows, json_type_array))
        return NULL;
    return rows;
}

static void print_register(struct json_object *row)
{
    const char *quirk = text_of(row, "quirk");

    printf("  ");
    print_tame(text_of(row, "register"));
    printf("\n    %lld time%s, last ", (long long)number_of(row, "count"),
           number_of(row, "count") == 1 ? "" : "s");
    print_tame(text_of(row, "value"));
    printf(", refused bits ");
    print_tame(text_of(row, "bits"));
    printf("\n    why:   ");
    print_tame(text_of(row, "reason"));
    printf("\n    quirk: ");
    print_tame(quirk[0] != '\0' ? quirk : "none would allow it");
    putchar('\n');
}

static void print_device(struct json_object *o)
{
    struct json_object *rows = registers_of(o);
    struct json_object *attached = NULL;
    size_t count = json_object_array_length(rows);

    (void)json_object_object_get_ex(o, "attached", &attached);
    print_tame(text_of(o, "device"));
    printf("  d%lld%s%s\n", (long long)number_of(o, "domid"),
           json_object_get_boolean(attached) ? "" : ", which has let go of it",
           count == 0 ? ": nothing was refused" : "");
    for (size_t i = 0; i < count; i++)
        print_register(json_object_array_get_idx(rows, i));
    if (number_of(o, "not_recorded") > 0)
        printf("  and %lld writes to more registers than are recorded\n",
               (long long)number_of(o, "not_recorded"));
}

/* The file's object, NULL if it cannot be had; only damage is worth a word. */
static struct json_object *read_device(struct sbdf dev)
{
    struct json_object *o;
    char path[300], address[SBDF_TEXT];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s" SUFFIX, denied_dir,
                   sbdf_format(dev, address));
    file = fopen(path, "re");
    if (file == NULL)
        return NULL;
    o = json_object_from_fd(fileno(file));
    (void)fclose(file);
    if (registers_of(o) != NULL)
        return o;
    note("%s is damaged; xenpcid writes it anew with the next refused write",
         path);
    (void)json_object_put(o);
    return NULL;
}

/* "dddd:bb:dd.f.denied.json" */
static bool is_ledger(const char *name, struct sbdf *dev)
{
    char text[SBDF_TEXT];

    if (strlen(name) != SBDF_TEXT - 1 + strlen(SUFFIX) ||
        strcmp(name + SBDF_TEXT - 1, SUFFIX) != 0)
        return false;
    memcpy(text, name, SBDF_TEXT - 1);
    text[SBDF_TEXT - 1] = '\0';
    return sbdf_parse(text, dev);
}

static int by_address(const void *a, const void *b)
{
    return sbdf_compare(*(const struct sbdf *)a, *(const struct sbdf *)b);
}

/* Every device that has a file, in address order. 0 or -errno. */
static int find_ledgers(struct sbdf **list, size_t *count)
{
    DIR *dir = opendir(denied_dir);
    struct dirent *entry;
    struct sbdf dev;

    if (dir == NULL)
        return -errno;
    while ((entry = readdir(dir)) != NULL) {
        struct sbdf *grown;

        if (!is_ledger(entry->d_name, &dev))
            continue;
        grown = realloc(*list, (*count + 1) * sizeof(dev));
        if (grown == NULL)
            break;
        *list = grown;
        grown[(*count)++] = dev;
    }
    (void)closedir(dir);
    if (*count > 0)
        qsort(*list, *count, sizeof(dev), by_address);
    return 0;
}

/* An address needs no xenstore, a name does. */
static enum exit_code find_device(const char *text, struct sbdf *dev,
                                  struct outcome *out)
{
    struct host host;
    enum exit_code code;

    if (sbdf_parse(text, dev))
        return EXIT_DONE;
    code = host_open_store(&host, out);
    if (code != EXIT_DONE)
        return code;
    code = host_find_device(host.store, text, dev, out);
    host_close(&host);
    return code;
}

static enum exit_code cannot_look(struct outcome *out, int err)
{
    if (err == -ENOENT)
        return trouble(out, EXIT_UNSUPPORTED, "Nothing is known.",
                       "Start it: `systemctl start xenpcid`.",
                       "%s is not there: xenpcid has not run since this host "
                       "booted",
                       denied_dir);
    return trouble(out, EXIT_FAILED, "Nothing is known.",
                   err == -EACCES ? "Become root." : "",
                   "cannot look into %s: %s", denied_dir, strerror(-err));
}

static void show(const struct sbdf *devs, size_t count, const struct args *args,
                 struct outcome *out)
{
    struct json_object *list = json_object_new_array();
    char address[SBDF_TEXT];
    size_t shown = 0;

    for (size_t i = 0; i < count; i++) {
        struct json_object *o = read_device(devs[i]);

        if (o == NULL)
            continue;
        if (!args->json)
            print_device(o);
        (void)json_object_array_add(list, o);
        shown++;
    }
    if (shown == 0 && !args->json)
        printf(
            "No guest had %s since xenpcid first ran: nothing was refused.\n",
            args->noperands == 1 ? sbdf_format(devs[0], address) : "a device");
    out->json = json_object_new_object();
    (void)json_object_object_add(out->json, "devices", list);
}

enum exit_code cmd_denied(const struct args *args, struct outcome *out)
{
    enum exit_code code = EXIT_DONE;
    struct sbdf *devs = NULL;
    struct sbdf one;
    size_t count = 0;
    int ret = find_ledgers(&devs, &count);

    if (ret != 0) {
        code = cannot_look(out, ret);
    } else if (args->noperands == 1) {
        code = find_device(args->operands[0], &one, out);
        if (code == EXIT_DONE)
            show(&one, 1, args, out);
    } else {
        show(devs, count, args, out);
    }
    free(devs);
    return code;
}
