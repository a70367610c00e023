# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Images: from a set's packages to what QEMU loads.
#
# $RIG_CACHE/images/SET-KEY/
#   xen          the hypervisor, uncompressed
#   vmlinux      the kernel, uncompressed: unpacking it under emulation is slow
#   dom0.cpio    the root of dom0; holds vmlinux and guest.cpio once more
#   disk         the text and pattern of the NVMe disk
# KEY comes from the package versions and from the files that make the image.

# Loaded before any script runs.
DOM0_BOOT_MODULES='xenfs xen-privcmd xen-evtchn xen-gntdev xen-gntalloc xen-pciback'
# At hand for modprobe.
DOM0_MODULES='nvme e1000e igb igbvf uio uio_pci_generic vfio vfio-pci
	vfio_iommu_type1 virtio_net virtio_pci virtio_blk ahci sd_mod xhci-pci
	xen-netback xen-blkback loop'
GUEST_BOOT_MODULES='xen-pcifront'
GUEST_MODULES='nvme e1000e igb igbvf uio uio_pci_generic vfio vfio-pci virtio_net
	virtio_pci xhci-pci xen-netfront xen-blkfront xen-evtchn xen-gntdev
	xen-gntalloc xenfs xen-privcmd'

DISK_SECTORS=32768

image_check_host()
{
	need apt apt-get apt-cache
	need dpkg dpkg
	need cpio cpio
	need kmod depmod
	need xz-utils xz
	need gcc gcc
	need make make
	need util-linux flock
}

# Sets IMAGE to the directory of the set's image, making it if need be.
image_get()
{
	local lists memo scripts key

	# shellcheck source=tests/rig/lib/set-bookworm.sh
	. "$RIG_DIR/lib/set-$SET.sh"
	if [ "$DOM0" = pvh ]; then
		fail '--dom0 pvh is not built yet, so nothing was booted; use --dom0 pv'
	fi
	image_check_host

	mkdir -p "$RIG_CACHE/images"
	scripts=$(hash_of "$RIG_DIR/lib/image.sh" "$RIG_DIR/lib/set-$SET.sh" \
		"$RIG_DIR"/{dom0,guest}/*.c)
	# Asking apt takes most of a second; its lists say when to ask again.
	lists=$(stat -c %Y /var/lib/apt/lists 2>/dev/null || echo none)
	memo=$RIG_CACHE/images/$SET-$scripts-$lists.key
	if [ -s "$memo" ]; then
		key=$(cat "$memo")
	else
		key=$(image_key "$scripts")
		[ -n "$key" ] || fail "apt does not know the packages of the set $SET;" \
			'run: apt-get update'
		rm -f "$RIG_CACHE/images/$SET-$scripts"-*.key
		echo "$key" >"$memo.$$"
		mv "$memo.$$" "$memo"
	fi

	IMAGE=$RIG_CACHE/images/$SET-$key
	ready_once "$IMAGE" "$RIG_CACHE/images/$SET.lock" \
		"making the image of the set $SET: about half a minute" image_make
}

image_key()
{
	local versions

	versions=$(set_versions) || versions=
	if [ -z "$versions" ] && [ "$(id -u)" = 0 ]; then
		say 'refreshing the package lists of apt'
		apt-get -qq update >&2 || true
		versions=$(set_versions) || versions=
	fi
	[ -n "$versions" ] || return 0
	printf '%s\n%s\n' "$1" "$versions" | sha256sum | cut -c1-16
}

image_make()
{
	local dir=$1 root=$1/root

	set_fetch "$root"
	KVER=$(cd "$root/lib/modules" && echo *-amd64)
	gunzip -c "$(set_xen "$root")" >"$dir/xen"
	unpack_kernel "$root/boot/vmlinuz-$KVER" "$dir/vmlinux"
	make_disk >"$dir/disk"
	make_helpers "$root" "$dir/helpers"
	make_guest "$root" "$dir"
	make_dom0 "$root" "$dir"
	rm -rf "$root" "$dir/guest" "$dir/dom0" "$dir/helpers" "$dir/guest.cpio"
}

# A bzImage names the place of its compressed payload in its header; an xz
# payload is followed by four bytes of size.
unpack_kernel()
{
	local bz=$1 sectors offset length start

	sectors=$(od -An -tu1 -j497 -N1 "$bz")
	offset=$(od -An -tu4 -j584 -N4 "$bz")
	length=$(od -An -tu4 -j588 -N4 "$bz")
	start=$(((sectors + 1) * 512 + offset))
	head -c $((start + length - 4)) "$bz" | tail -c +$((start + 1)) | xz -dc >"$2"
}

# Every sector is one line of text: the first names the disk, each other its number.
make_disk()
{
	awk -v n="$DISK_SECTORS" 'BEGIN {
		printf "%-511s\n", "XENPCI RIG DISK"
		for (i = 1; i < n; i++)
			printf "%-511s\n", sprintf("sector %d of %d", i, n)
	}'
}

make_helpers()
{
	local root=$1 out=$2 source

	mkdir -p "$out"
	for source in "$RIG_DIR"/{dom0,guest}/*.c; do
		case $source in
		*/rig_*.c)
			make_module "$root" "$source" "$out"
			;;
		*)
			gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static \
				-o "$out/$(basename "$source" .c)" "$source"
			;;
		esac
	done
}

