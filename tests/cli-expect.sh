# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Sourced by check-cli.sh and check-front-cli.sh: expectations, counted.

passed=0
failed=0
cli_out=$(mktemp "${TMPDIR:-/tmp}/xenpci-cli-out.XXXXXX")

# expect CODE TEXT COMMAND...: exit code, and text anywhere in the output.
expect()
{
	code=$1 text=$2
	shift 2
	"$@" >"$cli_out" 2>&1 </dev/null
	rc=$?
	if [ $rc -eq "$code" ] && grep -q -- "$text" "$cli_out"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "F: \"$*\" exited with $rc, not $code with \"$text\":"
		cat "$cli_out"
	fi
}

# Nothing more comes: the line that other suites end with.
verdict()
{
	echo "$((100 * passed / (passed + failed)))%: Checks: $((passed + failed)), Failures: $failed, Errors: 0"
	[ $failed -eq 0 ]
}
