# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: xenpci-front shows a guest the devices and bytes that Linux's own front shows, in turn with it
# timeout: 240

disk=$(rig-bdf nvme)
net=$(rig-bdf e1000e)
edu=$(rig-bdf edu)
serve "$disk" "$net" "$edu"
xen_view >"$CASE_TMP/view.before"

guest=$(guest_script <<END
$(dump_functions)
echo linux-begins
linux_dump | sparse
echo linux-ends
END
)
rig-guest run linux --pci "$disk" --pci "$net" --pci "$edu" "$guest" \
	>"$CASE_TMP/linux" || {
	cat "$CASE_TMP/linux"
	fail 'the guest with xen-pcifront failed'
}

guest=$(guest_script <<END
$(dump_functions)
$(cat <<'SCRIPT'
xenpci-front list 2>&1 || echo "status $?"
modprobe -a xen-evtchn
xenpci-front list 2>&1 || echo "status $?"
modprobe -a xen-gntalloc
echo front-begins
xenpci-front dump | sparse
echo front-ends
xenpci-front list --verbose
xenpci-front list -v --json | grep '"class"\|"size"'
xenpci-front dump 00:00.0 --raw | od -An -v -tx1 | head -n 1
xenpci-front read 00:1f.7 0 2>&1 || echo "status $?"

# Linux's own front after ours, and ours after that.
modprobe xen-pcifront
rig-wait-until 20 eval '[ $(ls /sys/bus/pci/devices | wc -l) = 3 ]'
echo module-begins
linux_dump | sparse
echo module-ends
xenpci-front list 2>&1 || echo "beside Linux: $?"
# It cannot be unloaded once it has had devices. Letting go of them, Linux 6.1
# warns of a sysfs group it removes twice (pcifront_free_roots).
echo pci-0 >/sys/bus/xen/drivers/pcifront/unbind
echo again-begins
xenpci-front dump | sparse
echo again-ends
SCRIPT
)
END
)
rig-guest run other --no-pcifront --pci "$disk" --pci "$net" --pci "$edu" \
	"$guest" >"$CASE_TMP/other" || {
	cat "$CASE_TMP/other"
	fail 'the guest with xenpci-front failed'
}
grep -v '^[0-9a-f]*: ' "$CASE_TMP/other"
same_dumps "$CASE_TMP/linux" linux "$CASE_TMP/other" front
same_dumps "$CASE_TMP/linux" linux "$CASE_TMP/other" module
same_dumps "$CASE_TMP/linux" linux "$CASE_TMP/other" again

said()
{
	grep -q "$@" "$CASE_TMP/other" || fail "the guest does not say \"$*\""
}
said 'evtchn is not there.*modprobe xen-evtchn'
said 'gntalloc is not there.*modprobe xen-gntalloc'
said 'this guest has no device 0000:00:1f.7'
said '^beside Linux: 4'
said "the kernel's own front, xen-pcifront, has this guest's devices"
said 'Capability 0x40: MSI-X, 65 vectors'
said 'BAR 0: memory at 0x[0-9a-f]*, 64-bit, 16 KiB'
said '"class": *"NVM controller"'
said '^ *36 1b 10 00'
[ "$(grep -c '^status 6' "$CASE_TMP/other")" = 2 ] || fail 'not status 6 without modules'
[ "$(grep -c '^status 3' "$CASE_TMP/other")" = 1 ] || fail 'not status 3 for no device'
# Three devices, in a list and two dumps.
[ "$(grep -c '^0000:00:0[0-2]\.0 [^[].* \[[0-9a-f]*\]: ' "$CASE_TMP/other")" = 9 ] ||
	fail 'not every list is complete'
nothing_left
