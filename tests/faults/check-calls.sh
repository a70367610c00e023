#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every function that the product's object leaves open is in calls.def, or is
# one that cannot fail, or whose failure nobody could notice.
#     check-calls.sh CALLS.DEF PRODUCT.O
set -eu
calls=$1 product=$2
status=0

harmless() { # NAME
    case $1 in
    # No result, or one that only says what was asked for.
    free | mem* | str[c-z]* | __errno_location | snprintf | vsnprintf | \
        __snprintf_chk | __vsnprintf_chk | qsort | exit | _exit | __assert_fail | \
        __stack_chk_fail | _GLOBAL_OFFSET_TABLE_ | __memcpy_chk) ;;
    # Of this process: without failure (clock_gettime(2), geteuid(2) and so on).
    sigaction | sigaddset | sigemptyset | sigfillset | sigprocmask | getppid) ;;
    clock_gettime | time | getenv | unsetenv | geteuid | getpid | signal | kill | munmap | \
        closedir) ;;
    # Of one that is gone anyway, or with nobody left to tell.
    openlog | __syslog_chk | syslog) ;;
    # libev and libudev keep what they have; json-c: trees in memory.
    ev_* | udev_device_* | udev_monitor_get_fd | udev_monitor_receive_device | \
        udev_monitor_unref | udev_unref | json_*) ;;
    # Text for the user, or from memory; libpci only looks up names.
    __isoc99_sscanf | sscanf | __printf_chk | printf | puts | putc | putchar | \
        ferror | fileno | gmtime_r | stdin | stdout | stderr | pci_*) ;;
    # Sanitizers and coverage.
    __asan_* | __ubsan_* | __gcov* | __lsan_*) ;;
    *) return 1 ;;
    esac
}

for name in $(nm -u "$product" | sed 's/.* //'); do
    case $name in
    __wrap_*) continue ;;
    esac
    grep -q "^NEVER($name," "$calls" && continue
    harmless "$name" && continue
    echo "$name: no fault for it in $calls" >&2
    status=1
done
exit $status
