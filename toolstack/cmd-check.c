/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xenpci check: is xenstore sound, as far as PCI goes? A verdict for scripts. */
#include <json-c/json.h>
#include <stdio.h>

#include "cmd.h"
#include "snapshot.h"

static void print_fault(const struct fault *fault)
{
    char domain[16] = "-";

    if (fault->domid != FAULT_NO_DOMAIN)
        (void)snprintf(domain, sizeof(domain), "d%u", fault->domid);
    printf("%s %s %s ", domain,
           fault->weight == FAULT_FAULT ? "fault" : "notice",
           fault_kind_name(fault->kind));
    print_tame(fault->path);
    printf(": ");
    print_tame(fault->text);
    putchar('\n');
}

static size_t guests_seen(const struct snapshot *shot)
{
    size_t count = 0;

    for (size_t i = 0; i < shot->nguests; i++)
        count += snapshot_wants(shot, shot->guests[i]);
    return count;
}

enum exit_code cmd_check(const struct args *args, struct outcome *out)
{
    struct snapshot shot;
    enum exit_code code = snapshot_take(args, &shot, out);
    size_t grave;

    if (code != EXIT_DONE)
        return code;
    grave = faults_grave(&shot.faults);
    out->json = json_object_new_object();
    (void)json_object_object_add(out->json, "clean",
                                 json_object_new_boolean(grave == 0));
    (void)json_object_object_add(
        out->json, "guests",
        json_object_new_int64((int64_t)guests_seen(&shot)));
    (void)json_object_object_add(out->json, "faults",
                                 snapshot_faults_json(&shot, NULL));
    for (size_t i = 0; !args->json && i < shot.faults.count; i++)
        print_fault(&shot.faults.list[i]);
    if (!args->json && grave == 0)
        printf("clean, %zu guest(s) with PCI devices\n", guests_seen(&shot));
    snapshot_free(&shot);
    if (grave > 0)
        return trouble(out, EXIT_FAILED, "",
                       "`xenpci tree` shows the nodes and what they mean.",
                       "%zu fault(s) in xenstore", grave);
    return EXIT_DONE;
}
