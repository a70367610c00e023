# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The set "bookworm": Xen 4.17, Linux 6.1, both from Debian 12.
#
# A set defines
#   set_versions     prints one line per package file: the key of the image
#   set_fetch DIR    unpacks those packages into DIR
#   set_xen DIR      prints the path of Xen's image inside DIR
#   SET_XEN_DIR      where the tools of Xen are inside DIR
#   SET_CPU, SET_XEN_ARGS: what QEMU and Xen must be told for this set

# Used by image.sh and boot.sh.
# shellcheck disable=SC2034
SET_XEN_DIR=usr/lib/xen-4.17/bin
# With SMAP a PV dom0 dies in its first page fault; TCG reports no instruction
# length for RDTSCP, which kills PVH guests.
# shellcheck disable=SC2034
SET_CPU=max,la57=off,smap=off,smep=off,pku=off,pks=off,rdtscp=off,xsave=off,erms=off
# shellcheck disable=SC2034
SET_XEN_ARGS='loglvl=info guest_loglvl=info spec-ctrl=no,eager-fpu bootscrub=off'

SET_PACKAGES='
	xen-hypervisor-4.17-amd64 xen-utils-4.17 xen-utils-common xenstore-utils
	libxenmisc4.17 libxencall1 libxendevicemodel1 libxenevtchn1
	libxenforeignmemory1 libxengnttab1 libxenhypfs1 libxenstore4
	libxentoolcore1 libxentoollog1 libyajl2 libext2fs2 libcom-err2 libc6
	libgcc-s1 liblzma5 libuuid1 libzstd1 zlib1g libncurses6 libtinfo6
	dash pciutils libpci3 pci.ids kmod libkmod2 libudev1 libssl3 busybox-static
	coreutils libacl1 libattr1 libselinux1 libgmp10 libpcre2-8-0'

set_check_host()
{
	local VERSION_CODENAME=unknown
	# shellcheck disable=SC1091
	[ -r /etc/os-release ] && . /etc/os-release
	[ "$VERSION_CODENAME" = bookworm ] || fail \
		"the set bookworm is made on Debian 12, but this is \"$VERSION_CODENAME\";" \
		'use a Debian 12 machine or container'
}

set_package_names()
{
	local kernel

	kernel=$(apt-cache depends linux-image-amd64 2>/dev/null |
		sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*-amd64\).*/\1/p' | head -n1)
	[ -n "$kernel" ] || return 1
	# The headers build the rig's own guest module.
	# shellcheck disable=SC2086
	printf '%s\n' $SET_PACKAGES "$kernel" \
		"linux-headers-${kernel#linux-image-}" \
		"linux-headers-${kernel#linux-image-}-common" linux-kbuild-6.1 |
		sed 's/-amd64-common$/-common/'
}

set_versions()
{
	set_check_host
	# shellcheck disable=SC2046
	apt-get --print-uris download $(set_package_names) 2>/dev/null |
		cut -d' ' -f2,4
}

set_fetch()
{
	local dir=$1 debs=$1.debs deb

	rm -rf "$debs"
	mkdir -p "$debs" "$dir"
	# apt drops its privileges for downloads where it can.
	# shellcheck disable=SC2046
	(cd "$debs" && apt-get -qq -o APT::Sandbox::User=root download \
		$(set_package_names)) >&2 || return 1
	for deb in "$debs"/*.deb; do
		dpkg -x "$deb" "$dir"
	done
	rm -rf "$debs"
}

set_xen()
{
	echo "$1"/boot/xen-4.17-amd64.gz
}
