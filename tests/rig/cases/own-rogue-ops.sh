# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: every malformed request gets the answer it must, races included; another guest notices nothing
# timeout: 300

disk=$(rig-bdf nvme)
edu=$(rig-bdf edu)
net=$(rig-bdf e1000e)
serve "$disk" "$edu" "$net"
xen_view >"$CASE_TMP/view.before"
pid=$(daemon_pid)
rogue_start "$disk" "$edu"
honest_start "$net"

honest_while 'quiet' sleep 3
honest_while 'malformed requests' rogue ops
step xsa_155_double_fetch honest_while 'requests that flip' rogue flip 2
step late_answers honest_while 'requests given up' rogue late 1000
rogue ops
honest_end
rogue_end
nothing_left
if [ "$(daemon_pid)" != "$pid" ] || ! daemon_alive; then
	fail 'xenpcid was replaced'
fi
