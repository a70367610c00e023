# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: under systemd and AppArmor, both as installed: ready, watched, restarted, confined
# timeout: 300
# boot: own
# rig-args: --with apparmor --with systemd

# systemd runs one service, in a process namespace and a control group of its own.

bdf=$(rig-bdf nvme)

# A case that fails shows what the kernel and systemd said.
at_end()
{
	_rc=$?
	[ $_rc -eq 0 ] || dmesg | grep -E 'apparmor|systemd|xenpcid' | tail -n 60
}
trap at_end EXIT


systemd_start()
{
	mkdir -p /sys/fs/cgroup /etc/systemd/system/xenpcid.service.d
	mount -t cgroup2 none /sys/fs/cgroup
	mkdir /sys/fs/cgroup/rig
	# There is no journal. The profiles must let the log through.
	cat >/etc/systemd/system/xenpcid.service.d/rig.conf <<-END
		[Service]
		StandardError=append:$DAEMON_LOG
	END
	: >"$DAEMON_LOG"
	# shellcheck disable=SC2016
	sh -c 'echo $$ >/sys/fs/cgroup/rig/cgroup.procs
		exec env -i container=rig PATH=/usr/sbin:/usr/bin unshare -m -p -f --mount-proc \
			sh -c "mount -t xenfs xenfs /proc/xen
				exec /usr/lib/systemd/systemd --system --unit=basic.target \
					--log-target=kmsg --show-status=0"' </dev/null &
	wait_for 20 test -S /run/systemd/private || fail 'systemd does not come up'
	systemd_pid=$(pidof systemd | cut -d' ' -f1)
}

# Commands that must see the service's process ids.
inside()
{
	nsenter -t "$systemd_pid" -m -p "$@"
}

# Its manager talks to processes that it can see.
systemctl()
{
	inside /usr/bin/systemctl "$@"
}

shown()
{
	systemctl show --property "$1" --value xenpcid
}

has()
{
	[ "$(shown "$1")" = "$2" ]
}

# another_pid OLD: the service runs, as another process.
another_pid()
{
	has ActiveState active && [ "$(shown MainPID)" != "$1" ]
}

# The main process keeps the broker.
broker_pid()
{
	_main=$(shown MainPID)
	inside cat "/proc/$_main/task/$_main/children" | cut -d' ' -f1
}

another_broker()
{
	_now=$(broker_pid) && [ -n "$_now" ] && [ "$_now" != "$1" ]
}

label_of()
{
	inside cat "/proc/$1/attr/current"
}

profiles_load()
{
	mount -t securityfs securityfs /sys/kernel/security
	grep -q apparmor /sys/kernel/security/lsm || fail 'this kernel has no AppArmor'
	for profile in xenpcid xenpcid-worker; do
		echo "$CASE_TMP/** rw," >"/etc/apparmor.d/local/$profile"
	done
	# For what no_way does in its place.
	echo "/usr/bin/busybox rmix," >>/etc/apparmor.d/local/xenpcid-worker
	apparmor_parser --replace --skip-cache /etc/apparmor.d/xenpcid
	grep xenpcid /sys/kernel/security/apparmor/profiles
}

becomes_ready()
{
	systemd_start
	systemctl start xenpcid || fail 'the unit does not start'
	has ActiveState active || fail "the unit is $(shown ActiveState)"
	[ "$(cat "$AUTOPROBE")" = 0 ] || fail 'it is ready and does not serve'
	wait_for 5 has StatusText '0 guests, 0 devices' ||
		fail "its status is \"$(shown StatusText)\""
	for pid in $(shown MainPID) $(broker_pid); do
		[ "$(label_of "$pid")" = 'xenpcid (enforce)' ] ||
			fail "the label of $pid is \"$(label_of "$pid")\""
	done
	inside cat "/proc/$(broker_pid)/status" | grep -E '^(CapBnd|NoNewPrivs|Seccomp):'
}

