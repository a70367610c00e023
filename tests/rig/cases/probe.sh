# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: every bit of six devices reads and writes under xenpcid as under the kernel's backend, but for the listed improvements
# timeout: 600
# boot: own
# files: improvements.tsv
# rig-args: --device virtio-net-pci,addr=6,disable-legacy=on,romfile= --device qemu-xhci,addr=7 --device pcie-root-port,id=probe-port,addr=8,chassis=1 --device nvme-subsys,id=probe-sub --device nvme,bus=probe-port,serial=PROBEPF,subsys=probe-sub,sriov_max_vfs=2,sriov_vq_flexible=4,sriov_vi_flexible=2

cfgprobe=/rig/guest/tools/cfgprobe
rows=/rig/files/improvements.tsv
names='nvme e1000e edu virtio-net xhci nvme-vf'

# The disk is held, so that the physical function is the host's only nvme.
hold "$(rig-bdf nvme)"
modprobe nvme
pf=$(rig-bdf nvme 2)
wait_for 20 eval "[ \"\$(driver_of $pf)\" = nvme ]" || fail "dom0 does not drive $pf"
# No driver may take the new function; as long as that holds, nor may pciback.
echo 0 >"/sys/bus/pci/devices/$pf/sriov_drivers_autoprobe"
echo 1 >"/sys/bus/pci/devices/$pf/sriov_numvfs"
echo 1 >"/sys/bus/pci/devices/$pf/sriov_drivers_autoprobe"
vf=$(basename "$(readlink "/sys/bus/pci/devices/$pf/virtfn0")")
echo "virtual function $vf of $pf"
set -- "$(rig-bdf e1000e)" "$(rig-bdf edu)" "$(rig-bdf 1af4:1041)" "$(rig-bdf 1b36:000d)" "$vf"
hold "$@"
set -- "$(rig-bdf nvme)" "$@"
devices=$*
for bdf; do
	lspci -n -xxxx -s "$bdf" >>/rig/out/probe-host.txt
done

guest=$(guest_script <<END
/rig/files/cfgprobe probe $names
END
)

# probe WHO [OPTION]...: the guest's report goes to /rig/out.
probe()
{
	_who=$1
	shift
	for _d in $devices; do
		set -- "$@" --pci "$_d"
	done
	rig-guest run "$_who" --timeout 250 "$@" "$guest" $cfgprobe >"$CASE_TMP/console" || {
		tail -n 20 "$CASE_TMP/console"
		fail "the probe under $_who"
	}
	grep -v '^\[' "$CASE_TMP/console" >"/rig/out/probe-$_who.txt"
}

probe kernel --stock-backend
start_daemon --debug
probe xenpcid

rc=0
$cfgprobe compare /rig/out/probe-kernel.txt /rig/out/probe-xenpcid.txt $rows >/rig/out/probe-diff.txt || rc=$?
cat /rig/out/probe-diff.txt
[ $rc -eq 0 ] || fail 'a difference is not listed, or a listed one is not there'

# A comparison that finds everything alike is worth nothing.
sed '$d' $rows >"$CASE_TMP/short"
! $cfgprobe compare /rig/out/probe-kernel.txt /rig/out/probe-xenpcid.txt "$CASE_TMP/short" \
	>/dev/null || fail 'a difference without a row passes'
{
	cat $rows
	printf 'edu\theader+0x08\t1\tno such difference\n'
} >"$CASE_TMP/long"
! $cfgprobe compare /rig/out/probe-kernel.txt /rig/out/probe-xenpcid.txt "$CASE_TMP/long" \
	>/dev/null || fail 'a row without a difference passes'
