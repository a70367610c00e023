/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What Xen says to debug keys, as "xl dmesg -c", "xl debug-keys" and "xl dmesg"
 * would show it, but in one program that starts in a tenth of their time.
 *
 *	rig-xen KEYS
 *
 * Xen is through with each key before the call returns (handle_keypress).
 */
#include <stdio.h>
#include <stdlib.h>

#include <xenctrl.h>

#define RING_BYTES (256u * 1024u) /* the rig's Xen has 128 KiB */

static int trouble(const char *what)
{
    fprintf(stderr, "rig-xen: ");
    perror(what);
    return 1;
}

int main(int argc, char **argv)
{
    char *ring = malloc(RING_BYTES);
    unsigned int size = RING_BYTES;
    xc_interface *xen;

    if (argc != 2) {
        fprintf(stderr, "usage: rig-xen KEYS\n");
        return 2;
    }
    xen = xc_interface_open(NULL, NULL, 0);
    if (ring == NULL || xen == NULL)
        return trouble("xc_interface_open");
    if (xc_readconsolering(xen, ring, &size, 1, 0, NULL) != 0 ||
        xc_send_debug_keys(xen, argv[1]) != 0)
        return trouble("debug keys");
    size = RING_BYTES;
    if (xc_readconsolering(xen, ring, &size, 0, 0, NULL) != 0)
        return trouble("console");
    fwrite(ring, 1, size, stdout);
    xc_interface_close(xen);
    free(ring);
    return fflush(stdout) != 0;
}
