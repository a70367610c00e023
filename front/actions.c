/* SPDX-License-Identifier: MIT */
/*
 * What each action of the front's table does. Those that take things away cannot
 * fail; of the others a failure is told, and the table says what follows.
 */
#include "nodes.h"
#include "pciregs.h"
#include "private.h"

#define VALUE_MAX 32u

/* Long for a backend that lives, short for a toolstack that waits for us. */
#define PROBE_MS 200u

static int publish(struct pcifront *pf)
{
    void *page;
    int err;

    front_page_end(pf); /* of another life, should it be left */
    err = pf->os->share_page(pf->ctx, pf->back_domid, &page, &pf->gref);
    if (err < 0)
        return err;
    pf->page = page;
    ring_init(pf->page, pf->client != NULL && pf->client->error != NULL);
    err = pf->os->open_port(pf->ctx, pf->back_domid, &pf->port);
    if (err < 0) {
        pf->port = 0;
        return err;
    }
    return front_write_page(pf);
}

static int scan(struct pcifront *pf)
{
    int err;

    pf->online = true;
    err = front_scan(pf);
    if (err < 0)
        return err;
    front_devices_announce(pf);
    return 0;
}

/* A scan that ended early has not seen who is gone. */
static int rescan(struct pcifront *pf)
{
    int err = front_scan(pf);

    if (err == 0)
        front_devices_drop_unseen(pf);
    front_devices_announce(pf);
    return err;
}

static bool says_closing(struct pcifront *pf, unsigned int index)
{
    char value[VALUE_MAX];
    enum xb_state state;

    return front_node_read(pf, pf->back, XS_LEAF_BACK_STATE_N, index, value,
                           sizeof(value)) == 0 &&
           xb_state_parse(value, &state) && state == XB_CLOSING;
}

/* Backends without these nodes have no hot removal either. */
static void unplug_one(struct pcifront *pf, unsigned int index)
{
    char value[VALUE_MAX];
    struct pcifront_addr addr;
    struct front_device *d;
    int err = front_node_read(pf, pf->back, XS_LEAF_BACK_VDEV, index, value,
                              sizeof(value));

    if (err < 0 || !front_parse_addr(value, &addr)) {
        front_warn(pf, "a device is to go, but its address makes no sense");
        return;
    }
    d = front_device_find(pf, addr);
    if (d != NULL)
        front_device_drop(pf, d, PCIFRONT_UNPLUG);
}

static void unplug(struct pcifront *pf)
{
    uint32_t count;

    /* Devices that are only gone are missed by the scan that follows. */
    if (front_node_number(pf, pf->back, XS_LEAF_BACK_NUM_DEVS, &count) < 0)
        return;
    if (count > PCIFRONT_DEVICES_MAX) {
        front_warn(pf, "the list of devices is too long; cut");
        count = PCIFRONT_DEVICES_MAX;
    }
    for (unsigned int i = 0; i < count; i++) {
        if (says_closing(pf, i))
            unplug_one(pf, i);
    }
}

/*
 * A backend at 5 may have let go of the page (xenpcid has), or wait for us while
 * it still serves it (the kernel's, told by a toolstack). Ask, rather than tell
 * drivers to talk to nobody, or to leave a device running.
 */
static bool still_serves(struct pcifront *pf)
{
    struct pci_op *op;

    if (pf->peer != XB_EV_PEER_CLOSING || pf->self == XB_CLOSING ||
        pf->devices == NULL)
        return false;
    op = front_op(pf, PCI_OP_CONF_READ, pf->devices->info.addr);
    op->offset = (int32_t)PCI_VENDOR_ID;
    op->size = 4;
    return front_request(pf, PROBE_MS) == 0;
}

void front_page_end(struct pcifront *pf)
{
    struct pci_page *page = pf->page;

    pf->online = false;
    pf->lingering = false;
    if (pf->port != 0)
        pf->os->close_port(pf->ctx, pf->port);
    pf->port = 0;
    pf->page = NULL;
    if (page != NULL && pf->os->unshare_page(pf->ctx, page, pf->gref) < 0)
        front_warn(pf, "the backend keeps the shared page; it is given up");
}

bool front_has_let_go(const struct pcifront *pf)
{
    switch (pf->peer) {
    case XB_EV_PEER_UNKNOWN:
    case XB_EV_PEER_INITIALISING:
    case XB_EV_PEER_INITWAIT:
    case XB_EV_PEER_INITIALISED:
    case XB_EV_PEER_CLOSED:
        return true;
    case XB_EV_PEER_CLOSING:
    case XB_EV_PEER_CONNECTED:
    case XB_EV_PEER_RECONFIGURING:
    case XB_EV_PEER_RECONFIGURED:
    case XB_EV_PEER_GARBAGE:
    case XB_EV_PEER_MUTE:
    case XB_EV_TOOL_LISTED:
    case XB_EV_TOOL_RECONFIGURE:
    case XB_EV_TOOL_CLOSE:
    case XB_EV_TOOL_RESTART:
    case XB_EV_FAILED:
    case XB_EV_CAPTURED:
    case XB_EV_COUNT:
    default:
        return false;
    }
}

/*
 * Ending the grant of a page that is still mapped would lose the page. It stays
 * until the backend has seen our 6 and answered it, or we need another one.
 */
static void teardown(struct pcifront *pf)
{
    const bool serves = still_serves(pf);

    if (!serves)
        pf->online = false;
    front_devices_drop_all(pf, serves ? PCIFRONT_UNPLUG : PCIFRONT_GONE);
    pf->online = false;
    pf->lingering = pf->page != NULL;
    if (front_has_let_go(pf) || (pf->peer == XB_EV_PEER_CLOSING && !serves))
        front_page_end(pf);
}

static int act(struct pcifront *pf, enum xb_action action)
{
    switch (action) {
    case XB_ACT_PUBLISH:
        return publish(pf);
    case XB_ACT_SCAN:
        return scan(pf);
    case XB_ACT_UNPLUG:
        unplug(pf);
        return 0;
    case XB_ACT_RESCAN:
        return rescan(pf);
    case XB_ACT_TEARDOWN:
        teardown(pf);
        return 0;
    case XB_ACT_REPORT: /* every failure is logged */
    case XB_ACT_NONE:
    case XB_ACT_UNSPECIFIED:
    case XB_ACT_EXPORT:
    case XB_ACT_CONNECT:
    case XB_ACT_RECONFIGURE:
    case XB_ACT_DISCONNECT:
    case XB_ACT_RELEASE:
    default:
        return 0;
    }
}

int front_act(struct pcifront *pf, enum xb_action action)
{
    int err;

    pf->acting = action;
    err = act(pf, action);
    pf->acting = XB_ACT_UNSPECIFIED;
    return err;
}
