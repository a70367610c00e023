/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sorted list of nodes, and the parser of xenstore-ls -f. */
#include "listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void listing_fini(struct listing *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->entries[i].path);
        free(list->entries[i].value);
    }
    free(list->entries);
    *list = (struct listing){ 0 };
}

static int grow(struct listing *list)
{
    size_t room = list->room == 0 ? 64 : 2 * list->room;
    struct listing_entry *entries;

    if (list->count < list->room)
        return 0;
    entries = reallocarray(list->entries, room, sizeof(*entries));
    if (entries == NULL)
        return -ENOMEM;
    list->entries = entries;
    list->room = room;
    return 0;
}

int listing_add(struct listing *list, const char *path, const char *value)
{
    struct listing_entry entry = { strdup(path), strdup(value) };

    if (entry.path == NULL || entry.value == NULL || grow(list) < 0) {
        free(entry.path);
        free(entry.value);
        return -ENOMEM;
    }
    list->entries[list->count++] = entry;
    return 0;
}

/* Like strcmp(), with the slash before all else: subtrees stay together. */
static int compare_paths(const char *a, const char *b)
{
    while (*a == *b && *a != '\0') {
        a++;
        b++;
    }
    if (*a == *b)
        return 0;
    if (*a == '\0' || *b == '\0')
        return *a == '\0' ? -1 : 1;
    if (*a == '/' || *b == '/')
        return *a == '/' ? -1 : 1;
    return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

static int compare_entries(const void *a, const void *b)
{
    const struct listing_entry *left = a;
    const struct listing_entry *right = b;

    return compare_paths(left->path, right->path);
}

void listing_sort(struct listing *list)
{
    if (list->count > 0)
        qsort(list->entries, list->count, sizeof(*list->entries),
              compare_entries);
}

/* The first entry that is not before path. */
static size_t lower_bound(const struct listing *list, const char *path)
{
    size_t low = 0;
    size_t high = list->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_paths(list->entries[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const char *listing_get(const struct listing *list, const char *path)
{
    size_t i = lower_bound(list, path);

    if (i == list->count || strcmp(list->entries[i].path, path) != 0)
        return NULL;
    return list->entries[i].value;
}

void listing_subtree(const struct listing *list, const char *path,
                     size_t *first, size_t *end)
{
    size_t length = strlen(path);
    size_t i = lower_bound(list, path);

    *first = i;
    while (i < list->count &&
           strncmp(list->entries[i].path, path, length) == 0 &&
           (list->entries[i].path[length] == '\0' ||
            list->entries[i].path[length] == '/'))
        i++;
    *end = i;
}

bool listing_has(const struct listing *list, const char *path)
{
    size_t first;
    size_t end;

    listing_subtree(list, path, &first, &end);
    return first < end;
}

static int digit_value(char c, int base)
{
    const char *digits = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c | 0x20);

    if (c >= '0' && c <= '9')
        at = digits + (c - '0');
    return at != NULL && at - digits < base ? (int)(at - digits) : -1;
}

/* A number of at most max digits; advances *text. */
static char escape_number(const char **text, int base, int max)
{
    int value = 0;

    for (int i = 0; i < max && digit_value(**text, base) >= 0; i++)
        value = value * base + digit_value(*(*text)++, base);
    return (char)(value & 0xff);
}

/* One character after a backslash, as C writes it; advances *text. */
static char escape(const char **text)
{
    static const char letters[][2] = {
        { 'a', '\a' }, { 'b', '\b' }, { 'f', '\f' }, { 'n', '\n' },
        { 'r', '\r' }, { 't', '\t' }, { 'v', '\v' },
    };

    if (digit_value(**text, 8) >= 0)
        return escape_number(text, 8, 3);
    if (**text == 'x') {
        ++*text;
        return escape_number(text, 16, 2);
    }
    for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
        if (letters[i][0] == **text) {
            ++*text;
            return letters[i][1];
        }
    }
    return *(*text)++;
}

/*
 * Turn `/path = "value"   (n0,r1)` into two strings, in place. The value ends
 * at the last quote, which nothing but permissions may follow.
 */
static bool split_line(char *line, char **path, char **value)
{
    char *quote = strstr(line, " = \"");
    char *last = strrchr(line, '"');
    const char *from;
    char *to;

    if (line[0] != '/' || quote == NULL || last < quote + 4)
        return false;
    for (const char *rest = last + 1; *rest != '\0'; rest++) {
        if (strchr(" \t\r(),nrwb0123456789", *rest) == NULL)
            return false;
    }
    *last = '\0';
    *quote = '\0';
    *path = line;
    *value = quote + 4;
    from = *value;
    to = *value;
    while (*from != '\0') {
        if (*from == '\\' && from[1] != '\0') {
            from++;
            *to++ = escape(&from);
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
    return true;
}

static int parse_line(struct listing *list, const char *line, size_t length)
{
    char *copy = strndup(line, length);
    char *path;
    char *value;
    int ret = -EINVAL;

    if (copy == NULL)
        return -ENOMEM;
    if (copy[strspn(copy, " \t\r")] == '\0')
        ret = 0;
    else if (split_line(copy, &path, &value))
        ret = listing_add(list, path, value);
    free(copy);
    return ret;
}

int listing_parse(struct listing *list, const char *text, unsigned int *line)
{
    *line = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        int ret;

        ++*line;
        ret = parse_line(list, text, length);
        if (ret < 0)
            return ret;
        text += length + (text[length] == '\n');
    }
    return 0;
}
