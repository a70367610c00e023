# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: worker, broker and all of xenpcid killed a hundred times, then an upgrade: the guest reads on
# timeout: 300

KILLS=100
NEXT=/usr/lib/xenpci-next

bdf=$(rig-bdf nvme)
[ -x $NEXT/xenpcid ] || fail 'there is no second build of xenpcid'
current=$(xenpcid --version)
next=$($NEXT/xenpcid --version)
[ "$current" != "$next" ] || fail "both builds say $next"

# As the unit does: again at once, whatever it ended of.
supervise()
{
	while [ -e $CASE_TMP/supervised ]; do
		read -r program <$CASE_TMP/program
		# shellcheck disable=SC2086
		$program --debug >>"$DAEMON_LOG" 2>&1 </dev/null &
		echo $! >$CASE_TMP/daemon.pid
		wait $! 2>/dev/null || true
	done
}
touch $CASE_TMP/broker-may-die
echo xenpcid >$CASE_TMP/program
touch $CASE_TMP/supervised
trap 'rm -f $CASE_TMP/supervised' EXIT
trap 'rm -f $CASE_TMP/supervised; exit 1' TERM
supervise 2>/dev/null &
supervisor=$!
is_serving()
{
	grep -q 'version .* serves' "$DAEMON_LOG"
}
wait_for 20 is_serving
hold "$bdf"
xen_view >$CASE_TMP/view.before

