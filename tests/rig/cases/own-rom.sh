# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: an option ROM is read in the guest that an administrator lets, and in no other
# boot: devices
# timeout: 240
#
# The bit that makes the ROM answer is the only one of its register that a knob
# opens; the address stays the host's, and so does the bit when the guest is gone.

bdf=$(rig-bdf 8086:100e)

rom_guest()
{
	guest_script <<'END'
cd /sys/bus/pci/devices/0000:00:00.0
echo 1 >rom
echo "rom $(sha256sum <rom 2>/dev/null | cut -d' ' -f1)"
echo "register $(od -An -v -tx1 -j 48 -N 4 config | tr -d ' \n')"
echo looked
rig-wait-for seen
END
}

# The enable bit, as the device has it.
enabled()
{
	[ $((0x$(od -An -v -tx1 -j 48 -N 1 "/sys/bus/pci/devices/$bdf/config" | tr -d ' \n') & 1)) = 1 ]
}

rom_of()
{
	sed -n 's/^rom //p' "$CASE_TMP/$1"
}

# look NAME [PCI-OPTIONS]
look()
{
	rig-guest start "$1" --config "pci = [ \"$bdf${2:-}\" ]" "$(rom_guest)"
	rig-guest line "$1" '^looked' --timeout 90 >/dev/null || {
		rig-guest console "$1"
		fail "the guest $1 did not look"
	}
	rig-guest console "$1" >"$CASE_TMP/$1"
	grep '^rom \|^register ' "$CASE_TMP/$1"
}

over()
{
	rig-guest tell "$1" seen
	rig-guest wait "$1" --timeout 60 >/dev/null || fail "the guest $1 failed"
}

echo 1 >"/sys/bus/pci/devices/$bdf/rom"
host=$(sha256sum <"/sys/bus/pci/devices/$bdf/rom" | cut -d' ' -f1)
echo "host $host $(wc -c <"/sys/bus/pci/devices/$bdf/rom") bytes"
echo 0 >"/sys/bus/pci/devices/$bdf/rom"
[ "$host" != "$(sha256sum </dev/null | cut -d' ' -f1)" ] || fail 'the host cannot read it'
serve "$bdf"
xen_view >"$CASE_TMP/view.before"

look without
[ "$(rom_of without)" != "$host" ] || fail 'the ROM was read without permission'
! enabled || fail 'the ROM answers'
over without

look with ,permissive=1
[ "$(rom_of with)" = "$host" ] || fail 'the ROM is not what the host reads'
over with
wait_for 10 eval '! enabled' || fail 'the ROM still answers'

look after
[ "$(rom_of after)" != "$host" ] || fail 'the next guest has inherited the permission'
over after
nothing_left
