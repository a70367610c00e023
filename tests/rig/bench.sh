# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Config-space reads through the stock Linux front, for the kernel's backend and
# for xenpcid, in one boot: only their ratio means anything, the CPUs are
# emulated. "ids" is a register xenpcid answers from memory, "status" one that it
# reads from the device each time.
#
#	make bench-rig

COUNT=4000

bdf=$(rig-bdf nvme)
cat >/run/guest.sh <<END
rig-wait-until 60 test -e /sys/bus/pci/devices/0000:00:00.0/config
rig-wait-for go 60
for round in 1 2 3; do
	echo "ids    \$(cfgbench 0000:00:00.0 $COUNT 0)"
	echo "status \$(cfgbench 0000:00:00.0 $COUNT 4)"
done
END

# measure NAME RIG-GUEST-OPTION...
measure()
{
	name=$1
	shift
	rig-guest start "$name" --pci "$bdf" "$@" /run/guest.sh >/dev/null
	# One processor for the guest, the other for dom0.
	xl vcpu-pin Domain-0 all 0
	xl vcpu-pin "$name" all 1
	rig-guest tell "$name" go
	rig-guest wait "$name" --timeout 300 >"/run/$name"
	xl vcpu-pin Domain-0 all all
}

# The median of three rounds, for one register and one figure.
figure()
{
	sed -n "s/^$2 .* $3=\([0-9.]*\).*/\1/p" "/run/$1" | sort -n | sed -n 2p
}

xl pci-assignable-add "$bdf" 2>/dev/null
echo "measuring the kernel's xen-pciback ($COUNT reads, three rounds)"
measure kernel --stock-backend
xenpcid >/run/xenpcid.log 2>&1 </dev/null &
rig-wait-until 30 xenstore-exists /xenpci/daemon/pid
echo 'measuring xenpcid'
measure xenpcid

printf '%-10s %-8s %10s %10s\n' backend register 'p50 us' 'p99 us'
for name in kernel xenpcid; do
	for register in ids status; do
		printf '%-10s %-8s %10s %10s\n' $name $register \
			"$(figure $name $register p50)" "$(figure $name $register p99)"
	done
done
for register in ids status; do
	for what in p50 p99; do
		awk -v a="$(figure xenpcid $register $what)" \
			-v b="$(figure kernel $register $what)" \
			-v r=$register -v w=$what \
			'BEGIN { printf "%s %s: xenpcid / kernel = %.2f\n", r, w, a / b }'
	done
done
