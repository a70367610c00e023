/* SPDX-License-Identifier: MIT */
/* See place.h. */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define PATH_BYTES 512
#define TEXT_BYTES 128
#define LOCK_FILE  "/run/xenpci-front.lock"

/* The file's first bytes as text; "" if there is none or it may not be read. */
static void read_text(const char *root, const char *path, char text[TEXT_BYTES])
{
    char full[PATH_BYTES];
    ssize_t len = -1;
    int fd;

    (void)snprintf(full, sizeof(full), "%s%s", root, path);
    fd = open(full, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        len = read(fd, text, TEXT_BYTES - 1);
        (void)close(fd);
    }
    text[len > 0 ? len : 0] = '\0';
}

static bool exists(const char *root, const char *path)
{
    char full[PATH_BYTES];

    (void)snprintf(full, sizeof(full), "%s%s", root, path);
    return access(full, F_OK) == 0;
}

/* xenfs says what a domain may do; without it, dom0's UUID is all zeros. */
static bool is_dom0(const char *root)
{
    char text[TEXT_BYTES];

    read_text(root, "/proc/xen/capabilities", text);
    if (strstr(text, "control_d") != NULL)
        return true;
    read_text(root, "/sys/hypervisor/uuid", text);
    return text[0] != '\0' && strspn(text, "0-\n") == strlen(text);
}

enum exit_code place_check(const char *root, uid_t uid, struct report *report)
{
    char text[TEXT_BYTES];

    read_text(root, "/sys/hypervisor/type", text);
    if (strcmp(text, "xen\n") != 0)
        return report_trouble(report, EXIT_UNSUPPORTED,
                              "Run it in a guest, a Linux domU.",
                              "this machine is no guest of Xen");
    if (uid != 0)
        return report_trouble(report, EXIT_FAILED, "Run it as root.",
                              "only root may open /dev/xen");
    if (is_dom0(root))
        return report_trouble(
            report, EXIT_UNSUPPORTED,
            "Run it in the guest; here, `xenpci list` shows guests' devices.",
            "this is dom0, which has its devices without a front");
    if (exists(root, "/sys/bus/xen/devices/pci-0/driver"))
        return report_trouble(
            report, EXIT_BUSY,
            "Keep it from loading (modprobe.blacklist=xen-pcifront on the "
            "kernel's command line), or take them from it (echo pci-0 "
            ">/sys/bus/xen/drivers/pcifront/unbind, at which Linux 6.1 warns).",
            "the kernel's own front, xen-pcifront, has this guest's devices");
    return EXIT_DONE;
}

int place_lock(struct report *report, enum exit_code *code)
{
    int fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    if (fd >= 0 && errno == EWOULDBLOCK)
        *code = report_trouble(report, EXIT_BUSY, "Wait for it, or end it.",
                               "another xenpci-front is running");
    else
        *code = report_trouble(report, EXIT_FAILED, "", "%s: %s", LOCK_FILE,
                               strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    return -1;
}
