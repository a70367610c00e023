/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xenpci attach: claim the device, list it for the guest, and wait until
 * xenpcid has exported it and a running guest has taken it.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "attach.h"
#include "claim.h"
#include "describe.h"
#include "wait.h"

#define DEFAULT_TIMEOUT_S 30

static void drop_claim(struct attach *a)
{
    int ret = claim_drop(a->host.store, a->dev, a->domid);

    if (ret != 0)
        note("%s: cannot drop the claim on it: %s", a->address, strerror(-ret));
}

/* Take the nodes back after xenpcid gave the device back. */
static void roll_back(struct attach *a)
{
    int ret = publish_remove_finish(a->host.store, a->domid, a->dev);

    if (ret != 0 && ret != -ENOENT)
        note("%s: cannot take its nodes back: %s", a->address, strerror(-ret));
    drop_claim(a);
}

static enum wait_verdict end(struct attach *a, enum exit_code code)
{
    a->phase = ATTACH_OVER;
    a->code = code;
    return WAIT_DONE;
}

/* Nothing is listed yet, and what is listed may be somebody else's. */
static enum wait_verdict not_listed(struct attach *a, int ret)
{
    drop_claim(a);
    switch (ret) {
    case -EEXIST:
        return end(a, trouble(a->out, EXIT_BUSY, "Nothing was done.",
                              "`xenpci list` shows its state.",
                              "%s is listed for domain %s already", a->address,
                              a->domain));
    case -EBUSY:
        return end(a, trouble(a->out, EXIT_BUSY, "Nothing was done.",
                              "Load xen-pcifront in the guest again, or "
                              "restart the guest.",
                              "domain %s has closed its PCI bus", a->domain));
    case -EINVAL:
        return end(a, trouble(a->out, EXIT_FAILED, "Nothing was done.",
                              "`xenpci tree` shows what is wrong.",
                              "the PCI nodes of domain %s are damaged",
                              a->domain));
    default:
        return end(a, trouble(a->out, EXIT_FAILED, "Nothing was done.", "",
                              "cannot write the nodes of domain %s: %s",
                              a->domain, strerror(-ret)));
    }
}

static enum wait_verdict list_it(struct attach *a, char reason[WAIT_REASON])
{
    struct publish_request req = {
        .domid = a->domid,
        .dev = a->dev,
        .options = a->options,
        .name = a->name[0] != '\0' ? a->name : NULL,
    };
    int ret = publish_add(a->host.store, &req);

    if (ret == 0) {
        a->phase = ATTACH_EXPORT;
        return WAIT_MORE;
    }
    if (ret != -EAGAIN)
        return not_listed(a, ret);
    (void)snprintf(reason, WAIT_REASON,
                   "another device of domain %.40s is on its way", a->domain);
    return WAIT_MORE;
}

static enum wait_verdict look_at_export(struct attach *a,
                                        const struct pair_view *view,
                                        char reason[WAIT_REASON])
{
    char why[PAIR_ERROR];

    if (view->device.state == XB_INITIALISED) {
        pair_guest_address(view->device.vdev, a->guest_address);
        a->phase = ATTACH_CONNECT;
        return WAIT_MORE;
    }
    if (view->device.state == XB_CLOSED &&
        (view->back == XB_RECONFIGURING || view->back == XB_RECONFIGURED)) {
        /* The guest takes part in the change; let it end first. */
        (void)snprintf(reason, WAIT_REASON, "xenpcid gives %s up", a->address);
        return WAIT_MORE;
    }
    if (view->device.state == XB_CLOSED || view->back == XB_CLOSING ||
        view->back == XB_CLOSED) {
        pair_error(&a->host, a->domid, a->dev, why);
        roll_back(a);
        return end(a,
                   trouble(a->out, EXIT_FAILED, "It is assignable, as before.",
                           "The log of xenpcid has more.",
                           "xenpcid could not serve %s: %s", a->address,
                           why[0] != '\0' ? why : "it does not say why"));
    }
    if (!host_daemon_runs(a->host.store)) {
        roll_back(a);
        return end(a,
                   trouble(a->out, EXIT_FAILED, "It is assignable, as before.",
                           "Start it: `systemctl start xenpcid`.",
                           "xenpcid ended in the middle"));
    }
    (void)snprintf(reason, WAIT_REASON,
                   "xenpcid resets %s and gives it to domain %.40s", a->address,
                   a->domain);
    return WAIT_MORE;
}

static enum wait_verdict look_at_guest(struct attach *a,
                                       const struct pair_view *view,
                                       char reason[WAIT_REASON])
{
    /* A paused guest takes it when it runs; it is being built, most likely. */
    if (view->domain.paused || view->back == XB_CONNECTED)
        return end(a, EXIT_DONE);
    if (view->domain.shutdown)
        return end(a, trouble(a->out, EXIT_FAILED,
                              "The device is attached to a dead guest.",
                              "Destroy the guest.",
                              "domain %s shut down in the middle", a->domain));
    (void)snprintf(reason, WAIT_REASON,
                   "xen-pcifront in domain %.40s has not taken it (front %s, "
                   "back %s)",
                   a->domain, xb_state_name(view->front),
                   xb_state_name(view->back));
    return WAIT_MORE;
}

