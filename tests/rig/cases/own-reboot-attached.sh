# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: what xenpci attached follows its guest through a reboot
# timeout: 180

bdf=$(rig-bdf nvme)
start_daemon --debug
xenpci assignable-add "$bdf"
guest=$(guest_script <<'END'
modprobe nvme
me=$(xenstore-read domid)
echo "up $me"
rig-wait-until 90 test -b /dev/nvme0n1
echo "life $me: $(head -c 15 /dev/nvme0n1) $(grep -c 'msi-x *nvme' /proc/interrupts)"
rig-wait-for "$me" 60
[ "$(rig-wait-for "$me")" != reboot ] || reboot -f
END
)
rig-guest start again --config 'on_reboot="restart"' "$guest"
rig-guest line again '^up ' --timeout 60
first=$(xl domid again)
xenpci attach again "$bdf" || fail 'attach'
rig-guest line again "^life $first: XENPCI RIG DISK" --timeout 60
rig-guest tell again "$first" reboot
rig-guest line again "^life $((first + 1)): XENPCI RIG DISK [2-9]" --timeout 90
xenpci detach again "$bdf" || fail 'detach from the new life'
rig-guest tell again $((first + 1)) end
rig-guest wait again --timeout 60 >/dev/null
wait_for 20 no_pair || fail 'nodes are left'
