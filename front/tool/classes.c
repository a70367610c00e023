/* SPDX-License-Identifier: MIT */
/* See classes.h: the classes that are passed through in practice. */
#include "classes.h"

#include <stddef.h>

#include "compiler.h"

static const struct subclass {
    uint16_t code; /* base class and subclass */
    const char *name;
} subclasses[] = {
    { 0x0001, "VGA device, before classes" },
    { 0x0100, "SCSI controller" },
    { 0x0101, "IDE controller" },
    { 0x0104, "RAID controller" },
    { 0x0106, "SATA controller" },
    { 0x0107, "SAS controller" },
    { 0x0108, "NVM controller" },
    { 0x0200, "Ethernet controller" },
    { 0x0207, "InfiniBand controller" },
    { 0x0208, "fabric controller" },
    { 0x0300, "VGA controller" },
    { 0x0302, "3D controller" },
    { 0x0400, "video device" },
    { 0x0401, "audio device" },
    { 0x0403, "HD audio device" },
    { 0x0500, "RAM controller" },
    { 0x0502, "CXL memory device" },
    { 0x0600, "host bridge" },
    { 0x0601, "ISA bridge" },
    { 0x0604, "PCI bridge" },
    { 0x0700, "serial controller" },
    { 0x0702, "multiport serial controller" },
    { 0x0703, "modem" },
    { 0x0805, "SD host controller" },
    { 0x0806, "IOMMU" },
    { 0x0c00, "FireWire controller" },
    { 0x0c03, "USB controller" },
    { 0x0c04, "Fibre Channel controller" },
    { 0x0c05, "SMBus controller" },
    { 0x0d11, "Bluetooth controller" },
    { 0x0d80, "wireless controller" },
    { 0x1000, "network encryption controller" },
};

static const char *const classes[] = {
    [0x00] = "device, before classes",
    [0x01] = "storage controller",
    [0x02] = "network controller",
    [0x03] = "display controller",
    [0x04] = "multimedia controller",
    [0x05] = "memory controller",
    [0x06] = "bridge",
    [0x07] = "communication controller",
    [0x08] = "system peripheral",
    [0x09] = "input controller",
    [0x0a] = "docking station",
    [0x0b] = "processor",
    [0x0c] = "serial bus controller",
    [0x0d] = "wireless controller",
    [0x0e] = "intelligent controller",
    [0x0f] = "satellite controller",
    [0x10] = "encryption controller",
    [0x11] = "signal processing controller",
    [0x12] = "processing accelerator",
    [0x13] = "instrumentation",
};

const char *class_name(uint32_t class_code)
{
    uint32_t base = class_code >> 16 & 0xff;

    for (size_t i = 0; i < ARRAY_LEN(subclasses); i++) {
        if (subclasses[i].code == (class_code >> 8 & 0xffff))
            return subclasses[i].name;
    }
    if (base == 0xff)
        return "unclassified device";
    return base < ARRAY_LEN(classes) ? classes[base] : "device";
}
