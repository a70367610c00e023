/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handles a subcommand works with, and names turned into numbers. */
#ifndef TOOLSTACK_HOST_H
#define TOOLSTACK_HOST_H

#include "cmd.h"
#include "hyp.h"
#include "sbdf.h"
#include "store.h"

struct host {
    struct store *store;
    struct hyp *hyp; /* NULL after host_open_store() */
};

/* EXIT_DONE, or the trouble in out and nothing open. */
MUST_USE enum exit_code host_open(struct host *host, struct outcome *out);
MUST_USE enum exit_code host_open_store(struct host *host, struct outcome *out);
void host_close(struct host *host);

/* A domain by id or name; out says when there is none. */
MUST_USE enum exit_code host_find_domain(struct host *host, const char *text,
                                         uint16_t *domid, struct outcome *out);

/* A device by address in any spelling, or by the name it was given. */
MUST_USE enum exit_code host_find_device(struct store *st, const char *text,
                                         struct sbdf *dev, struct outcome *out);

/* "work (d3)" or "d3". Returns buf. */
#define HOST_DOMAIN_TEXT 96
const char *host_domain_text(struct store *st, uint16_t domid,
                             char buf[HOST_DOMAIN_TEXT]);

/* The name the administrator gave a device, or "". */
#define HOST_NAME_TEXT 65
const char *host_device_name(struct store *st, struct sbdf dev,
                             char buf[HOST_NAME_TEXT]);

enum host_server {
    HOST_SERVER_NONE,   /* nobody runs that would serve */
    HOST_SERVER_KERNEL, /* xen-pciback has this guest's bus */
    HOST_SERVER_DAEMON, /* xenpcid */
};
enum host_server host_server(struct store *st, uint16_t domid);
const char *host_server_name(enum host_server server);

/* Is the xenpcid that the store names a living process? */
bool host_daemon_runs(struct store *st);

/* Is the domain there and not being destroyed? An unanswered question: yes. */
bool host_domain_lives(struct host *host, uint16_t domid);

#endif
