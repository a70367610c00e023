#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Does the rig keep its word?  Needs no xenpci: the stock pair serves.
# Takes some minutes; exit status 0 when all is well.

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
rig=$here/rig
work=$(mktemp -d "${TMPDIR:-/tmp}/xenpci-selftest.XXXXXX")
trap 'rm -rf "$work"' EXIT
# An empty tree: no project to build.
mkdir "$work/none"
XENPCI_RIG_SOURCE=$work/none
export XENPCI_RIG_SOURCE
bad=0

# check WHAT WANTED-STATUS COMMAND...; output in $work/output and $work/errors
check()
{
	what=$1
	wanted=$2
	shift 2
	got=0
	"$@" >"$work/output" 2>"$work/errors" || got=$?
	verdict "$what" [ $got -eq "$wanted" ]
}

verdict()
{
	what=$1
	shift
	if "$@"; then
		echo "ok $what"
	else
		echo "not ok $what"
		cat "$work/output" "$work/errors" | tail -n 40 | sed 's/^/    /'
		bad=1
	fi
}

check 'no command is a usage error' 2 "$rig"
check 'an unknown option is a usage error' 2 "$rig" run --frob x "$rig"
check 'a missing SCRIPT is refused' 2 "$rig" run "$work/missing"
check 'a missing FILE is refused' 2 "$rig" run "$rig" "$work/missing"
check 'an absurd --timeout is refused' 2 "$rig" run --timeout -1 "$rig"
check 'trixie is not built yet' 125 "$rig" run --set trixie "$rig"
check 'a PVH dom0 is not built yet' 125 "$rig" run --dom0 pvh "$rig"

head -c 300000 /dev/urandom >"$work/blob"
cat >"$work/script" <<'END'
echo to stdout
echo to stderr >&2
cmp /rig/files/blob /rig/files/blob
cp /rig/files/blob /rig/out/
mkdir /rig/out/sub
head -c 3000000 /dev/urandom >/rig/out/sub/big
sha256sum </rig/out/sub/big
cat /rig/files/blob
[ "$(cat /sys/bus/pci/devices/$(rig-bdf nvme)/class)" = 0x010802 ]
[ "$(cat /sys/bus/pci/devices/$(rig-bdf e1000e)/device)" = 0x10d3 ]
[ "$(cat /sys/bus/pci/devices/$(rig-bdf edu)/vendor)" = 0x1234 ]
[ "$(cat /sys/bus/pci/devices/$(rig-bdf 1af4:1005)/vendor)" = 0x1af4 ]
for kind in nvme e1000e edu; do
	[ ! -e "/sys/bus/pci/devices/$(rig-bdf $kind)/driver" ]
done
xl list >/dev/null
exit 42
END
check 'the status of SCRIPT arrives' 42 "$rig" run --device virtio-rng-pci \
	--out "$work/out" "$work/script" "$work/blob"
verdict 'output begins as written' [ "$(head -n2 "$work/output" | tr '\n' ,)" = 'to stdout,to stderr,' ]
sum=$(sed -n 3p "$work/output")
tail -c 300000 "$work/output" >"$work/copy"
verdict 'output is binary safe' cmp -s "$work/blob" "$work/copy"
verdict '/rig/out arrives' cmp -s "$work/blob" "$work/out/blob"
verdict '/rig/out arrives in depth' [ "$(sha256sum <"$work/out/sub/big")" = "$sum" ]
verdict 'console.log arrives' grep -q 'Xen version 4' "$work/out/console.log"

cat >"$work/script" <<'END'
echo kept >/rig/out/kept
sleep 1000
END
check 'a SCRIPT without end is 124' 124 "$rig" run --timeout 60 --out "$work/late" "$work/script"
verdict '/rig/out survives a timeout' [ "$(cat "$work/late/kept")" = kept ]
check 'a boot that fails is 125' 125 "$rig" run --xen-arg dom0_mem=8M,max:8M "$work/script"
verdict 'and shows the console' grep -q '^console: ' "$work/errors"

cat >"$work/script" <<'END'
cat >/tmp/seven <<'E'
rig-wait-for go 60
exit 7
E
echo 'echo c >/proc/sysrq-trigger' >/tmp/crash
echo 'sleep 1000' >/tmp/hang
try()
{
	wanted=$1
	shift
	rc=0
	"$@" >/tmp/log 2>&1 || rc=$?
	[ $rc -eq "$wanted" ] || {
		cat /tmp/log
		echo "$* gave $rc, not $wanted"
		exit 1
	}
}
rig-guest start seven /tmp/seven
rig-guest tell seven go
try 7 rig-guest wait seven
try 125 rig-guest run crash /tmp/crash
try 124 rig-guest run hang --timeout 45 /tmp/hang
[ "$(xl list | wc -l)" = 2 ]
END
check 'guests: status, tell, crash, timeout' 0 "$rig" run "$work/script"

check 'the cases of the stock pair' 0 "$here/run-cases" stock-nvme stock-net-edu
cat "$work/output"
exit $bad
