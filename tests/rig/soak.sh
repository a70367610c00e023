# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Everything at random over eight guests, and rules that must hold at rest. Run
# in dom0 by tests/rig/soak, which says what SEED and SECONDS are. Two guests
# are Linux with its own front, six are parkd, which lets go of a device as soon
# as it is asked to.

# shellcheck source=tests/rig/cases/lib.sh
. /rig/files/lib.sh
# shellcheck source=/dev/null
. /rig/files/soak.args

S=/run/soak
PARKD=/usr/lib/xenpci/parkd
GUESTS='lin1 lin2 park1 park2 park3 park4 park5 park6'
DEVICES_MAX=3 # of one guest
REST_EVERY=6  # operations between two looks
DEADLINE=90

mkdir -p "$S/owner" "$S/done" "$S/laps" "$CASE_TMP"
: >"$S/history"
: >"$S/xen.log"
state=$SEED
step=0
looks=0
births=0
killed_brokers=0

# ---- numbers and words ----

# random N: $R below N. The low bits of such a generator are poor.
random()
{
	state=$(((state * 1103515245 + 12345) % 2147483648))
	R=$((state / 65536 % $1))
}

# pick WORD...: $R is one of them; 1 when there is none.
pick()
{
	[ $# -gt 0 ] || return 1
	random $#
	shift "$R"
	R=$1
}

summary()
{
	_done=
	for _f in "$S"/done/*; do
		[ ! -s "$_f" ] || _done="$_done${_done:+, }${_f##*/} $(wc -c <"$_f")"
	done
	echo "soak: Xen: seed $SEED, $step operations ($_done), $births starts of xenpcid, $looks looks at rest, $1 violations"
}

violation()
{
	tail -n 25 "$S/history"
	echo "soak: VIOLATION, seed $SEED, step $step: $*"
	tail -n 40 "$DAEMON_LOG" | cut -c 1-200
	cp "$DAEMON_LOG" /rig/out/xenpcid.log
	xenstore-ls -f >/rig/out/store
	for _g in $GUESTS; do
		rig-guest console "$_g" >"/rig/out/$_g.log" 2>&1 || true
	done
	summary 1
	exit 1
}

# note WORD...: what is done now.
note()
{
	echo "step $step: $*" >>"$S/history"
	[ -z "${SOAK_LOUD:-}" ] || echo "$(uptime_s) s, step $step: $*"
}

uptime_s()
{
	cut -d. -f1 /proc/uptime
}

# ---- what there is ----

lives()
{
	xl domid "$1" >/dev/null 2>&1
}

living()
{
	for _g in $GUESTS; do
		! lives "$_g" || echo "$_g"
	done
}

absent()
{
	for _g in $GUESTS; do
		lives "$_g" || echo "$_g"
	done
}

# owned GUEST: its devices; "-" is nobody.
owned()
{
	for _f in "$S"/owner/*; do
		[ "$(cat "$_f")" != "$1" ] || echo "${_f##*/}"
	done
}

# Who has what by the store, as "BDF DOMID".
listed()
{
	xenstore-ls -f /local/domain/0/backend/pci 2>/dev/null |
		sed -n 's/^[^ ]*\/pci\/\([0-9]*\)\/0\/dev-[0-9]* = "\(.*\)"/\2 \1/p'
}

# What the toolstack's commands left undone is as the store says.
resync()
{
	listed >"$S/listed"
	for _f in "$S"/owner/*; do
		_id=$(sed -n "s/^${_f##*/} //p" "$S/listed")
		if [ -n "$_id" ]; then
			xl domname "$_id" 2>/dev/null >"$_f" || echo - >"$_f"
		else
			echo - >"$_f"
		fi
	done
}

# ---- xenpcid ----

daemon_serves()
{
	[ "$(node /xenpci/daemon/pid)" = "$(daemon_pid)" ]
}

daemon_up()
{
	births=$((births + 1))
	start_daemon --debug
	wait_for 20 daemon_serves || violation 'xenpcid does not serve'
}

# ---- operations: each returns 1 when it does not apply ----

