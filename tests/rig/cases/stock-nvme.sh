# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: the stock pair gives a guest the NVMe disk, without MSI-X; nothing leaks
# timeout: 120

bdf=$(rig-bdf nvme)
hold "$bdf"
xen_view >"$CASE_TMP/before"

guest=$(guest_script <<'END'
modprobe nvme
rig-wait-until 20 test -b /dev/nvme0n1
head -n1 /dev/nvme0n1
echo "sha256 $(sha256sum </dev/nvme0n1 | cut -d' ' -f1)"
grep nvme /proc/interrupts
END
)
rig-guest run disk --stock-backend --pci "$bdf" "$guest" >"$CASE_TMP/console"
grep -q '^XENPCI RIG DISK' "$CASE_TMP/console" || fail 'the disk text was not read'
grep -q "^sha256 $(cat /rig/disk.sha256)" "$CASE_TMP/console" || fail 'the disk reads differently'
grep -q 'enable msix get err ffffff8e' "$CASE_TMP/console" || fail 'MSI-X was not refused'
grep -q 'xen-pirq.*pcifront  *nvme' "$CASE_TMP/console" || fail 'no line interrupt for nvme'

xen_view >"$CASE_TMP/after"
same "$CASE_TMP/before" "$CASE_TMP/after" 'Xen holds something it did not hold before'
no_guests || fail 'a domain is left'
