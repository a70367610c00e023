# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: the stock pair delivers interrupts of e1000e (MSI-X) and edu (MSI, INTx)
# timeout: 120

net=$(rig-bdf e1000e)
edu=$(rig-bdf edu)
hold "$net" "$edu"

guest=$(guest_script <<'END'
modprobe e1000e
ip link set eth0 up
rig-wait-until 20 grep -q 1 /sys/class/net/eth0/carrier
ip address add 10.0.2.15/24 dev eth0
arping -c 3 -I eth0 10.0.2.2
grep eth0 /proc/interrupts
edu-irq 50
rmmod rig_edu
edu-irq --intx 50
END
)
rig-guest run irq --stock-backend --pci "$net" --pci "$edu" "$guest" >"$CASE_TMP/console" ||
	{
		cat "$CASE_TMP/console"
		fail 'the guest failed'
	}
grep -q '[1-9][0-9]*  *xen-pirq.*pcifront-msi-x  *eth0' "$CASE_TMP/console" ||
	fail 'no MSI-X interrupt of e1000e was counted'
grep -q '^edu-irq mode=msi raised=50 arrived=50$' "$CASE_TMP/console" || fail 'edu: MSI'
grep -q '^edu-irq mode=intx raised=50 arrived=50$' "$CASE_TMP/console" || fail 'edu: INTx'
