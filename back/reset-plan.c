/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which reset methods to try, in which order. */
#include <string.h>

#include "reset.h"

static bool next_word(const char **text, char name[RESET_NAME])
{
    size_t len;

    do {
        *text += strspn(*text, " \n");
        len = strcspn(*text, " \n");
        if (len > 0 && len < RESET_NAME) {
            memset(name, 0, RESET_NAME);
            memcpy(name, *text, len);
            *text += len;
            return true;
        }
        *text += len;
    } while (len > 0);
    return false;
}

static bool is_offered(const char *offered, const char *name)
{
    char word[RESET_NAME];

    while (next_word(&offered, word))
        if (strcmp(word, name) == 0)
            return true;
    return false;
}

static void plan_add(struct reset_order *plan, const char name[RESET_NAME])
{
    if (plan->n < RESET_METHODS)
        memcpy(plan->names[plan->n++], name, RESET_NAME);
}

void reset_plan(const char *offered, const struct reset_order *wish,
                struct reset_order *plan)
{
    char name[RESET_NAME] = "";
    unsigned int i;

    memset(plan, 0, sizeof(*plan));
    for (i = 0; wish && i < wish->n; i++)
        if (is_offered(offered, wish->names[i]))
            plan_add(plan, wish->names[i]);
    while ((!wish || wish->n == 0) && next_word(&offered, name))
        plan_add(plan, name);
}
