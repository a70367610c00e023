# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: devices attached and detached while their guest turns interrupts on and off all the time; nothing stays mapped
# timeout: 300

disk=$(rig-bdf nvme)
edu=$(rig-bdf edu)
serve "$disk" "$edu"
xen_view >"$CASE_TMP/view.before"

race()
{
	rogue_start "$disk"
	rig-guest tell rogue rogue-1 "plug enough"
	echo 1 >"$CASE_TMP/rogue"
	rig-guest line rogue '^plug: hammering' --timeout 60
	turn=0
	while [ $turn -lt 6 ]; do
		xenpci attach rogue "$edu" || fail "attach, time $turn"
		xenpci detach rogue "$edu" || fail "detach, time $turn"
		turn=$((turn + 1))
	done
	rig-guest tell rogue enough
	rig-guest line rogue '^plug: [0-9]* requests' --timeout 20
	rig-guest line rogue '^rogue-done 1 0' --timeout 20 || fail 'an answer is missing'
	xen_view | grep "^device $edu DomIO$" || {
		xen_view
		fail 'edu is not back, or has interrupts'
	}
	# Once more, and the guest goes in the middle of it.
	rig-guest tell rogue rogue-2 "plug never"
	wait_for 20 eval '[ "$(rig-guest console rogue | grep -c "^plug: hammering")" = 2 ]'
	xenpci attach rogue "$edu" &
	attach_pid=$!
	xl destroy rogue
	wait $attach_pid || true
	nothing_left
}

step xsa_285_attach_detach_race race
rig-guest run next --pci "$disk" "$(disk_guest)" >"$CASE_TMP/console"
disk_was_read "$CASE_TMP/console"
