/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of intended differences. */
#include "rows.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static void nonsense(const char *path, unsigned int line, const char *what)
{
    fprintf(stderr, "cfgprobe: %s:%u: %s\n", path, line, what);
    exit(2);
}

/* "BLOCK+0xFROM[-0xTO]", "BLOCK+*", "size" */
static bool register_parse(struct row *row, char *text)
{
    char *plus = strchr(text, '+'), *end;

    row->to = PROBE_BYTES;
    if (plus != NULL)
        *plus++ = '\0';
    else if (strcmp(text, "size") != 0)
        return false;
    if (strlen(text) >= sizeof(row->block))
        return false;
    strcpy(row->block, text);
    if (plus == NULL || strcmp(plus, "*") == 0)
        return true;
    row->from = row->to = (unsigned int)strtoul(plus, &end, 16);
    if (*end == '-')
        row->to = (unsigned int)strtoul(end + 1, &end, 16);
    return end != plus && *end == '\0' && row->from % 4 == 0 &&
           row->to % 4 == 0 && row->from <= row->to;
}

/* "WORD,WORD" or "*" */
static bool answers_parse(struct row *row, char *text)
{
    char *word;

    if (strcmp(text, "*") == 0) {
        memset(row->answers, true, sizeof(row->answers));
        return true;
    }
    while ((word = strsep(&text, ",")) != NULL) {
        int q = 0;

        while (q < PROBE_QUESTIONS && strcmp(word, probe_words[q]) != 0)
            q++;
        if (q == PROBE_QUESTIONS)
            return false;
        row->answers[q] = true;
    }
    return true;
}

static void row_parse(struct row *row, const char *path, char *text)
{
    char *device = strsep(&text, "\t"), *place = strsep(&text, "\t");
    char *answers = strsep(&text, "\t"), *bits = strsep(&text, "\t"), *end;

    if (device == NULL || place == NULL || answers == NULL || bits == NULL ||
        text == NULL)
        nonsense(path, row->line, "not five columns with a tab between");
    if (strlen(text) < 8)
        nonsense(path, row->line, "no reason");
    if (device[0] == '\0' || strlen(device) >= sizeof(row->device))
        nonsense(path, row->line, "no name of a device");
    strcpy(row->device, device);
    if (!register_parse(row, place))
        nonsense(path, row->line, "not a register");
    if (!answers_parse(row, answers))
        nonsense(path, row->line, "not answers of a report");
    row->bits = (uint32_t)strtoul(bits, &end, 16);
    if (row->bits == 0 || *end != '\0')
        nonsense(path, row->line, "not a mask of bits");
}

struct rows *rows_read(const char *path)
{
    struct rows *rows = calloc(1, sizeof(*rows));
    FILE *in = fopen(path, "r");
    char text[512];

    if (rows == NULL || in == NULL) {
        perror(path);
        exit(2);
    }
    for (unsigned int line = 1; fgets(text, sizeof(text), in); line++) {
        text[strcspn(text, "\n")] = '\0';
        if (text[0] == '#' || text[0] == '\0')
            continue;
        if (rows->count == ROWS_MAX)
            nonsense(path, line, "too many rows");
        rows->rows[rows->count].line = line;
        row_parse(&rows->rows[rows->count++], path, text);
    }
    fclose(in);
    return rows;
}

uint32_t rows_explain(struct rows *rows, const char *device,
                      const struct report_place *place,
                      enum probe_question question, uint32_t bits)
{
    uint32_t rest = bits;

    for (unsigned int i = 0; i < rows->count; i++) {
        struct row *row = &rows->rows[i];

        if (fnmatch(row->device, device, 0) != 0 ||
            fnmatch(row->block, place->block, 0) != 0 ||
            !row->answers[question] || place->offset < row->from ||
            place->offset > row->to)
            continue;
        row->used |= row->bits & bits;
        rest &= ~row->bits;
    }
    return rest;
}

unsigned int rows_stale(const struct rows *rows)
{
    unsigned int stale = 0;

    for (unsigned int i = 0; i < rows->count; i++) {
        const struct row *row = &rows->rows[i];

        if (row->used == row->bits)
            continue;
        printf("row of line %u (%s %s): no difference in bits %08x\n",
               row->line, row->device, row->block, row->bits & ~row->used);
        stale++;
    }
    return stale;
}
