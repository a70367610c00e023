# SPDX-License-Identifier: MIT
# front/os/linux-user/: the library's contract, signed for Linux programs.
front_linux_sources = \
	front/os/linux-user/channel.c \
	front/os/linux-user/linux-private.h \
	front/os/linux-user/linux.c \
	front/os/linux-user/mmio.c \
	front/os/linux-user/pcifront-linux.h \
	front/os/linux-user/store.c \
	front/os/linux-user/wait.c
front_linux_cppflags = $(AM_CPPFLAGS) $(CPP_COMMON) -I$(srcdir)/front \
	-I$(srcdir)/front/os/linux-user
FRONT_LINUX_LIBS = $(XENSTORE_LIBS) $(XENEVTCHN_LIBS) $(XENGNTTAB_LIBS) \
	-lpthread

noinst_LIBRARIES += front/os/linux-user/libfrontlinux.a
front_os_linux_user_libfrontlinux_a_CPPFLAGS = $(front_linux_cppflags)
front_os_linux_user_libfrontlinux_a_CFLAGS = $(AM_CFLAGS) -std=gnu11 \
	$(XENSTORE_CFLAGS) $(XENEVTCHN_CFLAGS) $(XENGNTTAB_CFLAGS)
front_os_linux_user_libfrontlinux_a_SOURCES = $(front_linux_sources)
