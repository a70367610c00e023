/* SPDX-License-Identifier: MIT */
/*
 * One event, one line, one write. Values that a guest chose end up in these
 * lines, so every control byte is replaced before it reaches a terminal or a
 * log. errno survives each call. State: set by log_open().
 */
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES 1024

/* A guest may fill twenty lines at once, then one in each second. */
#define BUDGET_BURST     20u
#define BUDGET_REFILL_NS UINT64_C(1000000000)

static const char *log_name = "xenpci";
static enum log_to log_target = LOG_TO_STDERR;
static bool log_verbose;
static log_fn *log_carrier;

void log_open(const char *name, enum log_to to, bool debug)
{
    log_name = name;
    log_target = to;
    log_verbose = debug;
    log_carrier = NULL;
    if (to == LOG_TO_SYSLOG)
        openlog(name, LOG_PID, LOG_DAEMON);
}

void log_through(log_fn *fn)
{
    log_carrier = fn;
}

/* Multi-byte text stays readable; what a terminal obeys does not. */
static void tame(char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte < 0x20 || byte == 0x7f)
            *text = '?';
    }
}

static void emit(int priority, const char *line)
{
    char out[LINE_BYTES + 64];
    int len;

    if (log_carrier) {
        log_carrier(priority, line);
        return;
    }
    if (log_target == LOG_TO_SYSLOG) {
        syslog(priority, "%s", line);
        return;
    }
    len = snprintf(out, sizeof(out), "%s: %s\n", log_name, line);
    if (len < 0)
        return;
    if ((size_t)len >= sizeof(out)) {
        len = (int)sizeof(out) - 1;
        out[len - 1] = '\n';
    }
    /* Nowhere to report that the log itself cannot be written. */
    if (write(STDERR_FILENO, out, (size_t)len) < 0)
        return;
}

static void append(char *line, const char *text)
{
    size_t used = strlen(line);

    (void)snprintf(line + used, LINE_BYTES - used, "%s", text);
}

static void PRINTF(3, 0)
    say(int priority, int errnum, const char *fmt, va_list args)
{
    char line[LINE_BYTES];
    int saved = errno;

    if (vsnprintf(line, sizeof(line), fmt, args) < 0)
        line[0] = '\0';
    if (errnum != 0) {
        append(line, ": ");
        append(line, strerror(errnum));
    }
    tame(line);
    emit(priority, line);
    errno = saved;
}

void log_debug(const char *fmt, ...)
{
    va_list args;

    if (!log_verbose)
        return;
    va_start(args, fmt);
    say(LOG_DEBUG, 0, fmt, args);
    va_end(args);
}

void log_info(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    say(LOG_INFO, 0, fmt, args);
    va_end(args);
}

void log_warn(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    say(LOG_WARNING, errno, fmt, args);
    va_end(args);
}

void log_warnx(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    say(LOG_WARNING, 0, fmt, args);
    va_end(args);
}

void fatal(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    say(LOG_ERR, errno, fmt, args);
    va_end(args);
    exit(EXIT_FAILURE);
}

void fatalx(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    say(LOG_ERR, 0, fmt, args);
    va_end(args);
    exit(EXIT_FAILURE);
}

static uint64_t now_ns(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return 0;
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* A budget of all zeros is fresh: next_ns is when the next line is granted. */
static bool budget_take(struct log_budget *budget, uint64_t now)
{
    if (budget->next_ns == 0) {
        budget->left = BUDGET_BURST;
        budget->next_ns = now + BUDGET_REFILL_NS;
    } else if (now >= budget->next_ns) {
        uint64_t earned = 1 + (now - budget->next_ns) / BUDGET_REFILL_NS;
        uint64_t room = BUDGET_BURST - budget->left;

        budget->left += (unsigned int)(earned < room ? earned : room);
        budget->next_ns += earned * BUDGET_REFILL_NS;
    }
    if (budget->left == 0) {
        budget->suppressed++;
        return false;
    }
    budget->left--;
    return true;
}

static void limited(struct log_budget *budget, int level, const char *fmt,
                    va_list args) PRINTF(3, 0);

static void limited(struct log_budget *budget, int level, const char *fmt,
                    va_list args)
{
    int saved = errno;

    if (budget_take(budget, now_ns())) {
        if (budget->suppressed != 0)
            log_warnx("%llu lines like the next were suppressed",
                      (unsigned long long)budget->suppressed);
        budget->suppressed = 0;
        say(level, 0, fmt, args);
    }
    errno = saved;
}

void log_limited(struct log_budget *budget, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    limited(budget, LOG_WARNING, fmt, args);
    va_end(args);
}

void log_limited_info(struct log_budget *budget, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    limited(budget, LOG_INFO, fmt, args);
    va_end(args);
}
