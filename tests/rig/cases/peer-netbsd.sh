# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: a front like NetBSD's never sees a state it panics on, but for hot remove; four-byte accesses lose nothing
# timeout: 120

# NetBSD's kernel panics when its backend is at 6, 7 or 8. This proves that
# xenpcid shows none of them, nor 5, to a guest of its own accord: not at cold
# attach, not while it is dead or comes back, not when the guest shuts down. A
# guest like this does not close: it goes down connected, and xenpcid writes 6
# when Xen says that it is dead.
# What cannot be had is taking a device from it or giving it another one while
# it runs: that is states 7 and 8, written by the toolstack. xl destroy does it
# to a running guest too.

disk=$(rig-bdf nvme)
edu=$(rig-bdf edu)
net=$(rig-bdf e1000e)
serve "$disk" "$edu" "$net"
xen_view >"$CASE_TMP/view.before"

guest=$(guest_script <<'END_OF_GUEST'
modprobe -a xen-evtchn xen-gntalloc
# Not killed by the end of this script: connected until the machine is off.
rogue-front as-netbsd &
rig-wait-for end 100
END_OF_GUEST
)
doomed=$(guest_script <<'END_OF_GUEST'
modprobe -a xen-evtchn xen-gntalloc
rogue-front as-netbsd crash
END_OF_GUEST
)
rig-guest start bsd --no-pcifront --config 'cpus="1"' --pci "$disk" --pci "$edu" "$guest"
rig-guest line bsd '^netbsd: up with 2 functions' --timeout 60
domid=$(xl domid bsd)

# What it found is what there is.
what_there_is()
{
	sys=/sys/bus/pci/devices/$2
	echo "netbsd: $1.0 id $(cat "$sys/vendor") $(cat "$sys/device") class $(cat "$sys/class")"
	awk -v slot="$1" 'NR <= 6 && $3 !~ /^0x0*$/ {
		print "netbsd: " slot ".0 BAR" NR - 1 " " $1 " " $2 }' "$sys/resource"
}
{
	echo 'netbsd: root "0000:00"'
	what_there_is 00 "$disk"
	what_there_is 01 "$edu"
} >"$CASE_TMP/is"
rig-guest console bsd | grep -E '^netbsd: (root|.* (id|BAR.) )' >"$CASE_TMP/found"
same "$CASE_TMP/is" "$CASE_TMP/found" 'what the front found is not what there is'
for bdf in "$disk" "$edu"; do
	[ $((0x$(setpci -s "$bdf" COMMAND) & 4)) -ne 0 ] ||
		fail "$bdf does not master the bus: a write of four bytes was lost"
done

# Its patience has no end, so a daemon that is away with its workers longer than any front with a
# deadline would wait is just slow. The four seconds are what is tested.
stop_daemon KILL
end_workers
sleep 4
start_daemon --debug
rig-guest tell bsd finish
rig-guest line bsd '^netbsd: the longest answer took ([3-9]|[1-9][0-9])[0-9]{3} ms' --timeout 30
rig-guest line bsd '^netbsd: goes down as it is'

states_shown()
{
	sed -n "s/.*d$domid: \([A-Za-z]* -> [A-Za-z]*\)\$/\1/p" "$DAEMON_LOG"
}
cat >"$CASE_TMP/states" <<'END_OF_STATES'
Unknown -> Initialising
Initialising -> InitWait
InitWait -> Initialised
Initialised -> Connected
END_OF_STATES
states_shown >"$CASE_TMP/shown"
same "$CASE_TMP/states" "$CASE_TMP/shown" 'a living guest was shown other states'

rig-guest tell bsd end
rig-guest wait bsd --timeout 60 >"$CASE_TMP/console" || fail 'the guest failed'
! grep -E '^(WRONG|netbsd: panic|rogue-front:)' "$CASE_TMP/console" ||
	fail 'the front had reason to complain'
[ "$(sed -n 's/^netbsd: the back is at //p' "$CASE_TMP/console" | tail -n 1)" = 4 ] ||
	fail 'the last state the front saw is not 4'
states_shown | sed -n 5p | grep -x 'Connected -> Closed' ||
	fail 'the dead guest was not let go'

# The other one shows that a panic would have been noticed, and is cleared away.
# Its end waits for the detach: two of libxl at one domain's devices, and one of them
# may die of what the other has deleted.
rig-guest start doomed --no-pcifront --config 'on_crash="preserve"' --pci "$net" "$doomed"
rig-guest line doomed '^netbsd: up with 1 functions' --timeout 60
timeout 30 xl pci-detach doomed "$net" || true
rig-guest line doomed '^netbsd: panic: bad backend state 7' --timeout 20
xl destroy doomed
nothing_left
daemon_alive || fail 'xenpcid is gone'
