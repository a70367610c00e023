/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * opts-N, as libxl writes it and with our own words. libxl passes over what it
 * does not know (libxl__device_pci_from_xs_be), so both may stand side by side.
 */
#include <stdio.h>
#include <string.h>

#include "policy-private.h"

/* No key: the word is libxl's own business and says nothing to us. */
#define NOT_OURS 0u

static const struct word {
    const char *name;
    const char *value;
    unsigned int key;
    bool on;
} words[] = {
    { "permissive", "1", POLICY_PERMISSIVE, true },
    { "permissive", "0", NOT_OURS, false },
    { "interrupt_control", "1", POLICY_INTERRUPT_CONTROL, true },
    { "interrupt_control", "0", POLICY_INTERRUPT_CONTROL, false },
    { "power", "1", POLICY_POWER, true },
    { "power", "0", POLICY_POWER, false },
    { "allow_dirty", "1", POLICY_DIRTY, true },
    { "allow_dirty", "0", POLICY_DIRTY, false },
    { "rdm_policy", "relaxed", POLICY_RDM, true },
    { "rdm_policy", "strict", NOT_OURS, false },
    { "power_mgmt", NULL, NOT_OURS, false },
    { "msitranslate", NULL, NOT_OURS, false },
};

static void set(struct policy_part *out, unsigned int key, bool on)
{
    struct policy *value = &out->value;

    out->set |= key;
    if (key == POLICY_PERMISSIVE)
        value->knobs.permissive = on;
    else if (key == POLICY_INTERRUPT_CONTROL)
        value->knobs.interrupt_control = on;
    else if (key == POLICY_POWER)
        value->knobs.no_power = !on;
    else if (key == POLICY_DIRTY)
        value->allow_dirty = on;
    else if (key == POLICY_RDM)
        value->rdm_relaxed = on;
}

static bool set_quirks(struct policy_part *out, const char *text,
                       char why[POLICY_WHY])
{
    const char *wrong;

    out->set |= POLICY_QUIRKS;
    for (;; text++) {
        size_t len = strcspn(text, "+");

        if (!policy_add_quirk(&out->value.knobs, text, len, &wrong)) {
            policy_say(why, "the option quirks: \"%.*s\": %s",
                       len < 40 ? (int)len : 40, text, wrong);
            return false;
        }
        text += len;
        if (*text == '\0')
            return true;
    }
}

/* Collect the words that nobody understands in one sentence. */
static void unknown(const char *name, char why[POLICY_WHY])
{
    size_t len;

    if (why[0] == '\0')
        policy_say(why, "no effect have the options");
    len = strlen(why);
    (void)snprintf(why + len, POLICY_WHY - len, " \"%.30s\"", name);
}

static bool take(char *name, struct policy_part *out, char why[POLICY_WHY])
{
    char *value = strchr(name, '=');
    bool known = false;
    size_t i;

    if (value)
        *value++ = '\0';
    if (strcmp(name, "quirks") == 0)
        return set_quirks(out, value ? value : "", why);
    for (i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(words[i].name, name) != 0)
            continue;
        known = true;
        if (!words[i].value || strcmp(words[i].value, value ? value : "1") == 0)
            break;
    }
    if (i < ARRAY_LEN(words)) {
        set(out, words[i].key, words[i].on);
        return true;
    }
    if (known)
        policy_say(why, "the option %s cannot be \"%.40s\"", name,
                   value ? value : "");
    else
        unknown(name, why);
    return !known;
}

bool policy_words(const char *options, struct policy_part *out,
                  char why[POLICY_WHY])
{
    char copy[POLICY_WORDS];
    char *rest = copy, *one;

    why[0] = '\0';
    if (strlen(options) >= sizeof(copy)) {
        policy_say(why, "the options of the device are longer than %zu bytes",
                   sizeof(copy) - 1);
        return false;
    }
    (void)strcpy(copy, options);
    while ((one = strsep(&rest, ","))) {
        one += strspn(one, " ");
        if (*one != '\0' && !take(one, out, why))
            return false;
    }
    return true;
}
