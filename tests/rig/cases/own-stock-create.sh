# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: unmodified xl create with pci=[...]: xenpcid serves, the disk keeps MSI-X
# timeout: 120

bdf=$(rig-bdf nvme)
serve "$bdf"
xen_view >$CASE_TMP/view.before
rig-guest run disk --pci "$bdf" "$(disk_guest)" >$CASE_TMP/console
disk_was_read $CASE_TMP/console
nothing_left
