# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: stock xl pci-attach and pci-detach into a running guest, 20 times, nothing left
# timeout: 420

bdf=$(rig-bdf nvme)
serve "$bdf"

guest=$(guest_script <<'END'
modprobe nvme
echo guest-ready
n=0
while [ $n -lt 20 ]; do
	rig-wait-until 60 test -b /dev/nvme0n1
	echo "cycle $n: $(head -c 15 /dev/nvme0n1) $(grep -c 'msi-x *nvme' /proc/interrupts)"
	rig-wait-until 60 eval '! test -e /dev/nvme0n1'
	n=$((n + 1))
done
rig-wait-for finish
END
)
rig-guest start hot "$guest"
rig-guest line hot '^guest-ready' --timeout 60
xen_view >$CASE_TMP/view.before
n=0
while [ $n -lt 20 ]; do
	xl pci-attach hot "$bdf"
	rig-guest line hot "^cycle $n: XENPCI RIG DISK [2-9]" --timeout 60
	xl pci-detach hot "$bdf" >$CASE_TMP/detach 2>&1 || {
		cat $CASE_TMP/detach
		fail "pci-detach, cycle $n"
	}
	n=$((n + 1))
	if [ $n -eq 1 ] || [ $n -eq 20 ]; then
		wait_for 20 no_pair || fail "nodes are left after cycle $n"
	fi
done
xen_view >$CASE_TMP/view.after
same $CASE_TMP/view.before $CASE_TMP/view.after 'Xen holds something it did not hold before'
rig-guest tell hot finish
rig-guest wait hot --timeout 60 >/dev/null
wait_for 30 no_guests || fail 'the guest is left as a zombie'
