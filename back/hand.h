/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A device's hand: a child process that touches the device's registers, so that
 * a device which takes its time takes nobody else's. It is forked from the
 * broker when it is first needed, with the device's registers in its memory and
 * nothing but their file and a socket; it ends with the device, or when it is
 * too late.
 */
#ifndef BACK_HAND_H
#define BACK_HAND_H

#include <stdbool.h>

#include "compiler.h"
#include "regs.h"
#include "sbdf.h"

struct hand;

/*
 * A hand for the device with these registers, which must not change while it
 * lives: it has a copy. NULL with errno set.
 */
MUST_USE struct hand *hand_start(struct sbdf sbdf, int config_fd,
                                 struct cfgspace *cs);

/* Have it do this; one request at a time. done is called from the loop, once,
 * unless the hand is ended first, which it may do itself. reply->err -EIO: the
 * hand has died. */
void hand_ask(struct hand *hand, const struct regs_request *request,
              regs_done_fn *done, void *arg);

/* Has its process ended? Then all it is good for is hand_end(). */
MUST_USE bool hand_is_dead(const struct hand *hand);

/* End it, whatever it is doing. NULL is fine. */
void hand_end(struct hand *hand);

/*
 * Is a hand that was ended still in the kernel with this device, beyond any
 * signal? Nobody else should get there, too.
 */
MUST_USE bool hand_is_stuck(struct sbdf sbdf);

#endif
