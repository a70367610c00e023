#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Do the tables and their reader keep their word? A test that is missing,
# renamed, failed or never got to its end must make its row fail.
set -eu
srcdir=${srcdir:-.}
here=$srcdir/tests
python=${PYTHON:-python3}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/xenpci-conformance.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
checks=0
failed=0

# verdict WANTED-STATUS WANTED-TEXT WHERE TESTS [ARGUMENT]...: of a table with
# one row.
verdict()
{
	status=$1 text=$2
	printf '1\ta statement\t%s\t%s\n' "$3" "$4" >"$tmp/table"
	row="$3: $4"
	shift 4
	rc=0
	"$python" "$here/conformance.py" "$@" "$tmp/table" "$tmp" \
		>"$tmp/said" 2>&1 || rc=$?
	checks=$((checks + 1))
	if [ $rc -ne "$status" ] || ! grep -q "$text" "$tmp/said"; then
		failed=$((failed + 1))
		echo "F: \"$row\" ended with $rc, not $status, or lacks \"$text\":"
		cat "$tmp/said"
	fi
}

mkdir -p "$tmp/tests/unit"
cat >"$tmp/tests/unit/check_a.tap" <<'END'
ok 1 - ../a.c:case:good: Passed
not ok 2 - ../a.c:case:bad: Assertion 'x: y' failed
ok 3 - ../a.c:case:loop: Passed
not ok 4 - ../a.c:case:loop: the second time
ok 5 - ../a.c:case:loop: Passed
ok 6 - ../a.c:case:same: Passed
ok 7 - ../b.c:other case:same: Passed
1..7
END
printf 'ok 1 - ../b.c:case:good: Passed\n' >"$tmp/tests/unit/check_b.tap"
printf ':test-result: PASS\n' >"$tmp/tests/check-c.sh.trs"
printf ':test-result: FAIL\n' >"$tmp/tests/unit/check_d.trs"
cat >"$tmp/rig" <<'END'
ok own-good
ok own-good/xsa_1_step
not ok own-bad
ok own-bad/xsa_2_step
skip own-skip: no such device
ok own-again
not ok own-again
END

verdict 0 '1 passed, 0 failed' unit check_a:good
verdict 1 'check_a:bad: Assertion' unit check_a:bad
verdict 1 'the second time' unit check_a:loop
verdict 1 'which of case/same, other-case/same' unit check_a:same
verdict 0 '1 passed' unit check_a:other-case/same
verdict 1 'there is no such test' unit check_a:another/same
verdict 1 'there is no such test' unit check_a:renamed
verdict 1 'there is no such test' unit 'check_a:good check_a:goo'
verdict 1 'no result of this program' unit check_b:good
verdict 1 'no result of this program' unit check_gone:good
verdict 0 '1 passed' unit check-c.sh
verdict 1 'check_d: failed' unit check_d
verdict 1 'check_gone: no result' unit check_gone
verdict 0 '1 passed' rig rig:own-good --rig "$tmp/rig"
verdict 0 '1 passed' rig rig:own-good/xsa_1_step --rig "$tmp/rig"
verdict 1 'no step' rig rig:own-good/xsa_9_step --rig "$tmp/rig"
verdict 1 'own-bad failed' rig rig:own-bad/xsa_2_step --rig "$tmp/rig"
verdict 1 'no such device' rig rig:own-skip --rig "$tmp/rig"
verdict 1 'own-again failed' rig rig:own-again --rig "$tmp/rig"
verdict 1 'did not run' rig rig:own-gone --rig "$tmp/rig"
verdict 1 'did not run' rig rig:own-good --rig "$tmp/none"
verdict 1 'did not run' rig rig:own-good
# What has no verdict is run, and nothing else.
cat >"$tmp/run-cases" <<'END'
#!/bin/sh
echo "runs $3"
echo "ok $3" >>"$2"
END
chmod +x "$tmp/run-cases"
verdict 0 'runs own-new' rig rig:own-new --rig "$tmp/fresh" --run-rig "$tmp/run-cases"
printf 'echo "not ok $3" >>"$2"\n' >"$tmp/run-cases"
verdict 0 '1 passed' rig rig:own-new --rig "$tmp/fresh" --run-rig "$tmp/run-cases"
verdict 0 '0 failed, 1 skipped' rig rig:own-good --no-rig
verdict 1 '1 failed' 'unit rig' 'check_a:bad rig:own-good' --no-rig
verdict 0 '0 passed.*1 skipped' 'unit rig' 'check_a:good rig:own-good' --no-rig
verdict 0 '1 not applicable' n/a 'It concerns the hypervisor only.'
verdict 2 'no place' nowhere check_a:good
verdict 2 'its tests run in' unit rig:own-good
verdict 2 'its tests run in' 'unit rig' check_a:good
verdict 2 'fields, not 4' unit ''
printf '1\ta\tunit\tcheck_a:good\n1\tb\tunit\tcheck_a:good\n' >"$tmp/twice"
checks=$((checks + 1))
if "$python" "$here/conformance.py" "$tmp/twice" "$tmp" >/dev/null 2>&1; then
	failed=$((failed + 1))
	echo 'F: a table with a row twice is accepted'
fi

# The tables themselves: whole, and naming cases that are there.
for table in conformance advisories; do
	checks=$((checks + 1))
	"$python" "$here/conformance.py" --form "$here/$table.tsv" \
		"$here/rig/cases" >"$tmp/said" 2>&1 || {
		failed=$((failed + 1))
		echo "F: $table.tsv:"
		cat "$tmp/said"
	}
done
checks=$((checks + 1))
items=$(sed '/^#/d; s/	.*//' "$here/conformance.tsv" | xargs)
[ "$items" = "$(seq 1 81 | xargs)" ] || {
	failed=$((failed + 1))
	echo "F: conformance.tsv does not have the items 1 to 81 in order: $items"
}
# Whoever looks for an advisory finds its test by the number.
checks=$((checks + 1))
nameless=$(awk -F '\t' '/^[0-9]/ && $3 != "n/a" {
	if ($4 !~ sprintf("[:/](test_)?xsa(_[0-9]+)*_%03d_", $1)) print "XSA-" $1 }' \
	"$here/advisories.tsv")
[ -z "$nameless" ] || {
	failed=$((failed + 1))
	echo "F: no test has the number of" $nameless
}
echo "$((100 * (checks - failed) / checks))%: Checks: $checks, Failures: $failed, Errors: 0"
[ $failed -eq 0 ]
