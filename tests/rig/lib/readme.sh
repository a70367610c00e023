# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The page "Use the front library in your kernel" of README.md, done word by
# word: its first block of commands here, in an empty directory, with the
# project as "make install" left it; its second one by a case, in dom0.
#
# $RIG_CACHE/build/SET-TREE/readme/
#   hello       the kernel that the page makes
#   dom0.sh     the second block

README_PAGE='Use the front library in your kernel'

# readme_block N: the Nth block of commands on the page, from standard input.
readme_block()
{
	awk -v page="## $README_PAGE" -v n="$1" '
		/^## / { on = $0 == page; next }
		on && /^```sh$/ { block++; inside = 1; next }
		/^```$/ { inside = 0; next }
		on && inside && block == n { print }'
}

# Sets README_DIR to the results, or to nothing without a project or a page.
readme_get()
{
	local source tree stage work

	README_DIR=
	[ -n "$OVERLAY" ] || return 0
	source=${XENPCI_RIG_SOURCE:-$(CDPATH='' cd -- "$RIG_DIR/../.." && pwd)}
	grep -qx "## $README_PAGE" "$source/README.md" || return 0
	tree=${OVERLAY%/*}
	stage=$tree/stage
	README_DIR=$tree/readme
	(
		flock 9
		[ "$README_DIR/hello" -nt "$OVERLAY" ] &&
			[ "$README_DIR/hello" -nt "$source/README.md" ] && exit 0
		work=$(mktemp -d)
		cd "$work" || exit 1
		readme_block 1 <"$source/README.md" >"$tree/readme.sh"
		if ! env PKG_CONFIG_PATH="$stage/usr/lib/pkgconfig" \
			PKG_CONFIG_SYSROOT_DIR="$stage" sh -eu "$tree/readme.sh" >&2; then
			rm -rf "$work"
			exit 1
		fi
		rm -rf "$README_DIR"
		mkdir "$README_DIR"
		readme_block 2 <"$source/README.md" >"$README_DIR/dom0.sh"
		mv hello "$README_DIR/"
		rm -rf "$work"
	) 9>"$tree/lock" || fail "what README.md says under \"$README_PAGE\"" \
		'does not work, so nothing was booted'
}
