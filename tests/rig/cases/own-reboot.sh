# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: a guest that reboots finds its device again
# timeout: 180

bdf=$(rig-bdf nvme)
serve "$bdf"
xen_view >$CASE_TMP/view.before

guest=$(guest_script <<'END'
modprobe nvme
rig-wait-until 30 test -b /dev/nvme0n1
echo "life $(xenstore-read domid): $(head -c 15 /dev/nvme0n1) $(grep -c 'msi-x *nvme' /proc/interrupts)"
if [ "$(xenstore-read domid)" = "$(cat /rig/files/first)" ]; then
	reboot -f
fi
END
)
# Domain ids count up for ever; ask Xen for the next one with a throw-away guest.
rig-guest start probe --paused "$guest"
first=$(($(rig-guest domid probe) + 1))
rig-guest stop probe
echo $first >$CASE_TMP/first
rig-guest start again --pci "$bdf" --config 'on_reboot="restart"' "$guest" $CASE_TMP/first
rig-guest line again "^life $first: XENPCI RIG DISK" --timeout 60
rig-guest line again "^life $((first + 1)): XENPCI RIG DISK [2-9]" --timeout 90
rig-guest wait again --timeout 60 >/dev/null
nothing_left
