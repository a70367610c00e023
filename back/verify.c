/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a device looks like after a reset, against what it should. */
#include "verify.h"

#include <errno.h>
#include <time.h>

#include "bytes.h"
#include "pciregs.h"
#include "sysfs.h"

#define STEP_MS 10u

static void nap(void)
{
    const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };

    (void)nanosleep(&step, NULL);
}

/* PCIe 6.0 2.3.2: what software sees while the device asks for a retry. */
#define VENDOR_RETRY 0x0001u

/* A virtual function's own ids are ones (PCIe 6.0 9.3.4.1.1); no class is. */
static int answers(int fd, const uint8_t *snapshot)
{
    uint32_t known = le32_load(snapshot + PCI_VENDOR_ID);
    uint32_t ids = 0, class_code = 0;
    int ret = sysfs_config_read(fd, PCI_VENDOR_ID, 4, &ids);

    if (ret == 0)
        ret = sysfs_config_read(fd, PCI_REVISION_ID, 4, &class_code);
    if (ret < 0)
        return ret;
    if (class_code == UINT32_MAX || (ids == UINT32_MAX && known != ids))
        return -ENODEV;
    return (ids & 0xffff) == VENDOR_RETRY && known != ids ? -ENODEV : 0;
}

static int is_known(int fd, const uint8_t *snapshot)
{
    uint32_t ids = 0, class_code = 0, header = 0;
    int ret = sysfs_config_read(fd, PCI_VENDOR_ID, 4, &ids);

    if (ret == 0)
        ret = sysfs_config_read(fd, PCI_REVISION_ID, 4, &class_code);
    if (ret == 0)
        ret = sysfs_config_read(fd, PCI_HEADER_TYPE, 1, &header);
    if (ret < 0)
        return ret;
    return ids == le32_load(snapshot + PCI_VENDOR_ID) &&
                   class_code == le32_load(snapshot + PCI_REVISION_ID) &&
                   header == snapshot[PCI_HEADER_TYPE]
               ? 0
               : -ESTALE;
}

int verify_present(int fd, const uint8_t *snapshot, uint32_t wait_ms,
                   const char **what)
{
    uint32_t waited = 0;
    int ret;

    while ((ret = answers(fd, snapshot)) == -ENODEV && waited < wait_ms) {
        nap();
        waited += STEP_MS;
    }
    *what = "the device does not answer";
    if (ret < 0)
        return ret;
    *what = "another device answers";
    return is_known(fd, snapshot);
}

/* Are the bits of a 16-bit register zero? Offset 0: there is none. */
static int is_zero(int fd, uint16_t offset, uint16_t bits)
{
    uint32_t value = 0;
    int ret = offset == 0 ? 0 : sysfs_config_read(fd, offset, 2, &value);

    return ret == 0 && (value & bits) != 0 ? -EBADMSG : ret;
}

static int bars_kept(int fd, const uint8_t *snapshot)
{
    uint16_t off;

    for (off = PCI_BAR0; off < PCI_CARDBUS_CIS; off = (uint16_t)(off + 4)) {
        uint32_t value;
        int ret = sysfs_config_read(fd, off, 4, &value);

        if (ret < 0)
            return ret;
        if (value != le32_load(snapshot + off))
            return -EBADMSG;
    }
    return 0;
}

int verify_clean(int fd, const struct cfgspace *cs, const char **what)
{
    int ret = is_zero(fd, PCI_COMMAND, PCI_COMMAND_MASTER);

    *what = "bus mastering stays on";
    if (ret == 0) {
        *what = "MSI stays on";
        ret = is_zero(fd, cs->msi.msi_control, PCI_MSI_FLAGS_ENABLE);
    }
    if (ret == 0) {
        *what = "MSI-X stays on or masked";
        ret = is_zero(fd, cs->msi.msix_control,
                      PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
    }
    if (ret == 0) {
        *what = "a base address does not keep its value";
        ret = bars_kept(fd, cs->snapshot);
    }
    return ret;
}
