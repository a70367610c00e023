# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What cases have at hand in dom0; sourced before each case by run-cases.

CASE_TMP=/run/rig-case
DAEMON_LOG="$CASE_TMP/xenpcid.log"
AUTOPROBE=/sys/bus/xen-backend/drivers_autoprobe

fail()
{
	echo "FAIL: $*"
	exit 1
}

# End the case as "skip NAME: REASON".
skip()
{
	echo "$*" >"$CASE_TMP/skip"
	exit 77
}

# step NAME COMMAND...: a part of a case that has a verdict of its own. The case
# ends with the first that fails.
step()
{
	echo "$1 not ok" >>"$CASE_TMP/steps"
	_step=$1
	shift
	"$@"
	sed -i "s/^$_step not ok$/$_step ok/" "$CASE_TMP/steps"
}

# wait_for SECONDS COMMAND...: poll until it succeeds; 1 when it never does.
wait_for()
{
	_left=$(($1 * 10))
	shift
	until "$@" >/dev/null 2>&1; do
		_left=$((_left - 1))
		if [ $_left -le 0 ]; then
			echo "waited in vain for: $*"
			return 1
		fi
		sleep 0.1
	done
}

# expect TEXT COMMAND...: the output must contain TEXT; shows it if not.
expect()
{
	_text=$1
	shift
	_rc=0
	_got=$("$@" 2>&1) || _rc=$?
	case $_got in
	*"$_text"*) ;;
	*)
		printf '%s\n' "$_got"
		fail "\"$*\" (exit $_rc) does not say \"$_text\""
		;;
	esac
}

# same FILE FILE WHAT: must be equal; shows the difference.
same()
{
	diff "$1" "$2" || fail "$3"
}

# Write a guest script from standard input; prints its path.
guest_script()
{
	mktemp "$CASE_TMP/guest.XXXXXX" >"$CASE_TMP/last"
	cat >"$(cat "$CASE_TMP/last")"
	cat "$CASE_TMP/last"
}

# Devices.

held_devices()
{
	for _d in /sys/bus/pci/drivers/pciback/????:*; do
		[ ! -e "$_d" ] || echo "${_d##*/}"
	done
}

# hold BDF...: make devices assignable, with stock xl.
hold()
{
	_pids=
	for _d; do
		xl pci-assignable-add "$_d" &
		_pids="$_pids $!"
	done
	for _d in $_pids; do
		wait "$_d"
	done
}

# Give every device back, whatever state it was left in.
free_devices()
{
	for _d in $(held_devices); do
		(
			xl pci-assignable-remove -r "$_d" >/dev/null 2>&1 || true
			if [ -e "/sys/bus/pci/drivers/pciback/$_d" ]; then
				echo "$_d" >/sys/bus/pci/drivers/pciback/unbind || true
				echo "$_d" >/sys/bus/pci/drivers/pciback/remove_slot 2>/dev/null || true
			fi
			xenstore-rm "/libxl/pci/$(echo "$_d" | tr ':.' '--')" 2>/dev/null || true
		) &
	done
	wait
}

driver_of()
{
	[ ! -e "/sys/bus/pci/devices/$1/driver" ] ||
		basename "$(readlink "/sys/bus/pci/devices/$1/driver")"
}

# The daemon.  Its log is shown with the output of a case that fails.

# The process that was started, and keeps the broker.
keeper_pid()
{
	[ -s "$CASE_TMP/daemon.pid" ] && cat "$CASE_TMP/daemon.pid"
}

# The broker. No line end follows its number there.
daemon_pid()
{
	_keeper=$(keeper_pid) || return 1
	_broker=
	read -r _broker _ 2>/dev/null <"/proc/$_keeper/task/$_keeper/children" || true
	[ -n "$_broker" ] && echo "$_broker"
}

daemon_alive()
{
	_pid=
	[ ! -s "$CASE_TMP/daemon.pid" ] || read -r _pid <"$CASE_TMP/daemon.pid"
	[ -n "$_pid" ] && [ -d "/proc/$_pid" ]
}

# Ready when it has taken the bus from the kernel, or has died.
daemon_ready()
{
	[ "$(cat "$AUTOPROBE")" = 0 ] &&
		[ "$(xenstore-read /xenpci/daemon/pid 2>/dev/null)" = "$(daemon_pid)" ] ||
		! daemon_alive
}

# start_daemon [ARGUMENT]...
start_daemon()
{
	command -v xenpcid >/dev/null || skip 'xenpcid is not installed'
	xenpcid "$@" >>"$DAEMON_LOG" 2>&1 </dev/null &
	echo $! >"$CASE_TMP/daemon.pid"
	wait_for 20 daemon_ready
	daemon_alive || fail 'xenpcid ended at once'
}