linux_script()
{
	guest_script <<'END'
bad()
{
	echo "soak-error: $*"
}
# still DEV: it is no removal that came in between.
still()
{
	sleep 2
	[ -e "$1/config" ]
}
ids()
{
	od -An -tx2 -N4 "$1/config" 2>/dev/null | sed 's/^ *\(....\) \(....\).*/0x\1 0x\2/'
}
look()
{
	known=$(cat "$1/vendor" "$1/device" 2>/dev/null | tr '\n' ' ')
	[ "$(ids "$1") " = "$known" ] || ! still "$1" || [ "$(ids "$1") " = "$known" ] ||
		bad "${1##*/} says $(ids "$1"), not $known"
}
disk()
{
	n=$((laps * 7919 % 32767 + 1))
	text=$(dd if=/dev/nvme0n1 bs=512 skip=$n count=1 2>/dev/null | head -n 1)
	case $text in
	"sector $n of 32768"*) reads=$((reads + 1)) ;;
	*) ! still "$1" || ! [ -b /dev/nvme0n1 ] || bad "sector $n is \"$text\"" ;;
	esac
	echo 1 >/proc/sys/vm/drop_caches
}
interrupts()
{
	[ -e "$1/rig_raise" ] || return 0
	read -r _ before <"$1/rig_count" || return 0
	echo 2 >"$1/rig_raise" && read -r _ after <"$1/rig_count" &&
		[ $((after - before)) -eq 2 ] && irqs=$((irqs + 2)) || ! still "$1" ||
		bad "${1##*/}: $before interrupts, then ${after:-?}"
}
modprobe -a nvme rig_edu
laps=0 reads=0 irqs=0
while ! xenstore-exists data/rig/finish; do
	for dev in /sys/bus/pci/devices/*:*; do
		[ -e "$dev/config" ] || continue
		look "$dev"
		[ ! -d "$dev/nvme" ] || [ ! -b /dev/nvme0n1 ] || disk "$dev"
		interrupts "$dev" 2>/dev/null
	done
	laps=$((laps + 1))
	[ $((laps % 5)) -ne 0 ] || echo "soak-lap $laps reads $reads irqs $irqs"
	sleep 0.3
done
END
}

# create_guest GUEST BDF...: the devices are cold-plugged.
create_guest()
{
	_name=$1
	shift
	_pci=
	for _d; do
		_pci="$_pci --pci $_d"
	done
	rm -f "$S/laps/$_name"
	# shellcheck disable=SC2086
	case $_name in
	lin*) rig-guest start "$_name" --memory 192 $_pci "$S/linux.sh" ;;
	park*) rig-guest start "$_name" --memory 8 --config 'on_reboot="restart"' $_pci --bare $PARKD ;;
	esac >"$S/said" 2>&1 || violation "$_name is not created: $(cat "$S/said")"
	for _d; do
		echo "$_name" >"$S/owner/$_d"
	done
}

op_create()
{
	# shellcheck disable=SC2046
	pick $(absent) || return 1
	_who=$R
	_cold=
	case $_who in
	lin*)
		# shellcheck disable=SC2046
		! pick $(owned -) || _cold=$R
		;;
	esac
	note "create $_who $_cold"
	# shellcheck disable=SC2086
	create_guest "$_who" $_cold
}

op_destroy()
{
	# shellcheck disable=SC2046
	pick $(living) || return 1
	note "destroy $R"
	rig-guest stop "$R" >"$S/said" 2>&1 || violation "$R does not go: $(cat "$S/said")"
	for _d in $(owned "$R"); do
		echo - >"$S/owner/$_d"
	done
}

op_reboot()
{
	# shellcheck disable=SC2046
	pick $(living | grep park) || return 1
	_who=$R
	_id=$(xl domid "$_who")
	note "reboot $_who"
	xl reboot "$_who" >"$S/said" 2>&1 || return 1
	# shellcheck disable=SC2317
	_again()
	{
		_new=$(xl domid "$_who" 2>/dev/null) && [ "$_new" != "$_id" ]
	}
	wait_for $DEADLINE _again || violation "$_who does not come back from a reboot"
}

# choose_attach: $_who and $_what.
choose_attach()
{
	# shellcheck disable=SC2046
	pick $(owned -) || return 1
	_what=$R
	# shellcheck disable=SC2046
	pick $(living) || return 1
	_who=$R
	[ "$(owned "$_who" | wc -l)" -lt $DEVICES_MAX ]
}

choose_detach()
{
	# shellcheck disable=SC2046
	pick $(for _g in $(living); do owned "$_g"; done) || return 1
	_what=$R
	_who=$(cat "$S/owner/$_what")
}

op_attach()
{
	choose_attach || return 1
	note "attach $_who $_what"
	xenpci attach "$_who" "$_what" --timeout $DEADLINE >"$S/said" 2>&1 ||
		violation "attach $_who $_what: $(cat "$S/said")"
	echo "$_who" >"$S/owner/$_what"
}

op_detach()
{
	choose_detach || return 1
	random 4
	_force=
	[ "$R" -ne 0 ] || _force=--force
	note "detach $_who $_what $_force"
	# shellcheck disable=SC2086
	xenpci detach "$_who" "$_what" $_force --timeout $DEADLINE >"$S/said" 2>&1 ||
		violation "detach $_who $_what: $(cat "$S/said")"
	echo - >"$S/owner/$_what"
}

op_xl_attach()
{
	choose_attach || return 1
	# xl's own record would bring it back after a reboot, to whom may have it.
	case $_who in
	park*) return 1 ;;
	esac
	note "xl pci-attach $_who $_what"
	xl pci-attach "$_who" "$_what" >"$S/said" 2>&1 ||
		violation "xl pci-attach $_who $_what: $(cat "$S/said")"
	echo "$_who" >"$S/owner/$_what"
}

# A change, and in the middle of it xenpcid is killed: the command may fail.
op_kill_in_change()
{
	random 2
	if [ "$R" -eq 0 ]; then
		choose_attach || return 1
		_verb=attach
	else
		choose_detach || return 1
		_verb=detach
	fi
	random 15
	_tenths=$R
	note "$_verb $_who $_what, xenpcid killed after $_tenths tenths"
	xenpci $_verb "$_who" "$_what" --timeout $DEADLINE >"$S/said" 2>&1 &
	_job=$!
	sleep "$((_tenths / 10)).$((_tenths % 10))"
	stop_daemon KILL
	daemon_up
	wait $_job || note "which says: $(head -n 1 "$S/said")"
	wait_for 30 no_change || violation "a change of the guest's bus does not end"
	# A detach that was given up goes on: the guest stays asked.
	wait_for 30 no_wish || xenpci detach "$_who" "$_what" --timeout $DEADLINE >"$S/said" 2>&1 ||
		violation "the second detach $_who $_what: $(cat "$S/said")"
	resync
}

no_change()
{
	! xenstore-ls -f /local/domain/0/backend/pci | grep -q '/0/state = "[78]"'
}

no_wish()
{
	! xenstore-ls -f /local/domain/0/backend/pci | grep -q '/state-[0-9]* = "[156]"'
}

op_kill_worker()
{
	# shellcheck disable=SC2046
	pick $(pidof xenpcid-worker) || return 1
	note "kill worker $R"
	kill -9 "$R" 2>/dev/null || true
}

op_kill_xenpcid()
{
	note 'kill xenpcid'
	stop_daemon KILL
	daemon_up
}

op_kill_broker()
{
	note 'kill the broker'
	_old=$(daemon_pid) || return 1
	kill -9 "$_old"
	killed_brokers=$((killed_brokers + 1))
	births=$((births + 1))
	wait_for 20 eval '[ "$(daemon_pid)" != "$_old" ] && daemon_serves' ||
		violation 'no broker follows'
}

op_restart()
{
	note 'restart xenpcid'
	stop_daemon TERM
	daemon_up
}

op_hup()
{
	note 'SIGHUP'
	kill -HUP "$(daemon_pid)"
}

op_wait()
{
	note 'a moment of traffic'
	sleep 2
}

# Names as often as they are to be drawn.
OPERATIONS='create create create destroy reboot attach attach attach attach attach
	detach detach detach xl_attach kill_in_change kill_in_change kill_worker
	kill_worker kill_xenpcid kill_broker restart hup wait'

operation()
{
	while :; do
		# shellcheck disable=SC2086
		pick $OPERATIONS
		_op=$R
		! "op_$_op" || break
	done
	printf x >>"$S/done/$_op"
	step=$((step + 1))
}

# ---- rules ----

# wrong TEXT: what is not in order yet.
wrong()
{
	echo "$*" >"$S/wrong"
	return 1
}

# Who has a device by Xen: a domain's number, or "-".
xen_owner()
{
	awk -v d="$1" '$1 == "device" && $2 == d {
		sub(/^d/, "", $3); print($3 == "DomIO" || $3 == "d[IO]" || $3 == "[IO]" ? "-" : $3) }' "$S/view"
}

check_devices()
{
	listed >"$S/listed"
	for _f in "$S"/owner/*; do
		_d=${_f##*/}
		_want=$(cat "$_f")
		[ "$_want" = - ] || _want=$(xl domid "$_want" 2>/dev/null) || _want=gone
		_listed=$(sed -n "s/^$_d //p" "$S/listed")
		[ "${_listed:--}" = "$_want" ] ||
			wrong "$_d is listed for \"$_listed\", not for $_want" || return 1
		_has=$(xen_owner "$_d")
		[ "$_has" = "$_want" ] || wrong "$_d is with \"$_has\" in Xen, not with $_want" || return 1
		if [ "$_want" = - ]; then
			[ $((0x$(setpci -s "$_d" COMMAND) & 4)) -eq 0 ] ||
				wrong "$_d is free and a bus master" || return 1
		fi
	done
}

