/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From bytes to JSON: strict, with the line of what is wrong. */
#include "policy-text.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <string.h>
#include <unistd.h>

#include "hex.h"

/* Some thousand devices; what is longer is some other file. */
#define FILE_MAX 262144

static unsigned int line_of(const char *text, size_t end)
{
    unsigned int line = 1;
    size_t i;

    for (i = 0; i < end; i++)
        line += text[i] == '\n';
    return line;
}

static struct json_object *parse(const char *path, const char *text, size_t len,
                                 char why[POLICY_WHY])
{
    struct json_tokener *tokener = json_tokener_new();
    struct json_object *o = NULL;
    enum json_tokener_error err;

    if (!tokener) {
        policy_say(why, "%s: %s", path, strerror(ENOMEM));
        return NULL;
    }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    /* With the final NUL it knows that the text is over. */
    o = json_tokener_parse_ex(tokener, text, (int)len + 1);
    err = json_tokener_get_error(tokener);
    if (!o && err == json_tokener_success)
        policy_say(why, "%s: must be one object, {...}", path);
    else if (!o)
        policy_say(why, "%s: line %u: not JSON: %s", path,
                   line_of(text, json_tokener_get_parse_end(tokener)),
                   err == json_tokener_continue ? "the end is missing"
                                                : json_tokener_error_desc(err));
    json_tokener_free(tokener);
    return o;
}

struct json_object *policy_text_parse(const char *path, char why[POLICY_WHY])
{
    static char text[FILE_MAX];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t len = 0;
    ssize_t n = -1;

    if (fd >= 0) {
        while (len < sizeof(text) - 1 &&
               (n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
            len += (size_t)n;
        if (len == sizeof(text) - 1)
            errno = EFBIG;
    }
    if (fd < 0 || n < 0 || len == sizeof(text) - 1) {
        policy_say(why, "%s: cannot be read: %s", path, strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return NULL;
    }
    (void)close(fd);
    text[len] = '\0';
    if (strlen(text) != len) {
        policy_say(why, "%s: not JSON: it holds a NUL byte", path);
        return NULL;
    }
    return parse(path, text, len, why);
}

bool policy_text_device(const char *name, struct policy_entry *entry)
{
    unsigned int vendor, device;
    const char *end;

    if (sbdf_parse(name, &entry->sbdf)) {
        entry->by_address = true;
        return true;
    }
    if (strlen(name) != strlen("8086:10d3"))
        return false;
    end = hex_parse(name, 4, &vendor);
    if (end != name + 4 || *end != ':')
        return false;
    end = hex_parse(end + 1, 4, &device);
    if (!end || *end != '\0')
        return false;
    entry->vendor = (uint16_t)vendor;
    entry->device = (uint16_t)device;
    return true;
}

/* Names of the kernel's reset_method, Linux 6.1 to 7.2. */
bool policy_text_reset(const char *name)
{
    static const char *const methods[] = {
        "device_specific", "acpi", "flr", "af_flr", "pm", "bus", "cxl_bus",
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(methods); i++)
        if (strcmp(methods[i], name) == 0)
            return true;
    return false;
}

bool policy_text_same(const struct policy_entry *a,
                      const struct policy_entry *b)
{
    return a->by_address == b->by_address &&
           (a->by_address ? sbdf_equal(a->sbdf, b->sbdf)
                          : a->vendor == b->vendor && a->device == b->device);
}
