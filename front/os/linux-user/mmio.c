/* SPDX-License-Identifier: MIT */
/*
 * Device memory through /dev/mem. A PV kernel takes addresses outside its RAM
 * for machine addresses (with e820_host=1 the guest's map has the host's holes),
 * so the BAR's address is the offset. Kernels may refuse: lockdown forbids the
 * node, CONFIG_IO_STRICT_DEVMEM what a driver has claimed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include "linux-private.h"

#define DEV_MEM "/dev/mem"

static int refused(struct pcifront_linux *glue, const char *what, int why)
{
    const char *advice = "";
    char line[256];

    if (why == ENOENT)
        advice = "; a kernel with CONFIG_DEVMEM has it";
    else if (why == EPERM || why == EACCES)
        advice = "; it takes root, a kernel that is not locked down and, where "
                 "CONFIG_IO_STRICT_DEVMEM is on, memory that no driver has "
                 "(or iomem=relaxed on the kernel's command line)";
    (void)snprintf(line, sizeof(line), "%s: %s%s", what, strerror(why), advice);
    glue_log(glue, PCIFRONT_LOG_WARN, line);
    if (why == ENOENT)
        return PCIFRONT_ERR_UNSUPPORTED;
    return why == EPERM || why == EACCES ? PCIFRONT_ERR_DENIED
                                         : PCIFRONT_ERR_OS;
}

int glue_map_mmio(void *ctx, uint64_t machine, uint64_t bytes,
                  enum pcifront_cache cache, void **address)
{
    struct pcifront_linux *glue = ctx;
    void *mapped;
    int fd;
    int why;

    /* O_SYNC is how one asks for uncached; nothing else can be asked for. */
    (void)cache;
    if (machine > (uint64_t)INT64_MAX || bytes > SIZE_MAX / 2)
        return PCIFRONT_ERR_INVALID;
    fd = open(DEV_MEM, O_RDWR | O_SYNC | O_CLOEXEC);
    if (fd < 0)
        return refused(glue, DEV_MEM, errno);
    mapped = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                  (off_t)machine);
    why = errno;
    (void)close(fd);
    if (mapped == MAP_FAILED)
        return refused(glue, "mapping device memory from " DEV_MEM, why);
    *address = mapped;
    return PCIFRONT_OK;
}

void glue_unmap_mmio(void *ctx, void *address, uint64_t bytes)
{
    (void)ctx;
    (void)munmap(address, (size_t)bytes);
}
