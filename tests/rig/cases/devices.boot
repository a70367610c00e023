# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The machine of the cases that want more devices than three.
--xen-arg extra_guest_irqs=20
# own-msi-messages
--device nec-usb-xhci,addr=b
--device nec-usb-xhci,addr=c
# own-rom
--device e1000,addr=a,romfile=vgabios-stdvga.bin
# own-topology
--device pcie-root-port,id=rp1,addr=e,slot=1
--device e1000e,bus=rp1,addr=0.0,multifunction=on,romfile=
--device e1000e,bus=rp1,addr=0.1,romfile=
