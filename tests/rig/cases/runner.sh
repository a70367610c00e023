# SPDX-License-Identifier: LGPL-2.1-or-later
#
# In dom0, started by run-cases: each case in a shell of its own, cleaning
# between.  One line per case; of the output of those that pass the lines that begin
# with "# ", of those that fail all of it.
# shellcheck shell=sh

# shellcheck source=tests/rig/cases/lib.sh
. /rig/files/lib.sh

# due SECONDS: tell the host when to take this machine for stuck.
due()
{
	echo "due $1" | rig-out 0xe9
}

due 120
(clean_up) >/dev/null 2>&1
while read -r name limit; do
	echo "# $name" >/dev/hvc0
	log=/rig/out/$name.log
	due $((limit + 60))
	begun=$(cut -d. -f1 /proc/uptime)
	rc=0
	# shellcheck disable=SC2016
	/usr/bin/timeout -k 5 "$limit" sh -eu -c '
		. /rig/files/lib.sh
		. "/rig/files/$1"
	' "$name" "$name.sh" >"$log" 2>&1 </dev/null || rc=$?
	took=$(($(cut -d. -f1 /proc/uptime) - begun))
	# It has had a successor, so the case may not have noticed.
	if [ $rc -eq 0 ] && [ ! -e "$CASE_TMP/broker-may-die" ] &&
		grep -q 'the broker was killed' "$DAEMON_LOG" 2>/dev/null; then
		echo 'the broker died, and nobody had killed it' >>"$log"
		rc=1
	fi
	[ ! -s "$CASE_TMP/steps" ] ||
		sed "s,^\([a-z0-9_]*\) \(.*\),step \2 $name/\1," "$CASE_TMP/steps"
	case $rc in
	0)
		echo "ok $name ($took s)"
		# What a case found that is no verdict.
		sed -n 's/^# /    /p' "$log"
		;;
	77)
		echo "skip $name: $(cat "$CASE_TMP/skip" 2>/dev/null || echo 'no reason given')"
		;;
	*)
		[ $rc -ne 124 ] || echo "took longer than $limit s" >>"$log"
		{
			echo "exit status $rc"
			if [ -s "$DAEMON_LOG" ]; then
				echo '--- xenpcid:'
				tail -n 60 "$DAEMON_LOG"
			fi
			for file in /var/log/xen/guest-*.log; do
				[ ! -s "$file" ] || {
					echo "--- end of $file:"
					tr -d '\r' <"$file" | tail -n 20
				}
			done
		} >>"$log" 2>&1
		echo "not ok $name ($took s)"
		sed 's/^/    /' "$log"
		;;
	esac
	due 150
	(clean_up) >/dev/null 2>&1
	rm -f /var/log/xen/guest-*
done </rig/files/plan
due 150

