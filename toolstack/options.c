/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See options.h. */
#include "options.h"

#include <stdio.h>
#include <string.h>

#include "compiler.h"
#include "quirk.h"

enum option_id {
    OPTION_PERMISSIVE,
    OPTION_MSITRANSLATE,
    OPTION_POWER_MGMT,
    OPTION_RDM_POLICY,
    OPTION_INTERRUPT_CONTROL,
    OPTION_POWER,
    OPTION_ALLOW_DIRTY,
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
    { "interrupt_control", "1", OPTION_INTERRUPT_CONTROL, true },
    { "interrupt_control", "0", OPTION_INTERRUPT_CONTROL, false },
    { "power", "1", OPTION_POWER, true },
    { "power", "0", OPTION_POWER, false },
    { "allow_dirty", "1", OPTION_ALLOW_DIRTY, true },
    { "allow_dirty", "0", OPTION_ALLOW_DIRTY, false },
};

static void set(struct options *options, enum option_id id, bool on)
{
    enum option_said said = on ? OPTION_ON : OPTION_OFF;

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
    case OPTION_INTERRUPT_CONTROL:
        options->interrupt_control = said;
        break;
    case OPTION_POWER:
        options->power = said;
        break;
    case OPTION_ALLOW_DIRTY:
        options->allow_dirty = said;
        break;
    }
}

/* Checked one by one, kept as they were written. */
static bool set_quirks(struct options *options, const char *value,
                       char why[OPTIONS_WHY])
{
    const char *text = value;
    const char *wrong;
    struct quirk quirk;

    for (;; text++) {
        size_t len = strcspn(text, "+");

        if (!quirk_parse(text, len, &quirk, &wrong)) {
            (void)snprintf(why, OPTIONS_WHY, "\"%.*s\": %s",
                           len < 40 ? (int)len : 40, text, wrong);
            return false;
        }
        text += len;
        if (*text == '\0')
            break;
    }
    if (strlen(value) >= OPTIONS_QUIRKS) {
        (void)snprintf(why, OPTIONS_WHY, "there are more than 16 quirks");
        return false;
    }
    (void)strcpy(options->quirks, value);
    return true;
}

static bool parse_one(char *text, struct options *options,
                      char why[OPTIONS_WHY])
{
    char *value = strchr(text, '=');
    bool known = false;

    if (value != NULL)
        *value++ = '\0';
    if (strcmp(text, "quirks") == 0)
        return set_quirks(options, value != NULL ? value : "", why);
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
    char copy[OPTIONS_TEXT];
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

static void add(char buf[OPTIONS_TEXT], const char *name, const char *value)
{
    size_t len = strlen(buf);

    (void)snprintf(buf + len, OPTIONS_TEXT - len, ",%s=%s", name, value);
}

static void add_said(char buf[OPTIONS_TEXT], const char *name,
                     enum option_said said)
{
    if (said != OPTION_UNSAID)
        add(buf, name, said == OPTION_ON ? "1" : "0");
}

const char *options_format(const struct options *options,
                           char buf[OPTIONS_TEXT])
{
    (void)snprintf(buf, OPTIONS_TEXT,
                   "msitranslate=%d,power_mgmt=%d,permissive=%d,rdm_policy=%s",
                   options->msitranslate ? 1 : 0, options->power_mgmt ? 1 : 0,
                   options->permissive ? 1 : 0,
                   options->rdm_relaxed ? "relaxed" : "strict");
    add_said(buf, "interrupt_control", options->interrupt_control);
    add_said(buf, "power", options->power);
    add_said(buf, "allow_dirty", options->allow_dirty);
    if (options->quirks[0] != '\0')
        add(buf, "quirks", options->quirks);
    return buf;
}
