#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Build with coverage in a directory of its own, run the test programs, print
# the line coverage file by file. Fails if one that must has less than LEAST
# percent.
#     coverage.sh SRCDIR BUILDDIR LEAST CC PROGRAM...
set -eu
srcdir=$(cd "$1" && pwd) build=$2 least=$3 CC=$4
shift 4
export CC CK_FORK=no

command -v gcovr >/dev/null || {
    echo 'coverage: gcovr is missing; run tests/install-deps' >&2
    exit 1
}
mkdir -p "$build"
cd "$build"
log=$PWD/log
run() {
    "$@" >"$log" 2>&1 || {
        tail -n 40 "$log" >&2
        echo "coverage: $1 failed; all of it is in $log" >&2
        exit 1
    }
}
[ -e Makefile ] || run "$srcdir/configure" -q CFLAGS='-O0 -g --coverage'
# Not "make check": our own kernel has no use for coverage.
run make -s xenstore-schema/nodes.h
run make -s -j"$(nproc)" "$@"
find . -name '*.gcda' -exec rm -f {} +
run make -s -j"$(nproc)" check-TESTS TESTS="$*"

failed=no
# part NAME FILTER LEAST
part() {
    gcovr -r "$srcdir" . --filter "$srcdir/$2" --fail-under-line "$3" \
        >part 2>part.err || failed=yes
    grep -E '^[a-z].*\.[ch] ' part | grep -v ' 100%' || true
    echo "coverage of $1: $(sed -n 's/^TOTAL *[0-9]* *[0-9]* *//p' part) of its lines"
}
part back/config 'back/config/' "$least"
part common 'common/[^/]*$' "$least"
part common/host 'common/host/' "$least"
if [ $failed = yes ]; then
    echo "coverage: a part is below $least %" >&2
    exit 1
fi
