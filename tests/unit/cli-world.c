/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See cli-world.h. */
#include "cli-world.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "fake-driver.h"
#include "fake-hyp.h"
#include "fake-store.h"
#include "inuse.h"
#include "sysfs.h"
#include "temp-tree.h"

#define WORDS_MAX 8

struct outcome world_out;
static char proc[96];

static void device(const char *address, const char *class_code, uint8_t header)
{
    uint8_t config[256] = { [0x0e] = header };
    char path[128];

    (void)snprintf(path, sizeof(path), "bus/pci/devices/%s/class", address);
    temp_tree_file(path, class_code);
    (void)snprintf(path, sizeof(path), "bus/pci/devices/%s/vendor", address);
    temp_tree_file(path, "0x1b36\n");
    (void)snprintf(path, sizeof(path), "bus/pci/devices/%s/device", address);
    temp_tree_file(path, "0x0010\n");
    (void)snprintf(path, sizeof(path), "bus/pci/devices/%s/config", address);
    temp_tree_bytes(path, config, sizeof(config));
}

void world_make(void)
{
    sysfs_root = temp_tree_make();
    (void)snprintf(proc, sizeof(proc), "%s/proc", sysfs_root);
    proc_root = proc;
    temp_tree_file("proc/self/mountinfo", "");
    temp_tree_file("proc/swaps", "");
    temp_tree_dir("bus/pci/drivers/pciback");
    temp_tree_dir("bus/pci/drivers/nvme");
    device("0000:01:00.0", "0x010802\n", 0x80);
    device("0000:01:00.1", "0x020000\n", 0x80);
    device("0000:00:01.0", "0x060400\n", 0x01);
    world_bind("0000:01:00.0", "nvme");

    fake_store_reset();
    fake_store_set("/local/domain/3/name", "work");
    memset(&fake_driver, 0, sizeof(fake_driver));
    memset(&fake_hyp, 0, sizeof(fake_hyp));
    fake_hyp.domains[0].exists = true;
    fake_hyp.domains[3].exists = true;
}

void world_drop(void)
{
    (void)json_object_put(world_out.json);
    memset(&world_out, 0, sizeof(world_out));
    if (fake_store_open_count() != 0)
        abort();
    fake_store_reset();
    temp_tree_drop();
    sysfs_root = "/sys";
    proc_root = "/proc";
}

void world_start_daemon(void)
{
    fake_store_set("/xenpci/daemon/pid", "4711");
    temp_tree_file("proc/4711/comm", "xenpcid\n");
}

/* It crashed: the node stays, and the number now is somebody else's. */
void world_stop_daemon(void)
{
    temp_tree_file("proc/4711/comm", "bash\n");
}

void world_bind(const char *address, const char *driver)
{
    struct sbdf dev;

    if (!sbdf_parse(address, &dev))
        abort();
    if (sysfs_unbind(dev) != 0 ||
        (driver != NULL && sysfs_bind(dev, driver) != 0))
        abort();
}

const char *world_driver(const char *address)
{
    static char driver[SYSFS_DRIVER];
    struct sbdf dev;

    if (!sbdf_parse(address, &dev) || sysfs_driver(dev, driver) != 0)
        abort();
    return driver;
}

enum exit_code world_run(const struct cmd *cmd, const char *const *words)
{
    static char copies[WORDS_MAX + 1][64];
    char *list[WORDS_MAX + 1];
    unsigned int count = 0;
    char why[ARGS_WHY];
    struct args args;

    for (; count < WORDS_MAX && words[count] != NULL; count++)
        list[count] = strcpy(copies[count], words[count]);
    list[count] = strcpy(copies[count], "--json");
    if (!args_parse(cmd, list, count + 1, &args, why)) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    (void)json_object_put(world_out.json);
    memset(&world_out, 0, sizeof(world_out));
    return cmd->run(&args, &world_out);
}

const char *world_json(void)
{
    return json_object_to_json_string_ext(world_out.json,
                                          JSON_C_TO_STRING_PLAIN |
                                              JSON_C_TO_STRING_NOSLASHESCAPE);
}
