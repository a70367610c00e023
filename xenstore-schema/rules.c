/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the two directories of one pair must hold together. One function a rule;
 * the list at the end is the order of the findings.
 */
#include <stdio.h>
#include <string.h>

#include "nodes.h"
#include "validate-private.h"

/* libxl leaves the directory behind when a guest dies before it is detached. */
static void rule_back_stale(const struct guest *guest)
{
    char path[SCHEMA_PATH];

    if (!guest->has_back)
        return;
    guest_path(guest, SCHEMA_BACK_DIR, 0, path);
    if (guest->whole && !guest->has_domain)
        guest_fault(guest, FAULT_STALE_BACKEND, FAULT_FAULT, path,
                    "stale backend: domain %u is gone", guest->domid);
    else if (guest->whole && !guest->has_front)
        guest_fault(guest, FAULT_STALE_BACKEND, FAULT_FAULT, path,
                    "stale backend: the front directory is gone");
}

static void rule_back_empty(const struct guest *guest)
{
    char path[SCHEMA_PATH];

    guest_path(guest, SCHEMA_BACK_DOMAIN, 0, path);
    if (!guest->has_back && listing_get(guest->list, path) != NULL)
        guest_fault(guest, FAULT_STALE_BACKEND, FAULT_NOTICE, path,
                    "an empty directory was left behind");
}

static void rule_front_dead(const struct guest *guest)
{
    const char *backend = guest_value(guest, SCHEMA_FRONT_BACKEND, 0);
    char path[SCHEMA_PATH];

    if (!guest->has_front)
        return;
    guest_path(guest, SCHEMA_FRONT_DIR, 0, path);
    if (!guest->has_back && (guest->whole || backend == NULL))
        guest_fault(guest, FAULT_DEAD_FRONTEND, FAULT_FAULT, path,
                    "dead frontend: its backend directory is gone");
    else if (guest->back.known && guest->back.value == XB_CONNECTED &&
             guest->front.known &&
             (guest->front.value == XB_CLOSING ||
              guest->front.value == XB_CLOSED))
        guest_fault(guest, FAULT_DEAD_FRONTEND, FAULT_FAULT, path,
                    "dead frontend: it is %s while the back is Connected",
                    xb_state_name(guest->front.value));
}

static void expect_path(const struct guest *guest, enum schema_id id,
                        enum schema_id target)
{
    const char *value = guest_value(guest, id, 0);
    char path[SCHEMA_PATH];
    char wanted[SCHEMA_PATH];

    guest_path(guest, target, 0, wanted);
    if (value != NULL && strcmp(value, wanted) != 0)
        guest_fault(guest, FAULT_MISMATCH, FAULT_FAULT,
                    guest_path(guest, id, 0, path), "should be \"%s\"", wanted);
}

static void expect_number(const struct guest *guest, enum schema_id id,
                          uint32_t wanted)
{
    const char *value = guest_value(guest, id, 0);
    char path[SCHEMA_PATH];
    char text[16];

    (void)snprintf(text, sizeof(text), "%u", wanted);
    if (value != NULL && strcmp(value, text) != 0)
        guest_fault(guest, FAULT_MISMATCH, FAULT_FAULT,
                    guest_path(guest, id, 0, path), "should be \"%s\"", text);
}

static void rule_ends_point_at_each_other(const struct guest *guest)
{
    expect_path(guest, SCHEMA_BACK_FRONTEND, SCHEMA_FRONT_DIR);
    expect_number(guest, SCHEMA_BACK_FRONTEND_ID, guest->domid);
    expect_path(guest, SCHEMA_FRONT_BACKEND, SCHEMA_BACK_DIR);
    expect_number(guest, SCHEMA_FRONT_BACKEND_ID, 0);
}

/* Entry N of a list, beyond what the counter says. */
static void expect_none(const struct guest *guest, enum schema_id id,
                        uint32_t count)
{
    char path[SCHEMA_PATH];

    for (uint32_t i = count; i < GUEST_DEVICES_MAX; i++) {
        if (guest_value(guest, id, i) != NULL)
            guest_fault(guest, FAULT_COUNT, FAULT_FAULT,
                        guest_path(guest, id, i, path),
                        "beyond the device count, which is %u", count);
    }
}

static void rule_device_count(const struct guest *guest)
{
    char path[SCHEMA_PATH];

    if (guest_value(guest, SCHEMA_BACK_NUM_DEVS, 0) == NULL)
        return;
    for (uint32_t i = 0; i < guest->ndevs; i++) {
        if (guest_value(guest, SCHEMA_BACK_DEV, i) == NULL)
            guest_fault(guest, FAULT_COUNT, FAULT_FAULT,
                        guest_path(guest, SCHEMA_BACK_DEV, i, path),
                        "not there, though num_devs is %u", guest->ndevs);
        else if (guest_value(guest, SCHEMA_BACK_STATE_N, i) == NULL)
            guest_fault(guest, FAULT_MISSING, FAULT_FAULT,
                        guest_path(guest, SCHEMA_BACK_STATE_N, i, path),
                        "the device has no state");
    }
    expect_none(guest, SCHEMA_BACK_DEV, guest->ndevs);
    expect_none(guest, SCHEMA_BACK_STATE_N, guest->ndevs);
    expect_none(guest, SCHEMA_BACK_VDEV, guest->ndevs);
}

