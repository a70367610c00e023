/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See link-world.h. */
#include "link-world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "fake-store.h"
#include "nodes.h"
#include "publish.h"
#include "run-until.h"

#define DOMAINS 16

const struct sbdf link_nvme = { .bus = 3 };
const struct sbdf link_nic = { .bus = 4 };
const struct sbdf link_edu = { .bus = 5 };

static struct store *tool;
#define HURRIED_MS 300u
static unsigned int hurry;
static struct {
    char states[128];
    char *before_3;
} domains[DOMAINS];

struct loop_watch *__real_loop_after(uint32_t ms, loop_fn *fn, void *arg);
struct loop_watch *__wrap_loop_after(uint32_t ms, loop_fn *fn, void *arg);

struct loop_watch *__wrap_loop_after(uint32_t ms, loop_fn *fn, void *arg)
{
    uint32_t hurried = ms / hurry;

    /* Not so fast that a child process has no chance. */
    if (hurried < HURRIED_MS)
        hurried = HURRIED_MS;
    return __real_loop_after(ms >= 1000 ? hurried : ms, fn, arg);
}

void __real_link_write_state(struct link *link, enum xb_state state);
void __wrap_link_write_state(struct link *link, enum xb_state state);

void __wrap_link_write_state(struct link *link, enum xb_state state)
{
    char *text = domains[link->domid].states;
    size_t len = strlen(text);
    char path[STORE_PATH];

    (void)snprintf(text + len, sizeof(domains[0].states) - len, "%s%u",
                   len > 0 ? " " : "", (unsigned int)state);
    if (state == XB_INITIALISED && !domains[link->domid].before_3) {
        (void)snprintf(path, sizeof(path), XS_BACK_DIR, link->domid);
        domains[link->domid].before_3 = fake_store_dump(path);
    }
    __real_link_write_state(link, state);
}

static void (*after_find)(void);

void link_world_after_find(void (*hook)(void))
{
    after_find = hook;
}

int __real_publish_find(struct store *st, uint16_t domid, struct sbdf dev,
                        struct publish_device *out);
int __wrap_publish_find(struct store *st, uint16_t domid, struct sbdf dev,
                        struct publish_device *out);

int __wrap_publish_find(struct store *st, uint16_t domid, struct sbdf dev,
                        struct publish_device *out)
{
    int ret = __real_publish_find(st, domid, dev, out);
    void (*hook)(void) = after_find;

    after_find = NULL;
    if (hook)
        hook();
    return ret;
}

static void (*in_look)(void);

void link_world_in_look(void (*hook)(void))
{
    in_look = hook;
}

int __real_publish_state(struct store *st, struct store_txn *txn,
                         uint16_t domid, enum xb_state *state);
int __wrap_publish_state(struct store *st, struct store_txn *txn,
                         uint16_t domid, enum xb_state *state);

int __wrap_publish_state(struct store *st, struct store_txn *txn,
                         uint16_t domid, enum xb_state *state)
{
    int ret = __real_publish_state(st, txn, domid, state);
    void (*hook)(void) = in_look;

    in_look = NULL;
    if (hook)
        hook();
    return ret;
}

static void on_store(void *arg UNUSED)
{
    events_take(world_hyp, world_store);
}

static struct loop_watch *store_watcher;

static void listen_to_store(void)
{
    ck_assert_int_eq(events_watch(world_store), 0);
    store_watcher = loop_on_read(store_fd(world_store), on_store, NULL);
}

void link_world_stop(void)
{
    loop_cancel(store_watcher);
    store_watcher = NULL;
    store_close(world_store);
    world_store = NULL;
    loop_fini();
}

void link_world_start(void)
{
    loop_init();
    world_store = store_open();
    listen_to_store();
}

void link_world_setup(void)
{
    world_setup();
    fake_workers_reset();
    hurry = 1;
    after_find = NULL;
    in_look = NULL;
    memset(domains, 0, sizeof(domains));
    fake_xen_domain(OTHER_DOMID)->exists = true;
    world_add(link_nvme, &back_nvme);
    world_add(link_nic, &back_e1000e);
    world_add(link_edu, &back_disk2);
    tool = store_open();
    listen_to_store();
}

bool no_links(void *unused UNUSED)
{
    return !link_next(NULL) && !device_next(NULL) && fake_workers_alive() == 0;
}

void link_world_teardown(void)
{
    world_fast_resets();
    for (uint16_t id = BACK_DOMID; id <= OTHER_DOMID; id++)
        tool_deletes(id);
    fake_store_fire(XS_WATCH_RELEASE);
    ck_assert_msg(run_until(no_links, NULL), "a link or a device is left");
    for (uint16_t id = BACK_DOMID; id <= OTHER_DOMID; id++)
        if (fake_xen_domain(id)->exists)
            ck_assert_uint_eq(fake_xen_holdings(id), 0);
    for (unsigned int i = 0; i < DOMAINS; i++)
        free(domains[i].before_3);
    loop_cancel(store_watcher);
    store_close(tool);
    world_teardown();
}

void link_world_hurry(unsigned int times)
{
    hurry = times;
}

void tool_lists(uint16_t domid, struct sbdf dev)
{
    tool_lists_with(domid, dev, "msitranslate=0,power_mgmt=0,permissive=0");
}