# No interrupt of a device is with a domain that has none.
check_pirqs()
{
	sed -n 's/^irq [0-9]* PCI-MSI[^ ]* //p' "$S/view" | tr ',' '\n' |
		sed -n 's/^d\([0-9]*\):.*/\1/p' | sort -u >"$S/with-pirqs"
	while read -r _id; do
		[ "$_id" = 0 ] || grep -q " $_id$" "$S/listed" ||
			wrong "d$_id has pirqs of MSI and no device" || return 1
	done <"$S/with-pirqs"
}

# One worker for each connected guest, and one that waits for the next; beside
# xenpcid and its keeper a process for each guest's hardware, and a few that reset
# a device.
check_processes()
{
	_dirs=$(xenstore-ls -f /local/domain/0/backend/pci 2>/dev/null | grep -c '/0/state = ' || true)
	_links=$(xenstore-ls -f /local/domain/0/backend/pci 2>/dev/null | grep -c '/0/state = "4"' || true)
	_workers=$(pidof xenpcid-worker | wc -w)
	[ "$_workers" -ge "$_links" ] && [ "$_workers" -le $((_links + 1)) ] ||
		wrong "$_workers workers for $_links links" || return 1
	[ "$(pidof xenpcid | wc -w)" -le $((_dirs + 4)) ] ||
		wrong "$_dirs links, and these are xenpcid: $(pidof xenpcid)" || return 1
	_zombies=$(ps -o stat,comm | grep -c '^Z.*xenpci' || true)
	[ "$_zombies" -eq 0 ] || wrong "$_zombies zombies of xenpcid" || return 1
	_fds=$(find "/proc/$(daemon_pid)/fd" -type l | wc -l)
	[ "$_fds" -le 150 ] || wrong "xenpcid has $_fds descriptors open" || return 1
	_rss=$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$(daemon_pid)/status")
	[ "$_rss" -le 32768 ] || wrong "xenpcid has $_rss kB" || return 1
}

