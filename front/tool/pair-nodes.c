/* SPDX-License-Identifier: MIT */
/* See pair-nodes.h. Paths are relative to this domain's directory. */
#include "pair-nodes.h"

#include <stdio.h>

#include "nodes.h"

#define PATH_BYTES 256
#define RENEW_NS   UINT64_C(500000000)
#define OWN(name)  (&(name)[sizeof(XS_DOMAIN_DIR)])

static bool read_node(struct pcifront_linux *glue, const char *path,
                      char text[PATH_BYTES])
{
    return pcifront_linux_os()->xs_read(glue, path, text, PATH_BYTES) > 0;
}

bool pair_exists(struct pcifront_linux *glue)
{
    char text[PATH_BYTES];

    return read_node(glue, OWN(XS_FRONT_BACKEND), text);
}

static unsigned int state_at(struct pcifront_linux *glue, const char *path)
{
    char text[PATH_BYTES];
    enum xb_state state;

    if (!read_node(glue, path, text) || !xb_state_parse(text, &state))
        return XB_STATE_COUNT;
    return state;
}

unsigned int pair_front_state(struct pcifront_linux *glue)
{
    return state_at(glue, OWN(XS_FRONT_STATE));
}

#define BACK_PATH_BYTES (PATH_BYTES + sizeof(XS_LEAF_BACK_STATE) + 1)

static bool back_path(struct pcifront_linux *glue, char path[BACK_PATH_BYTES])
{
    char back[PATH_BYTES];

    if (!read_node(glue, OWN(XS_FRONT_BACKEND), back))
        return false;
    (void)snprintf(path, BACK_PATH_BYTES, "%s/" XS_LEAF_BACK_STATE, back);
    return true;
}

unsigned int pair_back_state(struct pcifront_linux *glue)
{
    char path[BACK_PATH_BYTES];

    return back_path(glue, path) ? state_at(glue, path) : XB_STATE_COUNT;
}

static const char *state_words(unsigned int state)
{
    return state < XB_STATE_COUNT ? xb_state_name((enum xb_state)state)
                                  : "no state";
}

const char *pair_words(struct pcifront_linux *glue, char words[PAIR_WORDS])
{
    (void)snprintf(words, PAIR_WORDS, "the backend is at %s, this front at %s",
                   state_words(pair_back_state(glue)),
                   state_words(pair_front_state(glue)));
    return words;
}

void pair_renew(struct pcifront_linux *glue)
{
    const struct pcifront_os *os = pcifront_linux_os();
    const struct pcifront_node state = { OWN(XS_FRONT_STATE), "1" };
    const uint64_t deadline = os->now_ns(glue) + RENEW_NS;
    char path[BACK_PATH_BYTES];

    if (!back_path(glue, path) || pair_front_state(glue) != XB_CLOSED ||
        os->xs_watch(glue, path) != PCIFRONT_OK)
        return;
    if (os->xs_write(glue, &state, 1) == PCIFRONT_OK) {
        while (state_at(glue, path) == XB_CLOSED &&
               os->now_ns(glue) < deadline &&
               os->wait(glue, 0, deadline) == PCIFRONT_OK)
            continue;
    }
    os->xs_unwatch(glue, path);
}
