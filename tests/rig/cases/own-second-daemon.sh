# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: a second xenpcid refuses, a guest the kernel serves is left alone, in words
# timeout: 150

bdf=$(rig-bdf nvme)
hold "$bdf"
guest=$(guest_script <<'END'
rig-wait-until 30 test -e /sys/bus/pci/devices/0000:00:00.0
echo guest-up
rig-wait-for finish 90
cat /sys/bus/pci/devices/0000:00:00.0/config | wc -c
END
)
rig-guest start kernels --stock-backend --pci "$bdf" "$guest"
rig-guest line kernels '^guest-up' --timeout 60

start_daemon --debug
rc=0
xenpcid >$CASE_TMP/second 2>&1 || rc=$?
[ $rc -eq 4 ] || fail "the second daemon exited with $rc, not 4"
expect 'another xenpcid' cat $CASE_TMP/second

wait_for 10 grep -q "the kernel's xen-pciback answers this guest" $DAEMON_LOG ||
	fail 'nothing was said about the guest the kernel serves'
[ "$(node "$(backend_of kernels)/state")" = 4 ] || fail 'the guest of the kernel was disturbed'
rig-guest tell kernels finish
rig-guest wait kernels --timeout 60 >$CASE_TMP/console
grep -qE '^(256|4096)$' $CASE_TMP/console || fail "the kernel's guest cannot read its device"
