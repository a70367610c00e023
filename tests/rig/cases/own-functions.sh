# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: two functions of a slot with their numbers, a ROM, and a virtual function behind a port with its disk and MSI-X
# timeout: 240
# boot: own
# rig-args: --qemu-arg -drive --qemu-arg if=none,id=kinds-disk,driver=null-co,size=16M,read-zeroes=on --device e1000e,addr=9.0,multifunction=on --device edu,addr=9.1 --device pcie-root-port,id=kinds-port,addr=8,chassis=1 --device nvme-subsys,id=kinds-sub --device nvme,id=kinds-pf,bus=kinds-port,serial=KINDSPF,subsys=kinds-sub,sriov_max_vfs=1,sriov_vq_flexible=4,sriov_vi_flexible=2 --device nvme-ns,drive=kinds-disk,bus=kinds-pf

first=0000:00:09.0
second=0000:00:09.1
virt=/rig/guest/tools/nvme-virt

# The physical function gives its queues and interrupts away at its next reset.
hold "$(rig-bdf nvme)"
modprobe nvme
pf=$(rig-bdf nvme 2)
wait_for 20 test -c /dev/nvme0
$virt /dev/nvme0 0 interrupts allocate 0
$virt /dev/nvme0 0 queues allocate 0
echo 1 >"/sys/bus/pci/devices/$pf/reset"
wait_for 20 grep -q live /sys/class/nvme/nvme0/state
# Before there is a function: Xen counts its vectors once, when it comes.
$virt /dev/nvme0 1 interrupts assign 2
$virt /dev/nvme0 1 queues assign 3
# No driver may take the new function; as long as that holds, nor may pciback.
echo 0 >"/sys/bus/pci/devices/$pf/sriov_drivers_autoprobe"
echo 1 >"/sys/bus/pci/devices/$pf/sriov_numvfs"
echo 1 >"/sys/bus/pci/devices/$pf/sriov_drivers_autoprobe"
$virt /dev/nvme0 1 interrupts online 0
vf=$(basename "$(readlink "/sys/bus/pci/devices/$pf/virtfn0")")

rom=/sys/bus/pci/devices/$first/rom
echo 1 >$rom
sum=$(sha256sum <$rom | cut -d' ' -f1)
echo 0 >$rom
echo "ROM of $first: $sum"

serve "$first" "$second" "$vf"
xen_view >"$CASE_TMP/view.before"
guest=$(guest_script <<'END'
cd /sys/bus/pci/devices
for dev in *; do
	echo "$dev is $(cat "$dev/vendor") $(cat "$dev/device")"
done
echo "header type of 0: $(od -An -tx1 -j14 -N1 0000:00:00.0/config)"
edu-irq 20
rmmod rig_edu
echo 1 >0000:00:00.0/rom
od -An -tx1 -N2 0000:00:00.0/rom
echo "ROM $(sha256sum <0000:00:00.0/rom | cut -d' ' -f1)"
modprobe nvme
rig-wait-until 40 test -b /dev/nvme0n1
echo "disk $(sha256sum </dev/nvme0n1 | cut -d' ' -f1)"
echo "line and pin:$(od -An -tx1 -j60 -N2 0000:00:01.1/config)"
grep nvme /proc/interrupts
END
)
rig-guest run kinds --pci "$first,permissive=1" --pci "$second" --pci "$vf" "$guest" >"$CASE_TMP/console" || {
	cat "$CASE_TMP/console"
	fail 'the guest failed'
}
grep -v '^\[' "$CASE_TMP/console"

said()
{
	grep -q "$1" "$CASE_TMP/console" || fail "the guest does not say \"$1\""
}
step multi_function said '^0000:00:00\.0 is 0x8086 0x10d3'
step multi_function_same_slot said '^0000:00:00\.1 is 0x1234 0x11e8'
step multi_function_bit said '^header type of 0: *80'
step multi_function_msi said '^edu-irq mode=msi raised=20 arrived=20$'
step rom_readable said "^ROM $sum"
step rom_signature said '^ 55 aa'
step virtual_function_ids said '^0000:00:01\.1 is 0x1b36 0x0010'
step virtual_function_disk said "^disk $(head -c 16777216 /dev/zero | sha256sum | cut -d' ' -f1)"
step virtual_function_msix said '[1-9][0-9]*  *xen-pirq.*pcifront-msi-x *nvme0q'
step virtual_function_no_line said '^line and pin: 00 00'
nothing_left
