# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What two guests feel of a third one that floods its backend with operations,
# events and states, all at once: the time their reads of configuration space
# take, quiet and in the flood, under the kernel's xen-pciback and under xenpcid,
# in one boot. Only ratios mean anything, the CPUs are emulated. "burn" is a third
# guest that spins without asking for anything: what the flood costs before any
# backend has a part in it.
#
#	make bench-floods
#
# Three rounds of all phases, for the machine is not as fast in one minute as in
# the next: what counts is the ratio within a round, the one in the middle. Ends
# with 1 when a victim's p99 in the flood is more than twice that without.

READS=500
ROUNDS='1 2 3'
PAUSE=2000 # us between two reads; 0: as fast as the guest can

cat >/run/victim.sh <<END
dev=\$(basename /sys/bus/pci/devices/*:*)
sum() { sha256sum <"/sys/bus/pci/devices/\$dev/config"; }
good=\$(sum)
echo victim-ready
n=1
while :; do
	until pause=\$(xenstore-read "data/rig/reads-\$n" 2>/dev/null); do sleep 1; done
	echo "reads-\$n \$(cfgbench "\$dev" $READS 0 "\$pause")"
	[ "\$(sum)" = "\$good" ] || { echo "config changed"; exit 1; }
	echo "done-\$n"
	n=\$((n + 1))
done
END
cat >/run/rogue.sh <<'END'
modprobe -a xen-evtchn xen-gntalloc
rogue-front storm burn-1 storm-1 storm-2 burn-2 storm-3 storm-4 burn-3 storm-5 storm-6
END

# One processor for dom0, the other for guests, and a scheduler that does not let
# a guest that spins keep it for long: the backends are what is compared.
place()
{
	xl vcpu-set Domain-0 1
	xl vcpu-pin Domain-0 all 0
	xl sched-credit2 -s -r 100 >/dev/null 2>&1 || true
	for guest in victim1 victim2 rogue; do
		xl vcpu-pin $guest all 1
	done
}

unplace()
{
	xl vcpu-pin Domain-0 all all
	xl vcpu-set Domain-0 2
}

# start_guests [RIG-GUEST-OPTION]: with all processors, and then put in place.
start_guests()
{
	for pair in "victim1 $net" "victim2 $edu"; do
		# shellcheck disable=SC2086
		set -- "${1:-}" $pair
		# shellcheck disable=SC2086
		rig-guest start "$2" $1 --pci "$3" /run/victim.sh \
			>/dev/null 2>&1
		until_says "$2" victim-ready
	done
	# shellcheck disable=SC2086
	rig-guest start rogue $1 --no-pcifront --pci "$disk" \
		/run/rogue.sh >/dev/null 2>&1
	until_says rogue 'storm: ready'
	place
}

end_guests()
{
	unplace
	# Of these only: xenpcid is a child as well.
	ends=
	for guest in victim1 victim2 rogue; do
		rig-guest stop $guest &
		ends="$ends $!"
	done
	# shellcheck disable=SC2086
	wait $ends
}

until_says()
{
	rig-guest line "$1" "^$2" --timeout 200 >/dev/null
}

# figure GUEST N NAME
figure()
{
	rig-guest console "$1" | sed -n "s/^reads-$2 .* $3=\([0-9.]*\).*/\1/p"
}

# phase BACKEND NAME ROUND PAUSE [KEY]: the victims read, the flooder does KEY.
phase()
{
	reads=$((reads + 1))
	[ -z "${5:-}" ] || rig-guest tell rogue "$5"
	sleep 1
	for guest in victim1 victim2; do
		rig-guest tell $guest "reads-$reads" "$4"
	done
	for guest in victim1 victim2; do
		until_says $guest "done-$reads"
	done
	[ -z "${5:-}" ] || {
		rig-guest tell rogue "$5-end"
		rig-guest line rogue "^$5: " --timeout 60 | sed 's/^/    /'
	}
	for guest in victim1 victim2; do
		for what in p50 p99 max; do
			figure $guest "$reads" $what >"/run/$1.$2.$3.$guest.$what"
		done
		printf '%-8s %-12s %-8s %9s %9s %9s\n' "$1" "$2" $guest \
			"$(cat "/run/$1.$2.$3.$guest.p50")" \
			"$(cat "/run/$1.$2.$3.$guest.p99")" \
			"$(cat "/run/$1.$2.$3.$guest.max")"
	done
}

measure()
{
	reads=0
	printf '%-8s %-12s %-8s %9s %9s %9s\n' backend phase guest 'p50 us' \
		'p99 us' 'max us'
	for round in $ROUNDS; do
		phase "$1" quiet "$round" $PAUSE
		phase "$1" burn "$round" $PAUSE "burn-$round"
		phase "$1" flood "$round" $PAUSE "storm-$((2 * round - 1))"
		phase "$1" quiet-fast "$round" 0
		phase "$1" flood-fast "$round" 0 "storm-$((2 * round))"
	done
}

# Processor time so far and memory of all that xenpcid is, and of xenstored.
cost()
{
	for pid in $(pidof xenpcid) $(pidof xenpcid-worker) $(pidof xenstored); do
		echo "    $pid $(cat "/proc/$pid/comm"):" \
			"$(awk '{ print $14 + $15 }' "/proc/$pid/stat") ticks," \
			"$(sed -n 's/^Pss: *//p' "/proc/$pid/smaps_rollup")," \
			"$(awk '/ctxt/ { printf "%s%s ", $1, $2 }' "/proc/$pid/status")"
	done
}

# ratio BACKEND PHASE PHASE: the worse of the two victims' p99.
ratio()
{
	for guest in victim1 victim2; do
		for round in $ROUNDS; do
			awk -v a="$(cat "/run/$1.$2.$round.$guest.p99")" \
				-v b="$(cat "/run/$1.$3.$round.$guest.p99")" \
				'BEGIN { printf "%.2f\n", a / b }'
		done | sort -n | sed -n 2p
	done | sort -n | tail -n 1
}

disk=$(rig-bdf nvme)
net=$(rig-bdf e1000e)
edu=$(rig-bdf edu)
for bdf in "$disk" "$net" "$edu"; do
	xl pci-assignable-add "$bdf" 2>/dev/null
done
start_guests --stock-backend
measure kernel
end_guests
xenpcid >/run/xenpcid.log 2>&1 </dev/null &
rig-wait-until 30 xenstore-exists /xenpci/daemon/pid
start_guests
cost
measure xenpcid
cost
echo "lines in the log of xenpcid: $(wc -l </run/xenpcid.log)"
end_guests

rc=0
for phases in 'flood quiet' 'flood burn' 'flood-fast quiet-fast'; do
	# shellcheck disable=SC2086
	set -- $phases
	ours=$(ratio xenpcid "$1" "$2")
	printf 'p99 %-10s / %-10s: kernel %6s, xenpcid %6s\n' "$1" "$2" \
		"$(ratio kernel "$1" "$2")" "$ours"
	case $1 in
	flood)
		awk -v r="$ours" 'BEGIN { exit r > 2 }' || rc=1
		;;
	esac
done
[ $rc -eq 0 ] || echo 'a flood is felt: more than twice as slow'
exit $rc
