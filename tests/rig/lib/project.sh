# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The project's programs, as "make install" puts them on a host, with the
# libraries they need: one more archive for dom0.
#
# $RIG_CACHE/build/SET-TREE/
#   src, obj, stage   a mirror of the sources, the build, the installation
#   overlay.cpio      stage and libraries
#   stamp             what the overlay was made from

# Sets OVERLAY to the archive, or to nothing when there is no project to build.
project_get()
{
	local source tree stamp

	source=${XENPCI_RIG_SOURCE:-$(CDPATH='' cd -- "$RIG_DIR/../.." && pwd)}
	OVERLAY=
	if [ ! -e "$source/configure.ac" ] && [ ! -e "$source/configure" ]; then
		say "$source has neither configure.ac nor configure;" \
			'dom0 will be without the project'
		return 0
	fi
	tree=$RIG_CACHE/build/$SET-$(printf '%s %s' "$source" \
		"${XENPCI_RIG_CONFIGURE_ARGS:-}" | sha256sum | cut -c1-12)
	mkdir -p "$tree"
	OVERLAY=$tree/overlay.cpio

	set +e
	(
		set -e
		flock 9
		stamp=$(project_stamp "$source")
		[ "$(cat "$tree/stamp" 2>/dev/null)" != "$stamp" ] || exit 0
		if ! project_build "$source" "$tree" >"$tree/log" 2>&1; then
			tail -n 40 "$tree/log" >&2
			exit 1
		fi
		echo "$stamp" >"$tree/stamp"
	) 9>"$tree/lock"
	local rc=$?
	set -e
	[ $rc -eq 0 ] || fail "the project in $source does not build, so nothing was booted;" \
		"the end of the log stands above, all of it is in $tree/log"
}

# The files that belong to the project, with no names of built ones.
project_files()
{
	if git -C "$1" rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git -C "$1" ls-files -co --exclude-standard
	else
		(cd "$1" && find . -type f ! -path './.git/*' ! -name '*.o' | cut -c3-)
	fi | LC_ALL=C sort -u
}

# Changes when a source does; the rig's own files are no part of the build.
project_stamp()
{
	{
		echo "${XENPCI_RIG_CONFIGURE_ARGS:-}"
		project_files "$1" | grep -v '^tests/rig/' | tr '\n' '\0' |
			{ cd "$1"; xargs -0 stat -c '%n %s %y' 2>/dev/null || true; }
	} | sha256sum
}

# Run by "if", so every step says for itself that a failure ends it.
project_build()
{
	local source=$1 tree=$2 src=$2/src obj=$2/obj stage=$2/stage

	rm -f "$tree/stamp"
	mkdir -p "$src" "$obj"
	project_files "$source" | (cd "$source" && while read -r file; do
		[ ! -f "$file" ] || printf '%s\n' "$file"
	done) >"$tree/files.new" || return 1
	# Files gone from the source go from the mirror; times stay, for make.
	if [ -e "$tree/files" ]; then
		comm -23 "$tree/files" "$tree/files.new" | (cd "$src" && tr '\n' '\0' |
			xargs -0r rm -f) || return 1
	fi
	tar -C "$source" -cf - --verbatim-files-from -T "$tree/files.new" |
		tar -C "$src" -xf - || return 1
	mv "$tree/files.new" "$tree/files"

	if [ ! -e "$src/configure" ] || [ "$src/configure.ac" -nt "$src/configure" ]; then
		(cd "$src" && autoreconf -fi) || return 1
	fi
	if [ ! -e "$obj/Makefile" ]; then
		# shellcheck disable=SC2086
		(cd "$obj" && "$src/configure" --prefix=/usr --sysconfdir=/etc \
			--localstatedir=/var --enable-werror \
			${XENPCI_RIG_CONFIGURE_ARGS:-}) || return 1
	fi
	make -C "$obj" -j"$(nproc)" || return 1
	rm -rf "$stage"
	make -C "$obj" install DESTDIR="$stage" || return 1
	project_next "$src" "$obj" "$stage" || return 1
	project_libraries "$stage" || return 1
	project_merge_usr "$stage" || return 1
	pack "$stage" "$tree/overlay.cpio.new" || return 1
	mv "$tree/overlay.cpio.new" "$tree/overlay.cpio"
}

# The daemon once more with another version, for what happens at an upgrade; of
# trees that can build that.
project_next()
{
	local src=$1 obj=$2 stage=$3/usr/lib/xenpci-next

	grep -q '^rig-next:' "$src/tests/local.mk" 2>/dev/null || return 0
	make -C "$obj" rig-next || return 1
	mkdir -p "$stage"
	cp "$obj"/tests/rig/next/xenpcid "$obj"/tests/rig/next/xenpcid-worker "$stage"
}

# The libraries of every program in the stage, from this machine.
project_libraries()
{
	local stage=$1 file

	find "$stage" -type f \( -perm -100 -o -name '*.so*' \) -print | while read -r file; do
		LD_LIBRARY_PATH=$stage/usr/lib:$stage/usr/lib/x86_64-linux-gnu \
			ldd "$file" 2>/dev/null || true
	done | sed -n 's/^[^/]*\(\/[^ ]*\) (0x.*/\1/p' | sort -u | while read -r file; do
		case $file in
		"$stage"/*) ;;
		*) install -D -m 755 "$file" "$stage$(project_place "$file")" ;;
		esac
	done
}

# Where dom0 wants a library: below /usr, whatever path led to it here.
project_place()
{
	case $1 in
	/lib/* | /lib64/*) printf '/usr%s\n' "$1" ;;
	*) printf '%s\n' "$1" ;;
	esac
}

# /lib and its like are links in dom0, which an archive must not replace.
project_merge_usr()
{
	local top

	for top in bin sbin lib lib64; do
		if [ -d "$1/$top" ]; then
			mkdir -p "$1/usr/$top"
			cp -a "$1/$top/." "$1/usr/$top/"
			rm -rf "${1:?}/$top"
		fi
	done
	rm -rf "$1"/usr/{share/man,share/doc}
	find "$1" \( -name '*.a' -o -name '*.la' \) -delete
}
