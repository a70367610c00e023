/* SPDX-License-Identifier: MIT */
/* Looking a step up, and states as the store has them: one digit. */
#include "xbstate.h"

#include <stddef.h>

#include "xbtable.h"

struct xb_step xb_table_step(const struct xb_table *table, enum xb_state self,
                             enum xb_event event)
{
    for (unsigned int i = 0; i < table->nrows; i++) {
        const struct xb_row *row = &table->rows[i];

        if (row->self == self && row->event == event)
            return (struct xb_step){ row->action, row->next };
    }
    return (struct xb_step){ XB_ACT_NONE, self };
}

bool xb_state_parse(const char *text, enum xb_state *out)
{
    if (text[0] < '0' || text[0] > '8' || text[1] != '\0')
        return false;
    *out = (enum xb_state)(text[0] - '0');
    return true;
}

enum xb_event xb_peer_event(const char *text)
{
    enum xb_state state;

    if (text == NULL)
        return XB_EV_PEER_UNKNOWN;
    if (!xb_state_parse(text, &state))
        return XB_EV_PEER_GARBAGE;
    /* The first nine events have the states' numbers. */
    return (enum xb_event)state;
}
