#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# No room includes what is above or beside it, and common/ stays freestanding.
# The include paths of the build enforce most of this; here it is explained.
set -eu
srcdir=${1:-.} builddir=${2:-.}
. "$srcdir/tests/rooms.sh"

freestanding=' limits.h stdarg.h stdbool.h stddef.h stdint.h '
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

check_angle() { # FILE HEADER
    case $1 in
    common/host/*) return ;;
    common/* | back/config/*) ;;
    *)
        case $2 in
        xenctrl.h | xencall.h | xen/*)
            case $1 in
            back/*) return ;;
            esac
            complain "$1" "only common/host and back talk to Xen (<$2>)" ;;
        esac
        return ;;
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
