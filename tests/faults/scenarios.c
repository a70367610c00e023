/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the broker and its workers do in a guest's life, step by step. */
#include <signal.h>
#include <string.h>

#include "fake-store.h"
#include "fault.h"
#include "house.h"
#include "libs.h"
#include "nodes.h"
#include "pciregs.h"
#include "restart.h"
#include "temp-tree.h"
#include "walk.h"
#include "world.h"

/* A device with 256 bytes of registers, both kinds of MSI, memory and ports. */
static const struct back_model megasas = {
    .dump = "megasas",
    .resource = "0x00000000fd980000 0x00000000fd983fff 0x0000000000140204\n"
                "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
                "0x000000000000d400 0x000000000000d4ff 0x0000000000040101\n"
                "0x00000000fd800000 0x00000000fd83ffff 0x0000000000140204\n"
                "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
                "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
                "0x0000000000000000 0x0000000000000000 0x0000000000000000\n",
    .class_code = "0x010400\n",
    .irq = 11,
};
/* As small, and elsewhere: 256 reads less each time are a thousand points less. */
static const struct back_model ahci = {
    .dump = "ich9-ahci",
    .resource = "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
                "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
                "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
                "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
                "0x000000000000d960 0x000000000000d97f 0x0000000000040101\n"
                "0x00000000fd99a000 0x00000000fd99afff 0x0000000000040200\n"
                "0x0000000000000000 0x0000000000000000 0x0000000000000000\n",
    .class_code = "0x010601\n",
    .irq = 10,
};
static const struct sbdf disk = { .bus = 6 };
static const struct sbdf other = { .bus = 7 };

#define MSI_AT  0x50
#define MSIX_AT 0x68

static void prepare_devices(void)
{
    world_add(disk, &megasas);
    world_add(other, &ahci);
}

static void prepare_connected(void)
{
    prepare_devices();
    if (!connects(BACK_DOMID, disk))
        verdict("cannot connect");
}

/* ---- attach, with a guest that starts ---- */

static bool operate_connect(void)
{
    return connects(BACK_DOMID, disk);
}

static bool again_connect(void)
{
    return ends(BACK_DOMID) && connects(BACK_DOMID, disk);
}

/* ---- attach, with a guest that runs ---- */

static bool operate_hot(void)
{
    fault_hold();
    tool_lists(BACK_DOMID, other);
    fault_go_on();
    return reconfigures(BACK_DOMID) && fake_xen_owner(other) == BACK_DOMID;
}

static bool again_hot(void)
{
    return ends(BACK_DOMID) && connects(BACK_DOMID, disk) && operate_hot();
}

/* ---- detach ---- */

static bool operate_detach(void)
{
    fault_hold();
    tool_asks_back(BACK_DOMID, disk);
    fault_go_on();
    return reconfigures(BACK_DOMID) &&
           strcmp(back_node(BACK_DOMID, "state-0"), "6") == 0 &&
           fake_xen_owner(disk) == HYP_DOMID_IO;
}

static bool again_detach(void)
{
    return ends(BACK_DOMID) && connects(BACK_DOMID, disk) && operate_detach();
}

/* ---- the guest dies ---- */

static bool operate_death(void)
{
    fake_xen_domain(BACK_DOMID)->exists = false;
    fake_store_fire(XS_WATCH_RELEASE);
    return comes_owner(disk, HYP_DOMID_IO);
}

static bool again_death(void)
{
    fake_xen_domain(BACK_DOMID)->exists = true;
    return ends(BACK_DOMID) && connects(BACK_DOMID, disk);
}

/* ---- the guest closes and connects again ---- */

static bool operate_reconnect(void)
{
    set_front(BACK_DOMID, "state", "5");
    if (!comes_state(BACK_DOMID, "5"))
        return false;
    set_front(BACK_DOMID, "state", "6");
    if (!comes_state(BACK_DOMID, "6"))
        return false;
    set_front(BACK_DOMID, "state", "1");
    if (!comes_state(BACK_DOMID, "3"))
        return false;
    front_publishes(BACK_DOMID);
    return comes_state(BACK_DOMID, "4");
}

/* ---- the toolstack deletes everything ---- */

static bool operate_delete(void)
{
    return ends(BACK_DOMID) && comes_owner(disk, HYP_DOMID_IO);
}

/* ---- requests ---- */

static bool is_done(struct pci_op op)
{
    return answered(BACK_DOMID, &op) && op.err == PCI_ERR_SUCCESS;
}