check_store()
{
	xenpci check >"$S/check" 2>&1 || wrong "$(grep fault "$S/check" | head -n 1)"
}

# Each Linux guest goes on.
check_laps()
{
	for _g in $(living | grep lin); do
		_lap=$(rig-guest console "$_g" | sed -n 's/^soak-lap \([0-9]*\).*/\1/p' | tail -n 1)
		[ -n "$_lap" ] || wrong "$_g has not begun" || return 1
		[ "$_lap" -gt "$(cat "$S/laps/$_g" 2>/dev/null || echo 0)" ] ||
			wrong "$_g does not go on after lap $_lap" || return 1
	done
}

# What no time mends.
check_never()
{
	for _g in $GUESTS; do
		[ -e "/run/rig-guest/$_g" ] || continue
		! rig-guest console "$_g" | grep -m1 'soak-error\|not parked\|panic\|Oops' >"$S/said" ||
			violation "$_g says: $(cat "$S/said")"
	done
	xl dmesg >>"$S/xen.log"
	! grep -m1 'Xen BUG\|Xen WARN\|DMAR.*[Ff]ault\|[Pp]anic' "$S/xen.log" >"$S/said" ||
		violation "Xen says: $(cat "$S/said")"
	! dmesg | grep -v 'soft lockup' | grep -m1 'BUG:\|WARNING:\|Oops\|DMAR.*fault' >"$S/said" ||
		violation "dom0 says: $(cat "$S/said")"
	! grep -m1 'no rest\|in no state\|out of memory' "$DAEMON_LOG" >"$S/said" ||
		violation "xenpcid says: $(cat "$S/said")"
	daemon_alive || violation 'xenpcid has died'
	[ "$(grep -c 'the broker was killed' "$DAEMON_LOG")" -eq $killed_brokers ] ||
		violation 'a broker died'
}

