/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A device's hand without a process: what is asked is done at once. Tests of the
 * real one are check_hand's; here each of a million messages would wait for it.
 */
#include "hand.h"

#include <stdlib.h>

struct hand {
    int config_fd;
    struct cfgspace *cs;
};

struct hand *hand_start(struct sbdf sbdf UNUSED, int config_fd,
                        struct cfgspace *cs)
{
    struct hand *hand = malloc(sizeof(*hand));

    if (hand)
        *hand = (struct hand){ .config_fd = config_fd, .cs = cs };
    return hand;
}

void hand_ask(struct hand *hand, const struct regs_request *request,
              regs_done_fn *done, void *arg)
{
    struct regs_reply reply;

    regs_do(hand->config_fd, hand->cs, request, &reply);
    done(arg, &reply);
}

bool hand_is_dead(const struct hand *hand UNUSED)
{
    return false;
}

void hand_end(struct hand *hand)
{
    free(hand);
}

bool hand_is_stuck(struct sbdf sbdf UNUSED)
{
    return false;
}
