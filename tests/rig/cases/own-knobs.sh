# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: a quirk opens its bits, permissive what no table keeps, and the next guest has neither
# timeout: 400
#
# QEMU's e1000e keeps whatever is written to the bytes that belong to nobody, at
# 40 and above; its capabilities start later.

bdf=$(rig-bdf e1000e)
config=$CASE_TMP/xenpcid.json

# The guest tries registers and says what was there before and after, and waits
# so that dom0 can look at the device meanwhile.
trying_guest()
{
	guest_script <<'END'
cd /sys/bus/pci/devices/0000:00:00.0
get()
{
	od -An -v -tx1 -j "$1" -N "$2" config | tr -d ' \n'
}
try()
{
	before=$(get "$2" "$3")
	# shellcheck disable=SC2059
	printf "$4" | dd of=config bs="$3" seek=$(($2 / $3)) conv=notrunc 2>/dev/null || true
	echo "try $1 $before $(get "$2" "$3")"
}
try nobody 64 4 '\245\132\303\074'
try part 72 4 '\377\377\377\377'
try byte 81 1 '\252'
try ids 0 4 '\001\002\003\004'
try bar 16 4 '\000\120\064\022'
try line 60 1 '\022'
try command 4 2 '\000\000'
echo tried
rig-wait-for seen
END
}

# hardware OFFSET BYTES: as dom0 reads it.
hardware()
{
	od -An -v -tx1 -j "$1" -N "$2" "/sys/bus/pci/devices/$bdf/config" | tr -d ' \n'
}

# tries NAME [PCI-OPTIONS]: a guest whose attempts end up in $CASE_TMP/NAME.
tries()
{
	rig-guest start "$1" --config "pci = [ \"$bdf${2:-}\" ]" "$(trying_guest)"
	rig-guest line "$1" '^tried' --timeout 90 >/dev/null || fail "the guest $1 did not try"
	rig-guest console "$1" | grep '^try ' >"$CASE_TMP/$1"
	cat "$CASE_TMP/$1"
	# What no knob opens.
	[ "$(hardware 0 4)" = "$ids" ] || fail 'the ids have changed'
	[ "$(hardware 16 4)" = "$bar" ] || fail "a BAR has moved to $(hardware 16 4)"
	[ $((0x$(hardware 4 1) & 2)) = 2 ] || fail 'memory does not answer'
}

over()
{
	rig-guest tell "$1" seen
	rig-guest wait "$1" --timeout 60 >/dev/null || fail "the guest $1 failed"
}

# tried NAME REGISTER: "BEFORE AFTER".
tried()
{
	sed -n "s/^try $2 //p" "$CASE_TMP/$1"
}

unchanged()
{
	for _register in nobody part byte ids; do
		[ "$(tried "$1" $_register | cut -d' ' -f1)" = "$(tried "$1" $_register | cut -d' ' -f2)" ] ||
			fail "$_register has changed without a knob"
		[ "$(tried "$1" $_register | cut -d' ' -f1)" = "$(tried plain $_register | cut -d' ' -f1)" ] ||
			fail "$_register is still as another guest left it"
	done
}

configure()
{
	_lines=$(grep -c 'is in force' "$DAEMON_LOG" || true)
	echo "$1" >"$config"
	kill -HUP "$(daemon_pid)"
	wait_for 10 eval "[ \$(grep -c 'is in force' $DAEMON_LOG) -gt $_lines ]" ||
		fail 'the configuration was not taken'
}

refused()
{
	xenpci denied --json "$bdf" | grep -q "$1"
}

echo '{}' >"$config"
start_daemon --debug --config "$config"
hold "$bdf"
ids=$(hardware 0 4)
bar=$(hardware 16 4)
xen_view >"$CASE_TMP/view.before"
xenpci denied "$bdf"

# Nothing is allowed: everything is in the ledger, with a quirk.
tries plain
unchanged plain
wait_for 10 refused '"quirk":"40:4:' || {
	xenpci denied --json "$bdf"
	fail 'the ledger does not name the register'
}
xenpci denied "$bdf"
quirk=$(xenpci denied --json "$bdf" | sed -n 's/.*"quirk":"\(40:4:[0-9a-f]*\)".*/\1/p')
grep "refused a write of .*this quirk would allow it: $quirk" "$DAEMON_LOG" ||
	fail 'the log does not say it'
over plain
expect 'which has let go of it' xenpci denied "$bdf"

# That quirk lets the same write through, another one exactly one byte.
configure "{ \"devices\": { \"$bdf\": { \"quirks\": [\"$quirk\", \"48:4:ff00\"] } } }"
tries quirks
[ "$(tried quirks nobody | cut -d' ' -f2)" = a55ac33c ] || fail 'the quirk does not open the register'
[ "$(hardware 64 4)" = a55ac33c ] || fail 'the write did not reach the device'
before=$(tried quirks part | cut -d' ' -f1)
[ "$(tried quirks part | cut -d' ' -f2)" = "$(echo "$before" | cut -c 1-2)ff$(echo "$before" | cut -c 5-8)" ] ||
	fail 'the mask is not what changed'
if refused '"quirk":"40:'; then
	fail 'what is allowed now is refused still'
fi
over quirks

# A quirk that can open nothing is told, and the device is there all the same.
configure "{ \"devices\": { \"8086:10d3\": { \"quirks\": [\"10:4:ffffffff\"] } } }"
tries nothing
unchanged nothing
grep 'the quirk 10:4:ffffffff opens nothing' "$DAEMON_LOG" || fail 'a useless quirk was not told'
over nothing

# Permissive, by xl's own word.
configure '{}'
tries permissive ,permissive=1
for register in nobody part byte; do
	[ "$(tried permissive $register | cut -d' ' -f1)" != "$(tried permissive $register | cut -d' ' -f2)" ] ||
		fail "permissive does not open $register"
done
over permissive

tries again
unchanged again
over again
nothing_left
