# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: a front that writes states out of order, text or nothing is mapped once or not at all, and can come back
# timeout: 200

disk=$(rig-bdf nvme)
net=$(rig-bdf e1000e)
serve "$disk" "$net"
xen_view >"$CASE_TMP/view.before"
rogue_start "$disk"
honest_start "$net"

workers()
{
	for _w in $(pidof xenpcid-worker); do
		! tr '\0' ' ' <"/proc/$_w/cmdline" | grep -q " d$(xl domid rogue) *$" ||
			echo "$_w"
	done
}

rogue connect
rogue states 5
rogue connect
pid=$(workers)
[ "$(echo "$pid" | wc -w)" = 1 ] || fail "the rogue guest has the workers \"$pid\""
[ "$(grep -c gntdev "/proc/$pid/maps")" = 1 ] || fail 'its page is not mapped once'

# What it gave up is held by nobody until its toolstack acts.
rogue gone
in_quarantine()
{
	wait_for 10 eval "xen_view | grep -q '^device $disk DomIO'" || {
		xen_view
		fail 'a device is still with a guest that gave it up'
	}
}
step xsa_306_given_up_is_in_quarantine in_quarantine
honest_end
rogue_end
nothing_left
