# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: xenpci-front on the kernel's backend shows the devices and bytes that Linux's own front shows, once
# timeout: 240

# With the kernel's backend a guest that has ended costs 10 s a device.
disk=$(rig-bdf nvme)
edu=$(rig-bdf edu)
hold "$disk" "$edu"

guest=$(guest_script <<END
$(dump_functions)
echo linux-begins
linux_dump | sparse
echo linux-ends
END
)
rig-guest run linux --stock-backend --pci "$disk" --pci "$edu" "$guest" \
	>"$CASE_TMP/linux" || {
	cat "$CASE_TMP/linux"
	fail 'the guest with xen-pcifront failed'
}

guest=$(guest_script <<END
$(dump_functions)
modprobe -a xen-evtchn xen-gntalloc
echo front-begins
xenpci-front dump | sparse
echo front-ends
rc=0
xenpci-front list --timeout 3 2>&1 || rc=\$?
echo "second run: \$rc"
END
)
rig-guest run other --no-pcifront --stock-backend --pci "$disk" \
	--pci "$edu" "$guest" >"$CASE_TMP/other" || {
	cat "$CASE_TMP/other"
	fail 'the guest with xenpci-front failed'
}
grep -v '^[0-9a-f]*: ' "$CASE_TMP/other"
same_dumps "$CASE_TMP/linux" linux "$CASE_TMP/other" front
# xen-pciback ignores a front that goes back to state 1.
grep -q '^second run: 6' "$CASE_TMP/other" || fail 'the second run does not end with 6'
grep -q 'takes none that comes back' "$CASE_TMP/other" || fail 'and does not say why'
