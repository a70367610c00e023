# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: floods of events, requests, states and connections cost bounded memory and log, and no other guest its service
# timeout: 300

disk=$(rig-bdf nvme)
net=$(rig-bdf e1000e)
start_daemon
hold "$disk" "$net"
xen_view >"$CASE_TMP/view.before"
honest_start "$net"
rogue_start "$disk"

rss()
{
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(daemon_pid)/status"
}

rogue connect 2
before=$(rss)
lines=$(wc -l <"$DAEMON_LOG")
begun=$(cut -d. -f1 /proc/uptime)
honest_while 'quiet' sleep 3

# flood WHAT...: all of it together within bounds, so far.
flood()
{
	for what; do
		honest_while "a flood of $what" rogue flood "$what" 6
	done
	grown=$(($(rss) - before))
	took=$(($(cut -d. -f1 /proc/uptime) - begun))
	more=$(($(wc -l <"$DAEMON_LOG") - lines))
	echo "    memory grew by $grown kB; $more lines in $took s"
	[ $grown -lt 1024 ] || fail 'the memory of xenpcid grows'
	# Twenty at once, one a second, as log_limited() grants a guest.
	[ $more -le $((20 + took)) ] || {
		tail -n 30 "$DAEMON_LOG"
		fail 'the log of xenpcid is flooded'
	}
}
flood nothing
step xsa_332_event_flood flood events requests
step xsa_349_state_flood flood states nodes
honest_end
rogue_end
nothing_left
