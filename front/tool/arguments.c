/* SPDX-License-Identifier: MIT */
/* See arguments.h. */
#include "arguments.h"

#include <stdio.h>
#include <string.h>

#define ALWAYS (OPTION_HELP | OPTION_TIMEOUT | OPTION_DEBUG)
/* A day in seconds, and what fits a sort in memory. */
#define SECONDS_MAX 86400u
#define COUNT_MAX   1000000u

static const struct option_row {
    const char *word;
    enum option option;
    uint32_t max; /* of the value; 0: takes none */
    const char *wants;
} rows[] = {
    { "--json", OPTION_JSON, 0, "" },
    { "--verbose", OPTION_VERBOSE, 0, "" },
    { "-v", OPTION_VERBOSE, 0, "" },
    { "--raw", OPTION_RAW, 0, "" },
    { "--debug", OPTION_DEBUG, 0, "" },
    { "--help", OPTION_HELP, 0, "" },
    { "-h", OPTION_HELP, 0, "" },
    { "--for", OPTION_FOR, SECONDS_MAX, "1 to 86400 seconds" },
    { "--timeout", OPTION_TIMEOUT, SECONDS_MAX, "1 to 86400 seconds" },
    { "--count", OPTION_COUNT, COUNT_MAX, "a number from 1 to 1000000" },
    { "-n", OPTION_READS, COUNT_MAX, "a number from 1 to 1000000" },
};

static const struct arguments defaults = { .timeout_s = 30, .reads = 1000 };

static bool digit(char c, uint32_t base, uint32_t *out)
{
    if (c >= '0' && c <= '9')
        *out = (uint32_t)(c - '0');
    else if (c >= 'a' && c <= 'f')
        *out = (uint32_t)(c - 'a') + 10;
    else if (c >= 'A' && c <= 'F')
        *out = (uint32_t)(c - 'A') + 10;
    else
        return false;
    return *out < base;
}

bool number_parse(const char *text, uint32_t max, uint32_t *out)
{
    uint32_t base = 10;
    uint64_t value = 0;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    }
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        uint32_t one;

        if (!digit(*text, base, &one))
            return false;
        value = value * base + one;
        if (value > max)
            return false;
    }
    *out = (uint32_t)value;
    return true;
}

/* The row of "--word" or "--word=value"; NULL if the command has none. */
static const struct option_row *find_row(const struct command *command,
                                         const char *word, const char **value)
{
    size_t len = strcspn(word, "=");

    *value = word[len] == '=' ? word + len + 1 : NULL;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (((command->options | ALWAYS) & (unsigned int)rows[i].option) != 0 &&
            strlen(rows[i].word) == len &&
            strncmp(rows[i].word, word, len) == 0)
            return &rows[i];
    }
    return NULL;
}

static uint32_t *number_of(struct arguments *args, enum option option)
{
    switch (option) {
    case OPTION_FOR:
        return &args->for_s;
    case OPTION_COUNT:
        return &args->count;
    case OPTION_READS:
        return &args->reads;
    case OPTION_TIMEOUT:
        return &args->timeout_s;
    case OPTION_JSON:
    case OPTION_VERBOSE:
    case OPTION_RAW:
    case OPTION_DEBUG:
    case OPTION_HELP:
        break;
    }
    return NULL;
}

/* Consumes one word or, with a separate value, two. */
static bool parse_option(const struct command *command, char *const *words,
                         unsigned int count, unsigned int *at,
                         struct arguments *out, char why[ARGUMENTS_WHY])
{
    const char *word = words[*at];
    const char *value;
    const struct option_row *row = find_row(command, word, &value);
    uint32_t *number;

    if (row == NULL) {
        (void)snprintf(why, ARGUMENTS_WHY, "%s does not know the option %.60s",
                       command->name, word);
        return false;
    }
    out->given |= (unsigned int)row->option;
    number = number_of(out, row->option);
    if (number == NULL) {
        if (value == NULL)
            return true;
        (void)snprintf(why, ARGUMENTS_WHY, "%s takes no value", row->word);
        return false;
    }
    if (value == NULL && *at + 1 < count)
        value = words[++*at];
    if (value != NULL && number_parse(value, row->max, number) && *number > 0)
        return true;
    (void)snprintf(why, ARGUMENTS_WHY, "%s wants %s, not \"%.40s\"", row->word,
                   row->wants, value != NULL ? value : "");
    return false;
}

static bool parse_operand(const char *word, struct arguments *out,
                          char why[ARGUMENTS_WHY])
{
    if (out->noperands == OPERANDS_MAX) {
        (void)snprintf(why, ARGUMENTS_WHY, "too many operands");
        return false;
    }
    out->operands[out->noperands++] = word;
    return true;
}

bool arguments_parse(const struct command *command, char *const *words,
                     unsigned int count, struct arguments *out,
                     char why[ARGUMENTS_WHY])
{
    bool options_over = false;

    *out = defaults;
    for (unsigned int i = 0; i < count; i++) {
        const char *word = words[i];
        bool ok;

        if (!options_over && strcmp(word, "--") == 0) {
            options_over = true;
            continue;
        }
        if (!options_over && word[0] == '-' && word[1] != '\0')
            ok = parse_option(command, words, count, &i, out, why);
        else
            ok = parse_operand(word, out, why);
        if (!ok)
            return false;
    }
    if (has_option(out, OPTION_HELP))
        return true;
    if (out->noperands < command->min || out->noperands > command->max) {
        (void)snprintf(why, ARGUMENTS_WHY, "%s wants %s", command->name,
                       command->max > 0 ? command->synopsis : "no operands");
        return false;
    }
    return true;
}
