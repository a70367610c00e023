# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: four free pirqs are four MSI-X vectors under xenpcid, and none under the kernel
# boot: own
# rig-args: --xen-arg extra_guest_irqs=4
# timeout: 300
#
# The guest has eight processors, so the driver wants nine vectors. Xen gives a
# domain extra_guest_irqs pirqs beyond the lines. xenpcid answers how many there
# are, and Linux asks again for so many. The kernel's backend would map all or
# nothing, but refuses the second request anyway (see own-msix-twice); either way
# the driver is left with the line.

bdf=$(rig-bdf nvme)
eight='vcpus = 8'

serve "$bdf"
xen_view >$CASE_TMP/view.before
rig-guest run disk --config "$eight" --pci "$bdf" --timeout 150 "$(budget_guest)" >$CASE_TMP/ours
grep -E '^processors|xen-pirq|enable msix|^again' $CASE_TMP/ours
disk_was_read $CASE_TMP/ours
grep -q '^processors: 8' $CASE_TMP/ours || fail 'the guest has not eight processors'
[ "$(vectors $CASE_TMP/ours)" = 4 ] || fail "$(vectors $CASE_TMP/ours) vectors instead of 4"
grep -q '^again: 4' $CASE_TMP/ours || fail 'not four vectors the second time'
grep 'interrupt vectors\|MSI-X vectors on' $DAEMON_LOG
grep -q "$bdf: of 9 interrupt vectors Xen has room for 4" $DAEMON_LOG ||
	fail 'the daemon did not say that vectors are short'
grep -q "$bdf: 4 MSI-X vectors on" $DAEMON_LOG || fail 'the daemon granted something else'
nothing_left
stop_daemon

rig-guest run disk --stock-backend --config "$eight" --pci "$bdf" --timeout 150 \
	"$(budget_guest)" >$CASE_TMP/stock
grep -E '^processors|xen-pirq|enable msix|^again' $CASE_TMP/stock
[ "$(vectors $CASE_TMP/stock)" = 0 ] || fail 'the kernel granted MSI-X; is this case still needed?'
grep -q 'xen-pirq.*pcifront  *nvme' $CASE_TMP/stock || fail 'no line interrupt for nvme'
