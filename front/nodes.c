/* SPDX-License-Identifier: MIT */
/*
 * The pair's nodes in xenstore. What stands in them is the backend's or the
 * toolstack's word, taken apart in parse.c and bounded here.
 */
#include "nodes.h"

#include "private.h"

#define VALUE_MAX      32u
#define DOMID_RESERVED 0x7ff0u /* xen.h: the first domid that is no domain */

void front_node_path(struct front_text *t, const char *directory,
                     const char *leaf, unsigned int index)
{
    char piece[2] = { 0 };

    front_text_begin(t, directory);
    front_text_add(t, "/");
    for (; *leaf != '\0'; leaf++) {
        if (leaf[0] == '%' && leaf[1] == 'u') {
            front_text_number(t, index);
            leaf++;
            continue;
        }
        piece[0] = *leaf;
        front_text_add(t, piece);
    }
}

int front_node_read(struct pcifront *pf, const char *directory,
                    const char *leaf, unsigned int index, char *value,
                    size_t size)
{
    struct front_text path;
    int err;

    front_node_path(&path, directory, leaf, index);
    err = pf->os->xs_read(pf->ctx, path.text, value, size);
    return err < 0 ? err : 0;
}

int front_node_number(struct pcifront *pf, const char *directory,
                      const char *leaf, uint32_t *number)
{
    char value[VALUE_MAX];
    int err = front_node_read(pf, directory, leaf, 0, value, sizeof(value));

    if (err < 0)
        return err;
    return front_parse_number(value, number) ? 0 : PCIFRONT_ERR_PROTOCOL;
}

static int watch(struct pcifront *pf, const char *directory, const char *leaf,
                 bool *watches)
{
    struct front_text path;
    int err;

    if (*watches)
        return 0;
    front_node_path(&path, directory, leaf, 0);
    err = pf->os->xs_watch(pf->ctx, path.text);
    *watches = err >= 0;
    return err < 0 ? err : 0;
}

static void unwatch(struct pcifront *pf, const char *directory,
                    const char *leaf, bool *watches)
{
    struct front_text path;

    if (!*watches)
        return;
    front_node_path(&path, directory, leaf, 0);
    pf->os->xs_unwatch(pf->ctx, path.text);
    *watches = false;
}

void front_forget_watches(struct pcifront *pf)
{
    unwatch(pf, pf->back, XS_LEAF_BACK_STATE, &pf->watches_back);
    unwatch(pf, pf->front, XS_LEAF_FRONT_BACKEND, &pf->watches_front);
}

static bool same_text(const char *a, const char *b)
{
    for (; *a == *b; a++, b++) {
        if (*a == '\0')
            return true;
    }
    return false;
}

static void set_back(struct pcifront *pf, const char *path, uint16_t domid)
{
    size_t i = 0;

    pf->back_domid = domid;
    if (same_text(pf->back, path))
        return;
    unwatch(pf, pf->back, XS_LEAF_BACK_STATE, &pf->watches_back);
    do {
        pf->back[i] = path[i];
    } while (path[i++] != '\0');
}

int front_locate(struct pcifront *pf)
{
    char path[FRONT_DIRECTORY_MAX];
    uint32_t domid;
    int err;

    /* Ours is watched so that a directory that comes later is seen. */
    err = watch(pf, pf->front, XS_LEAF_FRONT_BACKEND, &pf->watches_front);
    if (err < 0)
        return err;
    err = front_node_read(pf, pf->front, XS_LEAF_FRONT_BACKEND, 0, path,
                          sizeof(path));
    if (err < 0)
        return err;
    err = front_node_number(pf, pf->front, XS_LEAF_FRONT_BACKEND_ID, &domid);
    /* A directory has both or is none yet. */
    if (err < 0)
        return err;
    if (path[0] != '/' || !front_directory_ok(path) ||
        domid >= DOMID_RESERVED) {
        front_warn(pf, "the backend's path or domain makes no sense");
        return PCIFRONT_ERR_PROTOCOL;
    }
    set_back(pf, path, (uint16_t)domid);
    return watch(pf, pf->back, XS_LEAF_BACK_STATE, &pf->watches_back);
}

/*
 * Our own node is read only for what somebody else may have written over it: a
 * toolstack that made the directory anew, which nobody's page belongs to.
 */
int front_look_self(struct pcifront *pf, bool *restarted)
{
    char value[VALUE_MAX];
    enum xb_state state;
    int err;

    *restarted = false;
    if (pf->written == XB_INITIALISING)
        return 0;
    err = front_node_read(pf, pf->front, XS_LEAF_FRONT_STATE, 0, value,
                          sizeof(value));
    if (err == PCIFRONT_ERR_NOENT || err == PCIFRONT_ERR_PROTOCOL)
        return 0;
    if (err < 0)
        return err;
    *restarted = xb_state_parse(value, &state) && state == XB_INITIALISING;
    return 0;
}

