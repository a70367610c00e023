#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The programs as a person meets them on a machine without Xen: usage, help,
# version, no privilege, no Xen. Run by `make check` in the build directory.

set -u

# shellcheck source=tests/cli-expect.sh
. "$(dirname "$0")/cli-expect.sh"
tmp=$(mktemp -d "${TMPDIR:-/tmp}/xenpci-cli.XXXXXX")
trap 'rm -rf "$tmp" "$cli_out"' EXIT
# Where another user can run them too.
chmod 755 "$tmp"
cp back/xenpcid toolstack/xenpci "$tmp/"

if [ "$(id -u)" = 0 ]; then
	as_nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
else
	as_nobody=
fi

for command in assignable-add assignable-remove assignable-list attach detach \
	list denied tree check; do
	expect 0 "usage: xenpci $command" "$tmp/xenpci" $command --help
	expect 2 "xenpci $command --help. explains" "$tmp/xenpci" $command --no-such-option
done
expect 0 'assignable-add' "$tmp/xenpci" --help
expect 0 '^xenpci ' "$tmp/xenpci" --version
expect 2 'usage' "$tmp/xenpci"
expect 2 'xenpci help. lists them' "$tmp/xenpci" no-such-command
expect 2 'attach wants DOM BDF' "$tmp/xenpci" attach only-a-domain

expect 0 '^usage: xenpcid' "$tmp/xenpcid" --help
expect 0 '^xenpcid ' "$tmp/xenpcid" --version
expect 2 'usage' "$tmp/xenpcid" --no-such-option
expect 2 'unexpected argument' "$tmp/xenpcid" something
echo '{ "aer": "pause" }' >"$tmp/good.json"
echo '{ "aer": "panic" }' >"$tmp/bad.json"
expect 0 'good.json: no mistakes' "$tmp/xenpcid" --config "$tmp/good.json" --check-config
expect 1 'bad.json: aer: must be "notify"' "$tmp/xenpcid" --config "$tmp/bad.json" -k
expect 1 'bad.json: aer: must be "notify"' "$tmp/xenpcid" --config "$tmp/bad.json"
expect 1 'none.json: cannot be read: No such file' "$tmp/xenpcid" --config "$tmp/none.json" -k
# shellcheck disable=SC2086
expect 1 'must run as root' $as_nobody "$tmp/xenpcid"

# Only where there is no Xen: on a Xen host these would act.
if [ ! -e /proc/xen/capabilities ] && [ ! -e /dev/xen/privcmd ]; then
	expect 6 'Boot this machine under Xen' "$tmp/xenpci" attach guest 03:00.0
	expect 6 'Boot this machine under Xen' "$tmp/xenpci" list --json
	if [ "$(id -u)" = 0 ]; then
		expect 1 'none: No such file .* installed as a whole' \
			"$tmp/xenpcid" --run-dir "$tmp" --worker "$tmp/none"
		expect 1 'does not run under Xen' \
			"$tmp/xenpcid" --run-dir "$tmp" --worker "$tmp/xenpcid"
	fi
fi

verdict
