# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: ownit drives edu and the NVMe disk behind the kernel's own xen-pciback
# timeout: 120

image=/usr/lib/xenpci/ownit
[ -f "$image" ] || skip 'ownit is not installed'
nvme=$(rig-bdf nvme)
edu=$(rig-bdf edu)
hold "$nvme" "$edu"

rig-guest start own --stock-backend --memory 8 --pci "$nvme" --pci "$edu" --bare "$image"
rig-guest wait own --timeout 80 >"$CASE_TMP/console" || fail 'no end'
cat "$CASE_TMP/console"
grep -q '^ownit: edu ok: ' "$CASE_TMP/console" || fail 'edu'
grep -q '^ownit: nvme: XENPCI RIG DISK' "$CASE_TMP/console" || fail 'the disk text was not read'
grep -q '^ownit: verdict: ok, 2 of 2 devices' "$CASE_TMP/console" || fail 'verdict'