# Build one kernel module against the packaged headers.
make_module()
{
	local root=$1 source=$2 out=$3 headers common name

	name=$(basename "$source" .c)
	headers=$root/usr/src/linux-headers-$KVER
	common=$(cd "$root"/usr/src/linux-headers-*-common && pwd)
	mkdir -p "$out/module"
	cp "$source" "$out/module/"
	echo "obj-m := $name.o" >"$out/module/Makefile"
	# The packaged Makefile and links name absolute places.
	echo "include $common/Makefile" >"$headers/Makefile"
	rm -f "$common/scripts" "$common/tools" "$headers/scripts" "$headers/tools"
	ln -s "$root"/usr/lib/linux-kbuild-*/scripts "$headers/scripts"
	ln -s "$root"/usr/lib/linux-kbuild-*/tools "$headers/tools"
	ln -s "$root"/usr/lib/linux-kbuild-*/scripts "$common/scripts"
	ln -s "$root"/usr/lib/linux-kbuild-*/tools "$common/tools"
	make -s -C "$headers" M="$out/module" modules >&2
	mv "$out/module/$name.ko" "$out/"
	rm -rf "$out/module"
}

# An empty tree with merged /usr.
make_tree()
{
	mkdir -p "$1"/{dev,proc,sys,run,tmp,var,root,etc,rig} \
		"$1"/usr/{bin,sbin,lib,lib64,share/misc}
	ln -s usr/bin "$1/bin"
	ln -s usr/sbin "$1/sbin"
	ln -s usr/lib "$1/lib"
	ln -s usr/lib64 "$1/lib64"
	ln -s ../run "$1/var/run"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$1/etc/passwd"
	echo 'root:x:0:' >"$1/etc/group"
}

# add_program ROOT TREE DESTINATION PROGRAM...: copy dynamic programs and
# the libraries they need, all from ROOT.
add_program()
{
	local root=$1 tree=$2 destination=$3 program library
	shift 3
	for program; do
		install -D -m 755 "$root/$program" "$tree/$destination/$(basename "$program")"
		"$root/lib64/ld-linux-x86-64.so.2" --inhibit-cache --library-path \
			"$root/lib/x86_64-linux-gnu:$root/usr/lib/x86_64-linux-gnu" \
			--list "$root/$program" |
			sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' |
			while read -r library; do
				add_library "$library" "$tree"
			done
	done
	add_library "$root/lib/x86_64-linux-gnu/libc.so.6" "$tree"
	install -D -m 755 "$root/lib64/ld-linux-x86-64.so.2" \
		"$tree/usr/lib64/ld-linux-x86-64.so.2"
}

add_library()
{
	[ -e "$2/usr/lib/x86_64-linux-gnu/$(basename "$1")" ] ||
		install -D -m 755 "$1" "$2/usr/lib/x86_64-linux-gnu/$(basename "$1")"
}

# add_modules ROOT TREE LIST MODULE...: copy modules and what they depend on;
# write into LIST, in loading order, the files of the MODULEs to load at boot.
add_modules()
{
	local root=$1 tree=$2 module file
	shift 2
	[ -e "$root/lib/modules/$KVER/modules.dep" ] || PATH=$PATH:/sbin:/usr/sbin depmod -b "$root" "$KVER"
	mkdir -p "$tree/usr/lib/modules/$KVER"
	cp "$root/lib/modules/$KVER"/modules.{builtin,builtin.modinfo,order} \
		"$tree/usr/lib/modules/$KVER/"
	for module; do
		module_files "$root" "$module" | while read -r file; do
			install -D -m 644 "$root/lib/modules/$KVER/$file" \
				"$tree/usr/lib/modules/$KVER/$file"
		done
	done
}

