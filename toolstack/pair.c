/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See pair.h. */
#include "pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nodes.h"

static enum xb_state front_state(struct store *st, uint16_t domid)
{
    enum xb_state state = XB_UNKNOWN;
    char path[STORE_PATH];
    char text[4];

    (void)snprintf(path, sizeof(path), XS_FRONT_STATE, (unsigned int)domid);
    if (store_read_buf(st, NULL, path, text, sizeof(text)) != 0 ||
        !xb_state_parse(text, &state))
        return XB_UNKNOWN;
    return state;
}

void pair_look(struct host *host, uint16_t domid, struct sbdf dev,
               struct pair_view *view)
{
    memset(view, 0, sizeof(*view));
    if (publish_state(host->store, NULL, domid, &view->back) != 0)
        view->back = XB_UNKNOWN;
    view->front = front_state(host->store, domid);
    view->listed = publish_find(host->store, domid, dev, &view->device);
    if (hyp_domain(host->hyp, domid, &view->domain) != 0)
        view->domain.exists = true; /* no news is no death */
}

enum exit_code pair_check_server(struct host *host, uint16_t domid,
                                 const char *instead, struct outcome *out)
{
    char domain[HOST_DOMAIN_TEXT];

    switch (host_server(host->store, domid)) {
    case HOST_SERVER_DAEMON:
        return EXIT_DONE;
    case HOST_SERVER_KERNEL:
        return trouble(out, EXIT_REFUSED, "Nothing was done.", instead,
                       "the kernel's xen-pciback, not xenpcid, serves domain "
                       "%s; a guest has one backend for all its devices",
                       host_domain_text(host->store, domid, domain));
    case HOST_SERVER_NONE:
        break;
    }
    return trouble(out, EXIT_UNSUPPORTED, "Nothing was done.",
                   "Start it: `systemctl start xenpcid`.",
                   "xenpcid does not run");
}

static bool read_text(struct store *st, const char *path, char buf[PAIR_ERROR])
{
    char *text = store_read(st, NULL, path);

    if (text != NULL)
        (void)snprintf(buf, PAIR_ERROR, "%s", text);
    free(text);
    return text != NULL;
}

const char *pair_note(struct host *host, struct sbdf dev, char buf[PAIR_ERROR])
{
    char address[SBDF_TEXT];
    char path[STORE_PATH];

    (void)snprintf(path, sizeof(path), XS_DEVICE_ERROR,
                   sbdf_format_dashed(dev, address));
    if (!read_text(host->store, path, buf))
        buf[0] = '\0';
    return buf;
}

const char *pair_error(struct host *host, uint16_t domid, struct sbdf dev,
                       char buf[PAIR_ERROR])
{
    char path[STORE_PATH];

    if (pair_note(host, dev, buf)[0] != '\0')
        return buf;
    (void)snprintf(path, sizeof(path), XS_ERROR_BACK, (unsigned int)domid);
    if (!read_text(host->store, path, buf))
        buf[0] = '\0';
    return buf;
}

const char *pair_guest_address(const char *vdev, char buf[PUBLISH_VDEV])
{
    size_t len = strlen(vdev);

    (void)snprintf(buf, PUBLISH_VDEV, "%.13s", vdev);
    if (len == PUBLISH_VDEV - 1 && vdev[10] == '.' && vdev[11] == '0') {
        buf[11] = vdev[12];
        buf[12] = '\0';
    }
    return buf;
}
