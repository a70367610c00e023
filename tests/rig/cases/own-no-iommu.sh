# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: without an IOMMU no device is given to anybody, by whichever way, and the reason is told
# timeout: 150
# boot: own
# rig-args: --xen-arg iommu=off

disk=$(rig-bdf nvme)
start_daemon --debug
xl pci-assignable-add "$disk" || true
xenpci assignable-add "$disk" >"$CASE_TMP/add" 2>&1 || true
cat "$CASE_TMP/add"
guest=$(guest_script <<'END'
echo guest-ready
rig-wait-for finish 120
END
)
rig-guest start plain --config 'passthrough="disabled"' --config 'e820_host=0' "$guest"
rig-guest line plain '^guest-ready' --timeout 60
rc=0
xenpci attach plain "$disk" >"$CASE_TMP/attach" 2>&1 || rc=$?
cat "$CASE_TMP/attach"
[ $rc -ne 0 ] || fail 'it was attached'
grep -qiE 'IOMMU|passthrough' "$CASE_TMP/attach" || fail 'the reason is not told'

gave_up()
{
	case $(node "$back/state") in
	5 | 6) ;;
	*) return 1 ;;
	esac
}

# A toolstack that asks all the same, by hand.
by_hand()
{
	domid=$(xl domid plain)
	back=/local/domain/0/backend/pci/$domid/0
	front=/local/domain/$domid/device/pci/0
	while read -r path value; do
		xenstore-write "$path" "$value"
	done <<END
$back/frontend $front
$back/frontend-id $domid
$back/online 1
$back/num_devs 1
$back/key-0 $disk
$back/dev-0 $disk
$back/state-0 1
$back/state 1
END
	# Closed follows at once where there is no front.
	wait_for 20 gave_up || fail "the backend is in state $(node "$back/state")"
	error=$(node "/local/domain/0/error/backend/pci/$domid/0/error")
	echo "    says: $error"
	case $error in
	*IOMMU*) ;;
	*) fail 'the reason is not told' ;;
	esac
}
step xsa_061_no_iommu by_hand
rig-guest tell plain finish
rig-guest wait plain --timeout 60 >/dev/null
