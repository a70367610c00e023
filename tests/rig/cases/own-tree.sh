# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: xenpci tree and check: clean for a healthy pair, each fault named
# timeout: 150

bdf=$(rig-bdf nvme)
start_daemon --debug
xenpci assignable-add "$bdf"
guest=$(guest_script <<'END'
echo guest-ready
rig-wait-for finish 120
END
)
rig-guest start look "$guest"
rig-guest line look '^guest-ready' --timeout 60
xenpci attach look "$bdf" || fail 'attach'
xenpci tree
xenpci check || fail 'a healthy pair is not clean'
xenstore-ls -f >/rig/out/healthy.xs
xenpci check --file /rig/out/healthy.xs || fail 'its recording is not clean'

back=$(backend_of look)
root=$(node "$back/root_num")
xenstore-rm "$back/root_num"
rc=0
xenpci check >$CASE_TMP/removed 2>&1 || rc=$?
[ $rc -eq 1 ] || fail "check exited with $rc for a missing node, not 1"
expect root_num cat $CASE_TMP/removed
xenstore-write "$back/root_num" "$root"
xenpci check || fail 'not clean after the repair'

# The daemon would clear the next one away.
stop_daemon KILL
# A back directory of a domain that is not there, and a front without a back.
xenstore-write /local/domain/0/backend/pci/77/0/state 5
xenstore-write /local/domain/0/backend/pci/77/0/frontend /local/domain/77/device/pci/0
rc=0
xenpci check --json >$CASE_TMP/stale 2>&1 || rc=$?
[ $rc -eq 1 ] || fail "check exited with $rc for a stale backend, not 1"
expect stale-backend cat $CASE_TMP/stale
xenstore-rm /local/domain/0/backend/pci/77
front=/local/domain/$(xl domid look)/device/pci/0
xenstore-write "$front/state" 6
rc=0
xenpci check >$CASE_TMP/dead 2>&1 || rc=$?
[ $rc -eq 1 ] || fail "check exited with $rc for a dead frontend, not 1"
expect 'dead frontend' cat $CASE_TMP/dead
expect 'dead frontend' xenpci tree look
xenstore-write "$front/state" 4
start_daemon --debug
xenpci detach look "$bdf" || fail 'detach'
rig-guest tell look finish
rig-guest wait look >/dev/null
