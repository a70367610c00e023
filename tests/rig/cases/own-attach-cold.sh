# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: xenpci attach to a paused guest; xl pci-list sees it; nothing left after xl destroy
# timeout: 150

bdf=$(rig-bdf nvme)
start_daemon --debug
xenpci assignable-add "$bdf"
xenpci assignable-list | grep -q "$bdf" || fail 'not listed as assignable'
xen_view >$CASE_TMP/view.before

rig-guest start cold --paused "$(disk_guest)"
xenpci attach cold "$bdf" || fail 'attach'
[ "$(node "$(backend_of cold)/state")" = 3 ] || fail 'not exported while the guest is paused'
xl pci-list cold >$CASE_TMP/list
grep -q '^00\.0 *0000:00:03\.0\|0000:00:03\.0' $CASE_TMP/list || {
	cat $CASE_TMP/list
	fail 'xl pci-list does not show the device'
}
xl unpause cold
rig-guest wait cold >$CASE_TMP/console || {
	cat $CASE_TMP/console
	fail 'the guest failed'
}
disk_was_read $CASE_TMP/console
nothing_left
xenpci assignable-remove "$bdf" || fail 'assignable-remove'
