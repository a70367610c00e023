# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: xenpci attach and detach while the guest runs, then a second device beside the first
# timeout: 180

disk=$(rig-bdf nvme)
edu=$(rig-bdf edu)
start_daemon --debug
xenpci assignable-add "$disk" "$edu"

guest=$(guest_script <<'END'
modprobe nvme
echo guest-ready
rig-wait-until 60 test -b /dev/nvme0n1
echo "first: $(head -c 15 /dev/nvme0n1) $(grep -c 'msi-x *nvme' /proc/interrupts)"
rig-wait-for edu
edu-irq 20
rmmod rig_edu
rig-wait-until 60 eval '! test -e /dev/nvme0n1'
echo disk-gone
rig-wait-until 60 test -b /dev/nvme0n1
echo "again: $(head -c 15 /dev/nvme0n1) $(grep -c 'msi-x *nvme' /proc/interrupts)"
rig-wait-for finish
END
)
rig-guest start hot "$guest"
rig-guest line hot '^guest-ready' --timeout 60
xen_view >$CASE_TMP/view.before
xenpci attach hot "$disk" || fail 'attach of the first device'
rig-guest line hot '^first: XENPCI RIG DISK [2-9]' --timeout 60
xenpci attach hot "$edu" || fail 'attach of the second device'
rig-guest tell hot edu
rig-guest line hot '^edu-irq mode=msi raised=20 arrived=20' --timeout 60
xenpci list hot
xenpci list hot --json | grep -q '"0000:00:00.0"' || fail 'no guest-side address in the JSON'

xenpci detach hot "$disk" || fail 'detach of the disk'
rig-guest line hot '^disk-gone' --timeout 60
xenpci check hot || fail 'the pair with one device left is not clean'
xenpci attach hot "$disk" || fail 'second attach of the disk'
rig-guest line hot '^again: XENPCI RIG DISK [2-9]' --timeout 60
xenpci detach hot "$disk" || fail 'last detach of the disk'
xenpci detach hot "$edu" || fail 'detach of edu'
wait_for 20 no_pair || fail 'nodes are left'
xen_view >$CASE_TMP/view.after
same $CASE_TMP/view.before $CASE_TMP/view.after 'Xen holds something it did not hold before'
rig-guest tell hot finish
rig-guest wait hot >/dev/null
wait_for 30 no_guests || fail 'a domain is left'
