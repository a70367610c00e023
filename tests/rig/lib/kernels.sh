# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Other Linux kernels for guests than the set's ("rig run --linux SERIES"), each
# a kernel and the guest's root with its modules instead of the set's:
#
# $RIG_CACHE/kernels/SERIES-KEY/
#   vmlinux      uncompressed
#   guest.cpio   as the image's
#   version      what was fetched
# KEY comes from this file and the image. A kernel once fetched stays: remove the
# directory for a newer one.

# What "--linux" knows: Debian 12's own newer kernel, and Debian 13's newest.
KERNEL_SERIES='6.12 7.2'

kernel_known()
{
	case " $KERNEL_SERIES " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

# Sets KERNEL to the directory of a series, making it if need be.
kernel_get()
{
	local series=$1

	need zstd zstd
	mkdir -p "$RIG_CACHE/kernels"
	KERNEL=$RIG_CACHE/kernels/$series-$({
		cat "$RIG_DIR/lib/kernels.sh"
		basename "$IMAGE"
	} | sha256sum | cut -c1-16)
	ready_once "$KERNEL" "$RIG_CACHE/kernels/$series.lock" \
		"fetching Linux $series for guests" kernel_make "$series"
}

# The newest of a series in some package lists: apt-cache's arguments follow.
kernel_newest()
{
	local pattern=$1
	shift
	apt-cache "$@" search --names-only "$pattern" | cut -d' ' -f1 | sort -V | tail -n1
}

kernel_fetch()
{
	local series=$1 dir=$2 newest
	local -a apt=(-o APT::Sandbox::User=root)

	if [ "$series" = 6.12 ]; then
		newest=$(kernel_newest '^linux-image-6\.12\.[0-9]+\+deb12-amd64$')
		set -- "$newest"
	else
		foreign_lists "$dir/apt" trixie-backports || return 1
		apt=("${FOREIGN_APT[@]}")
		newest=$(kernel_newest "^linux-binary-${series/./\\.}\\.[0-9]+\\+deb13-amd64\$" \
			"${apt[@]}")
		set -- "$newest" "linux-modules-${newest#linux-binary-}"
	fi
	if [ -z "$newest" ]; then
		say "apt knows no Linux $series; run: apt-get update"
		return 1
	fi
	(cd "$dir/debs" && apt-get -qq "${apt[@]}" download "$@" >&2)
	ls "$dir/debs" >"$dir/version"
}

kernel_make()
{
	local series=$1 dir=$2 root=$2/root tree=$2/tree deb

	mkdir "$dir/debs" "$root"
	kernel_fetch "$series" "$dir"
	for deb in "$dir"/debs/*.deb; do
		dpkg -x "$deb" "$root"
	done
	# One place for what one of them has in /lib and the other in /usr/lib.
	[ -e "$root/lib" ] || ln -s usr/lib "$root/lib"
	KVER=$(cd "$root/lib/modules" && echo *-amd64)
	kernel_unpack "$root" "$dir/vmlinux"
	mkdir "$tree"
	cpio -i --quiet --to-stdout './rig/guest/base.cpio' 'rig/guest/base.cpio' \
		<"$IMAGE/dom0.cpio" | (cd "$tree" && cpio -idm --quiet)
	rm -rf "$tree"/usr/lib/modules/*
	kernel_modules "$root" "$tree"
	pack "$tree" "$dir/guest.cpio"
	rm -rf "$root" "$tree" "$dir/debs" "$dir/apt"
}

kernel_unpack()
{
	local bz sectors offset length start

	for bz in "$1/boot/vmlinuz-$KVER" "$1/lib/modules/$KVER/vmlinuz"; do
		[ ! -e "$bz" ] || break
	done
	sectors=$(od -An -tu1 -j497 -N1 "$bz")
	offset=$(od -An -tu4 -j584 -N4 "$bz")
	length=$(od -An -tu4 -j588 -N4 "$bz")
	# zstd's payload is followed by four bytes of size, as xz's.
	start=$(((sectors + 1) * 512 + offset))
	head -c $((start + length - 4)) "$bz" | tail -c +$((start + 1)) | zstd -dcq >"$2"
}

# The modules of the set's guests, as far as this kernel has them as modules.
kernel_modules()
{
	local root=$1 tree=$2 module
	local -a present=()

	touch "$root/lib/modules/$KVER"/modules.{builtin,builtin.modinfo,order}
	PATH=$PATH:/sbin:/usr/sbin depmod -b "$root" "$KVER"
	for module in $GUEST_BOOT_MODULES $GUEST_MODULES; do
		if [ -n "$(module_files "$root" "$module" || true)" ]; then
			present+=("$module")
		fi
	done
	add_modules "$root" "$tree" "${present[@]}"
	# shellcheck disable=SC2086
	boot_list "$root" $GUEST_BOOT_MODULES | sed 's/\.xz$//' >"$tree/rig/modules"
	find "$tree/usr/lib/modules" -name '*.ko.xz' -exec xz -d {} +
	PATH=$PATH:/sbin:/usr/sbin depmod -b "$tree" "$KVER"
}
