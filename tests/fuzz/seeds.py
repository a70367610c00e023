# SPDX-License-Identifier: LGPL-2.1-or-later
"""Turn recorded requests into inputs of fuzz_request.

    seeds.py DATA-DIR OUT-DIR

DATA-DIR/traffic/*.ops are what tests/rig/traffic.sh recorded; the encoding is
that of guest_request() in fuzz_request.c.
"""

import pathlib
import sys

READ, WRITE, MSI_ON, MSI_OFF, MSIX_ON, MSIX_OFF = range(6)
# Places in guest_request()'s list of commands.
COMMAND = {READ: 1, MSI_ON: 2, MSI_OFF: 3, MSIX_ON: 4, MSIX_OFF: 5}
SIZES = {1: 0, 2: 1, 4: 2}
ANYWHERE = 0xB000  # pick_offset(): modulo the size of the space
LONGEST = 900      # bytes of one input


def encode(side, cmd, offset, size, value):
    """One request; None if the target cannot say it."""
    if cmd in (READ, WRITE):
        if size not in SIZES or not 0 <= offset < 4096:
            return None
        what = 0x40 if cmd == WRITE else COMMAND[cmd]
        body = bytes([side << 7 | what, SIZES[size]])
        body += (ANYWHERE + offset).to_bytes(2, 'little')
        return body + (value & (1 << 8 * size) - 1).to_bytes(size, 'little') + b'\0'
    if cmd not in COMMAND:
        return None
    return bytes([side << 7 | COMMAND[cmd], 0, value if cmd == MSIX_ON else 1, 0])


def requests(path):
    """The recorded lines as numbers."""
    for line in path.read_text().splitlines():
        if line and line[0] != '#':
            yield [int(word, 16) for word in line.split()]


def write_seeds(path, devices, out):
    """Inputs with the devices that sat in the first slots of the guest's bus."""
    head = b''.join(bytes([0, place]) for place in devices)
    body, number = b'', 0
    for cmd, _, bus, devfn, offset, size, value, _ in requests(path):
        slot = devfn >> 3
        one = encode(slot & 1, cmd, offset, size, value) if bus == 0 else None
        if one is None or slot >= len(devices):
            continue
        if len(head) + len(body) + len(one) > LONGEST:
            (out / f'{path.stem}-{number:03}').write_bytes(head + body)
            body, number = b'', number + 1
        body += one
    (out / f'{path.stem}-{number:03}').write_bytes(head + body)


def main():
    """Entry point."""
    data, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    # In the order of recorded_names().
    dumps = sorted((data / 'devices').glob('*.dump'), key=lambda p: p.name)
    names = [p.stem for p in dumps]
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted((data / 'traffic').glob('*.ops')):
        write_seeds(path, [names.index('nvme'), names.index('e1000e')], out)


main()
