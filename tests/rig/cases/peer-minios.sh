# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: a front like Mini-OS's goes by vdev-N through hot add and remove, closes and connects again
# timeout: 120

disk=$(rig-bdf nvme)
net=$(rig-bdf e1000e)
edu=$(rig-bdf edu)
serve "$disk" "$net" "$edu"
xen_view >"$CASE_TMP/view.before"

guest=$(guest_script <<'END_OF_GUEST'
modprobe -a xen-evtchn xen-gntalloc
rogue-front as-minios
END_OF_GUEST
)
rig-guest start mini --no-pcifront --config 'cpus="1"' --pci "$disk" --pci "$net" "$guest"
rig-guest line mini '^minios: 2 devices' --timeout 60
domid=$(xl domid mini)
xenpci attach mini "$edu" || fail 'hot add failed'
rig-guest tell mini scan-1
rig-guest line mini '^minios: 3 devices' --timeout 30
# The first of the list goes and the others move up, with their vdev-N.
xenpci detach mini "$disk" || fail 'hot remove failed'
rig-guest tell mini scan-2
rig-guest tell mini close
rig-guest wait mini --timeout 60 >"$CASE_TMP/console" || {
	cat "$CASE_TMP/console"
	fail 'the front had reason to complain'
}

ids()
{
	for bdf; do
		sys=/sys/bus/pci/devices/$bdf
		echo "minios: $bdf id $(cat "$sys/vendor") $(cat "$sys/device")"
	done
}
{
	ids "$disk" "$net"
	echo 'minios: 2 devices'
	ids "$disk" "$net" "$edu"
	echo 'minios: 3 devices'
	ids "$net" "$edu"
	echo 'minios: 2 devices'
	echo "minios: $net has two vectors"
	echo 'minios: closed'
	ids "$net" "$edu"
	echo 'minios: 2 devices'
	echo 'minios: closed'
} >"$CASE_TMP/is"
sed -n '/^minios: the back is at /d; s/^\(minios: closed\).*/\1/; /^minios: /p' \
	"$CASE_TMP/console" >"$CASE_TMP/found"
same "$CASE_TMP/is" "$CASE_TMP/found" 'what the front went through is not what was done'

cat >"$CASE_TMP/states" <<'END_OF_STATES'
Unknown -> Initialising
Initialising -> InitWait
InitWait -> Initialised
Initialised -> Connected
Connected -> Reconfiguring
Reconfiguring -> Reconfigured
Reconfigured -> Connected
Connected -> Reconfiguring
Reconfiguring -> Reconfigured
Reconfigured -> Connected
Connected -> Closing
Closing -> Closed
Closed -> InitWait
InitWait -> Initialised
Initialised -> Connected
Connected -> Closing
Closing -> Closed
Closed -> InitWait
InitWait -> Initialised
END_OF_STATES
sed -n "s/.*d$domid: \([A-Za-z]* -> [A-Za-z]*\)\$/\1/p" "$DAEMON_LOG" |
	head -n "$(wc -l <"$CASE_TMP/states")" >"$CASE_TMP/shown"
same "$CASE_TMP/states" "$CASE_TMP/shown" 'xenpcid took another way'
nothing_left
daemon_alive || fail 'xenpcid is gone'
