# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The emulator: Debian's own newer one, from bookworm-backports.
#
# QEMU 7.2 of Debian 12 can go on running code that another processor has just
# changed, since it locks a page only after it has translated it (mended in 8.1:
# "accel/tcg: Always lock pages before translation"). Linux changes its code under
# way: in one of some hundred cases dom0 meets a breakpoint instruction that is no
# longer there, for ever, on both processors. It also ends with a segmentation
# fault in one of twenty boots.
#
# $RIG_CACHE/qemu/KEY/
#   root/        the packages, unpacked
#   version      what was fetched
# KEY comes from this file. It needs no other libraries than the host's QEMU, whose
# package brings them.

QEMU_SUITE=bookworm-backports
QEMU_PACKAGES='qemu-system-x86 qemu-system-common qemu-system-data seabios'
# What 7.2 did not know of yet and Xen 4.17 or its dom0 do not bear: their kernel
# dies before it says why.
QEMU_CPU=x2apic=off,rdpid=off,cmp-legacy=off,fsrm=off,fsrc=off,fsrs=off,fzrm=off
QEMU_CPU=$QEMU_CPU,cmpccxadd=off,rdseed=off,sha-ni=off,3dnowprefetch=off,wbnoinvd=off

# Sets QEMU to the command and its first arguments.
qemu_get()
{
	local dir root

	need qemu-system-x86 qemu-system-x86_64
	mkdir -p "$RIG_CACHE/qemu"
	dir=$RIG_CACHE/qemu/$(hash_of "$RIG_DIR/lib/qemu.sh")
	root=$dir/root/usr
	QEMU=("$root/bin/qemu-system-x86_64" -L "$root/share/qemu"
		-L "$root/share/seabios" -L /usr/lib/ipxe/qemu -L /usr/share/qemu)
	ready_once "$dir" "$RIG_CACHE/qemu/lock" "fetching QEMU from $QEMU_SUITE" qemu_make
}

qemu_make()
{
	local dir=$1 deb

	mkdir -p "$dir"/{debs,root}
	foreign_lists "$dir/apt" "$QEMU_SUITE"
	# shellcheck disable=SC2086
	(cd "$dir/debs" && apt-get -qq "${FOREIGN_APT[@]}" download $QEMU_PACKAGES >&2)
	ls "$dir/debs" >"$dir/version"
	for deb in "$dir"/debs/*.deb; do
		dpkg -x "$deb" "$dir/root"
	done
	rm -rf "$dir/debs" "$dir/apt"
	"$dir/root/usr/bin/qemu-system-x86_64" --version >&2
}
