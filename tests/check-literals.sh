#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# No xenstore node name is spelled in C: names come from the generated nodes.h.
# Looks for string literals that are a node of the schema, or start like a path
# of it. A word that is a node's name by accident ("state" in JSON, say) goes
# through with a comment on its line: /* not a node */.
set -eu
srcdir=${1:-.} builddir=${2:-.}
. "$srcdir/tests/rooms.sh"

names=$(sed -n 's/^#define XS_LEAF_[A-Z_]* "\(.*\)"$/\1/p' \
    "$builddir/xenstore-schema/nodes.h" | LC_ALL=C sort -u)
[ -n "$names" ] || { echo "$0: no names in nodes.h" >&2; exit 1; }

# Only names nobody writes for another reason: with a dash, underscore or index.
words=$(printf '%s\n' "$names" | grep '[-_%A-Z].' | grep -v '^%.$' |
    tr '\n' '|' | sed 's/|$//')
paths='/local/domain|/libxl/|/xenpci/|backend/pci|device/pci|@(release|introduce)Domain'
status=0

for file in $(room_files '*.[ch]'); do
    case $file in
    tests/*) continue ;;
    esac
    # Comments may name what they like.
    hits=$(sed 's,/\* not a node \*/,@skip@,; s,/\*.*\*/,,; /@skip@/d; /^ *\*/d' \
        "$srcdir/$file" | grep -En "\"[^\"]*($paths)|\"/?($words)\"" || :)
    if [ -n "$hits" ]; then
        printf '%s: a node name outside the schema:\n%s\n' "$file" "$hits" >&2
        status=1
    fi
done
exit $status
