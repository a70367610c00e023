/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Log lines as messages. State: who speaks. */
#include "voice.h"

#include <string.h>

#include "log.h"
#include "worker-private.h"

static const struct worker *speaker;

static void say(int priority, const char *line)
{
    struct msg m = { .type = MSG_LOG };
    size_t length = strnlen(line, MSG_LOG_TEXT);

    if (!speaker || speaker->broker < 0 || speaker->adopting)
        return;
    m.u.log.priority = (uint32_t)priority;
    memcpy(m.u.log.text, line, length);
    /* There is no other place for a line. */
    (void)!msg_send(speaker->broker, &m, NULL, 0);
}

void voice_open(const struct worker *worker)
{
    speaker = worker;
    log_through(say);
}
