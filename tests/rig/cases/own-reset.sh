# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: every reset method of the kernel is shown, tried in the configured order and verified; who reads meanwhile does not notice
# timeout: 200

disk=$(rig-bdf nvme)
net=$(rig-bdf e1000e)
edu=$(rig-bdf edu)
dir=/sys/bus/pci/devices
cat >"$CASE_TMP/xenpcid.json" <<END
{ "devices": { "$net": { "reset": ["bus", "pm"] } } }
END
start_daemon --debug --config "$CASE_TMP/xenpcid.json"
hold "$disk" "$net" "$edu"
for d in "$disk" "$net" "$edu"; do
	echo "$d: the kernel offers: $(cat $dir/"$d"/reset_method 2>/dev/null)"
done
xenpci assignable-list
xenpci assignable-list --json

# said BDF TEXT: in the daemon's log.
said()
{
	grep "$1: $2" "$DAEMON_LOG" || fail "the log does not say \"$2\" of $1"
}

guest=$(guest_script <<'END'
modprobe nvme
rig-wait-until 30 test -b /dev/nvme0n1
grep -c 'pcifront-msi-x *nvme' /proc/interrupts
for d in /sys/bus/pci/devices/*:*; do
	# Bus master on, by force, before the guest goes.
	now=$(od -An -tx1 -j4 -N1 "$d/config" | tr -d ' ')
	printf "\\$(printf '%o' $((0x$now | 4)))" | dd of="$d/config" bs=1 seek=4 conv=notrunc 2>/dev/null
	echo "command $(od -An -tx1 -j4 -N1 "$d/config" | tr -d ' ')"
done
echo guest-busy
rig-wait-for never 120
END
)
rig-guest start busy --pci "$disk" --pci "$net" "$guest"
honest_start "$edu"
rig-guest line busy '^guest-busy' --timeout 90 || fail 'the guest does not get there'
rig-guest console busy | grep '^command\|^[0-9]'
msix=$(lspci -s "$disk" -vv | sed -n 's/.*MSI-X: Enable\([+-]\).*/\1/p')
[ "$msix" = + ] || fail 'MSI-X is not on: nothing to clean up'
honest_while 'two devices reset' xl destroy busy
for d in "$disk" "$net"; do
	wait_for 30 grep -q "$d: released" "$DAEMON_LOG" || fail "$d is not released"
done
said "$disk" 'reset by flr'
said "$net" 'reset by'
said "$edu" 'the kernel knows no way'
for d in "$disk" "$net"; do
	[ $((0x$(od -An -tx1 -j4 -N1 $dir/"$d"/config | tr -d ' ') & 4)) -eq 0 ] ||
		fail "$d is a bus master still"
done
lspci -s "$disk" -vv | grep 'MSI-X: Enable- .*Masked-' || {
	lspci -s "$disk" -vv | grep MSI
	fail 'MSI-X is not off'
}
xenpci assignable-list
xenpci assignable-list --json >"$CASE_TMP/list"
! grep -q '"dirty": *true' "$CASE_TMP/list" || fail 'a device is dirty'
xenpci assignable-list | grep "$disk.*reset: .*last flr, clean" || fail 'what was used is not shown'
honest_end
stop_daemon
