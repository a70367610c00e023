# SPDX-License-Identifier: MIT
# common/: what both ends of the wire must agree on. Freestanding C11.
noinst_LIBRARIES += common/libcommon.a
common_libcommon_a_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_COMMON)
common_libcommon_a_SOURCES = \
	common/bytes.h \
	common/compiler.h \
	common/exit-code.h \
	common/hex.c \
	common/hex.h \
	common/pciregs.h \
	common/quirk.c \
	common/quirk.h \
	common/ring.c \
	common/ring.h \
	common/sbdf.c \
	common/sbdf.h \
	common/xbback.c \
	common/xbfront.c \
	common/xbnames.c \
	common/xbstate.c \
	common/xbstate.h \
	common/xbtable.h

# common/host/: what the two dom0 programs need from Linux and Xen, once.
noinst_LIBRARIES += common/libhost.a
common_libhost_a_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_HOST)
# gnu11: xenctrl.h refuses to be read by a strictly conforming compiler.
common_libhost_a_CFLAGS = $(AM_CFLAGS) -std=gnu11 $(XENCTRL_CFLAGS) \
	$(XENSTORE_CFLAGS) $(JSON_CFLAGS)
common_libhost_a_SOURCES = \
	common/host/hyp-irq.c \
	common/host/hyp-private.h \
	common/host/hyp.c \
	common/host/hyp.h \
	common/host/log.c \
	common/host/log.h \
	common/host/notify.c \
	common/host/notify.h \
	common/host/replace.c \
	common/host/replace.h \
	common/host/reset-record.c \
	common/host/reset-record.h \
	common/host/store.c \
	common/host/store.h \
	common/host/sysfs-config.c \
	common/host/sysfs-driver.c \
	common/host/sysfs.c \
	common/host/sysfs.h
HOST_LIBS = $(XENCTRL_LIBS) $(XENSTORE_LIBS)
