# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: xenpci-front sees devices come and go, writes, maps and times them, and does not see xenpcid restart
# timeout: 240

disk=$(rig-bdf nvme)
edu=$(rig-bdf edu)
start_daemon --debug
xenpci assignable-add "$disk" "$edu"
xen_view >"$CASE_TMP/view.before"

guest=$(guest_script <<'END'
modprobe -a xen-evtchn xen-gntalloc
rc=0
xenpci-front list 2>&1 || rc=$?
echo "without devices: $rc"

# From no device to two, back to none, and to one.
xenpci-front watch --json --count 5 >/tmp/events &
watcher=$!
echo watching
rig-wait-until 90 eval '! kill -0 '$watcher
wait $watcher
cat /tmp/events
rc=0
echo watch-ended
rig-wait-for go

dev=$(xenpci-front list | sed -n 's/ .*1234:11e8.*//p')
echo "edu is at $dev"
xenpci-front write "$dev" 0xc 1 0x10
xenpci-front read "$dev" 12 1 --json
xenpci-front write "$dev" 0 2 0xffff
xenpci-front write "$dev" 4 2 0
xenpci-front map "$dev" 0 0
xenpci-front map "$dev" 1 0 2>&1 || echo "no bar: $?"
xenpci-front bench "$dev" -n 200

xenpci-front watch --for 60 >/tmp/events &
watcher=$!
rig-wait-until 30 grep -q 'state connected' /tmp/events
xenpci-front list 2>&1 || echo "second at a time: $?"
kill $watcher
wait $watcher
cat /tmp/events
echo bench-begins
xenpci-front bench "$dev" -n 6000 --json 2>&1
END
)
rig-guest start hot --no-pcifront "$guest"
rig-guest line hot '^without devices: 3' --timeout 60
rig-guest line hot '^watching'
xenpci attach hot "$edu" || fail 'attach of the first device'
xenpci attach hot "$disk" || fail 'attach of the second device'
xenpci detach hot "$disk" || fail 'detach of the second device'
xenpci detach hot "$edu" || fail 'detach of the last device'
wait_for 20 no_pair || fail 'nodes are left'
xenpci attach hot "$edu" || fail 'attach after the pair had gone'
rig-guest line hot '^watch-ended' --timeout 30 || {
	rig-guest console hot
	fail 'watch did not see five events'
}
rig-guest console hot >"$CASE_TMP/console"
grep '"event"' "$CASE_TMP/console"
for event in added added removed removed added; do
	echo $event
done >"$CASE_TMP/want"
sed -n 's/.*"event": *"\([a-z]*\)".*"device".*/\1/p' "$CASE_TMP/console" >"$CASE_TMP/events"
same "$CASE_TMP/want" "$CASE_TMP/events" 'watch told other events'
[ "$(grep -c '"how": *"unplugged"' "$CASE_TMP/console")" = 2 ] || fail 'not two were unplugged'

rig-guest tell hot go
rig-guest line hot '^bench-begins' --timeout 120 || {
	rig-guest console hot
	fail 'a command failed'
}
# Its reads go on in whatever daemon there is.
wait_state "/local/domain/$(xl domid hot)/device/pci/0" 4
n=0
while [ $n -lt 2 ]; do
	stop_daemon KILL
	start_daemon --debug
	n=$((n + 1))
done
[ "$(node "$(backend_of hot)/state")" = 4 ] || fail 'the bench was over too early'
rig-guest wait hot --timeout 60 >"$CASE_TMP/console" || {
	tail -n 40 "$CASE_TMP/console"
	fail 'the guest failed'
}
sed -n '/^watch-ended/,$p' "$CASE_TMP/console"

said()
{
	grep -q "$@" "$CASE_TMP/console" || fail "the guest does not say \"$*\""
}
said '^0x10$'
said '"value": *"0x10"'
said '^0x1234$'
said '^00000000: 0x010000ed$'
said '^no bar: 3'
said '^0x0000$'
said '^0000:00:00.0: 200 reads of 4 bytes: p50 [1-9][0-9.]* us, p99 [1-9][0-9.]* us, min [1-9][0-9.]* us, max [1-9]'
said '"p99_us": *[1-9]'
said 'present 0000:00:00.0 .*1234:11e8'
said '^second at a time: 4'
said '"reads": *6000'
nothing_left
