# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# One boot: what goes in, QEMU, what comes out.
#
# Nothing of the rig is a PCI device of its own:
#   com1                  Xen and the kernel of dom0    -> console.log
#   debugcon, port 0xe8   output of SCRIPT              -> our standard output
#   debugcon, port 0xe9   "boot", "out" and "status N"  -> control
#                         "monitor COMMAND"             -> QEMU, with --monitor
#                         "beat", every 10 s: dom0 lives
#                         "due N": SCRIPT will say so again within N s
#   disk on q35's AHCI    a tar of /rig/out, at the end -> DIR
# SCRIPT, FILEs and settings go in as one more archive behind dom0's root.

OUT_DISK_SIZE=2G
# Seconds without a beat of dom0 after which it is taken for dead.
BEAT_DEADLINE=90

rig_setup()
{
	qemu_get
	image_get
	project_get
	tools_get
	readme_get
	say "ready: $IMAGE"
}

rig_run()
{
	local script=$1 file names
	shift

	if [ ! -f "$script" ] || [ ! -r "$script" ]; then
		usage_error "SCRIPT $script is not a readable file"
	fi
	names=
	for file; do
		if [ ! -f "$file" ] || [ ! -r "$file" ]; then
			usage_error "FILE $file is not a readable file"
		fi
		case " $names " in
		*" ${file##*/} "*)
			usage_error "two FILEs are named ${file##*/}; /rig/files has room for one"
			;;
		esac
		names="$names ${file##*/}"
	done
	if [ -n "$OUT" ]; then
		mkdir -p "$OUT" 2>/dev/null || usage_error "--out $OUT: no such directory can be made"
		[ -w "$OUT" ] || usage_error "--out $OUT: not writable"
	fi

	qemu_get
	image_get
	project_get
	tools_get
	readme_get

	# The traps need these after the function has been left.
	RUN=$(mktemp -d "${TMPDIR:-/tmp}/xenpci-rig.XXXXXX")
	QEMU_PID=
	READER_PID=
	ANSWERS_PID=
	trap run_cleanup EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM

	run_archive "$script" "$@"
	run_disks
	mkfifo "$RUN/output"
	: >"$RUN/control"
	cat <"$RUN/output" &
	READER_PID=$!
	run_monitor
	run_qemu
	run_watch
	run_collect
	exit "$(run_verdict)"
}

run_cleanup()
{
	trap '' HUP INT TERM
	if [ -n "$QEMU_PID" ]; then
		kill -KILL "$QEMU_PID" 2>/dev/null || true
		wait "$QEMU_PID" 2>/dev/null || true
	fi
	if [ -n "$READER_PID" ]; then
		kill "$READER_PID" 2>/dev/null || true
	fi
	if [ -n "$ANSWERS_PID" ]; then
		kill "$ANSWERS_PID" 2>/dev/null || true
	fi
	rm -rf "$RUN"
}