# The files of one module, dependencies first, as modules.dep tells.
module_files()
{
	local pattern
	pattern=$(printf '%s' "$2" | sed 's/[-_]/[-_]/g')
	grep -E "^[^:]*/$pattern\.ko(\.xz)?:" "$1/lib/modules/$KVER/modules.dep" |
		awk -F'[: ]+' '{ for (i = NF; i > 0; i--) if ($i != "") print $i }'
}

boot_list()
{
	local root=$1 module
	shift
	for module; do
		module_files "$root" "$module"
	done | awk '!seen[$0]++'
}

add_applets()
{
	local root=$1 tree=$2 applet

	install -D -m 755 "$root/bin/busybox" "$tree/usr/bin/busybox"
	"$root/bin/busybox" --list | while read -r applet; do
		[ -e "$tree/usr/bin/$applet" ] || [ -e "$tree/usr/sbin/$applet" ] ||
			ln -s busybox "$tree/usr/bin/$applet"
	done
}

make_guest()
{
	local root=$1 dir=$2 tree=$2/guest

	make_tree "$tree"
	add_program "$root" "$tree" usr/bin \
		usr/bin/xenstore-{read,write,exists,list,rm,watch,ls,chmod}
	add_applets "$root" "$tree"
	# shellcheck disable=SC2086
	{
		add_modules "$root" "$tree" $GUEST_BOOT_MODULES $GUEST_MODULES
		boot_list "$root" $GUEST_BOOT_MODULES >"$tree/rig/modules"
	}
	add_helpers "$dir/helpers" "$tree"
	depmod -b "$tree" "$KVER"
	pack "$tree" "$dir/guest.cpio"
}

add_helpers()
{
	local file
	for file in "$1"/*; do
		case $file in
		*.ko) install -D -m 644 "$file" "$2/usr/lib/modules/$KVER/extra/${file##*/}" ;;
		*) install -D -m 755 "$file" "$2/usr/bin/${file##*/}" ;;
		esac
	done
}

make_dom0()
{
	local root=$1 dir=$2 tree=$2/dom0 tool

	make_tree "$tree"
	mkdir -p "$tree"/var/{lib/xen,log/xen,lock} "$tree/etc/xen" "$tree/rig/guest"
	: >"$tree/etc/xen/xl.conf"
	for tool in xl xenconsoled xenstored xen-init-dom0 xenconsole lsevtchn \
		xen-diag xenctx xen-hptool xenstore-control; do
		[ ! -e "$root/$SET_XEN_DIR/$tool" ] ||
			add_program "$root" "$tree" usr/sbin "$SET_XEN_DIR/$tool"
	done
	# xl looks for the console client where its package has it.
	mkdir -p "$tree/$SET_XEN_DIR"
	ln -s /usr/sbin/xenconsole "$tree/$SET_XEN_DIR/xenconsole"
	add_program "$root" "$tree" usr/bin \
		usr/bin/xenstore-{read,write,exists,list,rm,watch,ls,chmod} \
		usr/bin/{lspci,setpci,timeout,stat,env} bin/dash bin/sleep
	ln -s dash "$tree/usr/bin/sh"
	add_program "$root" "$tree" usr/bin bin/kmod
	for tool in modprobe depmod insmod rmmod lsmod modinfo; do
		ln -s ../bin/kmod "$tree/usr/sbin/$tool"
	done
	# Threads are cancelled through this one, which nothing links.
	add_library "$root/lib/x86_64-linux-gnu/libgcc_s.so.1" "$tree"
	add_applets "$root" "$tree"
	cp "$root/usr/share/misc/pci.ids" "$tree/usr/share/misc/"
	# shellcheck disable=SC2086
	{
		add_modules "$root" "$tree" $DOM0_BOOT_MODULES $DOM0_MODULES
		boot_list "$root" $DOM0_BOOT_MODULES >"$tree/rig/modules"
	}
	add_helpers "$dir/helpers" "$tree"
	depmod -b "$tree" "$KVER"
	cp "$dir/guest.cpio" "$tree/rig/guest/base.cpio"
	cp "$dir/vmlinux" "$tree/rig/guest/vmlinux"
	sha256sum <"$dir/disk" | cut -d' ' -f1 >"$tree/rig/disk.sha256"
	pack "$tree" "$dir/dom0.cpio"
}
