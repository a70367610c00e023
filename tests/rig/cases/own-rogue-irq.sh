# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: interrupts asked for in vain and in any order: defined answers, nothing left, log and memory bounded
# timeout: 300

disk=$(rig-bdf nvme)
edu=$(rig-bdf edu)
start_daemon
hold "$disk" "$edu"
xen_view >"$CASE_TMP/view.before"
rogue_start "$disk" "$edu"
rogue connect

rss()
{
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(daemon_pid)/status"
}

# bounded COMMAND...: with a bounded log and memory.
bounded()
{
	before=$(rss)
	lines=$(wc -l <"$DAEMON_LOG")
	begun=$(cut -d. -f1 /proc/uptime)
	"$@"
	took=$(($(cut -d. -f1 /proc/uptime) - begun))
	lines=$(($(wc -l <"$DAEMON_LOG") - lines))
	before=$(($(rss) - before))
	echo "    $lines lines and $before kB in $took s"
	[ $lines -le $((20 + took)) ] || fail 'the log of xenpcid is flooded'
	[ $before -lt 1024 ] || fail 'the memory of xenpcid grows'
}

step xsa_043_130_failing_enables bounded rogue vain 8
step xsa_157_any_order bounded rogue orders 8
rogue connect
[ -z "$(xen_pirqs "$(xl domid rogue)")" ] || fail 'an interrupt is left'
rogue_end
nothing_left
