# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Messages, prerequisites and the cache directory.

say()
{
	printf 'rig: %s\n' "$*" >&2
}

# A failure that is nobody's command line: exit 125.
fail()
{
	say "$@"
	exit 125
}

usage_error()
{
	say "$1"
	say 'nothing was booted; "rig --help" lists what is possible'
	exit 2
}

# need PACKAGE COMMAND...: the commands must exist; PACKAGE brings them.
need()
{
	local package=$1 command
	shift
	for command; do
		PATH=$PATH:/usr/sbin:/sbin command -v "$command" >/dev/null || fail \
			"the command $command is missing, so no image can be made;" \
			"run: apt-get install $package"
	done
}

# One line that changes when any of the given files does.
hash_of()
{
	cat -- "$@" | sha256sum | cut -c1-16
}

# Pack directory $1 into the newc archive $2, owned by root, reproducibly.
pack()
{
	(
		cd "$1" || exit
		find . -mindepth 1 -print0 | LC_ALL=C sort -z |
			cpio --null --quiet --reproducible -R 0:0 -H newc -o
	) >"$2"
}
