/* SPDX-License-Identifier: MIT */
/*
 * What dom0's Linux knows about a PCI function. Read only. A device can vanish
 * between any two lines here, so a missing file is -ENODEV exactly when the
 * device's directory is missing too.
 */
#include "sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 512

/* linux/ioport.h: IORESOURCE_* as the resource file prints them. */
#define RES_IO         UINT64_C(0x00000100)
#define RES_MEM        UINT64_C(0x00000200)
#define RES_PREFETCH   UINT64_C(0x00002000)
#define RES_MEM_64     UINT64_C(0x00100000)
#define RES_DISABLED   UINT64_C(0x10000000)
#define RES_UNSET      UINT64_C(0x20000000)
#define RES_ROM_SHADOW UINT64_C(0x00000002)

#define ROM_INDEX 6

const char *sysfs_root = "/sys";

void sysfs_device_path(struct sbdf dev, const char *leaf, char *buf, size_t len)
{
    char address[SBDF_TEXT];

    (void)snprintf(buf, len, "%s/bus/pci/devices/%s%s%s", sysfs_root,
                   sbdf_format(dev, address), leaf[0] != '\0' ? "/" : "", leaf);
}

bool sysfs_device_exists(struct sbdf dev)
{
    char path[PATH_BYTES];
    struct stat st;

    sysfs_device_path(dev, "", path, sizeof(path));
    return stat(path, &st) == 0;
}

/* One read of a small file; trailing newlines go. */
static int read_text(const char *path, char *buf, size_t len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got;
    int ret = 0;

    if (fd < 0)
        return -errno;
    got = read(fd, buf, len);
    if (got < 0)
        ret = -errno;
    else if ((size_t)got >= len)
        ret = -EMSGSIZE;
    (void)close(fd);
    if (ret != 0)
        return ret;
    while (got > 0 && buf[got - 1] == '\n')
        got--;
    buf[got] = '\0';
    return 0;
}

int sysfs_read(const char *path_below_root, char *buf, size_t len)
{
    char path[PATH_BYTES];

    (void)snprintf(path, sizeof(path), "%s/%s", sysfs_root, path_below_root);
    return read_text(path, buf, len);
}

static int read_attribute(struct sbdf dev, const char *leaf, char *buf,
                          size_t len)
{
    char path[PATH_BYTES];
    int ret;

    sysfs_device_path(dev, leaf, path, sizeof(path));
    ret = read_text(path, buf, len);
    return ret != 0 && !sysfs_device_exists(dev) ? -ENODEV : ret;
}

static int read_number(struct sbdf dev, const char *leaf, int base,
                       uint32_t max, uint32_t *out)
{
    char text[32];
    char *end;
    unsigned long long value;
    int ret = read_attribute(dev, leaf, text, sizeof(text));

    if (ret != 0)
        return ret;
    errno = 0;
    value = strtoull(text, &end, base);
    if (errno != 0 || end == text || *end != '\0' || value > max)
        return -EIO;
    *out = (uint32_t)value;
    return 0;
}

int sysfs_irq(struct sbdf dev, uint32_t *irq)
{
    return read_number(dev, "irq", 10, UINT32_MAX, irq);
}

int sysfs_class(struct sbdf dev, uint32_t *class_code)
{
    return read_number(dev, "class", 16, 0xffffff, class_code);
}

int sysfs_ids(struct sbdf dev, uint16_t *vendor, uint16_t *device)
{
    uint32_t value = 0;
    int ret = read_number(dev, "vendor", 16, UINT16_MAX, &value);

    if (ret != 0)
        return ret;
    *vendor = (uint16_t)value;
    ret = read_number(dev, "device", 16, UINT16_MAX, &value);
    if (ret == 0)
        *device = (uint16_t)value;
    return ret;
}

int sysfs_driver(struct sbdf dev, char name[SYSFS_DRIVER])
{
    char path[PATH_BYTES];
    char target[PATH_BYTES];
    const char *slash;
    ssize_t len;

    name[0] = '\0';
    sysfs_device_path(dev, "driver", path, sizeof(path));
    len = readlink(path, target, sizeof(target) - 1);
    if (len < 0 && errno == ENOENT)
        return sysfs_device_exists(dev) ? 0 : -ENODEV;
    if (len < 0)
        return -errno;
    target[len] = '\0';
    slash = strrchr(target, '/');
    slash = slash != NULL ? slash + 1 : target;
    if (strlen(slash) >= SYSFS_DRIVER)
        return -ENAMETOOLONG;
    memcpy(name, slash, strlen(slash) + 1);
    return 0;
}

