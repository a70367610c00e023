# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: a worker killed with -9 is replaced; its guest reads on
# timeout: 120

bdf=$(rig-bdf nvme)
serve "$bdf"

guest=$(guest_script <<'END'
modprobe nvme
rig-wait-until 30 test -b /dev/nvme0n1
dev=$(echo /sys/bus/pci/devices/*:*)
good=$(sha256sum <"$dev/config")
echo reading
while ! xenstore-exists data/rig/finish; do
	[ "$(sha256sum <"$dev/config")" = "$good" ] || { echo "config changed"; exit 1; }
done
END
)
rig-guest start steady --pci "$bdf" "$guest"
rig-guest line steady '^reading' --timeout 60
# A worker that is not the one in $old.
other_worker()
{
	new=$(worker_of steady)
	[ -n "$new" ] && [ "$new" != "$old" ]
}
old=''
for _ in 1 2 3; do
	wait_for 10 other_worker || fail 'no new worker'
	old=$new
	kill -9 "$old"
done
wait_for 10 other_worker || fail 'no new worker'
rig-guest tell steady finish
rig-guest wait steady --timeout 60 >$CASE_TMP/console || {
	cat $CASE_TMP/console
	fail 'the guest noticed'
}