static void rule_root_count(const struct guest *guest)
{
    const char *text = guest_value(guest, SCHEMA_BACK_ROOT_NUM, 0);
    uint32_t count = 0;
    char path[SCHEMA_PATH];

    if (text == NULL || !schema_value_ok(SCHEMA_TYPE_NUMBER, text))
        return;
    while (count < GUEST_DEVICES_MAX &&
           guest_value(guest, SCHEMA_BACK_ROOT_N, count) != NULL)
        count++;
    (void)snprintf(path, sizeof(path), "%u", count);
    if (strcmp(text, path) != 0)
        guest_fault(guest, FAULT_COUNT, FAULT_FAULT,
                    guest_path(guest, SCHEMA_BACK_ROOT_NUM, 0, path),
                    "is %.12s, but root-0 and up are %u", text, count);
}

/* key-N repeats dev-N; nobody reads it, and a difference misleads people. */
static void rule_keys(const struct guest *guest)
{
    for (uint32_t i = 0; i < guest->ndevs; i++) {
        const char *key = guest_value(guest, SCHEMA_BACK_KEY, i);
        const char *dev = guest_value(guest, SCHEMA_BACK_DEV, i);
        char path[SCHEMA_PATH];

        if (key != NULL && dev != NULL && strcmp(key, dev) != 0)
            guest_fault(guest, FAULT_MISMATCH, FAULT_FAULT,
                        guest_path(guest, SCHEMA_BACK_KEY, i, path),
                        "dev-%u is %.20s", i, dev);
    }
}

/* Where a pair stands still, and what it waits for. */
static const struct wait_row {
    uint16_t back; /* bit n: state n */
    uint16_t front;
    enum fault_weight weight;
    const char *what;
} waits[] = {
    { 1 << XB_INITIALISING, 0x1ff, FAULT_FAULT,
      "no backend has picked the pair up: does xenpcid run?" },
    { 1 << XB_INITWAIT, 0x1ff, FAULT_NOTICE,
      "the back has not exported the devices yet" },
    { 1 << XB_INITIALISED, 1 << XB_INITIALISING | 1 << XB_INITWAIT,
      FAULT_NOTICE, "waits for the guest: no PCI front driver has started" },
    { 1 << XB_INITIALISED, 1 << XB_INITIALISED, FAULT_NOTICE,
      "the back has not connected to the front yet" },
    { 1 << XB_INITIALISED, 1 << XB_CLOSING | 1 << XB_CLOSED, FAULT_FAULT,
      "the front has closed before it connected" },
    { 1 << XB_CONNECTED, 1 << XB_INITIALISED, FAULT_NOTICE,
      "the front has not scanned the bus yet" },
    { 1 << XB_CONNECTED,
      1 << XB_UNKNOWN | 1 << XB_INITIALISING | 1 << XB_INITWAIT, FAULT_FAULT,
      "the front has started again and the back did not notice" },
    { 1 << XB_CONNECTED, 1 << XB_RECONFIGURING, FAULT_FAULT,
      "the front waits for a reconfiguration that is over" },
    { 1 << XB_RECONFIGURING, 1 << XB_CONNECTED, FAULT_NOTICE,
      "the front has not answered the reconfiguration yet" },
    { 1 << XB_RECONFIGURING, 1 << XB_RECONFIGURING, FAULT_NOTICE,
      "the back is reconfiguring" },
    { 1 << XB_RECONFIGURED, 0x1ff, FAULT_NOTICE,
      "the front has not looked for new devices yet" },
    { 1 << XB_CLOSING, 0x1ff, FAULT_NOTICE, "the pair is closing" },
    { 1 << XB_CLOSED, 0x1ff, FAULT_NOTICE, "the pair has closed" },
};

static void rule_progress(const struct guest *guest)
{
    char path[SCHEMA_PATH];

    if (!guest->back.known || !guest->front.known)
        return;
    guest_path(guest, SCHEMA_BACK_STATE, 0, path);
    for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
        if ((waits[i].back >> guest->back.value & 1) &&
            (waits[i].front >> guest->front.value & 1))
            guest_fault(guest, FAULT_UNSERVED, waits[i].weight, path, "%s",
                        waits[i].what);
    }
}

/* Between reconfigurations every listed device is exported. */
static void rule_devices_settled(const struct guest *guest)
{
    if (!guest->back.known || guest->back.value != XB_CONNECTED)
        return;
    for (uint32_t i = 0; i < guest->ndevs; i++) {
        struct guest_state state = guest_state(guest, SCHEMA_BACK_STATE_N, i);
        char path[SCHEMA_PATH];

        guest_path(guest, SCHEMA_BACK_STATE_N, i, path);
        if (state.known && state.value == XB_INITIALISING)
            guest_fault(guest, FAULT_UNSERVED, FAULT_FAULT, path,
                        "listed, but the back has not exported it");
        if (state.known && state.value == XB_CLOSING)
            guest_fault(guest, FAULT_UNSERVED, FAULT_NOTICE, path,
                        "released; the toolstack has not removed it yet");
    }
}

/* An old message of a pair that works by now is only worth reading. */
static void rule_error(const struct guest *guest)
{
    const char *text = guest_value(guest, SCHEMA_ERROR_BACK, 0);
    bool works = guest->back.known && guest->back.value == XB_CONNECTED;
    char path[SCHEMA_PATH];

    if (text != NULL)
        guest_fault(guest, FAULT_ERROR, works ? FAULT_NOTICE : FAULT_FAULT,
                    guest_path(guest, SCHEMA_ERROR_BACK, 0, path),
                    "the back reported: %.120s", text);
}

void rules_pair(const struct guest *guest)
{
    static void (*const rules[])(const struct guest *guest) = {
        rule_back_stale,
        rule_back_empty,
        rule_front_dead,
        rule_ends_point_at_each_other,
        rule_device_count,
        rule_root_count,
        rule_keys,
        rule_progress,
        rule_devices_settled,
        rule_error,
    };

    for (size_t i = 0; i < ARRAY_LEN(rules); i++)
        rules[i](guest);
}
