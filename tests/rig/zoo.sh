#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Record the configuration space of the device models in zoo.list, as dom0's
# kernel sees them on real Xen: one file DIR/NAME.dump each.
#
#	zoo.sh DIR [NAME...]
#
# A dump has the ids and the resources that sysfs shows, then what lspci -xxxx
# prints. As many devices share a boot as the root bus has room for.

set -euo pipefail
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
[ $# -ge 1 ] || {
	sed -n '4,11s/^# \{0,1\}//p' "$0" >&2
	exit 2
}
dir=$1
shift
mkdir -p "$dir"
work=$(mktemp -d "${TMPDIR:-/tmp}/xenpci-zoo.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The rig's own devices are in slots 3 to 5, the chipset's in 0 and 31.
SLOTS='01 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d'
# Root ports: functions of one slot.
PORTS='1e.0 1e.1 1e.2 1e.3 1e.4 1e.5 1e.6 1e.7'

# Run in dom0, with the plan of the boot in /rig/files/plan.
cat >"$work/script" <<'END'
# Registers first: a driver would change them.
record()
{
	set -- "$1" "$2" "/sys/bus/pci/devices/$2"
	{
		echo "# $(grep "^$1 " /rig/files/plan | cut -d' ' -f4-)"
		lspci -n -s "$2" | cut -d' ' -f1 | sed "s/\$/ $1/"
		printf 'ids %s %s\n' "$(cut -c3- "$3/vendor")" "$(cut -c3- "$3/device")"
		n=0
		while read -r start end flags && [ $n -lt 7 ]; do
			case $flags in
			0x0000000000000000) ;;
			*) echo "resource $n $start $end $flags" ;;
			esac
			n=$((n + 1))
		done <"$3/resource"
		lspci -xxxx -n -s "$2" | grep -E '^[0-9a-f]+: ' || true
	} >"/rig/out/$1.dump"
}
vfs=
while read -r name where at _; do
	case $where in
	bus) record "$name" "0000:00:$at" ;;
	*)
		child=$(cd "/sys/bus/pci/devices/0000:00:$at" && echo ????:??:??.?)
		[ -e "/sys/bus/pci/devices/$child" ] || {
			echo "nothing is behind port $at: $name" >&2
			exit 1
		}
		if [ "$where" = vf ]; then vfs="$vfs $name=$child"; else record "$name" "$child"; fi
		;;
	esac
done </rig/files/plan
[ -z "$vfs" ] || modprobe nvme
for vf in $vfs; do
	child=/sys/bus/pci/devices/${vf#*=}
	rig-wait-until 30 test -e "$child/driver"
	echo 1 >"$child/sriov_numvfs"
	record "${vf%%=*}" "$(basename "$(readlink "$child/virtfn0")")"
done
END

grep -v '^#' "$here/zoo.list" | grep . >"$work/left"
if [ $# -gt 0 ]; then
	for name; do
		grep -E "^${name}[[:space:]]" "$work/left" || {
			echo "zoo.sh: zoo.list has no $name" >&2
			exit 2
		}
	done >"$work/chosen"
	mv "$work/chosen" "$work/left"
fi

# plan_boot: as many of the lines in left as fit; the rest stays.
plan_boot()
{
	local name where device extra slots=$SLOTS ports=$PORTS n=0 at
	local -a words

	: >"$work/plan"
	: >"$work/rest"
	args=()
	while read -r name where device extra; do
		if [ "$where" = bus ] && [ -n "$slots" ]; then
			at=${slots%% *}.0
			slots=${slots#"${slots%% *}"}
			slots=${slots# }
			args+=(--device "$device,addr=${at%.0}")
		elif [ "$where" != bus ] && [ -n "$ports" ]; then
			at=${ports%% *}
			ports=${ports#"$at"}
			ports=${ports# }
			n=$((n + 1))
			args+=(--device "pcie-root-port,id=zoo-port$n,chassis=$n,addr=$at,multifunction=on,hotplug=off")
			late+=(--device "$device,bus=zoo-port$n")
		else
			echo "$name $where $device $extra" >>"$work/rest"
			continue
		fi
		echo "$name $where $at QEMU (q35, SeaBIOS): -device $device" >>"$work/plan"
		read -r -a words <<<"$extra"
		set -- "${words[@]}"
		while [ $# -ge 2 ]; do
			case $1 in
			-device) early+=(--device "$2") ;;
			*) early+=(--qemu-arg "$1" --qemu-arg "$2") ;;
			esac
			shift 2
		done
	done <"$work/left"
	mv "$work/rest" "$work/left"
}

while [ -s "$work/left" ]; do
	early=()
	late=()
	plan_boot
	"$here/rig" run --timeout 300 --out "$work/out" "${early[@]}" "${args[@]}" \
		"${late[@]}" "$work/script" "$work/plan"
done
rm -f "$work/out/console.log"
cp "$work"/out/*.dump "$dir/"
echo "$(find "$work/out" -name '*.dump' | wc -l) devices recorded in $dir"
