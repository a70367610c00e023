/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See pair-world.h. */
#include "pair-world.h"

#include <string.h>

#include "pair-worker.h"
#include "run-until.h"

struct front_world five, six;

static void begin(struct front_world *w, uint16_t domid)
{
    front_world_begin_alone(w, domid);
    w->k->budget = 1000000;
    pair_worker_guest(domid, w->k);
}

void pair_setup(void)
{
    link_world_setup();
    begin(&five, BACK_DOMID);
    begin(&six, OTHER_DOMID);
}

void pair_teardown(void)
{
    for (uint16_t id = BACK_DOMID; id <= OTHER_DOMID; id++)
        tool_deletes(id);
    run_due();
    front_world_end(&five);
    front_world_end(&six);
    link_world_teardown();
    pair_worker_guest(BACK_DOMID, NULL);
    pair_worker_guest(OTHER_DOMID, NULL);
}

uint32_t read_config(struct front_world *w, struct pcifront_addr addr,
                     uint16_t offset, uint8_t size)
{
    uint32_t value = 0;

    assert_ok(pcifront_config_read(w->pf, addr, offset, size, &value));
    return value;
}

void expect_told(struct front_world *w, const char *text)
{
    for (unsigned int i = 0; i < 200 && strcmp(w->told, text) != 0; i++) {
        assert_ok(pcifront_wait(w->pf, 50));
        assert_ok(pcifront_step(w->pf));
    }
    ck_assert_str_eq(front_world_told(w), text);
}

void expect_settled(struct front_world *w)
{
    for (unsigned int i = 0; i < 200; i++) {
        assert_ok(pcifront_wait(w->pf, 50));
        assert_ok(pcifront_step(w->pf));
        if (strcmp(back_node(w->k->domid, "state"), "4") == 0 &&
            pcifront_state(w->pf) == PCIFRONT_CONNECTED)
            return;
    }
    ck_abort_msg("the backend is at %s", back_node(w->k->domid, "state"));
}

void connect_pair(struct front_world *w, struct sbdf dev)
{
    tool_lists(w->k->domid, dev);
    assert_ok(front_world_connect(w));
    ck_assert_str_eq(front_world_told(w), "+00.0");
}
