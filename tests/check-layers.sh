#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# No room includes what is above or beside it, and common/ stays freestanding.
# The include paths of the build enforce most of this; here it is explained.
set -eu
srcdir=${1:-.} builddir=${2:-.}
. "$srcdir/tests/rooms.sh"

freestanding=' limits.h stdarg.h stdbool.h stddef.h stdint.h stdnoreturn.h '
status=0

complain() {
    echo "$1: $2" >&2
    status=1
}

check_quoted() { # FILE HEADER
    case $2 in
    */*) complain "$1" "includes \"$2\" with a path"; return ;;
    esac
    [ -e "$srcdir/$(dirname "$1")/$2" ] && return
    for dir in $(room_dirs "$1"); do
        [ -e "$dir/$2" ] && return
        # Generated, perhaps not yet.
        case $dir/$2 in
        */xenstore-schema/nodes.h | "$builddir/config.h") return ;;
        esac
    done
    complain "$1" "may not include \"$2\" (see tests/rooms.sh)"
}

check_xen() { # FILE HEADER
    case $1:$2 in
    back/*) ;;
    # What stands in for Xen's own libraries.
    tests/unit/check_hyp.c:* | tests/faults/lib-xenctrl.c:*) ;;
    *:xenctrl.h | *:xencall.h | *:xen/*)
        complain "$1" "only common/host and back talk to Xen (<$2>)" ;;
    esac
}

check_angle() { # FILE HEADER
    case $1 in
    common/host/*) return ;;
    front/domu/abi.h)
        # Our own kernel is where Xen's interface is met.
        case $2 in
        xen/*) return ;;
        esac ;;
    front/os/linux-user/* | front/tool/*) check_xen "$1" "$2"; return ;;
    common/* | back/config/* | front/*) ;;
    *) check_xen "$1" "$2"; return ;;
    esac
    case $1:$2 in
    # Pure, but hosted.
    back/config/*:assert.h | back/config/*:errno.h | back/config/*:string.h)
        return ;;
    esac
    case $freestanding in
    *" $2 "*) ;;
    *) complain "$1" "<$2> is not freestanding" ;;
    esac
}

for file in $(room_files '*.[ch]'); do
    for header in $(sed -n 's/^#include "\(.*\)".*/\1/p' "$srcdir/$file"); do
        check_quoted "$file" "$header"
    done
    for header in $(sed -n 's/^#include <\(.*\)>.*/\1/p' "$srcdir/$file"); do
        check_angle "$file" "$header"
    done
done
exit $status
