# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: a device that vanishes reads as ones in its guest, is let go of, and can be given again when it is back
# timeout: 200

disk=$(rig-bdf nvme)
net=$(rig-bdf e1000e)
serve "$disk" "$net"
xen_view >"$CASE_TMP/view.before"
pid=$(daemon_pid)
guest=$(guest_script <<'END'
# Command and status: the ids are known from before.
look()
{
	od -An -tx4 -j4 -N4 /sys/bus/pci/devices/*:00.0/config | tr -d ' '
}
rig-wait-until 30 test -e /sys/bus/pci/devices/*:00.0/config
echo "before $(look)"
rig-wait-for vanished 60
echo "meanwhile $(look)"
rig-wait-for back 90
rig-wait-until 30 test -e /sys/bus/pci/devices/*:00.0/config
echo "after $(look)"
END
)
rig-guest start loser --pci "$disk" "$guest"
honest_start "$net"
rig-guest line loser '^before 0010' --timeout 60

echo 1 >"/sys/bus/pci/devices/$disk/remove"
rig-guest tell loser vanished
rig-guest line loser '^meanwhile ffffffff' --timeout 30 || fail 'the guest does not see it'
xenpci detach loser "$disk" || fail 'it cannot be detached'
daemon_alive || fail 'xenpcid is gone'

echo 1 >/sys/bus/pci/rescan
wait_for 10 test -e "/sys/bus/pci/devices/$disk" || fail 'it does not come back'
[ "$(driver_of "$disk")" = pciback ] || hold "$disk"
xenpci attach loser "$disk" || fail 'it cannot be given again'
rig-guest tell loser back
rig-guest line loser '^after 0010' --timeout 30 || fail 'the guest does not have it back'
rig-guest wait loser --timeout 60 >/dev/null || fail 'the guest failed'
honest_end
nothing_left
[ "$(daemon_pid)" = "$pid" ] || fail 'xenpcid was replaced'
