# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What few runs need in dom0 ("rig run --with NAME"), each one more archive:
#
# $RIG_CACHE/extras/NAME-KEY/
#   extra.cpio   programs, their libraries and files
# KEY comes from this file and the image, whose packages are as new.

EXTRAS='apparmor systemd'

extra_known()
{
	case " $EXTRAS " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

extra_packages()
{
	case $1 in
	apparmor) echo apparmor libc6 ;;
	systemd)
		echo systemd libsystemd-shared libacl1 libapparmor1 libaudit1 \
			libblkid1 libc6 libcap-ng0 libcap2 libcrypt1 libgcrypt20 \
			libgpg-error0 libip4tc2 libkmod2 liblz4-1 liblzma5 libmount1 \
			libpam0g libpcre2-8-0 libseccomp2 libselinux1 libssl3 libzstd1
		;;
	esac
}

# Sets EXTRA to the archive, making it if need be.
extra_get()
{
	local name=$1 dir

	mkdir -p "$RIG_CACHE/extras"
	dir=$RIG_CACHE/extras/$name-$({
		cat "$RIG_DIR/lib/extras.sh"
		basename "$IMAGE"
	} | sha256sum | cut -c1-16)
	EXTRA=$dir/extra.cpio
	ready_once "$dir" "$RIG_CACHE/extras/$name.lock" "fetching $name for dom0" \
		extra_make "$name"
}

extra_make()
{
	local name=$1 dir=$2 deb

	mkdir "$dir"/{debs,root,tree}
	# shellcheck disable=SC2046
	(cd "$dir/debs" && apt-get -qq -o APT::Sandbox::User=root download \
		$(extra_packages "$name") >&2)
	for deb in "$dir"/debs/*.deb; do
		dpkg -x "$deb" "$dir/root"
	done
	"extra_$name" "$dir/root" "$dir/tree"
	pack "$dir/tree" "$dir/extra.cpio"
	rm -rf "$dir/root" "$dir/tree" "$dir/debs"
}

# The parser and what profiles include.
extra_apparmor()
{
	add_program "$1" "$2" usr/sbin sbin/apparmor_parser
	mkdir -p "$2"/etc "$2"/usr/share
	cp -r "$1"/etc/apparmor "$1"/etc/apparmor.d "$2/etc/"
	cp -r "$1"/usr/share/apparmor-features "$2/usr/share/"
}

# A service manager for one service: cases start it in a process namespace of
# its own. Of its units only those that every service depends on.
extra_systemd()
{
	local root=$1 tree=$2 own=usr/lib/x86_64-linux-gnu/systemd unit

	# It finds its own libraries by their path; so must the one who asks for them.
	ln -s "systemd/libsystemd-shared-252.so" "systemd/libsystemd-core-252.so" \
		"$root/usr/lib/x86_64-linux-gnu/"
	add_program "$root" "$tree" usr/lib/systemd lib/systemd/systemd
	add_program "$root" "$tree" usr/bin bin/systemctl
	mkdir -p "$tree/$own"
	mv "$tree"/usr/lib/x86_64-linux-gnu/libsystemd-*.so "$tree/$own/"
	for unit in sysinit basic shutdown umount final slices sockets paths timers \
		local-fs multi-user default; do
		install -D -m 644 -t "$tree/usr/lib/systemd/system" \
			"$root/lib/systemd/system/$unit.target"
	done
	mkdir -p "$tree"/etc/systemd/system "$tree/var/log"
	echo 0123456789abcdef0123456789abcdef >"$tree/etc/machine-id"
}
