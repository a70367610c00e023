#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every header compiles alone, in any order and under the strict warnings; the
# sources of common/ and of the front library also compile without a C library, at
# 64 and at 32 bit.
# CC and CFLAGS come from the caller.
set -eu
srcdir=${1:-.} builddir=${2:-.}
. "$srcdir/tests/rooms.sh"
: "${CC:=gcc}" "${CFLAGS:=}"
status=0

# libxenctrl's headers are GNU C.
dialect() {
    case $1 in
    common/host/*) echo -std=gnu11 ;;
    *) echo -std=c11 ;;
    esac
}

for file in $(room_files '*.h'); do
    # shellcheck disable=SC2046,SC2086 # lists of flags
    printf '#include "%s"\nextern int end;\n' "$(basename "$file")" |
        $CC $CFLAGS "$(dialect "$file")" -I"$srcdir/$(dirname "$file")" \
            $(room_flags "$file") -fsyntax-only -x c - || {
        echo "$file does not compile alone" >&2
        status=1
    }
done

for file in $(cd "$srcdir" && echo common/*.c front/*.c front/os/*.c); do
    for bits in -m64 -m32; do
        # shellcheck disable=SC2046,SC2086
        $CC $CFLAGS -std=c11 $bits -ffreestanding $(room_flags "$file") -fsyntax-only \
            "$srcdir/$file" || {
            echo "$file is not freestanding at $bits" >&2
            status=1
        }
    done
done
exit $status
