/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking at ledgers: what is new goes to the log, what changed to the file. */
#include "ledger.h"

#include <errno.h>
#include <string.h>

#include "device.h"
#include "ledger-json.h"
#include "loop.h"
#include "quirk.h"

#define LOOK_MS 1000u

static bool is_told(const struct cfg_ledger *told, const struct cfg_denied *row)
{
    uint32_t i;

    for (i = 0; i < told->used; i++)
        if (told->rows[i].offset == row->offset &&
            told->rows[i].size == row->size)
            return true;
    return false;
}

static void tell(struct device *dev, const struct cfg_denied *row)
{
    char name[SBDF_TEXT], text[QUIRK_TEXT];
    struct cfg_explained e;

    cfgspace_explain(&dev->cs, row, &e);
    log_limited(&dev->ledger.budget,
                "d%u %s: refused a write of 0x%0*x to %s: %s; %s%s", dev->domid,
                sbdf_format(dev->sbdf, name), 2 * row->size, row->value, e.name,
                e.reason,
                e.quirk.size != 0 ? "this quirk would allow it: "
                                  : "no quirk would allow it",
                e.quirk.size != 0 ? quirk_format(&e.quirk, text) : "");
}

static void look(struct device *dev, enum ledger_owner owner)
{
    struct ledger *ledger = &dev->ledger;
    struct cfg_ledger now;
    char name[SBDF_TEXT];
    uint32_t i;
    int ret;

    memset(&now, 0, sizeof(now));
    cfgspace_ledger(&dev->cs, &now);
    if (owner == LEDGER_HAS_IT && ledger->written &&
        memcmp(&now, &ledger->told, sizeof(now)) == 0)
        return;
    for (i = 0; i < now.used; i++)
        if (!is_told(&ledger->told, &now.rows[i]))
            tell(dev, &now.rows[i]);
    ledger->told = now;
    ret = ledger_json_write(dev, &now, owner);
    /* One complaint is enough; the log has the registers. */
    if (ret < 0 && !ledger->written)
        log_warnx("d%u %s: its refused writes cannot be recorded: %s",
                  dev->domid, sbdf_format(dev->sbdf, name), strerror(-ret));
    ledger->written = true;
}

void ledger_look(struct device *dev)
{
    if (dev->phase == DEVICE_READY)
        look(dev, LEDGER_HAS_IT);
}

void ledger_end(struct device *dev)
{
    look(dev, LEDGER_HAD_IT);
}

static struct loop_watch *next_look;

static void look_around(void *arg UNUSED)
{
    struct device *dev = NULL;

    while ((dev = device_next(dev)))
        ledger_look(dev);
    ledger_start();
}

void ledger_start(void)
{
    next_look = loop_after(LOOK_MS, look_around, NULL);
}

void ledger_stop(void)
{
    loop_cancel(next_look);
    next_look = NULL;
}
