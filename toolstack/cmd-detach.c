/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xenpci detach: ask the guest first, then let xenpcid take the device back,
 * and delete the nodes last. Works for devices that xl attached, too.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "claim.h"
#include "describe.h"
#include "nodes.h"
#include "pair.h"
#include "wait.h"

#define DEFAULT_TIMEOUT_S 30

struct detach {
    struct host host;
    struct outcome *out;
    struct sbdf dev;
    uint16_t domid;
    bool asked; /* the back's state said so; before, xenpcid was not ready */
    bool ours;  /* attached by xenpci, not by xl */
    int err;
    char address[SBDF_TEXT];
    char domain[HOST_DOMAIN_TEXT];
};

static enum exit_code force_it(struct detach *d)
{
    char address[SBDF_TEXT];
    char path[STORE_PATH];
    int ret;

    (void)snprintf(path, sizeof(path), XS_DEVICE_FORCE,
                   sbdf_format_dashed(d->dev, address));
    ret = store_write(d->host.store, NULL, path, "");
    if (ret == 0)
        return EXIT_DONE;
    return trouble(d->out, EXIT_FAILED, "Nothing was done.", "",
                   "cannot tell xenpcid to hurry: %s", strerror(-ret));
}

/* In states 1 and 2 xenpcid has not got to the device: ask again after. */
static enum wait_verdict ask(struct detach *d, char reason[WAIT_REASON])
{
    struct pair_view view;
    int ret = publish_remove_request(d->host.store, d->domid, d->dev);

    if (ret == -EAGAIN) {
        (void)snprintf(reason, WAIT_REASON,
                       "another device of domain %.40s is on its way",
                       d->domain);
        return WAIT_MORE;
    }
    if (ret != 0) {
        d->err = ret;
        return WAIT_DONE;
    }
    pair_look(&d->host, d->domid, d->dev, &view);
    d->asked = view.back == XB_RECONFIGURING;
    (void)snprintf(reason, WAIT_REASON, "xenpcid prepares %s", d->address);
    return WAIT_MORE;
}

/* The handshake goes on; nodes taken away now would confuse the guest. */
static bool is_changing(enum xb_state back)
{
    return back == XB_RECONFIGURING || back == XB_RECONFIGURED;
}

static bool is_settled(enum xb_state back)
{
    return back == XB_INITIALISED || back == XB_CONNECTED || back == XB_CLOSED;
}

static enum wait_verdict look(void *arg, char reason[WAIT_REASON])
{
    struct detach *d = arg;
    struct pair_view view;

    pair_look(&d->host, d->domid, d->dev, &view);
    if (view.listed == -ENOENT)
        return WAIT_DONE;
    /* What cannot be read has not been released. */
    if (view.listed != 0) {
        d->err = view.listed;
        return WAIT_DONE;
    }
    if (!view.domain.exists) {
        if (view.back == XB_CLOSED || !host_daemon_runs(d->host.store))
            return WAIT_DONE;
        (void)snprintf(reason, WAIT_REASON,
                       "xenpcid takes it back from the dead domain %.40s",
                       d->domain);
        return WAIT_MORE;
    }
    if (view.device.state == XB_CLOSED && !is_changing(view.back))
        return WAIT_DONE;
    if (!d->asked && view.device.state != XB_CLOSED)
        return ask(d, reason);
    if (is_settled(view.back))
        return WAIT_DONE;
    if (view.back == XB_RECONFIGURING && view.front == XB_CONNECTED)
        (void)snprintf(reason, WAIT_REASON,
                       "the driver in domain %.40s still has it (front %s)",
                       d->domain, xb_state_name(view.front));
    else
        (void)snprintf(reason, WAIT_REASON,
                       "xenpcid takes it back (front %s, back %s)",
                       xb_state_name(view.front), xb_state_name(view.back));
    return WAIT_MORE;
}

static enum exit_code finish(struct detach *d)
{
    int ret = publish_remove_finish(d->host.store, d->domid, d->dev);

    if (ret == 0 || ret == -ENOENT)
        ret = claim_drop(d->host.store, d->dev, d->domid);
    if (ret != 0)
        return trouble(d->out, EXIT_FAILED, "The guest has let go of it.",
                       "Detach it again to clean up.",
                       "cannot remove the nodes of %s: %s", d->address,
                       strerror(-ret));
    if (!d->ours)
        note("%s was attached by xl, which attaches it again when the guest "
             "reboots",
             d->address);
    return EXIT_DONE;
}