# stop_daemon [SIGNAL]
stop_daemon()
{
	daemon_alive || return 0
	_last=$(daemon_pid) || _last=none
	kill "-${1:-TERM}" "$(keeper_pid)"
	wait_for 20 eval '! daemon_alive && [ ! -d "/proc/$_last" ]'
	rm -f "$CASE_TMP/daemon.pid"
}

# worker_of NAME: the process that serves the guest.
worker_of()
{
	cut -d' ' -f2 "/run/xenpci/d$(xl domid "$1").worker" 2>/dev/null
}

# Workers stay when the daemon ends, and with them a guest's page: without a daemon
# a guest that is destroyed would not be gone. The spare one goes too.
end_workers()
{
	for _w in $(pidof xenpcid-worker); do
		kill -9 "$_w" 2>/dev/null || true
	done
}

# Guests and xenstore.

guests()
{
	xl list | awk 'NR > 1 && $2 != 0 { print $1, $2 }'
}

no_guests()
{
	[ -z "$(guests)" ]
}

# node PATH: its value, or nothing.
node()
{
	xenstore-read "$1" 2>/dev/null || true
}

backend_of()
{
	echo "/local/domain/0/backend/pci/$(rig-guest domid "$1")/0"
}

# wait_state PATH STATE [SECONDS]: PATH is that of a backend or frontend.
wait_state()
{
	_path=$1 _state=$2
	# shellcheck disable=SC2317
	_is_state()
	{
		[ "$(node "$_path/state")" = "$_state" ]
	}
	wait_for "${3:-30}" _is_state ||
		fail "$_path is in state \"$(node "$_path/state")\", not $_state"
}

