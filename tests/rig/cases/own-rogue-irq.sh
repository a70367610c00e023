# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: interrupts asked for in vain, in any order, and behind xenpcid's back: refused, nothing left, log and memory bounded
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

# What Xen lets the guest have, one number a line.
its_pirqs()
{
	xen_view | sed -n "s/^domain $(xl domid rogue) Interrupts { *\(.*\) }/\1/p" |
		tr -d ' ' | tr ',' '\n' |
		awk -F- '{ for (i = $1; i <= (NF > 1 ? $2 : $1); i++) print i }' | sort -n
}

foreign()
{
	rogue pirqs
	its_pirqs >"$CASE_TMP/pirqs.its"
	rig-guest console rogue | sed -n 's/^pirq \([0-9]*\) can be bound/\1/p' |
		sort -n >"$CASE_TMP/pirqs.had"
	same "$CASE_TMP/pirqs.its" "$CASE_TMP/pirqs.had" \
		'the guest can bind other interrupts than it was given'
}

# 0000:BB:DD.F as Xen's calls want it.
bus=$((0x$(echo "$disk" | cut -d: -f2)))
dev=$(echo "$disk" | cut -d: -f3)
devfn=$((0x${dev%.*} * 8 + ${dev#*.}))

step xsa_046_foreign_pirq foreign
step xsa_087_prepare_msix rogue physdev $bus $devfn
step xsa_043_130_failing_enables bounded rogue vain 8
step xsa_157_any_order bounded rogue orders 8
rogue connect
[ -z "$(xen_pirqs "$(xl domid rogue)")" ] || fail 'an interrupt is left'
rogue_end
nothing_left