static void fill_resource(struct sysfs_resource *res, unsigned int index,
                          uint64_t start, uint64_t end, uint64_t flags)
{
    memset(res, 0, sizeof(*res));
    /*
     * A resource without an address must never become a permission: its start
     * reads 0, which is somebody else's memory. A shadowed ROM is a copy in
     * low memory, not the device's.
     */
    if ((flags & (RES_UNSET | RES_DISABLED)) != 0 || end < start || start == 0)
        return;
    if (index == ROM_INDEX && (flags & RES_ROM_SHADOW) != 0)
        return;
    if ((flags & RES_MEM) != 0)
        res->kind = SYSFS_MEM;
    else if ((flags & RES_IO) != 0)
        res->kind = SYSFS_IO;
    else
        return;
    res->is_64bit = (flags & RES_MEM_64) != 0;
    res->prefetch = (flags & RES_PREFETCH) != 0;
    res->start = start;
    res->size = end - start + 1;
}

/* "start end flags", each "0x" and sixteen hex digits. */
static const char *parse_line(const char *text, uint64_t value[3])
{
    for (unsigned int i = 0; i < 3; i++) {
        char *end;

        errno = 0;
        value[i] = strtoull(text, &end, 16);
        if (errno != 0 || end == text)
            return NULL;
        text = end;
    }
    if (*text == '\0')
        return text;
    return *text == '\n' ? text + 1 : NULL;
}

int sysfs_resources(struct sbdf dev, struct sysfs_resource res[SYSFS_RESOURCES])
{
    char text[4096];
    const char *next = text;
    int ret = read_attribute(dev, "resource", text, sizeof(text));

    if (ret != 0)
        return ret;
    for (unsigned int i = 0; i < SYSFS_RESOURCES; i++) {
        uint64_t value[3];

        next = parse_line(next, value);
        if (next == NULL)
            return -EIO;
        fill_resource(&res[i], i, value[0], value[1], value[2]);
    }
    return 0;
}

/* Kernels before 5.15 have no list of methods, only the file that resets. */
int sysfs_reset_methods(struct sbdf dev, char *buf, size_t len)
{
    char path[PATH_BYTES];
    int ret = read_attribute(dev, "reset_method", buf, len);

    if (ret != -ENOENT)
        return ret;
    sysfs_device_path(dev, "reset", path, sizeof(path));
    (void)snprintf(buf, len, "%s", access(path, F_OK) == 0 ? "default" : "");
    return 0;
}

static int compare_entries(const void *a, const void *b)
{
    const struct sbdf *left = a;
    const struct sbdf *right = b;

    return sbdf_compare(*left, *right);
}

static int collect(DIR *dir, struct sbdf **list, size_t *count)
{
    const struct dirent *entry;
    size_t room = 0;

    while ((entry = readdir(dir)) != NULL) {
        struct sbdf dev;
        char address[SBDF_TEXT];

        /* Drivers' directories hold other links and files as well. */
        if (!sbdf_parse(entry->d_name, &dev) ||
            strcmp(sbdf_format(dev, address), entry->d_name) != 0)
            continue;
        if (*count == room) {
            struct sbdf *more;

            room = room == 0 ? 64 : room * 2;
            more = reallocarray(*list, room, sizeof(**list));
            if (more == NULL)
                return -ENOMEM;
            *list = more;
        }
        (*list)[(*count)++] = dev;
    }
    return 0;
}

int sysfs_devices(const char *driver, struct sbdf **list, size_t *count)
{
    char path[PATH_BYTES];
    DIR *dir;
    int ret;

    *list = NULL;
    *count = 0;
    if (driver != NULL)
        (void)snprintf(path, sizeof(path), "%s/bus/pci/drivers/%s", sysfs_root,
                       driver);
    else
        (void)snprintf(path, sizeof(path), "%s/bus/pci/devices", sysfs_root);
    dir = opendir(path);
    if (dir == NULL)
        return -errno;
    ret = collect(dir, list, count);
    (void)closedir(dir);
    if (ret != 0) {
        free(*list);
        *list = NULL;
        *count = 0;
    } else if (*count > 1) {
        qsort(*list, *count, sizeof(**list), compare_entries);
    }
    return ret;
}
