/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See args.h. */
#include "args.h"

#include <stdio.h>
#include <string.h>

static const struct args_row {
    const char *word;
    enum args_option option;
    bool takes_value;
} rows[] = {
    { "--json", ARGS_JSON, false },
    { "--force", ARGS_FORCE, false },
    { "--no-rebind", ARGS_NO_REBIND, false },
    { "--name", ARGS_NAME, true },
    { "--file", ARGS_FILE, true },
    { "--timeout", ARGS_TIMEOUT, true },
};

bool args_number(const char *text, uint32_t *out)
{
    uint32_t value = 0;

    if (*text == '\0' || strlen(text) > 9)
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (uint32_t)(*text - '0');
    }
    *out = value;
    return true;
}

static bool set_option(enum args_option option, const char *value,
                       struct args *out, char why[ARGS_WHY])
{
    switch (option) {
    case ARGS_JSON:
        out->json = true;
        break;
    case ARGS_FORCE:
        out->force = true;
        break;
    case ARGS_NO_REBIND:
        out->no_rebind = true;
        break;
    case ARGS_NAME:
        out->name = value;
        break;
    case ARGS_FILE:
        out->file = value;
        break;
    case ARGS_TIMEOUT:
        out->has_timeout = true;
        if (value != NULL && args_number(value, &out->timeout_s))
            break;
        (void)snprintf(why, ARGS_WHY, "--timeout wants seconds, not \"%.40s\"",
                       value != NULL ? value : "");
        return false;
    case ARGS_DEVICE:
        break;
    }
    return true;
}

/* The row of "--word" or "--word=value"; NULL if the command has none. */
static const struct args_row *find_row(const struct cmd *cmd, const char *word,
                                       const char **value)
{
    size_t len = strcspn(word, "=");

    *value = word[len] == '=' ? word + len + 1 : NULL;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if ((cmd->options & rows[i].option) != 0 &&
            strlen(rows[i].word) == len &&
            strncmp(rows[i].word, word, len) == 0)
            return &rows[i];
    }
    return NULL;
}

/* Consumes one word or, with a separate value, two. */
static bool parse_option(const struct cmd *cmd, char *const *words,
                         unsigned int count, unsigned int *at, struct args *out,
                         char why[ARGS_WHY])
{
    const char *word = words[*at];
    const char *value;
    const struct args_row *row;

    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        out->help = true;
        return true;
    }
    row = find_row(cmd, word, &value);
    if (row == NULL) {
        (void)snprintf(why, ARGS_WHY, "%s does not know the option %.60s",
                       cmd->name, word);
        return false;
    }
    if (!row->takes_value && value != NULL) {
        (void)snprintf(why, ARGS_WHY, "%s takes no value", row->word);
        return false;
    }
    if (row->takes_value && value == NULL) {
        if (*at + 1 == count) {
            (void)snprintf(why, ARGS_WHY, "%s wants a value", row->word);
            return false;
        }
        value = words[++*at];
    }
    return set_option(row->option, value, out, why);
}

/* The device options may stand as a word of their own, after the operands. */
static bool parse_operand(const struct cmd *cmd, const char *word,
                          struct args *out, char why[ARGS_WHY])
{
    if ((cmd->options & ARGS_DEVICE) != 0 && out->noperands >= cmd->max)
        return options_parse(word, &out->options, why);
    if (out->noperands == ARGS_MAX) {
        (void)snprintf(why, ARGS_WHY, "too many operands");
        return false;
    }
    out->operands[out->noperands++] = word;
    return true;
}

_Static_assert(ARGS_WHY >= OPTIONS_WHY, "parse_operand passes it on");

bool args_parse(const struct cmd *cmd, char *const *words, unsigned int count,
                struct args *out, char why[ARGS_WHY])
{
    bool options_over = false;

    memset(out, 0, sizeof(*out));
    for (unsigned int i = 0; i < count; i++) {
        const char *word = words[i];
        bool ok;

        if (!options_over && strcmp(word, "--") == 0) {
            options_over = true;
            continue;
        }
        if (!options_over && word[0] == '-' && word[1] != '\0')
            ok = parse_option(cmd, words, count, &i, out, why);
        else
            ok = parse_operand(cmd, word, out, why);
        if (!ok)
            return false;
    }
    if (out->help)
        return true;
    if (out->noperands < cmd->min || out->noperands > cmd->max) {
        (void)snprintf(why, ARGS_WHY, "%s wants %s", cmd->name,
                       cmd->synopsis[0] != '\0' ? cmd->synopsis
                                                : "no operands");
        return false;
    }
    return true;
}
