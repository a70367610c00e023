# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: two guests with a device each at the same time, both working
# timeout: 180

disk=$(rig-bdf nvme)
net=$(rig-bdf e1000e)
serve "$disk" "$net"
xen_view >$CASE_TMP/view.before

net_guest=$(guest_script <<'END'
modprobe e1000e
ip link set eth0 up
rig-wait-until 40 grep -q 1 /sys/class/net/eth0/carrier
ip address add 10.0.2.15/24 dev eth0
arping -c 3 -I eth0 10.0.2.2
grep eth0 /proc/interrupts
echo net-done
rig-wait-for finish 90
END
)
rig-guest start net --pci "$net" "$net_guest"
rig-guest run disk --pci "$disk" "$(disk_guest)" >$CASE_TMP/disk
rig-guest line net '^net-done' --timeout 90
disk_was_read $CASE_TMP/disk
rig-guest tell net finish
rig-guest wait net --timeout 60 >$CASE_TMP/net
grep -q '[1-9][0-9]*  *xen-pirq.*pcifront-msi-x  *eth0' $CASE_TMP/net ||
	fail 'no MSI-X interrupt of e1000e was counted'
nothing_left
