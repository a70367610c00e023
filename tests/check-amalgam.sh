#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The library in one file is the library: it compiles freestanding, at 64 and at
# 32 bit, with both compilers and every warning, defines nothing but pcifront_*,
# and needs nothing but what pcifront.h admits to.
set -eu
builddir=${1:-.}
: "${CFLAGS:=}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

complain() {
    echo "check-amalgam: $1:" >&2
    printf '%s\n' "$2" >&2
    status=1
}

for cc in gcc clang; do
    for bits in -m64 -m32; do
        # shellcheck disable=SC2086 # a list of flags
        $cc $CFLAGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror \
            -std=c11 $bits -O2 -ffreestanding -fno-pic -fno-stack-protector \
            -I"$builddir/front" -c -o "$work/one.o" \
            "$builddir/front/xenpcifront.c"
        names=$(nm -g --defined-only "$work/one.o" | awk '{ print $3 }' |
            grep -v '^pcifront_' || :)
        [ -z "$names" ] || complain "$cc $bits: names without the prefix" "$names"
        # gcc may call its own helpers for 64-bit arithmetic at 32 bit.
        names=$(nm -g --undefined-only "$work/one.o" | awk '{ print $2 }' |
            grep -vE '^mem(cpy|set|cmp)$' || :)
        [ -z "$names" ] || complain "$cc $bits: needs what kernels lack" "$names"
    done
done
exit $status
