/* SPDX-License-Identifier: MIT */
/* Capabilities in a copy of configuration space; see space.h. */
#include "pciregs.h"
#include "space.h"

struct cap_name {
    uint16_t id;
    const char *name;
};

/* PCI Code and ID Assignment, capability ids. */
static const struct cap_name names[] = {
    { PCI_CAP_ID_PM, "power management" },
    { 0x02, "AGP" },
    { PCI_CAP_ID_VPD, "vital product data" },
    { 0x04, "slot identification" },
    { PCI_CAP_ID_MSI, "MSI" },
    { 0x07, "PCI-X" },
    { 0x08, "HyperTransport" },
    { PCI_CAP_ID_VENDOR, "vendor specific" },
    { 0x0d, "subsystem of a bridge" },
    { PCI_CAP_ID_EXP, "PCI Express" },
    { PCI_CAP_ID_MSIX, "MSI-X" },
    { 0x12, "SATA" },
    { PCI_CAP_ID_AF, "advanced features" },
    { 0x14, "enhanced allocation" },
};

static const struct cap_name extended_names[] = {
    { 0x01, "advanced error reporting" },
    { 0x02, "virtual channel" },
    { 0x03, "device serial number" },
    { 0x04, "power budgeting" },
    { 0x0b, "vendor specific" },
    { 0x0d, "access control services" },
    { 0x0e, "alternative routing-id" },
    { 0x0f, "address translation services" },
    { 0x10, "single root I/O virtualisation" },
    { 0x13, "page request" },
    { 0x15, "resizable BAR" },
    { 0x17, "TPH requester" },
    { 0x18, "latency tolerance reporting" },
    { 0x19, "secondary PCI Express" },
    { 0x1b, "process address space id" },
    { 0x1d, "downstream port containment" },
    { 0x1e, "L1 substates" },
    { 0x1f, "precision time measurement" },
    { 0x23, "designated vendor specific" },
    { 0x25, "data link feature" },
    { 0x26, "physical layer 16 GT/s" },
    { 0x27, "lane margining" },
};

static unsigned int walk(const struct space *space,
                         struct space_cap caps[SPACE_CAPS_MAX],
                         unsigned int count)
{
    unsigned int at = space_get(space, PCI_CAPABILITY_LIST, 1) & 0xfcu;

    if ((space_get(space, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST) == 0)
        return count;
    /* 48 dwords lie behind the header: a list with more of them loops. */
    for (unsigned int i = 0; i < 48 && at >= PCI_CONFIG_HEADER; i++) {
        uint16_t id = (uint16_t)space_get(space, at + PCI_CAP_ID, 1);

        if (id == 0xff)
            break;
        caps[count++] = (struct space_cap){ (uint16_t)at, id, false };
        at = space_get(space, at + PCI_CAP_NEXT, 1) & 0xfcu;
    }
    return count;
}

static unsigned int walk_extended(const struct space *space,
                                  struct space_cap caps[SPACE_CAPS_MAX],
                                  unsigned int count)
{
    unsigned int at = PCI_EXT_CAP_START;

    while (count < SPACE_CAPS_MAX && at >= PCI_EXT_CAP_START &&
           at < space->size) {
        uint32_t header = space_get(space, at, 4);
        uint16_t id = (uint16_t)PCI_EXT_CAP_ID(header);
        unsigned int next = PCI_EXT_CAP_NEXT(header);

        if (header == 0 || header == UINT32_MAX)
            break;
        if (id != 0)
            caps[count++] = (struct space_cap){ (uint16_t)at, id, true };
        /* Lists go forward in practice; one that does not might loop. */
        if (next <= at)
            break;
        at = next;
    }
    return count;
}

unsigned int space_caps(const struct space *space,
                        struct space_cap caps[SPACE_CAPS_MAX])
{
    return walk_extended(space, caps, walk(space, caps, 0));
}

static const char *find_name(const struct cap_name *list, size_t count,
                             uint16_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].id == id)
            return list[i].name;
    }
    return NULL;
}

static void vectors(char words[CAP_WORDS], const char *name, uint32_t count,
                    const char *more)
{
    (void)snprintf(words, CAP_WORDS, "%s, %u vector%s%s", name, count,
                   count == 1 ? "" : "s", more);
}

const char *space_cap_words(const struct space *space, struct space_cap cap,
                            char words[CAP_WORDS])
{
    const char *name =
        cap.extended
            ? find_name(extended_names, ARRAY_LEN(extended_names), cap.id)
            : find_name(names, ARRAY_LEN(names), cap.id);
    uint32_t flags = space_get(space, cap.offset + 2u, 2);

    if (name == NULL)
        (void)snprintf(words, CAP_WORDS, "0x%02x", cap.id);
    else if (!cap.extended && cap.id == PCI_CAP_ID_MSIX)
        vectors(words, name, (flags & PCI_MSIX_FLAGS_QSIZE) + 1, "");
    else if (!cap.extended && cap.id == PCI_CAP_ID_MSI)
        vectors(words, name, 1u << ((flags & PCI_MSI_FLAGS_QMASK) >> 1),
                (flags & PCI_MSI_FLAGS_64BIT) != 0 ? ", 64-bit" : "");
    else if (!cap.extended && cap.id == PCI_CAP_ID_PM)
        (void)snprintf(
            words, CAP_WORDS, "%s, in D%u", name,
            (unsigned int)space_get(space, cap.offset + PCI_PM_CTRL, 2) &
                PCI_PM_CTRL_STATE);
    else
        (void)snprintf(words, CAP_WORDS, "%s", name);
    return words;
}