guest=$(guest_script <<'END'
modprobe nvme
rig-wait-until 30 test -b /dev/nvme0n1
dev=$(basename /sys/bus/pci/devices/*:*)
interrupts()
{
	awk '/nvme0q1/ { for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++) n += $i } END { print n + 0 }' \
		/proc/interrupts
}
echo "good $(sha256sum </dev/nvme0n1 | cut -d' ' -f1)"
echo "vectors before: $(grep -c 'pcifront-msi-x *nvme0q' /proc/interrupts)"
cfgsteady "$dev" /tmp/stop >/tmp/steady 2>&1 &
steady=$!
echo reading
n=0
begun=$(interrupts)
while ! xenstore-exists data/rig/finish; do
	echo 3 >/proc/sys/vm/drop_caches
	echo "disk $(sha256sum </dev/nvme0n1 | cut -d' ' -f1)"
	n=$((n + 1))
done
mid=$(interrupts)
echo 3 >/proc/sys/vm/drop_caches
echo "disk $(sha256sum </dev/nvme0n1 | cut -d' ' -f1)"
touch /tmp/stop
rc=0
wait $steady || rc=$?
cat /tmp/steady
echo "disk was read $n times; interrupts of its queue: $begun, $mid, $(interrupts)"
[ "$mid" -gt "$begun" ] && [ "$(interrupts)" -gt "$mid" ] || rc=3
echo "vectors after: $(grep -c 'pcifront-msi-x *nvme0q' /proc/interrupts)"
dmesg | grep -iE 'not responding|nvme.*(timeout|reset|abort)|pcifront.*(err|fail)|I/O error' && rc=4
exit $rc
END
)
rig-guest start steady --config 'cpus="1"' --pci "$bdf" "$guest"
rig-guest line steady '^reading' --timeout 60
domid=$(xl domid steady)

# What Xen holds for the guest now: its interrupts, and how often its page is mapped.
held_for_guest()
{
	xen_pirqs "$domid"
	xen_says g 'grant-table for remote'
	awk -v ref="$(printf '[0x%03x]' "$1")" -v domid="$domid" '
		/grant-table for remote/ { mine = $0 ~ "remote d" domid " " }
		mine && $2 == ref { print "grant", $2, "pin", $5 }' "$CASE_TMP/xen"
}
page=$(node "/local/domain/$domid/device/pci/0/pci-op-ref")
held_for_guest "$page" >$CASE_TMP/held.before
grep -q '^irq ' $CASE_TMP/held.before || fail 'Xen knows no interrupt of the guest'
grep -q '^grant ' $CASE_TMP/held.before || {
	tail -n 40 "$CASE_TMP/xen"
	fail "Xen knows no mapping of the guest's page"
}

seed=$(date +%s)
echo "# seed $seed"
# Whoever comes after a worker has 0.6 s for itself: a stall is to be that of one
# death, not of as many as fit into it. Brokers die while they start, too.
awk -v seed="$seed" -v n=$KILLS 'BEGIN {
	srand(seed)
	for (i = 0; i < 4 * n; i++) {
		least = what < 0.45 ? 0.2 : 0.6
		what = rand()
		print what < 0.45 ? "broker" : what < 0.85 ? "worker" : what < 0.95 ? "both" : "keeper",
			least + 1.2 * rand()
	}
}' >$CASE_TMP/plan
brokers=0
workers=0
keepers=0
# Without other programs, which take their time here.
kill_worker()
{
	read -r _ _w _ 2>/dev/null <"/run/xenpci/d$domid.worker" &&
		kill -9 "$_w" 2>/dev/null || return 0
	workers=$((workers + 1))
}
kill_broker()
{
	_b=
	read -r _k <$CASE_TMP/daemon.pid || return 0
	read -r _b _ 2>/dev/null <"/proc/$_k/task/$_k/children" || true
	[ -n "$_b" ] && kill -9 "$_b" 2>/dev/null || return 0
	brokers=$((brokers + 1))
}
# With it goes its broker, and the program has to be started again.
kill_keeper()
{
	read -r _k <$CASE_TMP/daemon.pid && kill -9 "$_k" 2>/dev/null || return 0
	keepers=$((keepers + 1))
}
killed()
{
	[ $((brokers + workers + keepers)) -ge $KILLS ]
}
while ! killed && read -r what delay; do
	sleep "$delay"
	case $what in
	broker) kill_broker ;;
	worker) kill_worker ;;
	both)
		kill_broker
		kill_worker
		;;
	keeper) kill_keeper ;;
	esac
done <$CASE_TMP/plan
echo "# killed: the broker $brokers times, the worker $workers times, all of xenpcid $keepers times"
killed || fail 'that were too few'
wait_for 20 daemon_alive

# The upgrade.
echo "$NEXT/xenpcid --worker $NEXT/xenpcid-worker" >$CASE_TMP/program
kill -TERM "$(keeper_pid)"
worker_is_next()
{
	tr '\0' ' ' <"/proc/$(worker_of steady)/cmdline" | grep -q " ${next#* } d$domid"
}
wait_for 20 worker_is_next || fail "the worker is not of the version ${next#* }"
expect "version ${next#* } serves" cat "$DAEMON_LOG"
echo "# upgraded from ${current#* } to ${next#* }"
[ "$(node "$(backend_of steady)/state")" = 4 ] || fail 'the pair is not connected'
held_for_guest "$page" >$CASE_TMP/held.after
same $CASE_TMP/held.before $CASE_TMP/held.after 'Xen holds something else for the guest than before'

rig-guest tell steady finish
rc=0
rig-guest wait steady --timeout 60 >$CASE_TMP/console || rc=$?
grep -E '^(steady|disk was|vectors)' $CASE_TMP/console | sed 's/^/# /'
# after WHAT PATTERN: how many milliseconds after the daemons' starts the log says so.
after()
{
	sed -n "s/.*$2, \([0-9]*\) ms after .*start.*/\1/p" "$DAEMON_LOG" | sort -n | awk -v what="$1" '
		{ a[NR] = $1 }
		END { if (NR) print "# " what ", " NR " times: " a[int((NR + 1) / 2)] \
			" ms after the start of xenpcid, at worst " a[NR] " ms" }'
}
after 'serves' 'version .* serves'
after 'first answer to a worker' 'the first answer'
[ $rc -eq 0 ] || {
	tail -n 60 $CASE_TMP/console
	fail "the guest noticed ($rc)"
}
! grep '^disk [0-9a-f]' $CASE_TMP/console | grep -v "^disk $(cat /rig/disk.sha256)" ||
	fail 'the disk read differently'
[ "$(sed -n 's/^vectors before: //p' $CASE_TMP/console)" = \
	"$(sed -n 's/^vectors after: //p' $CASE_TMP/console)" ] || fail 'vectors are missing'
nothing_left
rm -f $CASE_TMP/supervised
kill -TERM "$(keeper_pid)"
wait $supervisor || true
# Nobody is left to serve, and nothing stays.
wait_for 5 eval '! pidof xenpcid-worker' || fail 'a worker is left without a guest'
