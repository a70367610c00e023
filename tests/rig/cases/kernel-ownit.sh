# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: ownit drives edu (MSI, DMA) and reads the NVMe disk over MSI-X, in 8 MiB, twice
# timeout: 180

image=/usr/lib/xenpci/ownit
[ -f "$image" ] || skip 'ownit is not installed'
nvme=$(rig-bdf nvme)
edu=$(rig-bdf edu)
serve "$nvme" "$edu"
xen_view >"$CASE_TMP/view.before"

# Twice, so that the second finds the devices as the first left them.
for n in 1 2; do
	rig-guest start "own$n" --memory 8 --pci "$nvme" --pci "$edu" --bare "$image"
	rig-guest wait "own$n" --timeout 80 >"$CASE_TMP/console" || fail "no end, time $n"
	cat "$CASE_TMP/console"
	grep -q '^ownit: edu ok: ' "$CASE_TMP/console" || fail 'edu'
	grep -q '^ownit: nvme: XENPCI RIG DISK' "$CASE_TMP/console" || fail 'the disk text was not read'
	grep -q '^ownit: nvme ok: 2 MSI-X vectors' "$CASE_TMP/console" || fail 'MSI-X'
	grep -q '^ownit: verdict: ok, 2 of 2 devices' "$CASE_TMP/console" || fail 'verdict'
	! grep -q 'warning' "$CASE_TMP/console" || fail 'there are warnings'
	nothing_left
done
