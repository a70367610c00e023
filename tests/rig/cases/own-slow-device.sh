# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: a device that is dead in the middle of a reset holds up its own guest only
# timeout: 400
# boot: own
# rig-args: --device pcie-root-port,id=rp1,slot=1 --device virtio-net-pci,disable-legacy=on,bus=rp1,id=nic1,romfile=

dead=$(rig-bdf 1af4:1041)
net=$(rig-bdf e1000e)
edu=$(rig-bdf edu)
port=$(basename "$(dirname "$(readlink -f "/sys/bus/pci/devices/$dead")")")
bus=$(setpci -s "$port" SECONDARY_BUS)

# Without its bus number the port forwards nothing, and whoever reads gets ones.
# Linux waits up to a minute for a device to come back from its reset; whoever
# asks for its registers meanwhile sleeps in the kernel, beyond signals.
kill_device()
{
	setpci -s "$port" SECONDARY_BUS=e0
	(echo 1 >"/sys/bus/pci/devices/$dead/reset") 2>/dev/null &
	resetter=$!
}

# How long something takes, in ms.
now_ms()
{
	awk '{ print int($1 * 1000) }' /proc/uptime
}

ms()
{
	_from=$(now_ms)
	"$@" || fail "$*"
	_took=$(($(now_ms) - _from))
	echo "$_took ms: $*"
}

# figure WHEN WHAT NAME: of the guest "other", in whole microseconds.
figure()
{
	rig-guest console other | sed -n "s/^$1 config-$2 .*$3=\([0-9]*\).*/\1/p" | tail -n 1
}

start_daemon --debug
xenpci assignable-add "$dead" "$net" "$edu"
other=$(guest_script <<'END'
rig-wait-until 60 test -e /sys/bus/pci/devices/*:*/config
dev=$(basename /sys/bus/pci/devices/*:*)
measure()
{
	echo "$1 $(cfgbench "$dev" 400 4)"
	echo "$1 $(cfgwrite "$dev" 400)"
}
measure before
echo other-ready
rig-wait-for dead 150
measure meanwhile
echo measured
rig-wait-for finish 250
END
)
stuck=$(guest_script <<'END'
rig-wait-until 60 test -e /sys/bus/pci/devices/*:*/config
dev=$(basename /sys/bus/pci/devices/*:*)
cfgwrite "$dev" 20
echo stuck-ready
rig-wait-for dead 150
for i in 1 2 3; do
	echo "try $i $(cfgwrite "$dev" 1)"
done
echo stuck-tried
rig-wait-for never 250
END
)
rig-guest start stuck "$stuck"
xenpci attach stuck "$dead" || fail 'attach'
rig-guest start other "$other"
xenpci attach other "$net" || fail 'attach'
rig-guest line stuck '^stuck-ready' --timeout 90
rig-guest line other '^other-ready' --timeout 90
xenpci list

kill_device
wait_for 10 eval '[ "$(cut -d" " -f3 "/proc/$resetter/stat")" = D ]' || fail 'the kernel does not wait for it'
rig-guest tell stuck dead
rig-guest tell other dead
rig-guest line other '^measured' --timeout 60 || fail 'the other guest waits, too'
for what in read write; do
	for name in p50 p99; do
		echo "other guest, config-$what $name: $(figure before $what $name) us before, $(figure meanwhile $what $name) us meanwhile"
	done
	[ "$(figure meanwhile $what p99)" -lt 500000 ] || fail "the other guest's ${what}s were held up"
done
[ "$(figure meanwhile write max)" -lt 1000000 ] || fail 'a write of the other guest was held up'
[ -d "/proc/$resetter" ] || fail 'the reset is over: nothing was proven'

ms xenpci attach other "$edu"
[ $_took -lt 8000 ] || fail 'attaching another device waits, too'
ms xenpci detach other "$edu"
rig-guest console stuck | grep '^try' || echo 'its guest still waits'
for pid in $(pidof xenpcid-worker xenpcid); do
	echo "$pid $(cat "/proc/$pid/comm") $(cat "/proc/$pid/wchan")"
done

# libxl resets the device of a guest it destroys, and waits for the kernel; the
# device has to live again for that.
[ -d "/proc/$resetter" ] || fail 'the reset is over: nothing was proven'
xl destroy stuck &
destroyer=$!
setpci -s "$port" SECONDARY_BUS="$bus"
wait_for 90 eval '[ ! -d "/proc/$resetter" ]' || fail 'the reset does not end'
wait "$destroyer" || fail 'the guest is not destroyed'
wait_for 30 eval '! xenpci list | grep -q stuck' || fail 'the device is not taken back'
grep "$dead" "$DAEMON_LOG" | tail -n 5

# Back again, it can be used.
wait_for 60 xenpci attach other "$dead" || fail 'it cannot be given again'
xenpci detach other "$dead" || fail 'detach'
rig-guest tell other finish
rig-guest wait other --timeout 60 >/dev/null || fail 'the other guest failed'
wait_for 30 no_guests || fail 'a domain is left'
wait_for 20 no_pair || fail 'nodes are left'
daemon_alive || fail 'xenpcid is gone'
