/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's devices, as its worker holds them. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "log.h"
#include "sysfs.h"
#include "worker-private.h"

static int read_config(void *ctx, uint16_t offset, uint8_t size,
                       uint32_t *value)
{
    const struct vdev *dev = ctx;

    return sysfs_config_read(dev->config_fd, offset, size, value);
}

static void vdev_free(struct vdev *dev)
{
    if (!dev)
        return;
    if (dev->cs.shadow)
        (void)munmap(dev->cs.shadow, sizeof(*dev->cs.shadow));
    if (dev->config_fd >= 0)
        (void)close(dev->config_fd);
    free(dev);
}

void worker_device_new(struct vdev **list, const struct msg_device *m,
                       int config_fd, int shadow_fd)
{
    struct vdev *dev = calloc(1, sizeof(*dev));
    struct cfg_hw hw = { .read = read_config };
    void *shadow;

    if (!dev)
        fatalx("out of memory");
    shadow = mmap(NULL, sizeof(struct cfg_shadow), PROT_READ | PROT_WRITE,
                  MAP_SHARED, shadow_fd, 0);
    if (shadow == MAP_FAILED)
        fatal("cannot map the shadow registers of a device");
    (void)close(shadow_fd);
    dev->handle = m->handle;
    dev->real = m->real;
    dev->virt = m->virt;
    dev->config_fd = config_fd;
    hw.ctx = dev;
    cfgspace_init(&dev->cs, &m->params, m->snapshot, shadow, hw,
                  m->fresh == CFG_FRESH ? CFG_FRESH : CFG_CONTINUE);
    dev->next = *list;
    *list = dev;
}

void worker_device_gone(struct worker *w, uint32_t handle)
{
    struct vdev **link = &w->ops.devices;
    struct vdev *dev;

    while (*link && (*link)->handle != handle)
        link = &(*link)->next;
    dev = *link;
    if (!dev)
        return;
    if (w->ops.waiting && w->ops.waiting_for == handle && ops_abandon(&w->ops))
        worker_reply(w);
    *link = dev->next;
    vdev_free(dev);
}

void worker_devices_free(struct vdev **list)
{
    struct vdev *dev;

    while ((dev = *list)) {
        *list = dev->next;
        vdev_free(dev);
    }
}
