/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See options.h. */
#include "options.h"

#include <stdio.h>
#include <string.h>

#include "compiler.h"

enum option_id {
    OPTION_PERMISSIVE,
    OPTION_MSITRANSLATE,
    OPTION_POWER_MGMT,
    OPTION_RDM_POLICY,
};

/* No default in the values: a word not in a row is an error. */
static const struct word {
    const char *name;
    const char *value;
    enum option_id id;
    bool on;
} words[] = {
    { "permissive", "1", OPTION_PERMISSIVE, true },
    { "permissive", "0", OPTION_PERMISSIVE, false },
    { "msitranslate", "1", OPTION_MSITRANSLATE, true },
    { "msitranslate", "0", OPTION_MSITRANSLATE, false },
    { "power_mgmt", "1", OPTION_POWER_MGMT, true },
    { "power_mgmt", "0", OPTION_POWER_MGMT, false },
    { "rdm_policy", "relaxed", OPTION_RDM_POLICY, true },
    { "rdm_policy", "strict", OPTION_RDM_POLICY, false },
};

static void set(struct options *options, enum option_id id, bool on)
{
    switch (id) {
    case OPTION_PERMISSIVE:
        options->permissive = on;
        break;
    case OPTION_MSITRANSLATE:
        options->msitranslate = on;
        break;
    case OPTION_POWER_MGMT:
        options->power_mgmt = on;
        break;
    case OPTION_RDM_POLICY:
        options->rdm_relaxed = on;
        break;
    }
}

static bool parse_one(char *text, struct options *options,
                      char why[OPTIONS_WHY])
{
    char *value = strchr(text, '=');
    bool known = false;

    if (value != NULL)
        *value++ = '\0';
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        const struct word *word = &words[i];

        if (strcmp(word->name, text) != 0)
            continue;
        known = true;
        if (strcmp(word->value, value != NULL ? value : "1") == 0) {
            set(options, word->id, word->on);
            return true;
        }
    }
    if (known)
        (void)snprintf(why, OPTIONS_WHY, "%s cannot be \"%.40s\"", text,
                       value != NULL ? value : "without a value");
    else
        (void)snprintf(why, OPTIONS_WHY, "there is no option \"%.40s\"", text);
    return false;
}

bool options_parse(const char *text, struct options *out, char why[OPTIONS_WHY])
{
    struct options options = *out;
    char copy[256];
    char *rest = copy;
    char *one;

    if (strlen(text) >= sizeof(copy)) {
        (void)snprintf(why, OPTIONS_WHY, "the options are too long");
        return false;
    }
    (void)strcpy(copy, text);
    while ((one = strsep(&rest, ",")) != NULL) {
        if (!parse_one(one, &options, why))
            return false;
    }
    *out = options;
    return true;
}

const char *options_format(const struct options *options,
                           char buf[OPTIONS_TEXT])
{
    (void)snprintf(buf, OPTIONS_TEXT,
                   "msitranslate=%d,power_mgmt=%d,permissive=%d,rdm_policy=%s",
                   options->msitranslate ? 1 : 0, options->power_mgmt ? 1 : 0,
                   options->permissive ? 1 : 0,
                   options->rdm_relaxed ? "relaxed" : "strict");
    return buf;
}
