/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our trace instance, and its lines. */
#include "aer-trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

const char *aer_trace_root = "/sys/kernel/tracing";

#define INSTANCE "instances/xenpcid"

/* Read in one go: the instance's whole buffer holds less. */
#define READS_MAX 64

/* Linux, include/ras/ras_event.h: TRACE_EVENT(aer_event). */
#define EVENT     "aer_event: "
#define AFTER_DEV " PCIe Bus Error: severity="
#define HEADER    "TLP Header="

static const struct {
    const char *text;
    enum aer_severity severity;
} severities[] = {
    { "Corrected, ", AER_SEVERITY_CORRECTED },
    { "Uncorrected, non-fatal, ", AER_SEVERITY_NONFATAL },
    { "Fatal, ", AER_SEVERITY_FATAL },
};

static bool skip(const char **p, const char *text)
{
    size_t len = strlen(text);

    if (strncmp(*p, text, len) != 0)
        return false;
    *p += len;
    return true;
}

static bool take_severity(const char **p, enum aer_severity *out)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(severities); i++) {
        if (skip(p, severities[i].text)) {
            *out = severities[i].severity;
            return true;
        }
    }
    return false;
}

bool aer_trace_parse(const char *line, struct aer_traced *out)
{
    char name[SBDF_TEXT];
    const char *p = line, *end;
    size_t len;

    while (*p == ' ')
        p++;
    if (!skip(&p, EVENT) || strlen(p) < SBDF_TEXT - 1)
        return false;
    memcpy(name, p, SBDF_TEXT - 1);
    name[SBDF_TEXT - 1] = '\0';
    p += SBDF_TEXT - 1;
    if (!sbdf_parse(name, &out->sbdf) || !skip(&p, AFTER_DEV) ||
        !take_severity(&p, &out->severity))
        return false;
    end = strstr(p, HEADER);
    if (!end)
        return false;
    /* ", " stands before it, also after an empty list of errors. */
    len = (size_t)(end - p);
    len = len >= 2 ? len - 2 : 0;
    if (len >= sizeof(out->text))
        len = sizeof(out->text) - 1;
    memcpy(out->text, p, len);
    out->text[len] = '\0';
    return true;
}

static int put(const char *leaf, const char *text)
{
    char path[256];
    int fd, ret = 0;

    (void)snprintf(path, sizeof(path), "%s/" INSTANCE "/%s", aer_trace_root,
                   leaf);
    fd = open(path, O_WRONLY | O_CLOEXEC | O_TRUNC);
    if (fd < 0)
        return -errno;
    if (write(fd, text, strlen(text)) < 0)
        ret = -errno;
    (void)close(fd);
    return ret;
}

/*
 * Without context every line starts with the event, whatever the process it
 * happened in calls itself. buffer_percent: a reader is woken by the first
 * event, not by a half full buffer (since Linux 6.1).
 */
static int set_up(void)
{
    int ret = put("options/context-info", "0");

    if (ret == 0)
        ret = put("events/ras/aer_event/enable", "1");
    if (ret < 0)
        return ret;
    (void)!put("buffer_percent", "0");
    (void)!put("buffer_size_kb", "64");
    (void)!put("tracing_on", "1");
    return 0;
}

static void remove_instance(void)
{
    char path[256];

    (void)snprintf(path, sizeof(path), "%s/" INSTANCE, aer_trace_root);
    (void)rmdir(path);
}

int aer_trace_open(void)
{
    char path[256];
    int fd, ret;

    (void)snprintf(path, sizeof(path), "%s/" INSTANCE, aer_trace_root);
    /* One that an earlier xenpcid could not remove is as good. */
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return -errno;
    ret = set_up();
    if (ret == 0) {
        (void)snprintf(path, sizeof(path), "%s/" INSTANCE "/trace_pipe",
                       aer_trace_root);
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (fd >= 0)
            return fd;
        ret = -errno;
    }
    remove_instance();
    return ret;
}

void aer_trace_close(int fd)
{
    if (fd < 0)
        return;
    (void)close(fd);
    (void)!put("events/ras/aer_event/enable", "0");
    remove_instance();
}

static void each_line(char *text,
                      void (*each)(void *arg, const struct aer_traced *traced),
                      void *arg)
{
    struct aer_traced traced;
    char *rest = text, *line;

    while ((line = strsep(&rest, "\n")))
        if (aer_trace_parse(line, &traced))
            each(arg, &traced);
        else if (line[0] != '\0')
            log_debug("the kernel's trace has a line we do not know: %s", line);
}

/* The kernel gives whole lines only, as many as fit. */
void aer_trace_read(int fd,
                    void (*each)(void *arg, const struct aer_traced *traced),
                    void *arg)
{
    char text[4096];
    unsigned int i;
    ssize_t n;

    for (i = 0; i < READS_MAX; i++) {
        n = read(fd, text, sizeof(text) - 1);
        if (n <= 0)
            return;
        text[n] = '\0';
        each_line(text, each, arg);
    }
}
