# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: xl destroy in the middle of config traffic; the next guest gets the device clean
# timeout: 180

bdf=$(rig-bdf nvme)
serve "$bdf"
xen_view >$CASE_TMP/view.before

busy=$(guest_script <<'END'
modprobe nvme
rig-wait-until 30 test -b /dev/nvme0n1
dev=$(echo /sys/bus/pci/devices/*:*)
echo busy-now
while :; do
	cat "$dev/config" >/dev/null
done
END
)
rig-guest start busy --pci "$bdf" "$busy"
rig-guest line busy '^busy-now' --timeout 60
begun=$(cut -d. -f1 /proc/uptime)
xl destroy busy
took=$(($(cut -d. -f1 /proc/uptime) - begun))
echo "xl destroy took $took s"
[ $took -lt 10 ] || fail 'xl destroy waited for a dead guest'
rig-guest run next --pci "$bdf" "$(disk_guest)" >$CASE_TMP/console
disk_was_read $CASE_TMP/console
nothing_left
