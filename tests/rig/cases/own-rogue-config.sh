# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: a guest writes every register in every width; ids, decoding, BARs and interrupts of the hardware stay
# timeout: 300

disk=$(rig-bdf nvme)
edu=$(rig-bdf edu)
serve "$disk" "$edu"
rogue_start "$disk" "$edu"
rogue connect

# What no guest may change, as the hardware has it.
hardware()
{
	for _r in 00.l 08.l 0d.b 0e.b 10.l 14.l 18.l 1c.l 20.l 24.l 28.l 2c.l 30.l 34.b 3c.l; do
		echo "$_r $(setpci -s "$1" $_r)"
	done
	echo "decode $((0x$(setpci -s "$1" COMMAND) & 3))"
	for _r in 0.w 2.w 4.l 8.l c.l 10.l 14.l; do
		echo "MSI+$_r $(setpci -s "$1" "CAP_MSI+$_r" 2>/dev/null)"
	done
	for _r in 0.w 2.w 4.l 8.l; do
		echo "MSI-X+$_r $(setpci -s "$1" "CAP_MSIX+$_r" 2>/dev/null)"
	done
	od -An -v -tx4 -j256 "/sys/bus/pci/devices/$1/config"
}

untouched()
{
	hardware "$2" >"$CASE_TMP/hw.after"
	same "$1" "$CASE_TMP/hw.after" "the hardware of $2 is not what it was"
}

everywhere()
{
	rogue everywhere 0 4096
	untouched "$CASE_TMP/hw.disk" "$disk"
	rogue everywhere 1 256
	untouched "$CASE_TMP/hw.edu" "$edu"
}

deaf()
{
	rogue deaf 0
	untouched "$CASE_TMP/hw.disk" "$disk"
	[ $((0x$(setpci -s "$disk" COMMAND) & 2)) -eq 2 ] || fail 'decoding is off'
	# The registers of the device still answer, as dom0 sees them.
	[ "$(setpci -s "$disk" 0.l)" = 00101b36 ] || fail 'the device is gone'
}

# MSI is on then, as Xen has programmed it.
aim()
{
	rogue aim 1
	[ $((0x$(setpci -s "$edu" CAP_MSI+2.w) & 1)) -eq 1 ] || fail 'MSI is off'
	case $(setpci -s "$edu" CAP_MSI+4.l) in
	fee*) ;;
	*) fail "MSI goes to $(setpci -s "$edu" CAP_MSI+4.l)" ;;
	esac
}

hardware "$disk" >"$CASE_TMP/hw.disk"
hardware "$edu" >"$CASE_TMP/hw.edu"
[ "$(wc -l <"$CASE_TMP/hw.disk")" -gt 200 ] || fail 'this test looks at too little'
step xsa_059_120_126_decode_stays_on deaf
step xsa_131_write_everywhere everywhere
step xsa_128_129_msi_registers aim
rogue connect
rogue_end
