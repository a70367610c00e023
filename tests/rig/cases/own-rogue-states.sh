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

# How often a process has a guest's page.
mappings()
{
	grep -c gntdev "/proc/$1/maps" || true
}

rogue connect
rogue states 5
rogue connect
pid=$(worker_of rogue)
[ "$(mappings "$pid")" = 1 ] || fail 'its page is not mapped once'
# By nobody else: the honest guest has a page and a worker too, the spare none.
total=0
for worker in $(pidof xenpcid-worker); do
	total=$((total + $(mappings "$worker")))
done
[ $total = 2 ] || fail "the workers map $total pages for 2 guests"

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
