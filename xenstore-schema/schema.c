/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Recognising paths and values by the patterns and forms of the generated
 * tables. The text may be anything: nothing is assumed about it but the NUL.
 */
#include "schema.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static bool hex_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
           (c >= 'A' && c <= 'F');
}

static bool decimal_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A decimal number as printf("%u") writes it; the end, or NULL. */
static const char *scan_number(const char *text, uint32_t *value)
{
    uint64_t sum = 0;

    if (!decimal_digit(*text) || (text[0] == '0' && decimal_digit(text[1])))
        return NULL;
    while (decimal_digit(*text)) {
        sum = sum * 10 + (uint64_t)(*text++ - '0');
        if (sum > UINT32_MAX)
            return NULL;
    }
    *value = (uint32_t)sum;
    return text;
}

/* A dashed address: exactly what sbdf_format_dashed() gives. */
static const char *scan_dashed(const char *text, struct sbdf *device)
{
    char copy[SBDF_TEXT];
    size_t length = strcspn(text, "/");

    if (length != sizeof(copy) - 1)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (copy[4] != '-' || !sbdf_parse(copy, device))
        return NULL;
    return text + length;
}

static bool match_pattern(const struct schema_node *node, const char *path,
                          struct schema_match *out)
{
    const enum schema_param *param = node->params;
    const char *pattern = node->path;

    while (*pattern != '\0' && path != NULL) {
        if (*pattern != '%') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        pattern += 2;
        switch (*param++) {
        case SCHEMA_PARAM_DOMID:
            path = scan_number(path, &out->domid);
            break;
        case SCHEMA_PARAM_INDEX:
            path = scan_number(path, &out->index);
            break;
        case SCHEMA_PARAM_BDF:
            path = scan_dashed(path, &out->device);
            break;
        case SCHEMA_PARAM_NONE:
            return false;
        }
    }
    return path != NULL && *path == '\0';
}

bool schema_match(const char *path, struct schema_match *out)
{
    for (unsigned int i = 0; i < SCHEMA_COUNT; i++) {
        *out = (struct schema_match){ .id = (enum schema_id)i };
        if (match_pattern(&schema_nodes[i], path, out))
            return true;
    }
    return false;
}

const char *schema_path(const struct schema_match *what, char buf[SCHEMA_PATH])
{
    const struct schema_node *node = &schema_nodes[what->id];
    const enum schema_param *param = node->params;
    const char *pattern = node->path;
    size_t used = 0;

    while (*pattern != '\0' && used < SCHEMA_PATH - 1) {
        char device[SBDF_TEXT];
        size_t left = SCHEMA_PATH - used;

        if (*pattern != '%') {
            buf[used++] = *pattern++;
            continue;
        }
        pattern += 2;
        if (*param == SCHEMA_PARAM_BDF)
            (void)snprintf(buf + used, left, "%s",
                           sbdf_format_dashed(what->device, device));
        else
            (void)snprintf(buf + used, left, "%u",
                           *param == SCHEMA_PARAM_DOMID ? what->domid
                                                        : what->index);
        param++;
        used += strlen(buf + used);
    }
    buf[used] = '\0';
    return buf;
}

/* One to eight hexadecimal digits; the end, or NULL. */
static const char *scan_hex(const char *text)
{
    size_t digits = 0;

    while (hex_digit(text[digits]))
        digits++;
    return digits >= 1 && digits <= 8 ? text + digits : NULL;
}

/* What one character of a form stands for (GRAMMAR); the rest, or NULL. */
static const char *scan_form(char form, const char *text)
{
    uint32_t number;

    switch (form) {
    case 'H':
        return hex_digit(*text) ? text + 1 : NULL;
    case 'O':
        return *text >= '0' && *text <= '7' ? text + 1 : NULL;
    case 'S':
        return *text >= '0' && *text <= '8' ? text + 1 : NULL;
    case 'B':
        return *text == '0' || *text == '1' ? text + 1 : NULL;
    case 'N':
        return scan_number(text, &number);
    case 'X':
        return scan_hex(text);
    case '*':
        return *text != '\0' ? text + strlen(text) : NULL;
    default:
        return *text == form ? text + 1 : NULL;
    }
}

bool schema_value_ok(enum schema_type_id type, const char *value)
{
    const char *form = schema_types[type].form;

    if (strcmp(form, "-") == 0 || strcmp(form, ".") == 0)
        return true;
    for (; *form != '\0' && value != NULL; form++)
        value = scan_form(*form, value);
    return value != NULL && *value == '\0';
}
