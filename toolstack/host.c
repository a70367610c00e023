/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See host.h. */
#include "host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "inuse.h"
#include "nodes.h"
#include "sysfs.h"

static bool is_privilege(int err)
{
    return err == EACCES || err == EPERM;
}

enum exit_code host_open_store(struct host *host, struct outcome *out)
{
    host->hyp = NULL;
    host->store = store_open();
    if (host->store != NULL)
        return EXIT_DONE;
    if (is_privilege(errno))
        return trouble(out, EXIT_FAILED, "Nothing was done.", "Run it as root.",
                       "no access to xenstore: %s", strerror(errno));
    return trouble(out, EXIT_UNSUPPORTED, "Nothing was done.",
                   "Boot this machine under Xen and start xenstored.",
                   "there is no xenstore here: %s", strerror(errno));
}

enum exit_code host_open(struct host *host, struct outcome *out)
{
    enum exit_code code = host_open_store(host, out);
    int err;

    if (code != EXIT_DONE)
        return code;
    host->hyp = hyp_open();
    if (host->hyp != NULL)
        return EXIT_DONE;
    err = errno;
    host_close(host);
    if (is_privilege(err))
        return trouble(out, EXIT_FAILED, "Nothing was done.", "Run it as root.",
                       "no access to the hypervisor: %s", strerror(err));
    return trouble(out, EXIT_UNSUPPORTED, "Nothing was done.",
                   "Boot this machine under Xen and run this in dom0.",
                   "there is no hypervisor here: %s", strerror(err));
}

void host_close(struct host *host)
{
    hyp_close(host->hyp);
    store_close(host->store);
    host->hyp = NULL;
    host->store = NULL;
}

static bool domain_has_name(struct store *st, uint32_t domid, const char *name)
{
    char path[STORE_PATH];
    char *there;
    bool same;

    (void)snprintf(path, sizeof(path), XS_DOMAIN_NAME, domid);
    there = store_read(st, NULL, path);
    same = there != NULL && strcmp(there, name) == 0;
    free(there);
    return same;
}

static bool find_by_name(struct store *st, const char *name, uint16_t *domid)
{
    unsigned int count = 0;
    char **ids = store_list(st, NULL, XS_DOMAINS, &count);
    bool found = false;

    for (unsigned int i = 0; i < count && !found; i++) {
        uint32_t id;

        if (args_number(ids[i], &id) && id < HYP_DOMID_IO &&
            domain_has_name(st, id, name)) {
            *domid = (uint16_t)id;
            found = true;
        }
    }
    free(ids);
    return found;
}

enum exit_code host_find_domain(struct host *host, const char *text,
                                uint16_t *domid, struct outcome *out)
{
    uint32_t id;

    if (args_number(text, &id) && id < HYP_DOMID_IO)
        *domid = (uint16_t)id;
    else if (!find_by_name(host->store, text, domid))
        return trouble(out, EXIT_NOT_FOUND, "Nothing was done.",
                       "`xl list` shows names and ids.",
                       "there is no domain \"%.80s\"", text);
    if (*domid == 0)
        return trouble(out, EXIT_REFUSED, "Nothing was done.",
                       "`xenpci assignable-remove` gives a device to dom0.",
                       "domain 0 owns the devices; it takes none");
    return EXIT_DONE;
}

static bool device_has_name(struct store *st, struct sbdf dev, const char *name)
{
    char there[HOST_NAME_TEXT];

    return strcmp(host_device_name(st, dev, there), name) == 0;
}

enum exit_code host_find_device(struct store *st, const char *text,
                                struct sbdf *dev, struct outcome *out)
{
    unsigned int count = 0;
    char **names;
    bool found = false;

    if (sbdf_parse(text, dev))
        return EXIT_DONE;
    names = store_list(st, NULL, XS_LIBXL_ROOT, &count);
    for (unsigned int i = 0; i < count && !found; i++)
        found = text[0] != '\0' && sbdf_parse(names[i], dev) &&
                device_has_name(st, *dev, text);
    free(names);
    if (found)
        return EXIT_DONE;
    return trouble(out, EXIT_NOT_FOUND, "Nothing was done.",
                   "`lspci -D` shows addresses, `xenpci assignable-list` "
                   "addresses and names.",
                   "\"%.80s\" is neither an address nor a device's name", text);
}

const char *host_domain_text(struct store *st, uint16_t domid,
                             char buf[HOST_DOMAIN_TEXT])
{
    char path[STORE_PATH];
    char *name;

    (void)snprintf(path, sizeof(path), XS_DOMAIN_NAME, (unsigned int)domid);
    name = store_read(st, NULL, path);
    if (name != NULL)
        (void)snprintf(buf, HOST_DOMAIN_TEXT, "%.80s (d%u)", name,
                       (unsigned int)domid);
    else
        (void)snprintf(buf, HOST_DOMAIN_TEXT, "d%u", (unsigned int)domid);
    free(name);
    return buf;
}

const char *host_device_name(struct store *st, struct sbdf dev,
                             char buf[HOST_NAME_TEXT])
{
    char address[SBDF_TEXT];
    char path[STORE_PATH];
    char *name;

    (void)snprintf(path, sizeof(path), XS_LIBXL_NAME,
                   sbdf_format_dashed(dev, address));
    name = store_read(st, NULL, path);
    (void)snprintf(buf, HOST_NAME_TEXT, "%s", name != NULL ? name : "");
    free(name);
    return buf;
}

bool host_daemon_runs(struct store *st)
{
    char path[64];
    char name[32] = "";
    uint32_t pid;
    FILE *comm;

    if (store_read_uint(st, NULL, XS_DAEMON_PID, &pid) != 0)
        return false;
    /* After a crash the number may belong to somebody else. */
    (void)snprintf(path, sizeof(path), "%.32s/%u/comm", proc_root, pid);
    comm = fopen(path, "re");
    if (comm == NULL)
        return false;
    if (fgets(name, sizeof(name), comm) == NULL)
        name[0] = '\0';
    (void)fclose(comm);
    return strstr(name, "xenpcid") != NULL;
}

static bool kernel_serves(uint16_t domid)
{
    char path[256];

    (void)snprintf(path, sizeof(path),
                   "%.128s/bus/xen-backend/devices/pci-%u-0/driver", sysfs_root,
                   (unsigned int)domid);
    return access(path, F_OK) == 0;
}

enum host_server host_server(struct store *st, uint16_t domid)
{
    if (kernel_serves(domid))
        return HOST_SERVER_KERNEL;
    return host_daemon_runs(st) ? HOST_SERVER_DAEMON : HOST_SERVER_NONE;
}

const char *host_server_name(enum host_server server)
{
    switch (server) {
    case HOST_SERVER_NONE:
        return "nobody";
    case HOST_SERVER_KERNEL:
        return "kernel";
    case HOST_SERVER_DAEMON:
        return "xenpcid";
    }
    return "?";
}

bool host_domain_lives(struct host *host, uint16_t domid)
{
    struct hyp_domain domain;

    if (hyp_domain(host->hyp, domid, &domain) != 0)
        return true;
    return domain.exists && !domain.dying;
}
