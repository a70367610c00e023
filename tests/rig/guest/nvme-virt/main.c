/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Virtualization Management of an NVMe controller with virtual functions, in
 * dom0 (NVMe 1.4 5.22):
 *
 *	nvme-virt DEVICE CONTROLLER queues|interrupts ACTION COUNT
 *
 * ACTION is allocate (to the physical function, after its next reset), assign
 * (to a virtual one), online or offline.
 */
#include <fcntl.h>
#include <linux/nvme_ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define VIRTUALIZATION_MANAGEMENT 0x1c

static const struct {
    const char *name;
    unsigned int code;
} actions[] = {
    { "allocate", 1 },
    { "offline", 7 },
    { "assign", 8 },
    { "online", 9 },
};

static unsigned int action_code(const char *name)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
        if (strcmp(actions[i].name, name) == 0)
            return actions[i].code;
    return 0;
}

int main(int argc, char **argv)
{
    struct nvme_admin_cmd cmd = { .opcode = VIRTUALIZATION_MANAGEMENT };
    unsigned int action = argc == 6 ? action_code(argv[4]) : 0;
    int fd, status;

    if (action == 0) {
        fprintf(stderr, "usage: nvme-virt DEVICE CONTROLLER queues|interrupts"
                        " allocate|assign|online|offline COUNT\n");
        return 2;
    }
    cmd.cdw10 = action;
    cmd.cdw10 |= strcmp(argv[3], "interrupts") == 0 ? 0x100u : 0;
    cmd.cdw10 |= (unsigned int)strtoul(argv[2], NULL, 0) << 16;
    cmd.cdw11 = (unsigned int)strtoul(argv[5], NULL, 0);
    fd = open(argv[1], O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        perror(argv[1]);
        return 1;
    }
    status = ioctl(fd, NVME_IOCTL_ADMIN_CMD, &cmd);
    if (status < 0)
        perror("nvme-virt");
    else if (status > 0)
        fprintf(stderr, "nvme-virt: NVMe status 0x%x\n", (unsigned int)status);
    return status != 0;
}
