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

# ready_once DIR LOCK WORDS MAKER [ARGUMENT]...: DIR is in the cache; if need be,
# "MAKER ARGUMENT... DIR.part" makes it, whoever else wants it now waits.
ready_once()
{
	local dir=$1 lock=$2 words=$3 rc
	shift 3

	[ ! -e "$dir/complete" ] || return 0
	# Not "( ... ) || fail": that would switch off -e inside.
	set +e
	(
		set -eE
		trap 'say "failed in ${FUNCNAME[0]:-} at: $BASH_COMMAND"' ERR
		flock 9
		[ ! -e "$dir/complete" ] || exit 0
		say "$words (once)"
		rm -rf "$dir.part" "$dir"
		mkdir -p "$dir.part"
		"$@" "$dir.part"
		touch "$dir.part/complete"
		mv "$dir.part" "$dir"
	) 9>"$lock"
	rc=$?
	set -e
	[ $rc -eq 0 ] || fail "$words failed, so nothing was booted;" \
		'the reason stands above'
}
