/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the front reads and writes in the store. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "front-private.h"

#define POLL_MS   10u
#define TRIES_MAX 100u

const char *front_back_path(const struct front *front)
{
    return front->back;
}

char *front_read_back(struct front *front, const char *leaf)
{
    unsigned int len;
    char path[256];

    (void)snprintf(path, sizeof(path), "%s/%s", front->back, leaf);
    return xs_read(front->store, XBT_NULL, path, &len);
}

char *front_read_own(struct front *front, const char *leaf)
{
    unsigned int len;
    char path[64];

    (void)snprintf(path, sizeof(path), FRONT_DIR "/%s", leaf);
    return xs_read(front->store, XBT_NULL, path, &len);
}

bool front_told(struct front *front, const char *key)
{
    unsigned int len;
    char path[64], *text;

    (void)snprintf(path, sizeof(path), "data/rig/%s", key);
    text = xs_read(front->store, XBT_NULL, path, &len);
    free(text);
    return text != NULL;
}

enum xb_state front_back_state(struct front *front)
{
    enum xb_state state = XB_UNKNOWN;
    char *text = front_read_back(front, "state");

    if (text && !xb_state_parse(text, &state))
        wrong("the back's state is \"%s\"", text);
    free(text);
    return state;
}

bool front_back_waits(struct front *front, unsigned int states)
{
    uint64_t end = now_ms() + STATE_MS;

    while (!(states >> front_back_state(front) & 1)) {
        if (now_ms() >= end)
            return false;
        pause_ms(POLL_MS);
    }
    return true;
}

void front_write_node(struct front *front, const char *name, const char *text)
{
    char path[64];
    bool done;

    (void)snprintf(path, sizeof(path), FRONT_DIR "/%s", name);
    if (text)
        done = xs_write(front->store, XBT_NULL, path, text,
                        (unsigned int)strlen(text));
    else
        done = xs_rm(front->store, XBT_NULL, path) || errno == ENOENT;
    if (!done)
        broken("cannot write %s: %s", path, strerror(errno));
}

void front_say_state(struct front *front, const char *text)
{
    front_write_node(front, "state", text);
}

void front_write_nodes(struct front *front, const char *gref, const char *port,
                       const char *magic)
{
    front_write_node(front, "pci-op-ref", gref);
    front_write_node(front, "event-channel", port);
    front_write_node(front, "magic", magic);
}

void front_write_real_nodes(struct front *front)
{
    char gref[16], port[16];

    (void)snprintf(gref, sizeof(gref), "%" PRIu32, front->gref);
    (void)snprintf(port, sizeof(port), "%" PRIu32, front_port(front));
    front_write_nodes(front, gref, port, PCI_WIRE_MAGIC);
}

static bool publish_once(struct front *front)
{
    char gref[16], port[16];
    const struct {
        const char *path;
        const char *text;
    } nodes[] = {
        { FRONT_DIR "/pci-op-ref", gref },
        { FRONT_DIR "/event-channel", port },
        { FRONT_DIR "/magic", PCI_WIRE_MAGIC },
        { FRONT_DIR "/state", "3" },
    };
    xs_transaction_t txn = xs_transaction_start(front->store);

    (void)snprintf(gref, sizeof(gref), "%" PRIu32, front->gref);
    (void)snprintf(port, sizeof(port), "%" PRIu32, front_port(front));
    for (size_t i = 0; txn != XBT_NULL && i < ARRAY_LEN(nodes); i++)
        if (!xs_write(front->store, txn, nodes[i].path, nodes[i].text,
                      (unsigned int)strlen(nodes[i].text)))
            broken("cannot write %s: %s", nodes[i].path, strerror(errno));
    if (txn == XBT_NULL)
        broken("no transaction: %s", strerror(errno));
    return xs_transaction_end(front->store, txn, false);
}

void front_publish(struct front *front)
{
    for (unsigned int i = 0; !publish_once(front); i++)
        if (errno != EAGAIN || i == TRIES_MAX)
            broken("cannot publish: %s", strerror(errno));
}
