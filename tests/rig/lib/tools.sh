# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Programs for guests that need the project's sources: each directory
# guest/NAME/ becomes one static program NAME, cached under
# $RIG_CACHE/tools/HASH/.

TOOLS_COMMON='ring.c xbstate.c'

# Sets TOOLS to the directory of the programs, or to nothing without a project.
tools_get()
{
	local source dir key
	local -a common=()

	source=${XENPCI_RIG_SOURCE:-$(CDPATH='' cd -- "$RIG_DIR/../.." && pwd)}
	TOOLS=
	for dir in $TOOLS_COMMON; do
		[ -e "$source/common/$dir" ] || return 0
		common+=("$source/common/$dir")
	done
	key=$(hash_of "$source"/common/*.h "${common[@]}" "$RIG_DIR/lib/tools.sh" \
		"$RIG_DIR"/guest/*/*.[ch])
	TOOLS=$RIG_CACHE/tools/$key
	[ ! -e "$TOOLS" ] || return 0

	rm -rf "$TOOLS.$$"
	mkdir -p "$TOOLS.$$"
	for dir in "$RIG_DIR"/guest/*/; do
		if ! gcc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -static -pthread \
			-I"$source/common" -o "$TOOLS.$$/$(basename "$dir")" \
			"$dir"*.c "${common[@]}" -lxenstore -lxenevtchn -lxengnttab \
			-lxentoollog -lxentoolcore >&2; then
			rm -rf "$TOOLS.$$"
			fail "$dir does not build, so nothing was booted"
		fi
	done
	# Somebody else may have been faster.
	mv -T "$TOOLS.$$" "$TOOLS" 2>/dev/null || rm -rf "$TOOLS.$$"
}
