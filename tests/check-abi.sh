#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What kernels and programs link against does not change unnoticed: the names in
# the headers, in the version map, in the shared library and in the archive for
# kernels are the same, and types and functions still match the recorded ABI.
#
#	check-abi.sh SRCDIR BUILDDIR [--record]    --record: this is the ABI now
set -eu
srcdir=$1 builddir=$2
so=$builddir/front/libxenpcifront.so.1
recorded=$srcdir/front/abi/libxenpcifront.xml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Declarations in a header, one name a line.
declared() {
    sed 's,/\*.*\*/,,' "$@" | tr '\n' ' ' |
        grep -oE 'PCIFRONT_API[^;]*;' | grep -oE 'pcifront_[a-z_]+ ?\(' |
        tr -d ' (' | LC_ALL=C sort
}

same() { # WHAT FILE WHAT FILE
    diff "$2" "$4" >"$work/diff" || {
        echo "check-abi: $1 (<) and $3 (>) differ:" >&2
        cat "$work/diff" >&2
        exit 1
    }
}

declared "$srcdir/front/pcifront.h" >"$work/core"
declared "$srcdir/front/pcifront.h" \
    "$srcdir/front/os/linux-user/pcifront-linux.h" >"$work/headers"
sed -n 's/^ *\(pcifront_[a-z_]*\);$/\1/p' "$srcdir/front/libxenpcifront.map" |
    LC_ALL=C sort >"$work/map"
nm -D --defined-only "$so" | awk '$2 != "A" { print $3 }' |
    LC_ALL=C sort >"$work/versioned"
sed 's/@@.*//' "$work/versioned" >"$work/shared"
nm -g --defined-only "$builddir/front/libxenpcifront.a" |
    awk 'NF == 3 { print $3 }' | LC_ALL=C sort >"$work/archive"

same 'the headers' "$work/headers" 'libxenpcifront.map' "$work/map"
same 'the headers' "$work/headers" 'libxenpcifront.so' "$work/shared"
same 'pcifront.h' "$work/core" 'libxenpcifront.a' "$work/archive"
if grep -v '@@PCIFRONT_[0-9]*\.[0-9]*$' "$work/versioned" >&2; then
    echo 'check-abi: these have no version' >&2
    exit 1
fi

# Only what is reachable from the public headers counts.
mkdir "$work/include"
cp "$srcdir"/front/pcifront.h "$srcdir"/front/pcifront-os.h \
    "$srcdir"/front/os/linux-user/pcifront-linux.h "$work/include"
abidw --headers-dir "$work/include" --drop-private-types --no-corpus-path \
    --no-comp-dir-path --no-show-locs --drop-undefined-syms \
    --out-file "$work/now.xml" "$so"
if [ "${3:-}" = --record ]; then
    mkdir -p "${recorded%/*}"
    cp "$work/now.xml" "$recorded"
    exit 0
fi
abidiff --no-architecture --no-show-locs "$recorded" "$work/now.xml" || {
    echo 'check-abi: the ABI is not the recorded one. If that is meant: a new' >&2
    echo 'version in libxenpcifront.map, PCIFRONT_OS_ABI, the soname, as the case' >&2
    echo 'may be, then "make record-abi".' >&2
    exit 1
}
