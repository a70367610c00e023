# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: MSI-X asked for twice in a row: queues work under xenpcid, lost under the kernel
# timeout: 200
#
# Linux since 5.17 allocates one vector, frees it with the wrong operation
# (disable_msi), then asks for all it wants. The kernel's backend answers "already
# enabled" and the driver falls back to the line interrupt; xenpcid tears the
# first one down and grants the second.

bdf=$(rig-bdf nvme)
serve "$bdf"
rig-guest run disk --pci "$bdf" "$(disk_guest)" >$CASE_TMP/ours
disk_was_read $CASE_TMP/ours
! grep -q 'enable msix get err' $CASE_TMP/ours || fail 'a request for MSI-X was refused'
wait_for 20 no_guests
stop_daemon

rig-guest run disk --stock-backend --pci "$bdf" "$(disk_guest)" >$CASE_TMP/stock
grep -q 'enable msix get err ffffff8e' $CASE_TMP/stock ||
	fail 'the kernel did not refuse MSI-X; is this case still needed?'
! grep -q 'pcifront-msi-x *nvme' $CASE_TMP/stock || fail 'the kernel granted MSI-X'
