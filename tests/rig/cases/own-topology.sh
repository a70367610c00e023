# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: with real addresses a guest has a root for each bus, also of what comes later
# boot: devices
# timeout: 400

disk=$(rig-bdf nvme)
first=$(rig-bdf e1000e 2)
second=$(rig-bdf e1000e 3)
[ "${first%.0}" = "${second%.1}" ] || fail "$first and $second are not one device"
case $first in
0000:00:*) fail "$first is on the first bus" ;;
esac
config=$CASE_TMP/xenpcid.json

seen_guest()
{
	guest_script <<'END'
seen()
{
	for dev in /sys/bus/pci/devices/*:*; do
		echo "$1 ${dev##*/} $(cut -c 3- "$dev/vendor"):$(cut -c 3- "$dev/device")"
	done
}
modprobe nvme
rig-wait-until 30 test -b /dev/nvme0n1
head -n 1 /dev/nvme0n1 | cut -c 1-15
echo "sha256 $(sha256sum </dev/nvme0n1 | cut -d' ' -f1)"
grep nvme /proc/interrupts
seen early
two=$(rig-wait-for plugged)
rig-wait-until 60 test -e "/sys/bus/pci/devices/$two/config"
seen late
END
}

# run_guest NAME LAST-ADDRESS: the disk from the start, the two others hot.
run_guest()
{
	rig-guest start "$1" --pci "$disk" "$(seen_guest)"
	wait_state "$(backend_of "$1")" 4
	rig-guest line "$1" '^early ' --timeout 90
	xenpci attach "$1" "$first" --timeout 90
	xenpci attach "$1" "$second" --timeout 90
	xenpci list "$1"
	rig-guest tell "$1" plugged "$2"
	rig-guest wait "$1" --timeout 90 >"$CASE_TMP/$1" || fail "the guest $1 failed"
	grep -E '^(early|late) ' "$CASE_TMP/$1"
	disk_was_read "$CASE_TMP/$1"
}

# addresses NAME WHEN ADDRESS...: exactly these.
addresses()
{
	grep "^$2 " "$CASE_TMP/$1" | cut -d' ' -f2 >"$CASE_TMP/got"
	shift 2
	printf '%s\n' "$@" >"$CASE_TMP/wanted"
	same "$CASE_TMP/wanted" "$CASE_TMP/got" 'the guest sees other addresses'
}

echo '{ "topology": "passthrough" }' >"$config"
start_daemon --debug --config "$config"
hold "$disk" "$first" "$second"
xen_view >"$CASE_TMP/view.before"

run_guest real "$second"
addresses real early "$disk"
addresses real late "$disk" "$first" "$second"
nothing_left

# A file that is wrong leaves everything as it is.
echo '{ "topology": "flat" }' >"$config"
kill -HUP "$(daemon_pid)"
wait_for 10 grep -q 'topology: must be "virtual" or "passthrough"; the configuration stays' "$DAEMON_LOG" ||
	fail 'a wrong file was not refused'

echo '{ "topology": "virtual" }' >"$config"
kill -HUP "$(daemon_pid)"
wait_for 10 grep -q "$config is in force" "$DAEMON_LOG" || fail 'the file was not read again'
run_guest packed 0000:00:01.1
addresses packed early 0000:00:00.0
addresses packed late 0000:00:00.0 0000:00:01.0 0000:00:01.1
nothing_left