# The root of dom0: image, project, the rig's scripts and this run's files.
run_archive()
{
	local tree=$RUN/tree script=$1 kernel extra
	local -a extras
	shift

	mkdir -p "$tree"/rig/{files,out,guest} "$tree/usr/sbin"
	install -m 755 "$RIG_DIR/dom0/init" "$tree/init"
	install -m 755 "$RIG_DIR"/dom0/rig-{bdf,guest,monitor} "$tree/usr/sbin/"
	install -m 755 "$RIG_DIR"/guest/{init,rig-wait-for,rig-wait-until,edu-irq} "$tree/rig/guest/"
	[ -z "$TOOLS" ] || {
		install -D -m 755 -t "$tree/rig/guest/tools" "$TOOLS"/guest/*
		install -m 755 "$TOOLS"/dom0/* "$tree/usr/sbin/"
	}
	[ -z "$README_DIR" ] || install -D -m 644 -t "$tree/rig/guest/readme" "$README_DIR"/*
	install -m 755 "$RIG_DIR"/guest/{edu-irq,rig-wait-until} "$tree/usr/sbin/"
	extras=()
	for extra in "${WITH[@]}"; do
		extra_get "$extra"
		extras+=("$EXTRA")
	done
	for kernel in "${KERNELS[@]}"; do
		kernel_get "$kernel"
		mkdir -p "$tree/rig/guest/linux-$kernel"
		cp "$KERNEL/vmlinux" "$tree/rig/guest/linux-$kernel/vmlinux"
		cp "$KERNEL/guest.cpio" "$tree/rig/guest/linux-$kernel/base.cpio"
	done
	install -m 644 "$script" "$tree/rig/script"
	[ $# -eq 0 ] || cp -L -- "$@" "$tree/rig/files/"
	cat >"$tree/rig/run.conf" <<-END
		RIG_SET=$SET
		RIG_TIMEOUT=$TIMEOUT
		RIG_MONITOR=$MONITOR
	END
	pack "$tree" "$RUN/run.cpio"
	# An archive may be followed by others if it ends on a 512-byte boundary,
	# as cpio's own blocking ensures.
	(
		[ -z "$OVERLAY" ] || flock 9
		# shellcheck disable=SC2086
		cat "$IMAGE/dom0.cpio" ${OVERLAY:+"$OVERLAY"} "${extras[@]}" "$RUN/run.cpio" >"$RUN/initrd"
	) 9>"${OVERLAY:-$RUN/overlay}.lock"
}

run_disks()
{
	cp --reflink=auto "$IMAGE/disk" "$RUN/nvme"
	truncate -s "$OUT_DISK_SIZE" "$RUN/out"
}

# QEMU's monitor, for scripts that ask for it: two pipes that are always open.
run_monitor()
{
	MONITOR_ARGS=()
	[ "$MONITOR" = yes ] || return 0
	mkfifo "$RUN/monitor.in" "$RUN/monitor.out"
	cat <"$RUN/monitor.out" >"$RUN/monitor.log" &
	ANSWERS_PID=$!
	exec 8<>"$RUN/monitor.in"
	MONITOR_ARGS=(-chardev "pipe,id=monitor,path=$RUN/monitor"
		-mon 'chardev=monitor,mode=readline')
}

run_qemu()
{
	local argument device
	local -a command

	command=("${QEMU[@]}" -nodefaults -no-user-config -display none -no-reboot
		-machine 'q35,kernel-irqchip=split' -accel 'tcg,thread=multi'
		-smp 2 -m 4096 -cpu "$SET_CPU,$QEMU_CPU"
		-device 'intel-iommu,intremap=on,caching-mode=on'
		-chardev "file,id=console,path=$RUN/console.log"
		-device 'isa-serial,index=0,chardev=console'
		-chardev "file,id=output,path=$RUN/output"
		-device 'isa-debugcon,iobase=0xe8,readback=0xe8,chardev=output'
		-chardev "file,id=control,path=$RUN/control"
		-device 'isa-debugcon,iobase=0xe9,chardev=control'
		-drive "if=none,id=rigout,file=$RUN/out,format=raw,cache=unsafe"
		-device 'ide-hd,bus=ide.0,drive=rigout,serial=XENPCIRIGOUT'
		-drive "if=none,id=rignvme,file=$RUN/nvme,format=raw,cache=unsafe"
		-device 'nvme,addr=3,drive=rignvme,serial=XENPCIRIG'
		-netdev 'user,id=rignet,restrict=on'
		-device 'e1000e,addr=4,netdev=rignet,romfile='
		-device 'edu,addr=5,dma_mask=0xffffffffffffffff')
	for device in "${DEVICES[@]}"; do
		command+=(-device "$device")
	done
	command+=(-kernel "$IMAGE/xen"
		-append "com1=115200,8n1 console=com1 dom0_mem=1280M,max:1280M dom0_max_vcpus=2 conring_size=128k $SET_XEN_ARGS${XEN_ARGS[*]:+ ${XEN_ARGS[*]}}"
		-initrd "$IMAGE/vmlinux console=hvc0 rdinit=/init panic=1 loglevel=7 mitigations=off,$RUN/initrd")
	for argument in "${MONITOR_ARGS[@]}" "${QEMU_ARGS[@]}"; do
		command+=("$argument")
	done

	# Linux may schedule each session as one (sched_autogroup); then "nice rig"
	# means nothing outside of its session, unless the group is told as well.
	# shellcheck disable=SC2016
	setsid sh -c 'nice 2>/dev/null >/proc/self/autogroup; exec "$@"' sh \
		"${command[@]}" </dev/null >"$RUN/qemu.log" 2>&1 9>&- &
	QEMU_PID=$!
}

# What dom0 has said since the last look; a line may arrive in parts.
run_listen()
{
	local line

	while IFS= read -r line <&7; do
		run_heard "$HEARD$line"
		HEARD=
	done
	HEARD=$HEARD$line
}

run_heard()
{
	case $1 in
	boot) BOOTED=yes BEAT=$SECONDS ;;
	beat) BEAT=$SECONDS ;;
	due\ [1-9]*) DUE=$((SECONDS + ${1#due })) ;;
	'monitor '*) [ "$MONITOR" = no ] || printf '%s\n' "${1#monitor }" >&8 ;;
	esac
}

# Sets LATE to why the machine has to be ended, if it has to.
run_late()
{
	if [ $BOOTED = no ]; then
		[ $((SECONDS - START)) -lt "${XENPCI_RIG_BOOT_DEADLINE:-180}" ] || LATE=boot
	elif [ $((SECONDS - START)) -ge $((TIMEOUT + 30)) ]; then
		LATE=script
	elif [ $((SECONDS - BEAT)) -ge "$BEAT_DEADLINE" ]; then
		LATE=beat
	elif [ "$DUE" -ne 0 ] && [ "$SECONDS" -ge "$DUE" ]; then
		LATE=due
	fi
}

# Until QEMU ends. dom0 itself ends SCRIPT in time, so that /rig/out is not lost;
# these deadlines are the backstop.
run_watch()
{
	START=$SECONDS BOOTED=no BEAT=0 DUE=0 HEARD=
	LATE=
	exec 7<"$RUN/control"
	while kill -0 "$QEMU_PID" 2>/dev/null; do
		run_listen
		[ -n "$LATE" ] || run_late
		[ -z "$LATE" ] || kill -KILL "$QEMU_PID" 2>/dev/null || true
		sleep 0.1
	done
	exec 7<&-
	wait "$QEMU_PID" 2>/dev/null || true
	QEMU_PID=
	wait "$READER_PID" 2>/dev/null || true
	READER_PID=
}

run_collect()
{
	[ -n "$OUT" ] || return 0
	cp "$RUN/console.log" "$OUT/console.log" 2>/dev/null || true
	[ "$MONITOR" = no ] || cp "$RUN/monitor.log" "$OUT/monitor.log" 2>/dev/null || true
	if grep -q '^out$' "$RUN/control"; then
		tar -C "$OUT" --no-same-owner -xf "$RUN/out" || say \
			"what SCRIPT left in /rig/out did not arrive whole in $OUT"
	fi
}

run_verdict()
{
	local status

	status=$(sed -n 's/^status \([0-9]*\)$/\1/p' "$RUN/control" | tail -n1)
	if [ -n "$status" ]; then
		[ "$status" != 124 ] || say "124: SCRIPT ended with it or took longer than $TIMEOUT s"
		echo "$status"
		return
	fi
	if [ "$LATE" = script ]; then
		say "no end after $TIMEOUT s; QEMU was ended"
		run_tail
		echo 124
		return
	fi
	if [ "$LATE" = boot ]; then
		say 'dom0 did not come up in time (XENPCI_RIG_BOOT_DEADLINE)'
	elif [ "$LATE" = beat ]; then
		say "dom0 stood still for $BEAT_DEADLINE s; QEMU was ended"
	elif [ "$LATE" = due ]; then
		say 'SCRIPT gave no sign in time; QEMU was ended'
	elif grep -q '^boot$' "$RUN/control"; then
		say 'Xen or dom0 went down while SCRIPT ran'
	else
		say 'the boot failed'
	fi
	run_tail
	echo 125
}

run_tail()
{
	{
		[ ! -s "$RUN/qemu.log" ] || sed 's/^/qemu: /' "$RUN/qemu.log"
		[ ! -s "$RUN/console.log" ] || tail -n 40 "$RUN/console.log" |
			tr -d '\r' | sed 's/^/console: /'
	} >&2
}
