# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: each answer writes what it must and no more, costs one event, is in time; a request in a row is never overlooked
# timeout: 200

disk=$(rig-bdf nvme)
edu=$(rig-bdf edu)
serve "$disk" "$edu"
rogue_start "$disk" "$edu"
step only_the_answer_is_written rogue wire page 300
# The same run: flags that nobody knows are set in it.
step unknown_flags_stay true
step one_event_each rogue wire events 1000
step back_to_back rogue wire row 2000
step answers_in_time rogue wire pace 1000
rogue_end