static enum exit_code timed_out(struct detach *d, const struct args *args)
{
    char next[200];

    if (args->force) {
        (void)snprintf(next, sizeof(next),
                       "See the log of xenpcid; `xl destroy %u` ends the "
                       "guest and frees the device.",
                       (unsigned int)d->domid);
        return trouble(d->out, EXIT_TIMED_OUT, "It is still attached.", next,
                       "xenpcid does not release %s", d->address);
    }
    (void)snprintf(next, sizeof(next),
                   "Stop what uses it in the guest and detach again, or "
                   "`xenpci detach --force %u %s`.",
                   (unsigned int)d->domid, d->address);
    return trouble(d->out, EXIT_TIMED_OUT,
                   "It is still attached; the guest stays asked to let go.",
                   next, "domain %s does not let go of %s", d->domain,
                   d->address);
}

static enum exit_code check(struct detach *d)
{
    struct pair_view view;
    enum exit_code code;
    char next[96];

    host_domain_text(d->host.store, d->domid, d->domain);
    pair_look(&d->host, d->domid, d->dev, &view);
    if (view.listed == -EINVAL)
        return trouble(d->out, EXIT_FAILED, "Nothing was done.",
                       "`xenpci tree` shows what is wrong.",
                       "the PCI nodes of domain %s are damaged", d->domain);
    if (view.listed != 0 && view.listed != -ENOENT)
        return trouble(d->out, EXIT_FAILED, "Nothing was done.",
                       "Is xenstored in order?",
                       "the PCI nodes of domain %s cannot be read: %s",
                       d->domain, strerror(-view.listed));
    d->ours = claim_is_ours(d->host.store, d->dev, d->domid);
    /* A claim without a listing is what an earlier attempt left. */
    if (view.listed != 0 && !d->ours)
        return trouble(d->out, EXIT_NOT_FOUND, "Nothing was done.",
                       "`xenpci list` shows what is attached.",
                       "%s is not attached to domain %s", d->address,
                       d->domain);
    if (!view.domain.exists)
        return EXIT_DONE;
    (void)snprintf(next, sizeof(next), "`xl pci-detach %u %s`.",
                   (unsigned int)d->domid, d->address);
    code = pair_check_server(&d->host, d->domid, next, d->out);
    return code;
}

static enum exit_code run(struct detach *d, const struct args *args)
{
    struct wait wait = {
        .store = d->host.store,
        .domid = d->domid,
        .look = look,
        .arg = d,
    };
    enum exit_code code = check(d);
    int ret;

    if (code == EXIT_DONE && args->force)
        code = force_it(d);
    if (code != EXIT_DONE)
        return code;
    wait.deadline_ns =
        wait_deadline(args->has_timeout ? args->timeout_s : DEFAULT_TIMEOUT_S);
    ret = wait_until(&wait);
    if (ret == WAIT_TIMED_OUT)
        return timed_out(d, args);
    if (ret == WAIT_DONE && d->err != 0)
        ret = d->err;
    if (ret < 0)
        return trouble(d->out, EXIT_FAILED, "It is still attached.",
                       "`xenpci list` shows its state.",
                       "cannot ask for %s: %s", d->address, strerror(-ret));
    return finish(d);
}

static void show(struct detach *d, const struct args *args)
{
    struct describe *names = describe_open();
    char text[DESCRIBE_TEXT];

    if (args->json) {
        struct json_object *json = describe_json(names, d->host.store, d->dev);

        (void)json_object_object_add(json, "domid",
                                     json_object_new_int(d->domid));
        d->out->json = json_object_new_object();
        (void)json_object_object_add(d->out->json, "device", json);
    } else {
        printf("%s is detached from domain ", d->address);
        print_tame(d->domain);
        printf(": %s\n", describe_device(names, d->dev, text));
    }
    describe_close(names);
}

enum exit_code cmd_detach(const struct args *args, struct outcome *out)
{
    struct detach d = { .out = out };
    enum exit_code code = host_open(&d.host, out);

    if (code != EXIT_DONE)
        return code;
    code = host_find_domain(&d.host, args->operands[0], &d.domid, out);
    if (code == EXIT_DONE)
        code = host_find_device(d.host.store, args->operands[1], &d.dev, out);
    if (code == EXIT_DONE) {
        sbdf_format(d.dev, d.address);
        code = run(&d, args);
    }
    if (code == EXIT_DONE)
        show(&d, args);
    host_close(&d.host);
    return code;
}
