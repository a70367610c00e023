#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Record what a stock Linux front asks of xenpcid on real Xen, request by
# request, as seeds for the fuzz targets:
#
#	traffic.sh FILE
#
# The guest's kernel watches the function of its xen-pcifront that posts each
# request (a kprobe). A line of FILE is a request as struct pci_op has it: cmd
# domain bus devfn offset size value info.

set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
[ $# -eq 1 ] || {
	sed -n '4,11s/^# \{0,1\}//p' "$0" >&2
	exit 2
}
work=$(mktemp -d "${TMPDIR:-/tmp}/xenpci-traffic.XXXXXX")
trap 'rm -rf "$work"' EXIT

# struct xen_pci_op of pciif.h; the second argument is in %rsi.
cat >"$work/guest.sh" <<'END'
mountpoint -q /sys/kernel/tracing || mount -t tracefs none /sys/kernel/tracing
cd /sys/kernel/tracing
echo 'p:ops xen_pcifront:do_pci_op cmd=+0(%si):x32 domain=+8(%si):x32 bus=+12(%si):x32 devfn=+16(%si):x32 offset=+20(%si):x32 size=+24(%si):x32 value=+28(%si):x32 info=+32(%si):x32' >kprobe_events
echo 8192 >buffer_size_kb
echo 1 >events/kprobes/ops/enable
modprobe xen-pcifront
modprobe nvme
rig-wait-until 40 test -b /dev/nvme0n1
sha256sum </dev/nvme0n1 >/dev/null
modprobe e1000e
rig-wait-until 40 test -e /sys/class/net/eth0
ip link set eth0 up || ifconfig eth0 up
edu-irq 5
rmmod rig_edu
for device in /sys/bus/pci/devices/*; do
	cat "$device/config" >/dev/null
done
rmmod e1000e
rmmod nvme
echo 0 >events/kprobes/ops/enable
sed -n 's/.* ops: ([^)]*) /request /p' trace
END
cat >"$work/script" <<'END'
nvme=$(rig-bdf nvme) net=$(rig-bdf e1000e) edu=$(rig-bdf edu)
xenpcid >/run/xenpcid.log 2>&1 </dev/null &
rig-wait-until 30 xenstore-exists /xenpci/daemon/pid
xl pci-assignable-add "$nvme"
xl pci-assignable-add "$net"
xl pci-assignable-add "$edu"
rig-guest run talker --no-pcifront --pci "$nvme" --pci "$net" --pci "$edu" \
	--timeout 200 /rig/files/guest.sh >/rig/out/console || {
	cat /rig/out/console
	exit 1
}
END
"$here/rig" run --timeout 300 --out "$work/out" "$work/script" "$work/guest.sh"
{
	echo '# Linux 6.1 with NVMe, e1000e and edu: cmd domain bus devfn offset size value info'
	sed -n 's/\r//; s/^request //; t words; d; :words; s/[a-z]*=0x//g; p' "$work/out/console"
} >"$work/ops"
[ "$(wc -l <"$work/ops")" -gt 100 ] || {
	echo "traffic.sh: only $(wc -l <"$work/ops") lines were recorded" >&2
	exit 1
}
cp "$work/ops" "$1"
echo "$(grep -vc '^#' "$1") requests in $1"
