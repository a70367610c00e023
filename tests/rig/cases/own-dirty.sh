# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: a device whose reset fails goes to no other guest, unless forced, until a reset works
# timeout: 250

disk=$(rig-bdf nvme)
serve "$disk"
guest=$(guest_script <<'END'
echo guest-ready
rig-wait-for finish 200
END
)
rig-guest start first --pci "$disk" "$guest"
rig-guest start second "$guest"
rig-guest line first '^guest-ready' --timeout 60

# The kernel's file, as if the device failed its reset each time: it goes on
# offering a method.
file=/sys/bus/pci/devices/$disk/reset
mount --bind /dev/full "$file" || fail 'the reset cannot be made to fail'
trap 'umount "$file" 2>/dev/null || true' EXIT
xenpci detach first "$disk" || fail 'detach'
xenpci assignable-list
xenpci assignable-list | grep -q "$disk.*DIRTY: " || fail 'it is not shown as dirty'
xenpci assignable-list --json | grep '"dirty": *true' || fail 'nor in JSON'

# A daemon that starts afresh knows it still.
stop_daemon
start_daemon --debug
rig-guest line second '^guest-ready' --timeout 60
rc=0
xenpci attach second "$disk" >"$CASE_TMP/refused" 2>&1 || rc=$?
cat "$CASE_TMP/refused"
[ $rc -ne 0 ] || fail 'a dirty device was given to another guest'
grep -q 'is dirty' "$CASE_TMP/refused" || fail 'the refusal has no words'
xenpci detach second "$disk" --force >/dev/null 2>&1 || true

# To its last guest it may go back.
xenpci attach first "$disk" || fail 'its last guest does not get it back'
xenpci detach first "$disk" || fail 'detach'

xenpci attach second "$disk" allow_dirty=1 || fail 'it cannot be forced'
grep "$disk: given away dirty: allow_dirty" "$DAEMON_LOG" || fail 'the log does not say so'
xenpci detach second "$disk" || fail 'detach'

resets()
{
	grep -c "$disk: reset by" "$DAEMON_LOG" || true
}

umount "$file"
before=$(resets)
xenpci attach first "$disk" || fail 'a reset that works does not help'
[ "$(resets)" -gt "$before" ] || fail 'it was not reset'
xenpci detach first "$disk" || fail 'detach'
xenpci assignable-list | grep "$disk.*clean" || fail 'it is not clean again'
stop_daemon
