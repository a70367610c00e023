# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: devices that cannot be given away are refused in words, with the right exit code
# timeout: 150

bdf=$(rig-bdf nvme)

# refused CODE TEXT COMMAND...
refused()
{
	_code=$1 _text=$2
	shift 2
	_rc=0
	"$@" >$CASE_TMP/refused 2>&1 || _rc=$?
	cat $CASE_TMP/refused
	[ $_rc -eq "$_code" ] || fail "\"$*\" exited with $_rc, not $_code"
	grep -qi "$_text" $CASE_TMP/refused || fail "\"$*\" does not say \"$_text\""
}

refused 3 'no PCI device' xenpci assignable-add 0000:77:00.0
refused 3 '03.9' xenpci assignable-add 03.9
refused 5 bridge xenpci assignable-add 0000:00:1f.0
guest=$(guest_script <<'END'
echo guest-ready
rig-wait-for finish 120
END
)
rig-guest start one "$guest"
rig-guest start plain --config 'passthrough="disabled"' --config 'e820_host=0' "$guest"
rig-guest line one '^guest-ready' --timeout 60
refused 6 xenpcid xenpci attach one "$bdf"
start_daemon --debug
refused 3 'domain\|guest' xenpci attach nobody "$bdf"

# dom0 uses it: a disk with swap on it, a network interface that is up.
modprobe nvme
rig-wait-until 20 test -b /dev/nvme0n1
dd if=/dev/nvme0n1 of=$CASE_TMP/head bs=64k count=1 2>/dev/null
mkswap /dev/nvme0n1 >/dev/null
swapon /dev/nvme0n1
refused 5 'swap' xenpci assignable-add "$bdf"
swapoff /dev/nvme0n1
dd if=$CASE_TMP/head of=/dev/nvme0n1 conv=fsync 2>/dev/null
net=$(rig-bdf e1000e)
modprobe e1000e
rig-wait-until 20 test -e "/sys/bus/pci/devices/$net/net"
ip link set eth0 up
refused 5 'eth0' xenpci assignable-add "$net"
ip link set eth0 down

# It remembers the driver and gives it back.
[ "$(driver_of "$bdf")" = nvme ] || fail 'nvme does not have the disk'
xenpci assignable-add "$bdf" || fail 'assignable-add'
[ "$(driver_of "$bdf")" = pciback ] || fail 'pciback does not have the disk'

# Not into a guest without an IOMMU context; not to two guests.
rig-guest line plain '^guest-ready' --timeout 60
refused 6 'passthrough' xenpci attach plain "$bdf"
rig-guest stop plain
xenpci attach one "$bdf" || fail 'attach'
refused 5 'dom0\|domain 0' xenpci attach 0 "$bdf"
rig-guest start two --paused "$guest"
refused 4 'belongs\|attached\|has it\|in use' xenpci attach two "$bdf"
refused 4 'attached\|belongs\|in use\|has it' xenpci assignable-remove "$bdf"
rig-guest stop two
xenpci detach one "$bdf" || fail 'detach'
rig-guest stop one
xenpci assignable-remove "$bdf" || fail 'assignable-remove'
[ "$(driver_of "$bdf")" = nvme ] || fail 'nvme did not get the disk back'
