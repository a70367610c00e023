/* SPDX-License-Identifier: MIT */
/*
 * Parking. The order matters: first no DMA, then no power; a device that has no
 * power management stays in D0 and is quiet all the same.
 */
#include "park.h"

#include <stdbool.h>

#include "print.h"

#define COMMAND 0x04u /* PCI 3.0 6.2.2 */

static bool changed;

/* The beginning of each line about a device. */
static void print_device(const struct pcifront_device *device)
{
    print("parkd: %04x:%02x:%02x.%x %04x:%04x ", device->addr.segment,
          device->addr.bus, device->addr.devfn >> 3u, device->addr.devfn & 7u,
          device->vendor, device->device);
}

static const char *power_of(struct pcifront *pf, struct pcifront_addr addr)
{
    static const char *const names[] = {
        [PCIFRONT_D0] = "D0",
        [PCIFRONT_D1] = "D1",
        [PCIFRONT_D2] = "D2",
        [PCIFRONT_D3HOT] = "D3hot",
    };
    enum pcifront_power power;
    int err = pcifront_power_get(pf, addr, &power);

    if (err == PCIFRONT_ERR_NOENT)
        return "no power management";
    return err == 0 ? names[power] : pcifront_strerror(err);
}

static const char *master_of(struct pcifront *pf, struct pcifront_addr addr)
{
    uint32_t command;
    int err = pcifront_config_read(pf, addr, COMMAND, 2, &command);

    if (err != 0)
        return pcifront_strerror(err);
    return (command & PCIFRONT_MASTER) != 0 ? "on" : "off";
}

static void park(struct pcifront *pf, const struct pcifront_device *device)
{
    int err = pcifront_command(pf, device->addr, 0, PCIFRONT_MASTER);

    if (err == 0)
        err = pcifront_power_set(pf, device->addr, PCIFRONT_D3HOT);
    print_device(device);
    if (err != 0 && err != PCIFRONT_ERR_NOENT) {
        print("not parked: %s\n", pcifront_strerror(err));
        return;
    }
    /* As the device says, not as it was told. */
    print("parked: %s, bus master %s\n", power_of(pf, device->addr),
          master_of(pf, device->addr));
}

static void added(void *arg, struct pcifront *pf,
                  const struct pcifront_device *device)
{
    (void)arg;
    changed = true;
    park(pf, device);
}

static void removed(void *arg, struct pcifront *pf,
                    const struct pcifront_device *device,
                    enum pcifront_removal how)
{
    (void)arg;
    (void)pf;
    changed = true;
    print_device(device);
    print("%s\n", how == PCIFRONT_UNPLUG ? "removed" : "gone");
}

/* Nothing is lost with a device nobody uses; but a reset wakes it up. */
static enum pcifront_aer_result error(void *arg, struct pcifront *pf,
                                      const struct pcifront_device *device,
                                      enum pcifront_aer_step step,
                                      enum pcifront_aer_channel channel)
{
    (void)arg;
    if (channel == PCIFRONT_CHANNEL_LOST)
        return PCIFRONT_AER_DISCONNECT;
    switch (step) {
    case PCIFRONT_AER_DETECTED:
        print_device(device);
        print("error recovery\n");
        return channel == PCIFRONT_CHANNEL_FROZEN ? PCIFRONT_AER_NEED_RESET
                                                  : PCIFRONT_AER_CAN_RECOVER;
    case PCIFRONT_AER_MMIO_ENABLED:
    case PCIFRONT_AER_SLOT_RESET:
        return PCIFRONT_AER_RECOVERED;
    case PCIFRONT_AER_RESUME:
    default:
        changed = true;
        park(pf, device);
        return PCIFRONT_AER_NONE;
    }
}

const struct pcifront_client park_client = {
    .added = added,
    .removed = removed,
    .error = error,
};

void park_table(struct pcifront *pf)
{
    static struct pcifront_device list[PCIFRONT_DEVICES_MAX];
    size_t count;

    if (!changed)
        return;
    changed = false;
    count = pcifront_devices(pf, list, PCIFRONT_DEVICES_MAX);
    print("parkd: %zu device%s\n", count, count == 1 ? "" : "s");
    for (size_t i = 0; i < count && i < PCIFRONT_DEVICES_MAX; i++) {
        print("parkd:   %04x:%02x:%02x.%x  %04x:%04x  class %06x  %-19s  "
              "bus master %s\n",
              list[i].addr.segment, list[i].addr.bus, list[i].addr.devfn >> 3u,
              list[i].addr.devfn & 7u, list[i].vendor, list[i].device,
              list[i].class_code, power_of(pf, list[i].addr),
              master_of(pf, list[i].addr));
    }
}
