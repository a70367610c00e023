/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Wait in dom0 without polling: each turn of a shell's loop costs an emulated
 * machine what its guests need to boot.
 *
 *	rig-look line FILE SECONDS REGEX   a line of a console that matches
 *	rig-look own FILE SECONDS REGEX    the same, of the rig's own lines
 *	rig-look end PID SECONDS           until the process has ended
 *
 * Prints the first complete line that matches the extended REGEX, without its
 * carriage returns. Exit status: 0; 1 when there is none in time; 2 for trouble.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int trouble(const char *what)
{
    fprintf(stderr, "rig-look: %s: %s\n", what, strerror(errno));
    return 2;
}

static long long now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* False once the deadline has passed. */
static bool wait_on(int fd, long long end)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    long long left = end - now_ms();

    return left > 0 && poll(&p, 1, (int)left) > 0;
}

static bool is_own(const char *line)
{
    return strncmp(line, "rig-verdict ", 12) == 0 ||
           strncmp(line, "rig-up ", 7) == 0;
}

static void without_returns(char *line)
{
    char *to = line;

    for (const char *from = line; *from != '\0'; from++)
        if (*from != '\r' && *from != '\n')
            *to++ = *from;
    *to = '\0';
}

/* The complete lines that there are by now; true for one that matches. */
static bool look(FILE *file, const regex_t *regex, bool own)
{
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    long begun = ftell(file);
    ssize_t len;

    while (!found && (len = getline(&line, &size, file)) > 0) {
        if (line[len - 1] != '\n') {
            fseek(file, begun, SEEK_SET);
            break;
        }
        begun += len;
        without_returns(line);
        found = is_own(line) == own && regexec(regex, line, 0, NULL, 0) == 0;
        if (found)
            puts(line);
    }
    clearerr(file);
    free(line);
    return found;
}

static int wait_line(const char *path, long long end, const char *text,
                     bool own)
{
    FILE *file = fopen(path, "re");
    int events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    char discard[4096];
    regex_t regex;

    if (file == NULL || events < 0 ||
        inotify_add_watch(events, path, IN_MODIFY) < 0)
        return trouble(path);
    if (regcomp(&regex, text, REG_EXTENDED | REG_NOSUB) != 0) {
        fprintf(stderr, "rig-look: %s is no regular expression\n", text);
        return 2;
    }
    while (!look(file, &regex, own)) {
        if (!wait_on(events, end))
            return 1;
        while (read(events, discard, sizeof(discard)) > 0)
            ;
    }
    return 0;
}

static int wait_end(pid_t pid, long long end)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);

    if (fd < 0)
        return errno == ESRCH ? 0 : trouble("pidfd_open");
    return wait_on(fd, end) ? 0 : 1;
}

int main(int argc, char **argv)
{
    bool own = argc == 5 && strcmp(argv[1], "own") == 0;
    long long end;

    if (argc < 4) {
        fprintf(stderr, "usage: rig-look line|own FILE SECONDS REGEX\n"
                        "       rig-look end PID SECONDS\n");
        return 2;
    }
    end = now_ms() + atoi(argv[3]) * 1000LL;
    if (own || (argc == 5 && strcmp(argv[1], "line") == 0))
        return wait_line(argv[2], end, argv[4], own);
    if (argc == 4 && strcmp(argv[1], "end") == 0)
        return wait_end(atoi(argv[2]), end);
    fprintf(stderr, "rig-look: %s is not understood\n", argv[1]);
    return 2;
}
