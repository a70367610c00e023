# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# case: the kernel of README's page on the front library, made from its own commands, lists a device
# timeout: 120

page=/rig/guest/readme
[ -f "$page/hello" ] || fail 'README.md has no such page'
bdf=$(rig-bdf nvme)
serve "$bdf"
xen_view >"$CASE_TMP/view.before"

mkdir "$CASE_TMP/page"
cp "$page/hello" "$CASE_TMP/page/"
cd "$CASE_TMP/page" || exit
bdf=$bdf /usr/bin/timeout 60 sh -eu "$page/dom0.sh" >"$CASE_TMP/said" 2>&1 </dev/null || {
	cat "$CASE_TMP/said"
	fail 'the commands for dom0 failed'
}
cat "$CASE_TMP/said"
tr -d '\r' <"$CASE_TMP/said" >"$CASE_TMP/console"
grep -q '^hello: 00\.0 is 1b36:0010, class 010802$' "$CASE_TMP/console" ||
	fail 'the disk is not listed'
nothing_left
