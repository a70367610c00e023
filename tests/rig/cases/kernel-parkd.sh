# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: parkd holds three devices in 8 MiB, D3hot and bus master off as dom0 sees it, 20 hot adds and removes
# timeout: 600

image=/usr/lib/xenpci/parkd
[ -f "$image" ] || skip 'parkd is not installed'
size=$(stat -c %s "$image")
echo "image: $size bytes"
[ "$size" -lt 262144 ] || fail 'the image is not under 256 KiB'

nvme=$(rig-bdf nvme)
net=$(rig-bdf e1000e)
edu=$(rig-bdf edu)
d3='parked: D3hot, bus master off'
no_pm='parked: no power management, bus master off'

# said N REGEX: wait until the guest has said it N times.
said()
{
	_times=$1 _regex=$2
	# shellcheck disable=SC2317
	_is_said()
	{
		[ "$(rig-guest console park | grep -cE "$_regex")" -ge "$_times" ]
	}
	wait_for 60 _is_said || {
		rig-guest console park | tail -n 30
		fail "not said $_times times: $_regex"
	}
}

# quiet BDF: bus mastering is off, and if there is power management, D3hot.
quiet()
{
	_command=$(setpci -s "$1" COMMAND)
	[ $((0x$_command & 4)) -eq 0 ] || fail "$1: bus master is on ($_command)"
	case $1 in
	"$edu") return ;;
	esac
	_power=$(setpci -s "$1" CAP_PM+4.w)
	[ $((0x$_power & 3)) -eq 3 ] || fail "$1: not in D3hot ($_power)"
	lspci -vv -s "$1" | grep -q 'Status: D3 ' || fail "lspci does not see D3 of $1"
}

serve "$nvme" "$net" "$edu"
xen_view >"$CASE_TMP/view.before"
rig-guest start park --memory 8 --paused --pci "$nvme" --pci "$net" --pci "$edu" --bare "$image"
# Bus mastering is off to begin with; on, so that it is parkd that turns it off.
for bdf in "$nvme" "$net" "$edu"; do
	wait_for 30 eval 'xenstore-ls "$(backend_of park)" | grep -c "^vdev-" | grep -q 3' ||
		fail 'the devices were not exported'
	setpci -s "$bdf" COMMAND=4:4
done
xl unpause park
rig-guest line park "^parkd: 0000:00:00\.0 1b36:0010 $d3" --timeout 60 || fail 'nvme'
rig-guest line park "^parkd: 0000:00:01\.0 8086:10d3 $d3" || fail 'e1000e'
rig-guest line park "^parkd: 0000:00:02\.0 1234:11e8 $no_pm" || fail 'edu'
rig-guest line park '^parkd: 3 devices' || fail 'the table'
for bdf in "$nvme" "$net" "$edu"; do
	quiet "$bdf"
done

# unlisted BDF: the toolstack has taken its nodes away.
unlisted()
{
	! xenstore-ls -f "$(backend_of park)" | grep -q "/dev-[0-9]* = \"$1\""
}

# by TOOL attach|detach: xl sometimes gives up waiting and calls it success.
by()
{
	case $1 in
	xl) set -- xl "pci-$2" ;;
	esac
	"$1" "$2" park "$nvme" >"$CASE_TMP/tool" 2>&1 || fail "$1 $2, turn $n: $(cat "$CASE_TMP/tool")"
	case $2 in
	*detach)
		wait_for 5 unlisted "$nvme" || fail "$1 $2, turn $n, left it listed: $(cat "$CASE_TMP/tool")" ;;
	esac
}

# The first removal undoes what xl create did; then each tool in turn.
n=0
by xl detach
said 1 '^parkd: .* 1b36:0010 removed'
while [ $n -lt 20 ]; do
	tool=xl
	[ $((n % 2)) -eq 0 ] || tool=xenpci
	by $tool attach
	said $((n + 2)) "^parkd: .* 1b36:0010 $d3"
	quiet "$nvme"
	by $tool detach
	said $((n + 2)) '^parkd: .* 1b36:0010 removed'
	n=$((n + 1))
done
quiet "$net"
quiet "$edu"

by xl attach
said $((n + 2)) "^parkd: .* 1b36:0010 $d3"
[ "$(xl list park | awk 'NR == 2 { print $3 }')" -le 8 ] || fail 'it has more memory than it was given'
xl shutdown -w park >"$CASE_TMP/shutdown" 2>&1 || fail "xl shutdown: $(cat "$CASE_TMP/shutdown")"
rig-guest wait park --timeout 60 >"$CASE_TMP/console" || fail 'no end'
grep -q '^parkd: bye' "$CASE_TMP/console" || fail 'not a clean end'
if grep -E 'warning|not parked|panic' "$CASE_TMP/console"; then
	fail 'something was not as it should be'
fi
nothing_left