serves()
{
	hold "$bdf"
	xen_view >"$CASE_TMP/view.before"
	guest=$(guest_script <<'END'
modprobe nvme
rig-wait-until 30 test -b /dev/nvme0n1
dev=$(echo /sys/bus/pci/devices/*:*)
good=$(sha256sum <"$dev/config")
echo reading
while ! xenstore-exists data/rig/finish; do
	[ "$(sha256sum <"$dev/config")" = "$good" ] || { echo "config changed"; exit 1; }
	echo "round $((n = n + 1))"
done
echo "sha256 $(sha256sum </dev/nvme0n1 | cut -d' ' -f1)"
END
)
	rig-guest start steady --pci "$bdf" "$guest"
	rig-guest line steady '^reading' --timeout 60
	wait_for 5 has StatusText '1 guest, 1 device' ||
		fail "the status is \"$(shown StatusText)\""
}

another_worker()
{
	new=$(worker_of steady) && [ -n "$new" ] && [ "$new" != "$1" ]
}

_round()
{
	[ "$(rig-guest console steady | grep -c '^round')" -gt "$1" ]
}

# The guest gets on with its work.
reads_on()
{
	wait_for 20 _round $(($(rig-guest console steady | grep -c '^round') + 1)) ||
		fail "the guest reads no more: $1"
}

worker_is_replaced()
{
	old=$(worker_of steady)
	[ "$(label_of "$old")" = 'xenpcid-worker (enforce)' ] ||
		fail "the worker's label is \"$(label_of "$old")\""
	inside kill -9 "$old"
	wait_for 10 another_worker "$old" || fail 'no new worker'
	reads_on 'its worker was killed'
}

# From the start of its process to READY, in milliseconds.
ready_took()
{
	echo $((($(shown ActiveEnterTimestampMonotonic) - \
		$(shown ExecMainStartTimestampMonotonic)) / 1000))
}

daemon_is_restarted()
{
	touch "$CASE_TMP/broker-may-die"
	old=$(shown MainPID)
	broker=$(broker_pid)
	inside kill -9 "$broker"
	wait_for 20 another_broker "$broker" || fail 'no broker follows one that was killed'
	reads_on 'the broker was killed'
	has MainPID "$old" || fail 'all of the daemon ended with its broker'
	for how in restart kill kill kill restart; do
		old=$(shown MainPID)
		if [ $how = restart ]; then
			systemctl restart xenpcid
		else
			inside kill -9 "$old"
		fi
		wait_for 20 another_pid "$old" || fail "not back after $how"
		echo "# ready $(ready_took) ms after a $how and the start of its process"
		reads_on "the daemon had a $how"
	done
	wait_for 5 has StatusText '1 guest, 1 device' ||
		fail "the status is \"$(shown StatusText)\""
}

# A daemon that hangs is replaced; its guest need not wait for that.
hang_is_noticed()
{
	old=$(shown MainPID)
	inside kill -STOP "$(broker_pid)"
	reads_on 'the daemon hangs'
	has MainPID "$old" || fail 'it was killed before its time'
	wait_for 30 another_pid "$old" || fail 'the watchdog did nothing'
	reads_on 'the daemon hung'
}

reload_is_reported()
{
	old=$(shown MainPID)
	systemctl reload xenpcid || fail 'reload failed'
	wait_for 5 has ActiveState active || fail "it is $(shown ActiveState)"
	has MainPID "$old" || fail 'it is another process'
}

all_is_given_back()
{
	rig-guest tell steady finish
	rig-guest wait steady --timeout 60 >"$CASE_TMP/console" || {
		tail -n 20 "$CASE_TMP/console"
		fail 'the guest noticed'
	}
	grep -q "^sha256 $(cat /rig/disk.sha256)" "$CASE_TMP/console" ||
		fail 'the disk reads differently'
	wait_for 5 has StatusText '0 guests, 0 devices' ||
		fail "the status is \"$(shown StatusText)\""
	nothing_left
	systemctl stop xenpcid
	has ActiveState inactive || fail "it is $(shown ActiveState)"
	[ "$(cat "$AUTOPROBE")" = 1 ] || fail 'the kernel half was not given back'
}

denials()
{
	dmesg | grep 'apparmor="DENIED"' | grep 'profile="xenpcid'
}

nothing_was_denied()
{
	! denials || fail 'the profiles deny what is needed'
}

# as_worker COMMAND...: root, in the profile of a worker.
as_worker()
{
	(
		echo 'exec xenpcid-worker' >/proc/self/attr/exec
		exec /usr/bin/busybox "$@"
	) 2>&1
}

no_way()
{
	! _said=$(as_worker "$@") || fail "a worker's profile lets it: $*"
	case $_said in
	*'ermission denied'*) ;;
	*) fail "$*: not AppArmor but: $_said" ;;
	esac
}

walls_hold()
{
	as_worker cat "/sys/bus/pci/devices/$bdf/config" >/dev/null ||
		fail 'a worker may not even read registers'
	no_way cat /etc/passwd
	no_way cat "/sys/bus/pci/devices/$bdf/resource"
	no_way dd if=/dev/null of="/sys/bus/pci/devices/$bdf/config" conv=notrunc
	no_way dd if=/dev/null of="/sys/bus/pci/devices/$bdf/reset" conv=notrunc
	no_way dd if=/dev/xen/privcmd of=/dev/null
	no_way cat /run/xenpci/lock
	no_way touch /run/xenpci/x
	no_way env /usr/bin/xenstore-ls
	no_way nc 127.0.0.1 4000
	denials | sed 's/.*apparmor/apparmor/' | head -n 3
}

step profiles_load profiles_load
step becomes_ready becomes_ready
step serves serves
step worker_is_replaced worker_is_replaced
step daemon_is_restarted daemon_is_restarted
step hang_is_noticed hang_is_noticed
step reload_is_reported reload_is_reported
step all_is_given_back all_is_given_back
step nothing_was_denied nothing_was_denied
step walls_hold walls_hold
