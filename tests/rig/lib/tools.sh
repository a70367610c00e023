# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Programs that need the project's sources or Xen's libraries: each directory
# guest/NAME/ or dom0/NAME/ becomes one static program NAME, cached under
# $RIG_CACHE/tools/HASH/guest/ or .../dom0/.

TOOLS_COMMON='ring.c xbstate.c'

# Sets TOOLS to the directory of both, or to nothing without a project.
tools_get()
{
	local source dir to key
	local -a common=()

	source=${XENPCI_RIG_SOURCE:-$(CDPATH='' cd -- "$RIG_DIR/../.." && pwd)}
	TOOLS=
	for dir in $TOOLS_COMMON; do
		[ -e "$source/common/$dir" ] || return 0
		common+=("$source/common/$dir")
	done
	key=$(hash_of "$source"/common/*.h "${common[@]}" "$RIG_DIR/lib/tools.sh" \
		"$RIG_DIR"/{guest,dom0}/*/*.[ch])
	TOOLS=$RIG_CACHE/tools/$key
	[ ! -e "$TOOLS" ] || return 0

	rm -rf "$TOOLS.$$"
	mkdir -p "$TOOLS.$$/guest" "$TOOLS.$$/dom0"
	for dir in "$RIG_DIR"/{guest,dom0}/*/; do
		to=${dir#"$RIG_DIR"/}
		# xenctrl.h needs GNU's C.
		if ! gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -static -pthread \
			-I"$source/common" -o "$TOOLS.$$/${to%/}" \
			"$dir"*.c "${common[@]}" -lxenctrl -lxenstore -lxenevtchn \
			-lxengnttab -lxenforeignmemory -lxendevicemodel -lxencall \
			-lxentoollog -lxentoolcore >&2; then
			rm -rf "$TOOLS.$$"
			fail "$dir does not build, so nothing was booted"
		fi
	done
	# Somebody else may have been faster.
	mv -T "$TOOLS.$$" "$TOOLS" 2>/dev/null || rm -rf "$TOOLS.$$"
}