static bool has_bit(uint16_t offset, uint16_t bit)
{
    uint32_t value;

    fault_hold();
    value = world_get(disk, offset, 2);
    fault_go_on();
    return (value & bit) != 0;
}

static bool read_id(void)
{
    struct pci_op op = { .cmd = PCI_OP_CONF_READ, .size = 4 };

    return answered(BACK_DOMID, &op) && op.err == PCI_ERR_SUCCESS &&
           op.value == 0x00601000;
}

static bool write_command(void)
{
    return is_done((struct pci_op){ .cmd = PCI_OP_CONF_WRITE,
                                    .offset = PCI_COMMAND,
                                    .size = 2,
                                    .value = PCI_COMMAND_MASTER }) &&
           has_bit(PCI_COMMAND, PCI_COMMAND_MASTER);
}

static bool msi_on(void)
{
    return is_done((struct pci_op){ .cmd = PCI_OP_ENABLE_MSI }) &&
           fake_xen_msis(BACK_DOMID) == 1 &&
           has_bit(MSI_AT + 2, PCI_MSI_FLAGS_ENABLE);
}

static bool msi_off(void)
{
    return is_done((struct pci_op){ .cmd = PCI_OP_DISABLE_MSI }) &&
           fake_xen_msis(BACK_DOMID) == 0;
}

static bool msix_on(void)
{
    return is_done((struct pci_op){
               .cmd = PCI_OP_ENABLE_MSIX,
               .value = 3,
               .msix = { { .entry = 0 }, { .entry = 2 }, { .entry = 5 } } }) &&
           fake_xen_msis(BACK_DOMID) == 3 &&
           has_bit(MSIX_AT + 2, PCI_MSIX_FLAGS_ENABLE);
}

static bool msix_off(void)
{
    return is_done((struct pci_op){ .cmd = PCI_OP_DISABLE_MSIX }) &&
           fake_xen_msis(BACK_DOMID) == 0;
}

static bool operate_requests(void)
{
    return read_id() && write_command();
}

static bool operate_msi(void)
{
    return msi_on() && msi_off();
}

static bool operate_msix(void)
{
    return msix_on() && msix_off();
}

/* A guest tries once more; the leftovers of the last time must not hurt. */
static bool again_msi(void)
{
    return msi_on() && msi_off() && msix_on() && msix_off();
}

static bool again_msix(void)
{
    return msix_on() && msix_off() && msi_on() && msi_off();
}

/* ---- the worker dies ---- */

static bool operate_worker(void)
{
    fault_hold();
    (void)kill(worker_pid(BACK_DOMID), SIGKILL);
    fault_go_on();
    return read_id();
}

static bool again_worker(void)
{
    return read_id() ||
           (ends(BACK_DOMID) && connects(BACK_DOMID, disk) && read_id());
}

/* ---- the broker is killed, and another one starts ---- */

static void prepare_busy(void)
{
    prepare_connected();
    if (!msix_on())
        verdict("cannot turn MSI-X on");
}

static bool goes_on(void)
{
    return read_id() && fake_xen_owner(disk) == BACK_DOMID &&
           fake_xen_msis(BACK_DOMID) == 3;
}

static bool operate_restart(void)
{
    return restart_whole(goes_on);
}

static bool again_restart(void)
{
    return goes_on() && msix_off();
}

/* ---- ... while no guest has a device ---- */

static bool nothing(void)
{
    settle();
    return true;
}

static bool operate_start(void)
{
    return restart_whole(nothing);
}

const struct scenario house_scenarios[] = {
    { "start", prepare_devices, operate_start, operate_connect },
    { "restart", prepare_busy, operate_restart, again_restart },
    { "attach", prepare_devices, operate_connect, again_connect },
    { "hot-attach", prepare_connected, operate_hot, again_hot },
    { "detach", prepare_connected, operate_detach, again_detach },
    { "requests", prepare_connected, operate_requests, operate_requests },
    { "msi", prepare_connected, operate_msi, again_msi },
    { "msix", prepare_connected, operate_msix, again_msix },
    { "reconnect", prepare_connected, operate_reconnect, again_connect },
    { "worker-dies", prepare_connected, operate_worker, again_worker },
    { "guest-dies", prepare_connected, operate_death, again_death },
    { "deleted", prepare_connected, operate_delete, again_connect },
};
const size_t house_nscenarios = ARRAY_LEN(house_scenarios);
