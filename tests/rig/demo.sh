# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The story that ./demo tells, in dom0.

say()
{
	printf '\n# %s\n' "$*"
}

# Show a command, then run it.
run()
{
	echo "dom0# $*"
	_rc=0
	"$@" >/run/said 2>&1 || _rc=$?
	sed 's/^/    /' /run/said
	return $_rc
}

driver()
{
	basename "$(readlink "/sys/bus/pci/devices/$1/driver")"
}

bdf=$(rig-bdf nvme)

say "domain 0 runs on $(xl info xen_version | sed 's/^/Xen /'); its nvme driver has the disk at $bdf"
modprobe nvme
rig-wait-until 30 test -b /dev/nvme0n1
echo "    driver: $(driver "$bdf")"

say 'the daemon takes over from the answering half of xen-pciback'
echo 'dom0# xenpcid &'
xenpcid >/run/xenpcid.log 2>&1 </dev/null &
rig-wait-until 30 xenstore-exists /xenpci/daemon/pid

say 'take the disk from dom0: unbind, hold, quarantine'
run xenpci assignable-add "$bdf"
run xenpci assignable-list

say 'a Linux guest, paused; then the disk is attached to it'
cat >/run/guest.sh <<'END'
modprobe nvme
rig-wait-until 60 test -b /dev/nvme0n1
echo "first line of the disk: $(head -n1 /dev/nvme0n1 | cut -c 1-15)"
grep -E 'nvme' /proc/interrupts
echo guest-has-read
rig-wait-for finish 120
END
rig-guest start guest --paused /run/guest.sh >/dev/null 2>&1
run xenpci attach guest "$bdf"
run xl unpause guest

say 'what the guest says: the text of the disk, and its interrupts by MSI-X'
rig-guest line guest '^guest-has-read' --timeout 120 >/dev/null
rig-guest console guest | grep -E '^first line|pcifront-msi-x' | sed 's/^/    /'

say 'the pair in xenstore, explained'
run xenpci list
run xenpci tree guest

say 'the guest lets go'
run xenpci detach guest "$bdf"
rig-guest tell guest finish
rig-guest wait guest --timeout 60 >/run/console
grep -q '^first line of the disk: XENPCI RIG DISK' /run/console
grep -q 'xen-pirq.*pcifront-msi-x.*nvme' /run/console

say "the same disk, read by our own kernel: no Linux, $(($(stat -c %s /usr/lib/xenpci/ownit) / 1024)) KiB of code in 8 MiB, on libxenpcifront"
cat >/run/ownit.cfg <<END
name = "ownit"
type = "pv"
kernel = "/usr/lib/xenpci/ownit"
memory = 8
pci = [ "$bdf" ]
END
sed 's/^/    /' /run/ownit.cfg
echo 'dom0# xl create -c /run/ownit.cfg'
timeout 120 xl create -c /run/ownit.cfg >/run/said 2>&1 </dev/null || true
tr -d '\r' </run/said | grep '^ownit' | sed 's/^/    /'
grep -q '^ownit: nvme: XENPCI RIG DISK' /run/said

say 'and back again: dom0 gets its disk'
run xenpci assignable-remove "$bdf"
rig-wait-until 30 test -b /dev/nvme0n1
echo "    driver: $(driver "$bdf")"
[ "$(driver "$bdf")" = nvme ]
