/* SPDX-License-Identifier: MIT */
/* See pair.h. Paths are relative to this domain's directory. */
#include "pair.h"

#include <stdio.h>

#include "nodes.h"

#define PATH_BYTES 256
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

unsigned int pair_back_state(struct pcifront_linux *glue)
{
    char back[PATH_BYTES];
    char path[PATH_BYTES + sizeof(XS_LEAF_BACK_STATE) + 1];

    if (!read_node(glue, OWN(XS_FRONT_BACKEND), back))
        return XB_STATE_COUNT;
    (void)snprintf(path, sizeof(path), "%s/" XS_LEAF_BACK_STATE, back);
    return state_at(glue, path);
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
