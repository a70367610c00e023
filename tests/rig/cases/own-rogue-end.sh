# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: guests that end with MSI-X on, in a flood of events, or that close while they flood: all is taken back
# timeout: 400

disk=$(rig-bdf nvme)
serve "$disk"
xen_view >"$CASE_TMP/view.before"
pid=$(daemon_pid)

# Two vectors, and then the guest is gone.
killed()
{
	turn=0
	while [ $turn -lt 2 ]; do
		rogue_start "$disk"
		rogue op 4 0 0 0 0 0 2 0 1
		rig-guest console rogue | grep -q '^err 0 value 00000000' || fail 'no MSI-X'
		xl destroy rogue
		nothing_left
		turn=$((turn + 1))
	done
	rig-guest run next --pci "$disk" "$(disk_guest)" >"$CASE_TMP/console"
	disk_was_read "$CASE_TMP/console"
	nothing_left
}

flooding()
{
	rogue_start "$disk"
	rogue closing 8
	# And a guest that goes in the middle of it.
	next=$(($(cat "$CASE_TMP/rogue") + 1))
	rig-guest tell rogue "rogue-$next" "flood events 30"
	wait_state "$(backend_of rogue)" 4
	sleep 2
	xl destroy rogue
	nothing_left
}

step xsa_356_360_395_killed_with_msix_on killed
step xsa_331_closed_while_flooding flooding
if [ "$(daemon_pid)" != "$pid" ] || ! daemon_alive; then
	fail 'xenpcid was replaced'
fi
