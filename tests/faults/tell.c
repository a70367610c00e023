/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the product said about a failure: its log and its error nodes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tell.h"
#include "world.h"

/* Lines that are no complaint. */
static const char *const news[] = {
    ": exported",   ": connected",    ": disconnected", ": released\n",
    ": reset by ",  ": version ",     ": stopping",     ": goes on in state",
    ": taken over", ": cleared what",
};

static bool is_news(const char *line)
{
    for (size_t i = 0; i < ARRAY_LEN(news); i++)
        if (strstr(line, news[i]))
            return true;
    return false;
}

/* A sentence that says nothing: an errno of 0, or none at all. */
static bool is_empty(const char *line)
{
    size_t len = strlen(line);

    return strstr(line, "Success") || strstr(line, "Unknown error") ||
           (len >= 2 && strcmp(line + len - 2, ": ") == 0);
}

static bool is_complaint(const char *line, char why[256])
{
    if (line[0] == '\0' || is_news(line))
        return false;
    if (is_empty(line))
        (void)snprintf(why, 256, "says only: %.200s", line);
    return true;
}

bool tell_complaints(int log_fd, off_t from, char why[256])
{
    char text[32768];
    ssize_t len = pread(log_fd, text, sizeof(text) - 1, from);
    bool any = false;
    char *rest = text;
    char *line;

    text[len > 0 ? len : 0] = '\0';
    why[0] = '\0';
    while ((line = strsep(&rest, "\n"))) {
        char ended[512];

        (void)snprintf(ended, sizeof(ended), "%s\n", line);
        if (line[0] != '\0' && !is_news(ended))
            any = is_complaint(line, why) || any;
    }
    for (uint16_t id = BACK_DOMID; id <= OTHER_DOMID; id++)
        any = is_complaint(back_error(id), why) || any;
    return any;
}