static enum wait_verdict look(void *arg, char reason[WAIT_REASON])
{
    struct attach *a = arg;
    enum wait_verdict verdict = WAIT_MORE;
    struct pair_view view;

    if (a->phase == ATTACH_LIST)
        verdict = list_it(a, reason);
    if (verdict != WAIT_MORE || a->phase == ATTACH_LIST)
        return verdict;
    pair_look(&a->host, a->domid, a->dev, &view);
    if (!view.domain.exists || view.domain.dying || view.listed == -ENOENT)
        return end(a, trouble(a->out, EXIT_FAILED,
                              "xenpcid takes the device back.", "",
                              "domain %s went away in the middle", a->domain));
    if (a->phase == ATTACH_EXPORT)
        verdict = look_at_export(a, &view, reason);
    if (a->phase == ATTACH_CONNECT)
        verdict = look_at_guest(a, &view, reason);
    return verdict;
}

static enum exit_code timed_out(struct attach *a)
{
    char next[160];

    switch (a->phase) {
    case ATTACH_LIST:
        drop_claim(a);
        return trouble(a->out, EXIT_TIMED_OUT, "Nothing was done.",
                       "`xenpci tree` shows where it hangs.",
                       "an earlier change of domain %s does not end",
                       a->domain);
    case ATTACH_EXPORT:
        (void)snprintf(next, sizeof(next),
                       "See the log of xenpcid; `xenpci detach --force %u %s` "
                       "gives up.",
                       (unsigned int)a->domid, a->address);
        return trouble(a->out, EXIT_TIMED_OUT, "It stays listed.", next,
                       "xenpcid has not taken %s in time", a->address);
    case ATTACH_CONNECT:
    case ATTACH_OVER:
        break;
    }
    return trouble(a->out, EXIT_TIMED_OUT,
                   "The device is attached and waits for the guest.",
                   "In the guest: `modprobe xen-pcifront` (CONFIG_XEN_"
                   "PCIDEV_FRONTEND).",
                   "domain %s has no PCI front end that answers", a->domain);
}

static void show(struct attach *a, const struct args *args)
{
    struct describe *names = describe_open();
    char text[DESCRIBE_TEXT];

    if (args->json) {
        struct json_object *json = describe_json(names, a->host.store, a->dev);

        (void)json_object_object_add(json, "domid",
                                     json_object_new_int(a->domid));
        (void)json_object_object_add(json, "guest_address",
                                     json_object_new_string(a->guest_address));
        a->out->json = json_object_new_object();
        (void)json_object_object_add(a->out->json, "device", json);
    } else {
        printf("%s is attached to domain ", a->address);
        print_tame(a->domain);
        printf(", which sees it at ");
        print_tame(a->guest_address);
        printf(": %s\n", describe_device(names, a->dev, text));
    }
    describe_close(names);
}

static enum exit_code run(struct attach *a, const struct args *args)
{
    struct wait wait = {
        .store = a->host.store,
        .domid = a->domid,
        .deadline_ns = wait_deadline(args->has_timeout ? args->timeout_s
                                                       : DEFAULT_TIMEOUT_S),
        .look = look,
        .arg = a,
    };
    struct hyp_domain domain;
    enum exit_code code = attach_check_domain(a, &domain);
    int ret;

    if (code == EXIT_DONE)
        code = pair_check_server(
            &a->host, a->domid,
            "`xl pci-attach` adds to the kernel's; for xenpcid restart the "
            "guest while xenpcid runs.",
            a->out);
    if (code == EXIT_DONE)
        code = attach_check_device(a);
    if (code == EXIT_DONE)
        code = attach_claim(a, &domain);
    if (code != EXIT_DONE)
        return code;
    ret = wait_until(&wait);
    if (ret < 0 && a->phase == ATTACH_LIST) {
        drop_claim(a);
        return trouble(
            a->out, EXIT_FAILED, "Nothing was done.", "Is xenstored in order?",
            "cannot wait for domain %s: %s", a->domain, strerror(-ret));
    }
    if (ret < 0)
        return trouble(a->out, EXIT_FAILED, "The device may be half attached.",
                       "`xenpci list` shows its state.", "lost xenstored: %s",
                       strerror(-ret));
    if (ret == WAIT_TIMED_OUT)
        return timed_out(a);
    return a->code;
}

enum exit_code cmd_attach(const struct args *args, struct outcome *out)
{
    struct attach a = { .out = out };
    enum exit_code code = host_open(&a.host, out);

    if (code != EXIT_DONE)
        return code;
    options_format(&args->options, a.options);
    code = host_find_domain(&a.host, args->operands[0], &a.domid, out);
    if (code == EXIT_DONE)
        code = host_find_device(a.host.store, args->operands[1], &a.dev, out);
    if (code == EXIT_DONE) {
        sbdf_format(a.dev, a.address);
        host_device_name(a.host.store, a.dev, a.name);
        code = run(&a, args);
    }
    if (code == EXIT_DONE) {
        char said[PAIR_ERROR];

        show(&a, args);
        if (pair_note(&a.host, a.dev, said)[0] != '\0')
            note("%s: %s", a.address, said);
    }
    host_close(&a.host);
    return code;
}
