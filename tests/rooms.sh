# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sourced by the check-*.sh scripts: which directories a file may include from.
# This is the picture of the house in HACKING, once more, for the tools.
# Wants srcdir and builddir.

# room_dirs FILE (relative to srcdir): the include directories of its room.
room_dirs() {
    schema="$builddir/xenstore-schema $srcdir/xenstore-schema"
    host="$srcdir/common $srcdir/common/host"
    case $1 in
    common/host/*) echo "$host" ;;
    common/*) echo "$srcdir/common" ;;
    xenstore-schema/*) echo "$host $schema" ;;
    front/domu/* | front/parkd/* | front/ownit/*)
        echo "$srcdir/common $schema $srcdir/front $srcdir/front/domu" ;;
    front/os/linux-user/*)
        echo "$srcdir/common $srcdir/front $srcdir/front/os/linux-user" ;;
    front/tool/*)
        echo "$srcdir/common $schema $srcdir/front" \
            "$srcdir/front/os/linux-user $srcdir/front/tool $builddir" ;;
    front/*) echo "$srcdir/common $schema $srcdir/front" ;;
    back/config/*) echo "$srcdir/common $srcdir/back/config" ;;
    back/*) echo "$host $schema $srcdir/back $srcdir/back/config $builddir" ;;
    toolstack/*) echo "$host $schema $srcdir/toolstack $builddir" ;;
    tests/*)
        echo "$host $schema $srcdir/back $srcdir/back/config" \
            "$srcdir/toolstack $srcdir/front $srcdir/front/domu $srcdir/tests/unit $builddir" \
            "$srcdir/front/os/linux-user $srcdir/front/tool $srcdir/tests/fuzz $srcdir/tests/faults" ;;
    *) echo "$0: $1 is in no room" >&2; return 1 ;;
    esac
}

# room_flags FILE: the same as -I options.
room_flags() {
    for dir in $(room_dirs "$1"); do
        printf -- '-I%s ' "$dir"
    done
}

# room_files PATTERN...: the files of all rooms, relative to srcdir.
room_files() {
    for pattern; do
        (cd "$srcdir" && find common xenstore-schema front back toolstack \
            tests/faults tests/fuzz tests/soak tests/unit -name "$pattern" -type f 2>/dev/null)
    done | LC_ALL=C sort
}
