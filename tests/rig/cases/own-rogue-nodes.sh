# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: a front that publishes a bad page, port or magic is refused in words; an honest one after it is served
# timeout: 240

edu=$(rig-bdf edu)
serve "$edu"
xen_view >"$CASE_TMP/view.before"
pid=$(daemon_pid)
rogue_start "$edu"
error=/local/domain/0/error/backend/pci/$(xl domid rogue)/0/error

# each: every variant of standard input is refused in its words.
each()
{
	while read -r name text; do
		xenstore-rm "$error" 2>/dev/null || true
		rogue nodes "$name"
		said=$(node "$error")
		echo "    says: $said"
		case $said in
		*"$text"*) ;;
		*) fail "the error node for $name does not say \"$text\"" ;;
		esac
	done
}

each <<'END'
magic-other magic
magic-long magic
magic-blank magic
magic-empty magic
magic-none magic
magic-40 magic
END
step xsa_361_362_367_bogus_grants_and_ports each <<'END'
gref-huge grant reference
gref-stale grant reference
gref-word pci-op-ref is no number
gref-negative pci-op-ref is no number
gref-40 pci-op-ref is no number
gref-hex pci-op-ref is no number
gref-empty pci-op-ref is no number
gref-none pci-op-ref is missing
port-zero event channel
port-huge event channel
port-unbound event channel
port-word event-channel is no number
port-negative event-channel is no number
port-40 event-channel is no number
port-empty event-channel is no number
port-none event-channel is missing
all-none missing
END
rogue connect 3
rogue_end
nothing_left
if [ "$(daemon_pid)" != "$pid" ] || ! daemon_alive; then
	fail 'xenpcid was replaced'
fi
