# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: a front that asks gets MSI of 16 messages, or is told how many there are
# boot: devices
# timeout: 150
#
# Operation 10 of pciif.h, which neither Linux's front nor its backend knows. The
# two devices have 16 messages each, Xen 20 pirqs for both. The guest is killed
# with messages on.

one=$(rig-bdf 1033:0194)
two=$(rig-bdf 1033:0194 2)
serve "$one" "$two"
xen_view >"$CASE_TMP/view.before"

# How many messages of MSI (not MSI-X) Xen has set up.
messages()
{
	xen_says M 'MSI information'
	grep -cE '^\(XEN\) +MSI +[0-9]+ vec=' "$CASE_TMP/xen" || true
}

control()
{
	lspci -vv -s "$1" | sed -n 's/.*\(MSI: Enable[^ ]* Count=[0-9/]*\).*/\1/p'
}

before=$(messages)
rogue_start "$one" "$two"
# It waits for us half-way.
rogue messages &
waiter=$!
rig-guest line rogue '^messages-on' --timeout 100 || fail 'not all messages came on'
now=$(messages)
echo "Xen: $before messages before, $now now"
[ "$((now - before))" = 20 ] || fail 'Xen has not set up 16 and 4 messages'
expect 'MSI: Enable+ Count=16/16' control "$one"
expect 'MSI: Enable+ Count=4/16' control "$two"
rig-guest tell rogue messages-seen
wait $waiter
grep -q ' 0$' "$CASE_TMP/rogue-done" || fail 'the front found something wrong'
now=$(messages)
[ "$((now - before))" = 16 ] || fail "Xen has $((now - before)) messages instead of 16"
expect 'MSI: Enable- Count=16/16' control "$one"
expect 'MSI: Enable+ Count=16/16' control "$two"
grep -q "$two: of 16 interrupt vectors Xen has room for 4" "$DAEMON_LOG" ||
	fail 'the daemon did not say that messages are short'
xl dmesg | grep -i 'unmap secondary' && fail 'a message was unmapped by itself'

# XSA-356 and its like: nothing may stay behind.
xl destroy rogue
nothing_left
[ "$(messages)" = "$before" ] || fail 'messages are left'
