#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# xenpci-front as a person meets it where there is no backend: usage, help,
# version, no Xen. Run by `make check` in the build directory.

set -u

# shellcheck source=tests/cli-expect.sh
. "$(dirname "$0")/cli-expect.sh"
tool=front/tool/xenpci-front
trap 'rm -f "$cli_out"' EXIT

for command in list dump read write watch bench map; do
	expect 0 "usage: xenpci-front $command" $tool $command --help
	expect 0 '--json' $tool $command --help
	expect 0 "usage: xenpci-front $command" $tool help $command
	expect 2 "xenpci-front $command --help. explains" $tool $command --no-such-option
	expect 0 "^  $command " $tool --help
done
expect 0 '^xenpci-front [0-9]' $tool --version
expect 2 '^usage' $tool
expect 2 'xenpci-front help. lists them' $tool no-such-command
expect 2 'there is no command' $tool help no-such-command

expect 2 'list wants no operands' $tool list 00:00.0
expect 2 'dump wants .ADDR' $tool dump 00:00.0 00:01.0
expect 2 'the address of one device' $tool dump --raw
expect 2 'no PCI address' $tool dump 00:20.0
expect 2 'exclude each other' $tool dump 00:00.0 --raw --json
expect 2 'read wants ADDR OFFSET' $tool read 00:00.0
expect 2 'no offset from 0 to 4095' $tool read 00:00.0 0x1000
expect 2 'no size: 1, 2 or 4' $tool read 00:00.0 0 3
expect 2 'not a multiple of the size 2' $tool read 00:00.0 1 2
expect 2 'does not fit 1 bytes' $tool write 00:00.0 0xc 1 0x100
expect 2 'does not fit 4 bytes' $tool write 00:00.0 0xc 4 0x100000000
expect 2 '--for wants 1 to 86400 seconds' $tool watch --for never
expect 2 '--count wants a number' $tool watch --count 0
expect 2 '-n wants a number' $tool bench 00:00.0 -n 1000001
expect 2 'no BAR from 0 to 5' $tool map 00:00.0 6 0
expect 2 'a multiple of 4' $tool map 00:00.0 0 2
expect 2 'no count from 1 to 1024' $tool map 00:00.0 0 0 1025
expect 2 '"code": *2' $tool dump nowhere --json

# Only where there is no Xen: in a guest these would act.
if [ ! -e /sys/hypervisor/type ]; then
	expect 6 'this machine is no guest of Xen' $tool list
	expect 6 'Run it in a guest' $tool watch --for 1
	expect 6 '"code": *6' $tool list --json
	expect 6 '"code":6' $tool watch --json
fi

verdict
