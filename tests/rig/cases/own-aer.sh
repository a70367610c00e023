# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: errors that the device reports reach the guest's front, and what it does not recover from ends as configured
# timeout: 300
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

configured()
{
	echo "{ \"aer\": \"$1\" }" >"$CASE_TMP/config.json"
	stop_daemon
	start_daemon --debug --config "$CASE_TMP/config.json"
	mark
}

step()
{
	echo "== $*"
}

serve "$nic"
mark
xen_view >"$CASE_TMP/view.before"
[ "$(cat $trace/events/ras/aer_event/enable)" = 1 ] || fail 'nobody listens to the kernel'
setpci -s "$port" COMMAND=100:100 BRIDGE_CONTROL=2:2

step 'the front of this project, non-fatal and fatal'
guest=$(guest_script <<'END'
modprobe -a xen-evtchn xen-gntalloc
xenpci-front watch --count 20 --for 150
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
step 'xenpcid is killed before the front has answered'
worker=$(worker_of ours)
mark
kill -STOP "$worker"
inject COMP_TIME
logged 'reported a non-fatal error'
stop_daemon KILL
kill -CONT "$worker"
start_daemon --debug
logged 'recovering from its error, once more'
logged 'recovered from its error'
[ "$(worker_of ours)" = "$worker" ] || fail 'it has another worker'
rig-guest console ours | grep error
rig-guest stop ours

step "Linux's own front, with a driver that needs a reset"
guest=$(guest_script <<'END'
modprobe rig_aer first=3
rig-wait-for finish 90
END
)
rig-guest start linux --pci "$nic" "$guest"
told linux 'rig_aer: ready'
registers >"$CASE_TMP/registers.before"
[ "$(setpci -s "$nic" CAP_MSIX+2.w)" = 8003 ] || fail 'no MSI-X in the guest'
mark
inject COMP_TIME
told linux 'rig_aer: detected 1'
told linux 'rig_aer: reset, master 1'
told linux 'rig_aer: resume'
logged 'recovered from its error'
[ "$(setpci -s "$nic" CAP_MSIX+2.w)" = 8003 ] || fail 'the reset took its MSI-X'
registers >"$CASE_TMP/registers.after"
same "$CASE_TMP/registers.before" "$CASE_TMP/registers.after" 'the reset took registers'
mark
inject DLP
told linux 'rig_aer: detected 2'
logged 'recovered from its error'
[ "$(setpci -s "$nic" CAP_MSIX+2.w)" = 8003 ] || fail 'the link reset took its MSI-X'
rig-guest console linux | grep rig_aer
rig-guest stop linux

step 'a driver that gives up, and nothing else configured'
guest=$(guest_script <<'END'
modprobe rig_aer first=4
rig-wait-for finish 90
END
)
rig-guest start gives-up --pci "$nic" "$guest"
told gives-up 'rig_aer: ready'
mark
inject COMP_TIME
logged 'answered "disconnect"'
[ "$(node "$(backend_of gives-up)/aerState")" = aerfail ] || fail 'aerState does not say it'
error_of gives-up
rig-guest stop gives-up

# A front that says that it does not handle errors.
deaf=$(guest_script <<'END'
modprobe -a xen-evtchn xen-gntalloc
rogue-front flood nothing 200
END
)

deaf_guest()
{
	rig-guest start "$1" --no-pcifront --pci "$nic" "$deaf"
	wait_state "$(backend_of "$1")" 4 60
	mark
	inject COMP_TIME
	logged 'has no handler for errors'
}

is_paused()
{
	[ "$(xl list "$1" | awk 'NR == 2 { print substr($5, 3, 1) }')" = p ]
}

step 'pause'
configured pause
deaf_guest pauses
wait_for 10 is_paused pauses || {
	xl list
	fail 'the guest is not paused'
}
xl unpause pauses
rig-guest stop pauses

step 'detach'
configured detach
deaf_guest loses
domid=$(xl domid loses)
is_quarantined()
{
	xen_view | grep -q "^device $nic .*DomIO"
}
wait_for 20 _log_has "$nic: released" || fail 'the device was not taken'
is_quarantined || {
	xen_view | grep '^device'
	fail "the device is still domain $domid's"
}
xl list loses >/dev/null || fail 'the guest went with it'
xl pci-detach loses "$nic" || fail 'xl cannot clear up after it'
rig-guest stop loses

step 'destroy'
configured destroy
deaf_guest dies
wait_for 20 no_guests || {
	xl list
	fail 'the guest lives on'
}
nothing_left
stop_daemon
[ ! -e $trace ] || fail 'the trace instance is left'
