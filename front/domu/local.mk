# SPDX-License-Identifier: MIT
# front/domu, front/parkd, front/ownit: our own domU kernel and two programs on
# it. Built apart from the hosted flags: no C library, no PIE, no sanitizers; a
# stack protector with its guard in memory, for there is no %fs to look at.
# What does not touch the stack between two instructions (no red zone) and no
# vector registers: an exception may come at any time, and nobody saves them.
CPP_DOMU = $(CPP_SCHEMA) -I$(srcdir)/front -I$(srcdir)/front/domu
domu_target = -ffreestanding -mno-red-zone -mgeneral-regs-only -mcmodel=small \
	-fno-pic -fno-pie
domu_code = -std=c11 $(domu_target) -fno-builtin -fno-common \
	-fno-asynchronous-unwind-tables -fstack-protector-strong \
	-mstack-protector-guard=global
domu_compile = $(AM_WARN) $(domu_code)
domu_image = -static -nostdlib -Wl,--build-id=none -Wl,-z,noexecstack \
	-Wl,-z,max-page-size=4096 -Wl,--strip-debug
domu_link = $(domu_image) -Wl,-T,$(srcdir)/front/domu/domu.lds
domu_libs = front/domu/libdomu.a front/domu/libfront.a

# The same flags for "cc @kernel/flags", where the sources are in kernel/.
front/domu/flags: Makefile
	$(AM_V_GEN)$(MKDIR_P) front/domu && printf '%s\n' -O2 $(domu_code) \
		$(domu_image) -Wl,-T,kernel/domu.lds >$@
CLEANFILES += front/domu/flags

EXTRA_DIST += front/domu/README front/domu/domu.lds

if DOMU
noinst_LIBRARIES += front/domu/libdomu.a front/domu/libfront.a
endif
# The library as this kernel wants it: the same flags as everything in it.
front_domu_libfront_a_CPPFLAGS = $(CPP_DOMU)
front_domu_libfront_a_CFLAGS = $(domu_compile)
front_domu_libfront_a_SOURCES = $(front_core_sources)
front_domu_libdomu_a_CPPFLAGS = $(CPP_DOMU)
front_domu_libdomu_a_CFLAGS = $(domu_compile)
front_domu_libdomu_a_CCASFLAGS = $(domu_target)
front_domu_libdomu_a_SOURCES = \
	front/domu/abi.h \
	front/domu/clock.c \
	front/domu/clock.h \
	front/domu/console.c \
	front/domu/console.h \
	front/domu/cruntime.c \
	front/domu/cruntime.h \
	front/domu/event.c \
	front/domu/event.h \
	front/domu/glue.c \
	front/domu/glue.h \
	front/domu/grant.c \
	front/domu/grant.h \
	front/domu/heap.c \
	front/domu/heap.h \
	front/domu/hypercall.h \
	front/domu/kernel.c \
	front/domu/kernel.h \
	front/domu/layout.h \
	front/domu/mm.c \
	front/domu/mm.h \
	front/domu/pirq.c \
	front/domu/pirq.h \
	front/domu/power.c \
	front/domu/power.h \
	front/domu/print.c \
	front/domu/print.h \
	front/domu/start.S \
	front/domu/store-client.c \
	front/domu/store-client.h \
	front/domu/store-ring.c \
	front/domu/store-ring.h \
	front/domu/trap-entry.S \
	front/domu/trap.c \
	front/domu/trap.h

xenpcilibdir = $(libdir)/xenpci
if DOMU
xenpcilib_PROGRAMS = front/parkd/parkd front/ownit/ownit
endif
front_parkd_parkd_CPPFLAGS = $(CPP_DOMU)
front_parkd_parkd_CFLAGS = $(domu_compile)
front_parkd_parkd_LDFLAGS = $(domu_link)
front_parkd_parkd_LDADD = $(domu_libs)
EXTRA_front_parkd_parkd_DEPENDENCIES = $(srcdir)/front/domu/domu.lds
front_parkd_parkd_SOURCES = \
	front/parkd/main.c \
	front/parkd/park.c \
	front/parkd/park.h

front_ownit_ownit_CPPFLAGS = $(CPP_DOMU)
front_ownit_ownit_CFLAGS = $(domu_compile)
front_ownit_ownit_LDFLAGS = $(domu_link)
front_ownit_ownit_LDADD = $(domu_libs)
EXTRA_front_ownit_ownit_DEPENDENCIES = $(srcdir)/front/domu/domu.lds
front_ownit_ownit_SOURCES = \
	front/ownit/disk.c \
	front/ownit/driver.h \
	front/ownit/edu.c \
	front/ownit/irq.c \
	front/ownit/irq.h \
	front/ownit/main.c \
	front/ownit/mmio.h \
	front/ownit/nvme-queue.c \
	front/ownit/nvme-queue.h \
	front/ownit/nvme.c \
	front/ownit/nvme.h
