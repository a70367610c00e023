#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The systemd unit and the AppArmor profiles, read by the tools that will read
# them: no warning, no unknown word. Wants the build directory; loads nothing.
set -eu
builddir=${1:-.}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What it starts is not installed here.
sed 's,^ExecStart=.*,ExecStart=/bin/true,' "$builddir/back/xenpcid.service" \
    >"$work/xenpcid.service"
systemd-analyze verify --man=no "$work/xenpcid.service" >"$work/said" 2>&1 || {
    cat "$work/said" >&2
    exit 1
}
# It only warns of what it does not know. Other units are not ours to mend.
if grep xenpcid "$work/said" >&2; then
    exit 1
fi
# Without a kernel that has AppArmor it says so.
PATH=$PATH:/usr/sbin apparmor_parser --skip-kernel-load --skip-cache \
    "$builddir/back/apparmor/xenpcid" 2>"$work/said" || {
    cat "$work/said" >&2
    exit 1
}
if grep -v '^Cache read/write disabled' "$work/said" >&2; then
    exit 1
fi
