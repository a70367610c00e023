# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: one of three guests floods xenpcid with all that it can do: the others go on without an error, memory and log are bounded
# timeout: 400

disk=$(rig-bdf nvme)
net=$(rig-bdf e1000e)
edu=$(rig-bdf edu)
start_daemon
hold "$disk" "$net" "$edu"
xen_view >"$CASE_TMP/view.before"
# The one that never rests comes last, or the others would not come up.
rogue_start "$disk"
honest_start "$edu" other 2000
honest_start "$net"

# All of the daemon, workers included, in kB.
memory()
{
	for pid in $(pidof xenpcid) $(pidof xenpcid-worker); do
		sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' "/proc/$pid/smaps_rollup"
	done 2>/dev/null | awk '{ sum += $1 } END { print sum }'
}

reads()
{
	honest_lines "$1" | wc -l
}

# What floods must not do, however long it takes them. Guests that read without
# end compete for the processor; each must get far all the same.
within_bounds()
{
	grown=$(($(memory) - before))
	took=$(($(cut -d. -f1 /proc/uptime) - begun))
	more=$(($(wc -l <"$DAEMON_LOG") - lines))
	echo "    memory grew by $grown kB; $more lines in $took s, of which $(
		sed "1,${lines}d" "$DAEMON_LOG" | grep -c 'were suppressed') count others"
	[ $grown -lt 1024 ] || fail 'the memory of xenpcid grows'
	# Twenty at once, one a second, as log_limited() grants a guest; the other
	# guests and the device have nothing to say.
	[ $more -le $((20 + took)) ] || {
		tail -n 30 "$DAEMON_LOG"
		fail 'the log of xenpcid is flooded'
	}
}

# flood WHAT...: one after the other.
flood()
{
	for what; do
		seen=$(reads other)
		honest_while "a flood of $what" rogue flood "$what" 6
		[ "$(reads other)" -gt "$seen" ] || fail "the other guest reads no more: $what"
		within_bounds
	done
}

# All of it at once; the readers' rounds have 200 reads each.
storm()
{
	_n=$(($(cat "$CASE_TMP/rogue") + 1))
	echo $_n >"$CASE_TMP/rogue"
	rig-guest tell rogue "rogue-$_n" 'storm all'
	rig-guest line rogue '^storm: ready' --timeout 60
	rig-guest tell rogue all
	seen=$(reads honest)
	honest_while 'all at once' sleep 10
	others=$((($(reads honest) - seen) * 200))
	rig-guest tell rogue all-end
	rig-guest line rogue "^rogue-done $_n 0" --timeout 60 ||
		fail 'the storm found the backend wrong'
	did=$(rig-guest console rogue | sed -n 's/^all: .* \([0-9]*\) answered,.*/\1/p')
	rig-guest console rogue | sed -n 's/^all: /    the flooder: /p'
	echo "    answered: $did operations of the flooder, $others reads of another guest"
	daemon_alive || fail 'xenpcid is gone'
	[ "$did" -gt 0 ] || fail 'the flooder was not served at all'
	# Its operations are dearer than reads; a guest that only reads must not
	# fall behind it by an order of magnitude.
	[ $((others * 10)) -gt "$did" ] || fail 'the flooder has nearly all of the service'
	within_bounds
}

rogue connect 2
before=$(memory)
lines=$(wc -l <"$DAEMON_LOG")
begun=$(cut -d. -f1 /proc/uptime)
honest_while 'quiet' sleep 3
flood nothing
step xsa_332_event_flood flood events requests
step xsa_349_state_flood flood states nodes
step everything_at_once storm
honest_end
honest_end other
rogue_end
nothing_left