void tool_lists_with(uint16_t domid, struct sbdf dev, const char *options)
{
    struct publish_request req = {
        .domid = domid,
        .dev = dev,
        .options = options,
    };

    ck_assert_int_eq(publish_add(tool, &req), 0);
}

void tool_asks_back(uint16_t domid, struct sbdf dev)
{
    ck_assert_int_eq(publish_remove_request(tool, domid, dev), 0);
}

void tool_unlists(uint16_t domid, struct sbdf dev)
{
    ck_assert_int_eq(publish_remove_finish(tool, domid, dev), 0);
}

void tool_deletes(uint16_t domid)
{
    ck_assert_int_eq(publish_clear(tool, domid), 0);
}

static char leaf_path[STORE_PATH];

static const char *back_leaf(uint16_t domid, const char *leaf)
{
    int len = snprintf(leaf_path, sizeof(leaf_path), XS_BACK_DIR, domid);

    (void)snprintf(leaf_path + len, sizeof(leaf_path) - (size_t)len, "/%s",
                   leaf);
    return leaf_path;
}

static const char *front_leaf(uint16_t domid, const char *leaf)
{
    int len = snprintf(leaf_path, sizeof(leaf_path), XS_FRONT_DIR, domid);

    (void)snprintf(leaf_path + len, sizeof(leaf_path) - (size_t)len, "/%s",
                   leaf);
    return leaf_path;
}

const char *back_node(uint16_t domid, const char *leaf)
{
    const char *value = fake_store_get(back_leaf(domid, leaf));

    return value ? value : "";
}

void set_back(uint16_t domid, const char *leaf, const char *value)
{
    fake_store_set(back_leaf(domid, leaf), value);
}

void set_front(uint16_t domid, const char *leaf, const char *value)
{
    fake_store_set(front_leaf(domid, leaf), value);
}

void unset_front(uint16_t domid, const char *leaf)
{
    fake_store_unset(front_leaf(domid, leaf));
}

void front_publishes(uint16_t domid)
{
    set_front(domid, "pci-op-ref", "8");
    set_front(domid, "event-channel", "9");
    set_front(domid, "magic", "7");
    set_front(domid, "state", "3");
}

const char *back_error(uint16_t domid)
{
    char path[STORE_PATH];
    const char *value;

    (void)snprintf(path, sizeof(path), XS_ERROR_BACK, domid);
    value = fake_store_get(path);
    return value ? value : "";
}

const char *device_error(struct sbdf dev)
{
    char path[STORE_PATH], dashed[SBDF_TEXT];
    const char *value;

    (void)snprintf(path, sizeof(path), XS_DEVICE_ERROR,
                   sbdf_format_dashed(dev, dashed));
    value = fake_store_get(path);
    return value ? value : "";
}

const char *states(uint16_t domid)
{
    return domains[domid].states;
}

struct expected {
    uint16_t domid;
    const char *leaf;
    const char *value;
    struct sbdf dev;
};

static bool has_states(void *arg)
{
    const struct expected *e = arg;

    return strcmp(states(e->domid), e->value) == 0;
}

void expect_states(uint16_t domid, const char *text)
{
    struct expected e = { .domid = domid, .value = text };

    ck_assert_msg(run_until(has_states, &e), "d%u: \"%s\", not \"%s\" (%s)",
                  domid, states(domid), text, back_error(domid));
    run_due();
    ck_assert_str_eq(states(domid), text);
}

const char *listing_before_3(uint16_t domid)
{
    return domains[domid].before_3;
}

void front_reconfigures(uint16_t domid)
{
    expect_back_node(domid, "state", "7");
    set_front(domid, "state", "7");
    expect_back_node(domid, "state", "8");
    set_front(domid, "state", "4");
    expect_back_node(domid, "state", "4");
}

void connect_guest(uint16_t domid, struct sbdf dev)
{
    tool_lists(domid, dev);
    front_publishes(domid);
    expect_states(domid, "2 3 4");
}

/* That begins when its registers are known. */
static bool is_in_reset(void *arg)
{
    const struct device *dev = device_by_sbdf(((struct expected *)arg)->dev);

    return dev && dev->cs.params.size != 0;
}

void expect_reset(struct sbdf dev)
{
    struct expected e = { .dev = dev };

    ck_assert_msg(run_until(is_in_reset, &e), "no reset");
}

static bool has_owner(void *arg)
{
    const struct expected *e = arg;

    return fake_xen_owner(e->dev) == e->domid;
}

void expect_owner(struct sbdf dev, uint16_t domid)
{
    struct expected e = { .domid = domid, .dev = dev };

    ck_assert_msg(run_until(has_owner, &e), "the owner is %u, not %u",
                  fake_xen_owner(dev), domid);
}

static bool has_value(void *arg)
{
    const struct expected *e = arg;

    return strcmp(back_node(e->domid, e->leaf), e->value) == 0;
}

void expect_back_node(uint16_t domid, const char *leaf, const char *value)
{
    struct expected e = { .domid = domid, .leaf = leaf, .value = value };

    ck_assert_msg(run_until(has_value, &e), "d%u: %s is \"%s\", not \"%s\"",
                  domid, leaf, back_node(domid, leaf), value);
}
