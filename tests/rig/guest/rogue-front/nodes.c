/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages, ports and magics that are not there. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "front.h"

/* In place of a text: */
#define REAL  "real"  /* what an honest front writes */
#define STALE "stale" /* a reference that is shared no more */
#define NONE  NULL    /* no node */

static const struct variant {
    const char *name;
    const char *gref;
    const char *port;
    const char *magic;
} variants[] = {
    { "magic-other", REAL, REAL, "8" },
    { "magic-long", REAL, REAL, "77" },
    { "magic-blank", REAL, REAL, "7 " },
    { "magic-empty", REAL, REAL, "" },
    { "magic-none", REAL, REAL, NONE },
    { "magic-40", REAL, REAL, "7777777777777777777777777777777777777777" },
    { "gref-huge", "4294967280", REAL, "7" },
    { "gref-stale", STALE, REAL, "7" },
    { "gref-word", "abc", REAL, "7" },
    { "gref-negative", "-1", REAL, "7" },
    { "gref-40", "1111111111111111111111111111111111111111", REAL, "7" },
    { "gref-hex", "0x8", REAL, "7" },
    { "gref-empty", "", REAL, "7" },
    { "gref-none", NONE, REAL, "7" },
    { "port-zero", REAL, "0", "7" },
    { "port-huge", REAL, "4294967295", "7" },
    { "port-unbound", REAL, "4000", "7" },
    { "port-word", REAL, "abc", "7" },
    { "port-negative", REAL, "-1", "7" },
    { "port-40", REAL, "1111111111111111111111111111111111111111", "7" },
    { "port-empty", REAL, "", "7" },
    { "port-none", REAL, NONE, "7" },
    { "all-none", NONE, NONE, NONE },
};

static const char *text_of(const char *text, uint32_t real, uint32_t stale,
                           char buf[16])
{
    if (!text || (strcmp(text, REAL) != 0 && strcmp(text, STALE) != 0))
        return text;
    (void)snprintf(buf, 16, "%" PRIu32, strcmp(text, REAL) == 0 ? real : stale);
    return buf;
}

static void publish(struct front *front, const struct variant *v)
{
    uint32_t stale = front_stale_gref(front);
    char gref[16], port[16];

    front_write_nodes(front, text_of(v->gref, front_gref(front), stale, gref),
                      text_of(v->port, front_port(front), 0, port), v->magic);
}

static const struct variant *variant_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(variants); i++)
        if (strcmp(name, variants[i].name) == 0)
            return &variants[i];
    return NULL;
}

/* The back must refuse; dom0 looks at what it says. */
bool cmd_nodes(struct front *front, int argc, char **argv)
{
    const struct variant *v = argc == 1 ? variant_find(argv[0]) : NULL;

    if (!v)
        return false;
    if (!front_restart(front)) {
        wrong("the back does not start over");
        return true;
    }
    publish(front, v);
    front_say_state(front, "3");
    if (!front_back_waits(front, STATE(CLOSING)))
        wrong("%s: the back is at %u", v->name,
              (unsigned int)front_back_state(front));
    else
        say("%s: refused", v->name);
    return true;
}