int front_look_peer(struct pcifront *pf)
{
    char value[VALUE_MAX];
    int err = front_node_read(pf, pf->back, XS_LEAF_BACK_STATE, 0, value,
                              sizeof(value));

    if (err == PCIFRONT_ERR_PROTOCOL)
        pf->peer = XB_EV_PEER_GARBAGE;
    else if (err < 0 && err != PCIFRONT_ERR_NOENT)
        return err;
    else
        pf->peer = xb_peer_event(err < 0 ? NULL : value);
    if (pf->peer != pf->peer_at_entry)
        pf->peer_moved = true;
    return 0;
}

/* Whoever ends the pair may have taken the directory away: do not revive it. */
static int directory_exists(struct pcifront *pf, bool *exists)
{
    char value[FRONT_DIRECTORY_MAX];
    int err = front_node_read(pf, pf->front, XS_LEAF_FRONT_BACKEND, 0, value,
                              sizeof(value));

    *exists = err != PCIFRONT_ERR_NOENT;
    return err == PCIFRONT_ERR_NOENT || err == PCIFRONT_ERR_PROTOCOL ? 0 : err;
}

int front_write_state(struct pcifront *pf)
{
    const char value[] = { (char)('0' + pf->self), '\0' };
    struct front_text path;
    struct pcifront_node node;
    bool exists;
    int err = directory_exists(pf, &exists);

    if (err >= 0 && exists) {
        front_node_path(&path, pf->front, XS_LEAF_FRONT_STATE, 0);
        node.path = path.text;
        node.value = value;
        err = pf->os->xs_write(pf->ctx, &node, 1);
    }
    if (err < 0)
        return err;
    pf->written = pf->self;
    return 0;
}

int front_write_page(struct pcifront *pf)
{
    static const char initialised[] = { '0' + XB_INITIALISED, '\0' };
    struct front_text paths[4], gref, port;
    struct pcifront_node nodes[4] = {
        { paths[0].text, gref.text },
        { paths[1].text, port.text },
        { paths[2].text, PCI_WIRE_MAGIC },
        { paths[3].text, initialised },
    };
    int err;

    front_node_path(&paths[0], pf->front, XS_LEAF_FRONT_PCI_OP_REF, 0);
    front_node_path(&paths[1], pf->front, XS_LEAF_FRONT_EVENT_CHANNEL, 0);
    front_node_path(&paths[2], pf->front, XS_LEAF_FRONT_MAGIC, 0);
    front_node_path(&paths[3], pf->front, XS_LEAF_FRONT_STATE, 0);
    front_text_begin(&gref, "");
    front_text_number(&gref, pf->gref);
    front_text_begin(&port, "");
    front_text_number(&port, pf->port);
    err = pf->os->xs_write(pf->ctx, nodes, ARRAY_LEN(nodes));
    if (err < 0)
        return err;
    pf->written = XB_INITIALISED;
    return 0;
}

/* Backends of NetBSD's kind write no number and mean one bus. */
static int root_count(struct pcifront *pf, uint32_t *count)
{
    int err = front_node_number(pf, pf->back, XS_LEAF_BACK_ROOT_NUM, count);

    if (err == PCIFRONT_ERR_NOENT) {
        *count = 0;
        return err;
    }
    if (err == PCIFRONT_ERR_PROTOCOL) {
        front_warn(pf, "the number of root buses is no number; 0000:00 it is");
        return PCIFRONT_ERR_NOENT;
    }
    if (err == 0 && *count > PCIFRONT_ROOTS_MAX) {
        front_warn(pf, "too many root buses; the first 32 are used");
        *count = PCIFRONT_ROOTS_MAX;
    }
    return err;
}

static bool is_known(const struct front_root *roots, int n,
                     struct front_root root)
{
    for (int i = 0; i < n; i++) {
        if (roots[i].segment == root.segment && roots[i].bus == root.bus)
            return true;
    }
    return false;
}

int front_roots(struct pcifront *pf, struct front_root *roots)
{
    char value[VALUE_MAX];
    struct front_root root;
    uint32_t count;
    int n = 0, missing = 0;
    int err = root_count(pf, &count);

    if (err == PCIFRONT_ERR_NOENT) {
        roots[0] = (struct front_root){ 0 };
        return 1;
    }
    if (err < 0)
        return err;
    for (unsigned int i = 0; i < count; i++) {
        err = front_node_read(pf, pf->back, XS_LEAF_BACK_ROOT_N, i, value,
                              sizeof(value));
        if (err < 0 && err != PCIFRONT_ERR_NOENT &&
            err != PCIFRONT_ERR_PROTOCOL)
            return err;
        if (err < 0 || !front_parse_root(value, &root))
            missing++;
        else if (!is_known(roots, n, root))
            roots[n++] = root;
    }
    if (missing > 0)
        front_warn(pf, "a root bus is missing or makes no sense; left out");
    return n;
}
