# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: guests with newer Linux, too, make do with as many MSI-X vectors as there are
# boot: own
# rig-args: --xen-arg extra_guest_irqs=4 --linux 6.12 --linux 7.2
# timeout: 400
#
# See own-msix-budget; their MSI core is another than 6.1's.

bdf=$(rig-bdf nvme)
serve "$bdf"
xen_view >$CASE_TMP/view.before

for linux in 6.12 7.2; do
	: >$DAEMON_LOG
	rig-guest run disk --linux $linux --config 'vcpus = 8' --pci "$bdf" --timeout 180 \
		"$(budget_guest)" >$CASE_TMP/ours || {
		tail -n 40 $CASE_TMP/ours
		fail "the guest with Linux $linux failed"
	}
	grep -E '^processors|xen-pirq|enable msix|^again' $CASE_TMP/ours
	grep 'interrupt vectors\|MSI-X vectors on' $DAEMON_LOG
	grep -q "^processors: 8, kernel $linux\." $CASE_TMP/ours || fail 'another kernel'
	disk_was_read $CASE_TMP/ours
	[ "$(vectors $CASE_TMP/ours)" = 4 ] ||
		fail "Linux $linux: $(vectors $CASE_TMP/ours) vectors instead of 4"
	grep -q '^again: 4' $CASE_TMP/ours || fail "Linux $linux: not four the second time"
	grep -q "$bdf: 4 MSI-X vectors on" $DAEMON_LOG || fail 'the daemon granted something else'
	nothing_left
done
