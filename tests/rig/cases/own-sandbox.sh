# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: a worker that obeys its guest: each forbidden thing is stopped, its link closed with the reason, others notice nothing
# timeout: 400

# Made to do it by ptrace, from outside: nothing of this is in the product.
captured=/rig/guest/tools/captured
UID_BASE=$((0x7e000000))
SIGSYS=31

disk=$(rig-bdf nvme)
net=$(rig-bdf e1000e)
serve "$disk" "$net"
rogue_start "$disk"
honest_start "$net" >/dev/null
rogue connect >"$CASE_TMP/said"
rogue_id=$(xl domid rogue)
honest_id=$(xl domid honest)
back=/local/domain/0/backend/pci/$rogue_id/0
error=/local/domain/0/error/backend/pci/$rogue_id/0/error

# worker_of DOMID: the worker's process id, known by its user.
worker_of()
{
	for _p in $(pidof xenpcid-worker); do
		if grep -qs "^Uid:	$((UID_BASE + $1))	" "/proc/$_p/status"; then
			echo "$_p"
		fi
	done
}

has_status()
{
	grep -q "^$1:	$2" "/proc/$worker/status" ||
		fail "the worker's $(grep "^$1:" "/proc/$worker/status"), not $2"
}

# What /proc says of it from outside.
confined()
{
	worker=$(worker_of "$rogue_id")
	id=$((UID_BASE + rogue_id))
	has_status Uid "$id	$id	$id	$id"
	has_status Gid "$id	$id	$id	$id"
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		has_status $set 0000000000000000
	done
	has_status NoNewPrivs 1
	has_status Seccomp 2
	root=$(readlink "/proc/$worker/root")
	[ "$root" = /run/xenpci/empty ] || fail "its root directory is $root"
	[ -z "$(ls -A "/proc/$worker/root/")" ] || fail 'its root directory has files'
	for fd in /proc/"$worker"/fd/*; do
		echo "${fd##*/} $(readlink "$fd")"
	done | sort -n >"$CASE_TMP/fds"
	echo "descriptors of worker $worker, user $id:"
	sed 's/^/    /' "$CASE_TMP/fds"
	! grep -v -e '^[012] /dev/null$' -e ' socket:\[[0-9]*\]$' \
		-e ' /dev/xen/evtchn$' -e " /sys/devices/.*$disk/config\$" "$CASE_TMP/fds" ||
		fail 'it has another descriptor than it should have'
	[ "$(grep -c '/config$' "$CASE_TMP/fds")" = 1 ] ||
		fail 'not one device in its hands'
	# It goes on where it was, with the one call that only this needs.
	kill -STOP "$worker"
	kill -CONT "$worker"
}

# try [--unfiltered] CALL
try()
{
	_opt=
	if [ "$1" = --unfiltered ]; then
		_opt=$1
		shift
	fi
	# shellcheck disable=SC2086
	$captured $_opt "$(worker_of "$rogue_id")" "$(daemon_pid)" "$honest_id" "$1"
}

# The second wall: what would happen if the kernel's filter were not there.
without_filter()
{
	worker=$(worker_of "$rogue_id")
	while read -r call errno; do
		[ "$errno" != - ] || continue
		said=$(try --unfiltered "$call")
		[ "$said" = "returned -$errno" ] ||
			echo "without the filter, $call: $said, not error $errno" |
			tee -a "$CASE_TMP/wrong"
		echo "$call $errno" >>"$CASE_TMP/second"
	done <"$CASE_TMP/calls"
	[ "$(worker_of "$rogue_id")" = "$worker" ] || fail 'the worker is another one'
	[ ! -s "$CASE_TMP/wrong" ] || fail 'not every call is stopped twice'
}

with_filter()
{
	printf '%-20s %-22s %-18s %s\n' call 'the filter' 'else, error' 'the guest is told'
	while read -r call _; do
		said=$(try "$call")
		case $call in
		# Allowed, and found out by the broker, perhaps at once.
		malformed-message)
			want='returned 100' why='it sent a malformed message'
			[ "$said" != 'killed by signal 9' ] || want=$said
			;;
		*) want="killed by signal $SIGSYS" why='it made a system call outside its' ;;
		esac
		[ "$said" = "$want" ] || fail "$call: $said, not $want"
		wait_state "$back" 5 10
		told=$(node "$error")
		case $told in
		*"took its worker over ($why"*) ;;
		*) fail "the error node says: $told" ;;
		esac
		second=$(sed -n "s/^$call //p" "$CASE_TMP/second")
		printf '%-20s %-22s %-18s %s\n' "$call" "$said" "${second:--}" \
			"${told#*worker over }"
		rogue connect >"$CASE_TMP/said"
		wait_state "$back" 4 10
	done <"$CASE_TMP/calls"
}

$captured --list >"$CASE_TMP/calls"
honest=$(worker_of "$honest_id")
daemon=$(daemon_pid)
step confined confined
step without_filter without_filter
step forbidden_calls with_filter
[ "$(daemon_pid)" = "$daemon" ] || fail 'xenpcid was replaced'
[ "$(worker_of "$honest_id")" = "$honest" ] ||
	fail 'the worker of the other guest was replaced'
honest_end
# Only now: Xen clears the memory of a guest that is gone when it has nothing else
# to do, and on emulated processors that is felt for seconds.
rogue_end