# What Xen itself knows, one fact per line, without times, vectors and counts,
# so that two views can be compared:
#	domain D dying=N
#	domain D Interrupts|I/O Memory|I/O Ports { RANGES }
#	device BDF owner MSIs <IRQS>
#	irq N TYPE dD:PIRQ[,dD:PIRQ]
# Interrupts that are mapped but bound to nobody are left out.
xen_view()
{
	xen_says qiQ 'General information' 'Direct vector information' 'PCI devices'
	sed -n '
		s/^(XEN) *//
		s/^General information for domain \([0-9]*\):.*/@\1/p
		s/.*\(dying=[0-9]*\).*/\1/p
		/^Interrupts *{/p
		/^I\/O Memory *{/p
		/^I\/O Ports *{/p
		s/^IRQ: *\([0-9]*\) vec:[0-9a-f]* *\([^ ]*\) .* in-flight=[0-9]* */irq \1 \2 /p
		s/^\([0-9a-f:]*\.[0-7]\) - \(.*\)/device \1 \2/p
	' "$CASE_TMP/xen" | awk '
		/^@/ { domain = substr($0, 2); next }
		/^(dying|Interrupts|I\/O)/ { print "domain " domain " " $0; next }
		{ gsub(/\([^)]*\)/, ""); gsub(/: +/, ":"); gsub(/ - node -?[0-9]+/, "")
		  gsub(/  +/, " "); sub(/DomIO:[0-9a-f]+/, "DomIO"); sub(/ +$/, ""); print }' | sort
}

# xen_says KEYS TEXT...: $CASE_TMP/xen is what Xen says to debug keys, each TEXT must
# be in it.
xen_says()
{
	if command -v rig-xen >/dev/null; then
		rig-xen "$1"
	else
		xl dmesg -c >/dev/null
		xl debug-keys "$1"
		xl dmesg
	fi >"$CASE_TMP/xen"
	shift
	for _text; do
		grep -q "$_text" "$CASE_TMP/xen" || fail "Xen does not say \"$_text\"" >&2
	done
}

# Pirqs bound by domain D.
xen_pirqs()
{
	xen_view | grep "^irq .*d$1:" || true
}

# Back to how the boot left it; run before the first case and after each.
clean_up()
{
	set +eu
	for _g in $(guests | cut -d' ' -f2); do
		xl destroy "$_g" >/dev/null 2>&1
	done
	daemon_alive || end_workers
	wait_for 30 no_guests || true
	stop_daemon >/dev/null 2>&1 || stop_daemon KILL >/dev/null 2>&1
	end_workers
	free_devices
	for _m in $(sed -n 's/^\(nvme\|e1000e\|igb\|rig_edu\) .*/\1/p' /proc/modules); do
		modprobe -r "$_m"
	done
	echo 1 >/sys/bus/pci/rescan
	[ "$(cat "$AUTOPROBE")" = 1 ] || echo 1 >"$AUTOPROBE"
	xenstore-rm /local/domain/0/backend/pci 2>/dev/null
	xenstore-rm /libxl/pci 2>/dev/null
	rm -rf "$CASE_TMP"
	mkdir -p "$CASE_TMP"
	true
}

# What most cases let a guest do.

# A guest script that reads the disk through MSI-X and says so.
disk_guest()
{
	guest_script <<'END'
modprobe nvme
rig-wait-until 30 test -b /dev/nvme0n1
head -n 1 /dev/nvme0n1 | cut -c 1-15
echo "sha256 $(sha256sum </dev/nvme0n1 | cut -d' ' -f1)"
grep nvme /proc/interrupts
END
}

# disk_was_read CONSOLE: with the right bytes, and interrupts by MSI-X.
disk_was_read()
{
	grep -q '^XENPCI RIG DISK' "$1" || fail 'the disk text was not read'
	grep -q "^sha256 $(cat /rig/disk.sha256)" "$1" || fail 'the disk reads differently'
	grep -q 'xen-pirq.*pcifront-msi-x *nvme0q1' "$1" ||
		fail 'the disk has no MSI-X queue interrupt'
}

# A guest script that binds the disk's driver twice and says which vectors it got.
budget_guest()
{
	guest_script <<'END'
echo "processors: $(nproc), kernel $(uname -r)"
modprobe nvme
rig-wait-until 60 test -b /dev/nvme0n1
head -n 1 /dev/nvme0n1 | cut -c 1-15
echo "sha256 $(sha256sum </dev/nvme0n1 | cut -d' ' -f1)"
sed -n 's/^ *\([0-9]*\): .* \(xen-pirq.*\)/\1 \2/p' /proc/interrupts
dmesg | grep -i 'enable msix\|Xen PCI frontend' || true
rmmod nvme
modprobe nvme
rig-wait-until 60 test -b /dev/nvme0n1
echo "again: $(grep -c 'pcifront-msi-x *nvme0q' /proc/interrupts || true)"
END
}

# vectors CONSOLE: how many MSI-X vectors the disk had.
vectors()
{
	grep -c 'pcifront-msi-x *nvme0q' "$1" || true
}

# serve BDF...: hold the devices and start the daemon.
serve()
{
	start_daemon --debug
	hold "$@"
}

# Nothing of the pair is left in the store and Xen's view is as it was.
nothing_left()
{
	wait_for 30 no_guests || fail 'a domain is left'
	wait_for 20 no_pair || {
		xenstore-ls -f | grep -E 'backend/pci/|libxl/pci/.*domid'
		fail 'nodes of the pair are left'
	}
	xen_view >"$CASE_TMP/view.after"
	same "$CASE_TMP/view.before" "$CASE_TMP/view.after" \
		'Xen holds something it did not hold before'
}

no_pair()
{
	! xenstore-ls -f | grep -qE '^/local/domain/0/backend/pci/[0-9]|^/libxl/pci/.*/domid'
}

# A guest that breaks the rules, and one that must not notice.

# Both have the second processor for themselves, so that what one of them
# burns, the other misses and dom0 does not.

# rogue_start BDF...: the guest "rogue", whose front is rogue-front.
rogue_start()
{
	_script=$(guest_script <<'END'
modprobe -a xen-evtchn xen-gntalloc
modprobe rig_calls
n=1
while say=$(rig-wait-for "rogue-$n" 300) && [ "$say" != end ]; do
	rc=0
	# shellcheck disable=SC2086
	rogue-front $say || rc=$?
	echo "rogue-done $n $rc"
	n=$((n + 1))
done
END
)
	_pci=
	for _d; do
		_pci="$_pci --pci $_d"
	done
	echo 0 >"$CASE_TMP/rogue"
	rm -f "$CASE_TMP/rogue-domid"
	# shellcheck disable=SC2086
	rig-guest start rogue --no-pcifront --config 'cpus="1"' $_pci "$_script"
	: >>/var/log/xen/guest-rogue.log
}

# rogue COMMAND...: let it do that and show what it says; it must find nothing
# wrong with the backend.
rogue()
{
	read -r _n <"$CASE_TMP/rogue"
	_n=$((_n + 1))
	echo $_n >"$CASE_TMP/rogue"
	# As rig-guest does it, with fewer programs: some cases do it thirty times.
	[ -s "$CASE_TMP/rogue-domid" ] || rig-guest domid rogue >"$CASE_TMP/rogue-domid"
	read -r _domid <"$CASE_TMP/rogue-domid"
	xenstore-write "/local/domain/$_domid/data/rig/rogue-$_n" "$*"
	rig-look line /var/log/xen/guest-rogue.log 200 "^rogue-done $_n " \
		>"$CASE_TMP/rogue-done" || fail "no end of rogue-front $*"
	echo "rogue-front $*"
	awk -v n=$_n '
		{ gsub(/\r/, "") }
		$1 == "rogue-done" { on = $2 == n - 1; next }
		/^\[|^rig-/ { next }
		n == 1 || on { print "    " $0 }' /var/log/xen/guest-rogue.log
	read -r _ _ _rc <"$CASE_TMP/rogue-done"
	[ "$_rc" = 0 ] || fail "rogue-front $* ended with $_rc"
	daemon_alive || fail "xenpcid is gone after rogue-front $*"
}

rogue_end()
{
	rig-guest tell rogue "rogue-$(($(cat "$CASE_TMP/rogue") + 1))" end
	rig-guest wait rogue --timeout 60 >/dev/null || fail 'the rogue guest failed'
}

# honest_start BDF [NAME [US]]: the guest "honest" reads its device over and over,
# without a pause or with one.
honest_start()
{
	_script=$(guest_script <<'END'
dev=$(basename /sys/bus/pci/devices/*:*)
sum()
{
	sha256sum <"/sys/bus/pci/devices/$dev/config"
}
good=$(sum)
echo honest-reading
while ! xenstore-exists data/rig/finish; do
	cfgbench "$dev" 200 0 PAUSE
	[ "$(sum)" = "$good" ] || { echo 'config changed'; exit 1; }
done
END
)
	sed -i "s/PAUSE/${3:-0}/" "$_script"
	rig-guest start "${2:-honest}" --config 'cpus="1"' --pci "$1" "$_script"
	rig-guest line "${2:-honest}" '^honest-reading' --timeout 90
}

# honest_lines [NAME]
# shellcheck disable=SC2120
honest_lines()
{
	rig-guest console "${1:-honest}" | grep '^config-read ' || true
}

_honest_reach()
{
	[ "$(honest_lines | wc -l)" -ge "$1" ]
}

# honest_while WHAT COMMAND...: how long its reads took at worst meanwhile.
honest_while()
{
	_what=$1
	shift
	_seen=$(honest_lines | wc -l)
	"$@"
	wait_for 30 _honest_reach $((_seen + 2)) ||
		fail "the honest guest reads no more: $_what"
	honest_lines | sed "1,${_seen}d; s/.*p99=\([0-9.]*\).*/\1/" | sort -n | tail -n 1 |
		sed "s/.*/honest guest, $_what: worst p99 & us/"
}

# honest_end [NAME]
honest_end()
{
	rig-guest tell "${1:-honest}" finish
	rig-guest wait "${1:-honest}" --timeout 60 >"$CASE_TMP/honest" || {
		tail -n 20 "$CASE_TMP/honest"
		fail 'the honest guest noticed'
	}
}

# error_of NAME: what the backend says about its guest.
error_of()
{
	node "/local/domain/0/error/backend/pci/$(rig-guest domid "$1")/0/error"
}

# What two fronts say about the same devices.

# Shell for a guest script: linux_dump prints what Linux's own front found, as
# xenpci-front dump does. sparse leaves out lines of zeros, with which a console
# is busy for long, and says how many lines there were.
dump_functions()
{
	cat <<'END'
linux_dump()
{
	for dev in /sys/bus/pci/devices/*:*; do
		echo "${dev##*/} [$(cut -c 3-6 "$dev/class")]:" \
			"$(cut -c 3- "$dev/vendor"):$(cut -c 3- "$dev/device")" \
			"(rev $(cut -c 3- "$dev/revision"))"
		od -An -v -tx1 "$dev/config" | awk '{
			sub(/^ +/, ""); printf "%02x: %s\n", (NR - 1) * 16, $0 }'
	done
}

sparse()
{
	awk '!/^[0-9a-f]+:( 00)+ *$/ { print } END { print NR " lines" }'
}
END
}

# dump_of CONSOLE NAME: the dump between "NAME-begins" and "NAME-ends" on a
# guest's console, without the names of classes and what the kernel, or a front
# that has to wait, says in between.
dump_of()
{
	sed -n "/^$2-begins/,/^$2-ends/p" "$1" |
		grep -v '^\[\|-begins$\|-ends$\|: waiting: ' |
		sed 's/^\([0-9a-f:]*\.[0-7]\) [^[]*\[/\1 [/; s/ *$//'
}

# same_dumps CONSOLE NAME CONSOLE NAME
same_dumps()
{
	dump_of "$1" "$2" >"$CASE_TMP/dump.1"
	dump_of "$3" "$4" >"$CASE_TMP/dump.2"
	[ "$(grep -c '^0000:.*(rev ' "$CASE_TMP/dump.1")" -ge 1 ] ||
		fail "no device in the dump $2"
	same "$CASE_TMP/dump.1" "$CASE_TMP/dump.2" "$2 and $4 are different bytes"
	echo "$2 and $4: $(tail -n 1 "$CASE_TMP/dump.1") are the same"
}
