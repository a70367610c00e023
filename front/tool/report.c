/* SPDX-License-Identifier: MIT */
/* Troubles and notes; see tool.h. Words in them may come from the backend. */
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>

#include "pcifront.h"
#include "tool.h"

static void tame(char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte < 0x20 || byte == 0x7f)
            *text = '?';
    }
}

enum exit_code report_trouble(struct report *report, enum exit_code code,
                              const char *next, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(report->cause, sizeof(report->cause), fmt, args);
    va_end(args);
    (void)snprintf(report->next, sizeof(report->next), "%s", next);
    tame(report->cause);
    tame(report->next);
    return code;
}

static enum exit_code error_code(int err)
{
    switch (err) {
    case PCIFRONT_ERR_NODEV:
        return EXIT_NOT_FOUND;
    case PCIFRONT_ERR_BUSY:
        return EXIT_BUSY;
    case PCIFRONT_ERR_UNSUPPORTED:
        return EXIT_UNSUPPORTED;
    case PCIFRONT_ERR_TIMEOUT:
    case PCIFRONT_ERR_STALLED:
        return EXIT_TIMED_OUT;
    default:
        return EXIT_FAILED;
    }
}

enum exit_code report_error(struct report *report, int err, const char *fmt,
                            ...)
{
    char what[256];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    return report_trouble(report, error_code(err), "", "%s: %s", what,
                          pcifront_strerror(err));
}

void report_note(const char *fmt, ...)
{
    char text[512];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    tame(text);
    (void)fprintf(stderr, "xenpci-front: %s\n", text);
}

void report_add(struct report *report, const char *key,
                struct json_object *value)
{
    if (report->json == NULL)
        report->json = json_object_new_object();
    (void)json_object_object_add(report->json, key, value);
}
