# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: what a guest's kernel asks of Xen behind xenpcid's back: interrupts of others, MSI of its own device: refused
# timeout: 120

disk=$(rig-bdf nvme)
edu=$(rig-bdf edu)
serve "$disk" "$edu"
rogue_start "$disk" "$edu"
rogue connect

# What Xen lets the guest have, one number a line.
its_pirqs()
{
	xen_view | sed -n "s/^domain $(xl domid rogue) Interrupts { *\(.*\) }/\1/p" |
		tr -d ' ' | tr ',' '\n' |
		awk -F- '{ for (i = $1; i <= (NF > 1 ? $2 : $1); i++) print i }' | sort -n
}

foreign()
{
	rogue pirqs
	its_pirqs >"$CASE_TMP/pirqs.its"
	rig-guest console rogue | sed -n 's/^pirq \([0-9]*\) can be bound/\1/p' |
		sort -n >"$CASE_TMP/pirqs.had"
	same "$CASE_TMP/pirqs.its" "$CASE_TMP/pirqs.had" \
		'the guest can bind other interrupts than it was given'
}

# 0000:BB:DD.F as Xen's calls want it.
bus=$((0x$(echo "$disk" | cut -d: -f2)))
dev=$(echo "$disk" | cut -d: -f3)
devfn=$((0x${dev%.*} * 8 + ${dev#*.}))

step xsa_046_foreign_pirq foreign
step xsa_087_prepare_msix rogue physdev $bus $devfn
rogue_end
