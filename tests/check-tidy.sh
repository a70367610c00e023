#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# One source file through clang-tidy and cppcheck; run in parallel by make lint.
# LINT_CFLAGS comes from the caller.
#     check-tidy.sh SRCDIR BUILDDIR FILE
set -eu
srcdir=$1 builddir=$2 file=$3
. "$srcdir/tests/rooms.sh"
flags=$(room_flags "$file")

# shellcheck disable=SC2086 # lists of flags
out=$(clang-tidy --quiet --warnings-as-errors='*' "$srcdir/$file" -- \
    -std=gnu11 -D_GNU_SOURCE -DRUN_DIR='""' -DCONFIG_FILE='""' -DWORKER_PROGRAM='""' \
    -DTEST_DATA_DIR='""' -DTEST_WORKER='""' $flags ${LINT_CFLAGS:-} 2>&1) || {
    printf '%s\n' "$out" | grep -v 'warnings generated\|^Suppressed\|^Use -' >&2
    exit 1
}
# shellcheck disable=SC2086
cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr \
    --error-exitcode=1 --suppress=missingIncludeSystem --suppress=ctuuninitvar \
    -D_GNU_SOURCE \
    -DPACKAGE_VERSION='""' -DRUN_DIR='""' -DCONFIG_FILE='""' -DWORKER_PROGRAM='""' $flags "$srcdir/$file"
