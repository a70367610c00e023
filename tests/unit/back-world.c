/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See back-world.h. */
#include "back-world.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake-hw.h"
#include "fake-store.h"
#include "loop.h"
#include "run-until.h"
#include "state.h"
#include "sysfs.h"
#include "temp-tree.h"

#define EMPTY "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"

const struct back_model back_nvme = {
    .dump = "nvme",
    .resource =
        "0x00000000feb30000 0x00000000feb33fff 0x0000000000140204\n" EMPTY EMPTY
            EMPTY EMPTY EMPTY EMPTY,
    .class_code = "0x010802\n",
    .irq = 10,
};

const struct back_model back_disk2 = {
    .dump = "nvme",
    .resource =
        "0x00000000feb38000 0x00000000feb3bfff 0x0000000000140204\n" EMPTY EMPTY
            EMPTY EMPTY EMPTY EMPTY,
    .class_code = "0x010802\n",
    .irq = 10,
};

const struct back_model back_e1000e = {
    .dump = "e1000e",
    .resource =
        "0x00000000feac0000 0x00000000feadffff 0x0000000000040200\n"
        "0x00000000feae0000 0x00000000feafffff 0x0000000000040200\n"
        "0x000000000000c080 0x000000000000c09f 0x0000000000040101\n"
        "0x00000000feb34000 0x00000000feb37fff 0x0000000000040200\n" EMPTY EMPTY
        "0x00000000fea00000 0x00000000fea3ffff 0x0000000000046200\n",
    .class_code = "0x020000\n",
    .irq = 11,
};

struct hyp *world_hyp;
struct store *world_store;
static char sys_dir[128], run_dir[128];
static const char *root;

void world_setup(void)
{
    root = temp_tree_make();
    (void)snprintf(sys_dir, sizeof(sys_dir), "%s/sys", root);
    (void)snprintf(run_dir, sizeof(run_dir), "%s/run", root);
    temp_tree_dir("sys/bus/xen-backend/devices");
    temp_tree_dir("run");
    sysfs_root = sys_dir;
    state_open(run_dir);
    loop_init();
    fake_store_reset();
    world_store = store_open();
    world_hyp = fake_xen_reset();
    fake_xen_domain(BACK_DOMID)->exists = true;
}

static void forget_slow(void);

/* Jobs and hands; the loop reaps them. */
static bool no_children(void *arg UNUSED)
{
    siginfo_t info;

    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 &&
           errno == ECHILD;
}

void world_teardown(void)
{
    ck_assert_msg(run_until(no_children, NULL), "a child process is left");
    store_close(world_store);
    loop_fini();
    forget_slow();
    sysfs_root = "/sys";
    temp_tree_drop();
    ck_assert_uint_eq(fake_store_open_count(), 0);
    ck_assert_uint_eq(fake_xen_mistakes(), 0);
}

const char *world_path(struct sbdf dev, const char *leaf)
{
    static char paths[4][128];
    static unsigned int next;
    char name[SBDF_TEXT];
    char *path = paths[next++ % 4];

    (void)snprintf(path, sizeof(paths[0]), "sys/bus/pci/devices/%s/%s",
                   sbdf_format(dev, name), leaf);
    return path;
}

void world_bind(struct sbdf dev, const char *driver)
{
    char target[64];

    temp_tree_remove(world_path(dev, "driver"));
    if (!driver)
        return;
    (void)snprintf(target, sizeof(target), "../../drivers/%s", driver);
    temp_tree_link(world_path(dev, "driver"), target);
}

void world_add(struct sbdf dev, const struct back_model *model)
{
    struct fake_hw hw;
    char text[16];

    ck_assert(fake_hw_load(&hw, model->dump));
    temp_tree_bytes(world_path(dev, "config"), hw.bytes, hw.size);
    temp_tree_file(world_path(dev, "class"), model->class_code);
    temp_tree_file(world_path(dev, "resource"), model->resource);
    (void)snprintf(text, sizeof(text), "0x%04x\n", fake_hw_get(&hw, 0, 2));
    temp_tree_file(world_path(dev, "vendor"), text);
    (void)snprintf(text, sizeof(text), "0x%04x\n", fake_hw_get(&hw, 2, 2));
    temp_tree_file(world_path(dev, "device"), text);
    (void)snprintf(text, sizeof(text), "%u\n", model->irq);
    temp_tree_file(world_path(dev, "irq"), text);
    temp_tree_file(world_path(dev, "reset"), "");
    temp_tree_file(world_path(dev, "reset_method"), "flr\n");
    temp_tree_link(world_path(dev, "driver"), "../../drivers/pciback");
    fake_xen_add_device(dev);
}

static void full_path(struct sbdf dev, const char *leaf, char buf[256])
{
    (void)snprintf(buf, 256, "%s/%s", root, world_path(dev, leaf));
}

uint32_t world_get(struct sbdf dev, uint16_t offset, uint8_t size)
{
    uint32_t value = 0;
    int fd = sysfs_config_open(dev, false);

    ck_assert_int_eq(sysfs_config_read(fd, offset, size, &value), 0);
    (void)close(fd);
    return value;
}

void world_set(struct sbdf dev, uint16_t offset, uint8_t size, uint32_t value)
{
    int fd = sysfs_config_open(dev, true);

    ck_assert_int_eq(sysfs_config_write(fd, offset, size, value), 0);
    (void)close(fd);
}

bool world_was_reset(struct sbdf dev)
{
    char path[256];
    struct stat st;

    full_path(dev, "reset", path);
    return stat(path, &st) == 0 && st.st_size > 0;
}

/* Resets that wait, and who reads so that they do not. */
#define SLOW_MAX 4u
static struct slow {
    struct sbdf dev;
    int reader;
} slow[SLOW_MAX];
static unsigned int nslow;

/* Whoever opens the pipe for writing waits until somebody reads. */
void world_slow_reset(struct sbdf dev)
{
    char path[256];

    temp_tree_remove(world_path(dev, "reset"));
    full_path(dev, "reset", path);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_uint_lt(nslow, SLOW_MAX);
    slow[nslow++] = (struct slow){ .dev = dev, .reader = -1 };
}

/* Has somebody written to the pipe? */
static bool is_written(void *arg)
{
    const int *fd = arg;
    char byte;

    return read(*fd, &byte, 1) == 1;
}

void world_end_reset(struct sbdf dev)
{
    char path[256];
    int fd;

    full_path(dev, "reset", path);
    fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert(run_until(is_written, &fd));
    (void)close(fd);
}

void world_fast_resets(void)
{
    for (unsigned int i = 0; i < nslow; i++) {
        char path[256];

        if (slow[i].reader >= 0)
            continue;
        full_path(slow[i].dev, "reset", path);
        slow[i].reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        temp_tree_remove(world_path(slow[i].dev, "reset"));
        temp_tree_file(world_path(slow[i].dev, "reset"), "");
    }
}

static void forget_slow(void)
{
    while (nslow > 0)
        if (slow[--nslow].reader >= 0)
            (void)close(slow[nslow].reader);
}

unsigned int world_open_fds(void)
{
    DIR *dir = opendir("/proc/self/fd");
    unsigned int n = 0;

    while (readdir(dir) != NULL)
        n++;
    (void)closedir(dir);
    return n;
}
