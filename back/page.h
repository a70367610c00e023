/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's shared page and event channel, mapped and bound. Worker only.
 * Closing it lets a dying domain go at once instead of lingering as a zombie.
 */
#ifndef BACK_PAGE_H
#define BACK_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "msg.h"
#include "ring.h"

struct page;

/*
 * Map the grant and bind the guest's port. 0 or a negative errno; *step names
 * what failed. On failure nothing stays mapped or bound.
 */
MUST_USE int page_open(const struct msg_connect *connect, struct page **out,
                       enum msg_connect_step *step);

/*
 * Keep the page and the port, and give up the means to map and bind others: the
 * grant device is closed, and the event channel's takes this domain's ports only
 * (what else it offers is for the sandbox to forbid). 0 or a negative errno.
 */
MUST_USE int page_seal(struct page *page, uint16_t domid);

/* A sealed page is unmapped, and its port is closed with the descriptor. */
void page_close(struct page *page);

struct pci_page *page_shared(struct page *page);

/* Readable when an event waits. */
int page_fd(const struct page *page);

/*
 * Take the waiting event, if any. The port stays masked until page_rearm(), so
 * a guest that floods events is felt only as often as we choose to look
 * (XSA-332).
 */
bool page_event(struct page *page);
void page_rearm(struct page *page);

void page_notify(struct page *page);

#endif
