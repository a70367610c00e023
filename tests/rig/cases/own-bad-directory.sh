# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: a toolstack that damages the backend directory is told what is wrong; the guest keeps its device meanwhile
# timeout: 200

disk=$(rig-bdf nvme)
edu=$(rig-bdf edu)
serve "$disk" "$edu"
xen_view >"$CASE_TMP/view.before"
guest=$(guest_script <<'END'
rig-wait-until 30 test -e /sys/bus/pci/devices/*:00.0/config
dev=$(basename /sys/bus/pci/devices/*:00.0)
echo guest-ready
while ! xenstore-exists data/rig/finish; do
	cfgbench "$dev" 20
done
END
)
rig-guest start keeps --pci "$disk" "$guest"
rig-guest line keeps '^guest-ready' --timeout 60
back=$(backend_of keeps)
domid=$(xl domid keeps)

says()
{
	case $(error_of keeps) in
	*"$1"*) ;;
	*) return 1 ;;
	esac
}

reads()
{
	rig-guest console keeps | grep -c '^config-read'
}

reads_reach()
{
	[ "$(reads)" -ge "$1" ]
}

# damaged TEXT NODE VALUE [STATE]: write them; the error node must say TEXT
# and the guest must still own its disk.
damaged()
{
	xenstore-rm "/local/domain/0/error/backend/pci/$domid/0/error" 2>/dev/null || true
	was=$(node "$back/$2")
	xenstore-write -- "$back/$2" "$3"
	[ $# -lt 4 ] || xenstore-write "$back/state" "$4"
	wait_for 10 says "$1" || fail "$2=$3: the error node says \"$(error_of keeps)\""
	echo "$2=$3: $(error_of keeps)"
	until=$(($(reads) + 2))
	wait_for 20 reads_reach $until ||
		fail 'the guest cannot read its device any more'
	xen_view | grep -q "^device $disk d$domid" || fail 'the guest lost its device'
	if [ -n "$was" ]; then
		xenstore-write "$back/$2" "$was"
	else
		xenstore-rm "$back/$2"
	fi
}

damaged 'num_devs' num_devs abc
damaged 'num_devs' num_devs ''
damaged 'num_devs' num_devs -1
damaged 'num_devs' num_devs 99999999999999999999
damaged 'holds no state' state zzz
# One bad entry beside a good one, as of a toolstack that adds a device.
xenstore-write "$back/dev-1" zzz "$back/state-1" 1 "$back/opts-1" ''
damaged 'dev-N' num_devs 2 7
wait_state "$back" 4 60
xenstore-rm "$back/dev-1"
xenstore-rm "$back/state-1"
xenstore-rm "$back/opts-1"
damaged 'num_devs' num_devs 300 7
wait_state "$back" 4 60

# Mended, it works as ever.
xenpci attach keeps "$edu" || fail 'attach'
xenpci detach keeps "$edu" || fail 'detach'
rig-guest tell keeps finish
rig-guest wait keeps --timeout 60 >/dev/null || fail 'the guest failed'
nothing_left