all_is_well()
{
	check_store && check_processes && check_laps && {
		xen_view >"$S/view"
		check_devices && check_pirqs
	}
}

at_rest()
{
	check_never
	_until=$(($(uptime_s) + DEADLINE))
	until all_is_well >/dev/null; do
		[ "$(uptime_s)" -lt $_until ] || violation "no rest: $(cat "$S/wrong")"
		sleep 0.5
	done
	for _g in $(living | grep lin); do
		rig-guest console "$_g" | sed -n 's/^soak-lap \([0-9]*\).*/\1/p' | tail -n 1 >"$S/laps/$_g"
	done
	check_never
	looks=$((looks + 1))
}

# ---- the run ----

for _d in /sys/bus/pci/devices/*; do
	case $(cat "$_d/class"):$(cat "$_d/vendor"):$(cat "$_d/device") in
	0x010802:* | *:0x8086:0x10d3 | *:0x1234:0x11e8) echo - >"$S/owner/${_d##*/}" ;;
	esac
done
daemon_up
for _f in "$S"/owner/*; do
	xenpci assignable-add "${_f##*/}" >/dev/null || violation "${_f##*/} cannot be held"
done
xen_view >"$S/view.before"
cp "$(linux_script)" "$S/linux.sh"
echo "soak: seed $SEED, $SECONDS_TO_RUN s, devices: $(owned - | tr '\n' ' ')"
for _g in ${SOAK_START:-$GUESTS}; do
	note "create $_g"
	create_guest "$_g"
done
note 'a first look'
at_rest
note 'off we go'
end=$(($(uptime_s) + SECONDS_TO_RUN))
while [ "$(uptime_s)" -lt "$end" ]; do
	operation
	[ $((step % REST_EVERY)) -ne 0 ] || at_rest
done
at_rest
grep -h . "$S"/laps/* | sort -n | tail -n 1 | sed 's/^/soak: most laps of a guest: /'
for _g in $(living); do
	rig-guest stop "$_g"
done
for _f in "$S"/owner/*; do
	echo - >"$_f"
done
wait_for 45 no_pair >/dev/null || violation 'nodes are left'
xen_view >"$S/view.after"
diff "$S/view.before" "$S/view.after" >"$S/said" || violation "Xen holds something it did not: $(cat "$S/said")"
check_never
cp "$DAEMON_LOG" /rig/out/xenpcid.log
summary 0
