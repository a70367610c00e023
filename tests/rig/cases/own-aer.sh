# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: errors that the device reports, non-fatal and fatal, reach the guest's front, which recovers
# timeout: 150
# boot: own
# rig-args: --monitor --device pcie-root-port,id=rp1,slot=1,x-speed=2_5 --device virtio-net-pci,aer=on,disable-legacy=on,bus=rp1,id=nic1,romfile=

nic=$(rig-bdf 1af4:1041)
port=$(basename "$(dirname "$(readlink -f "/sys/bus/pci/devices/$nic")")")
trace=/sys/kernel/tracing/instances/xenpcid

# inject NAME: QEMU's nic1 reports this error.
inject()
{
	rig-monitor pcie_aer_inject_error nic1 "$1"
}

# logged TEXT [SECONDS]: the daemon must say so, after the last mark.
mark()
{
	_mark=$(wc -l <"$DAEMON_LOG")
}

_log_has()
{
	tail -n "+$((_mark + 1))" "$DAEMON_LOG" | grep -q "$1"
}

logged()
{
	wait_for "${2:-20}" _log_has "$1" || fail "xenpcid does not say \"$1\""
}

# told NAME REGEX: the guest's console.
told()
{
	rig-guest line "$1" "$2" --timeout 20 || {
		rig-guest console "$1" | tail -n 20
		fail "$1 is not told \"$2\""
	}
}

# The registers a reset takes, without what is the guest's to turn on.
registers()
{
	setpci -s "$nic" BASE_ADDRESS_1 BASE_ADDRESS_4 CAP_EXP+8.w
}

serve "$nic"
mark
xen_view >"$CASE_TMP/view.before"
[ "$(cat $trace/events/ras/aer_event/enable)" = 1 ] || fail 'nobody listens to the kernel'
setpci -s "$port" COMMAND=100:100 BRIDGE_CONTROL=2:2

guest=$(guest_script <<'END'
modprobe -a xen-evtchn xen-gntalloc
xenpci-front watch --count 8 --for 90
rig-wait-for finish
END
)
rig-guest start ours --no-pcifront --pci "$nic" "$guest"
rig-guest line ours 'present' --timeout 60 || fail 'the front sees no device'
[ "$(($(setpci -s "$nic" CAP_EXP+8.w | sed 's/^/0x/') & 15))" = 15 ] ||
	fail 'the device does not report errors'
registers >"$CASE_TMP/registers.before"
inject COMP_TIME
told ours 'error .*detected, channel normal'
told ours 'error .*mmio-enabled, channel normal'
told ours 'error .*resume, channel normal'
logged 'non-fatal error: Completion Timeout'
logged 'recovered from its error'
mark
inject DLP
told ours 'error .*detected, channel frozen'
told ours 'error .*slot-reset, channel frozen'
told ours 'error .*resume, channel frozen'
logged 'recovered from its error'
registers >"$CASE_TMP/registers.after"
same "$CASE_TMP/registers.before" "$CASE_TMP/registers.after" 'the link reset took registers'
[ -z "$(node "$(backend_of ours)/aerState")" ] || fail 'aerState stands'
rig-guest console ours | grep error
rig-guest stop ours
nothing_left
stop_daemon
[ ! -e $trace ] || fail 'the trace instance is left'
