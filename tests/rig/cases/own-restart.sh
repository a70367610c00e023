# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: xenpcid killed with -9 and started again: the guest reads on, and gives back all
# timeout: 180

bdf=$(rig-bdf nvme)
serve "$bdf"
xen_view >$CASE_TMP/view.before

guest=$(guest_script <<'END'
modprobe nvme
rig-wait-until 30 test -b /dev/nvme0n1
dev=$(echo /sys/bus/pci/devices/*:*)
good=$(sha256sum <"$dev/config")
echo reading
while ! xenstore-exists data/rig/finish; do
	[ "$(sha256sum <"$dev/config")" = "$good" ] || { echo "config changed"; exit 1; }
done
echo "sha256 $(sha256sum </dev/nvme0n1 | cut -d' ' -f1)"
dmesg | grep -c 'not responding' || true
END
)
rig-guest start steady --pci "$bdf" "$guest"
rig-guest line steady '^reading' --timeout 60
n=0
while [ $n -lt 5 ]; do
	stop_daemon KILL
	start_daemon --debug
	n=$((n + 1))
done
rig-guest tell steady finish
rig-guest wait steady --timeout 60 >$CASE_TMP/console || {
	cat $CASE_TMP/console
	fail 'the guest noticed'
}
grep -q "^sha256 $(cat /rig/disk.sha256)" $CASE_TMP/console || fail 'the disk reads differently'
nothing_left
