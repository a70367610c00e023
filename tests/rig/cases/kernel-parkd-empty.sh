# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: parkd begins without a device, parks the first that comes, loses the last, parks again, reboots
# timeout: 240

image=/usr/lib/xenpci/parkd
[ -f "$image" ] || skip 'parkd is not installed'
net=$(rig-bdf e1000e)
serve "$net"
xen_view >"$CASE_TMP/view.before"

rig-guest start park --memory 8 --bare "$image"
rig-guest line park '^parkd: ready' --timeout 60 || fail 'it does not begin'

parked()
{
	rig-guest console park | grep -cE '^parkd: .* 8086:10d3 parked: D3hot, bus master off' || true
}

for n in 1 2 3; do
	xl pci-attach park "$net"
	wait_for 60 eval "[ \$(parked) -ge $n ]" || fail "not parked, time $n"
	xl pci-detach park "$net" >"$CASE_TMP/detach" 2>&1 || fail "detach $n: $(cat "$CASE_TMP/detach")"
	wait_for 20 no_pair || fail "nodes are left after detach $n"
done

xl reboot park
wait_for 90 eval 'rig-guest console park | grep -c "^parkd: ready" | grep -q 2' || {
	rig-guest console park
	fail 'it did not come back'
}
xl shutdown -w park >/dev/null 2>&1 || fail 'xl shutdown'
rig-guest wait park --timeout 60 >"$CASE_TMP/console" || fail 'no end'
nothing_left
