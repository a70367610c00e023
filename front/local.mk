# SPDX-License-Identifier: MIT
# front/: libxenpcifront, the guest's half. Freestanding C11: its own sources
# and the wire's; see HACKING.
CPP_FRONT = $(CPP_SCHEMA) -I$(srcdir)/front
front_own_sources = \
	front/actions.c \
	front/aer.c \
	front/bars.c \
	front/cap.c \
	front/config.c \
	front/core.c \
	front/devices.c \
	front/irq.c \
	front/msi.c \
	front/msix.c \
	front/nodes.c \
	front/parse.c \
	front/pcifront-os.h \
	front/pcifront.h \
	front/power.c \
	front/private.h \
	front/request.c \
	front/step.c \
	front/text.c \
	front/words.c
front_core_sources = $(front_own_sources) \
	common/hex.c \
	common/ring.c \
	common/xbfront.c \
	common/xbnames.c \
	common/xbstate.c

# For programs of this tree, with their flags; wants common/libcommon.a.
noinst_LIBRARIES += front/libfrontcore.a front/libfronttemplate.a
front_libfrontcore_a_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_FRONT)
front_libfrontcore_a_SOURCES = $(front_own_sources)

# Nobody links the template; it is here so that it always compiles.
front_libfronttemplate_a_CPPFLAGS = $(CPP_FRONT)
front_libfronttemplate_a_SOURCES = front/os/template.c

# For kernels: one object whose only global names are pcifront_*. Position
# independent with everything hidden, which needs no GOT on x86-64 and links at
# any address; an interrupt may come on the same stack (no red zone), and nobody
# saves vector registers.
front_kernel_cflags = -std=c11 $(AM_WARN) -ffreestanding -fpie \
	-fvisibility=hidden -fno-common -fno-asynchronous-unwind-tables \
	-fno-stack-protector $(KERNEL_CFLAGS)
noinst_LIBRARIES += front/libfrontkernel.a
front_libfrontkernel_a_CPPFLAGS = $(CPP_FRONT)
front_libfrontkernel_a_CFLAGS = $(front_kernel_cflags)
front_libfrontkernel_a_SOURCES = $(front_core_sources)

# Also for who asks make for one of them only.
$(front_libfrontcore_a_OBJECTS) $(front_libfrontkernel_a_OBJECTS): \
	| xenstore-schema/nodes.h

# The user's CFLAGS come last, and distributions put a stack protector there,
# which wants a guard in %fs.
$(front_libfrontkernel_a_OBJECTS): override CFLAGS += -fno-stack-protector

front/libxenpcifront.a: front/libfrontkernel.a
	$(AM_V_AR)rm -f $@ && $(CC) -nostdlib -r -o front/xenpcifront.o \
		-Wl,--whole-archive front/libfrontkernel.a && \
	$(OBJCOPY) --wildcard --keep-global-symbol='pcifront_*' \
		front/xenpcifront.o && \
	$(AR) $(ARFLAGS) $@ front/xenpcifront.o && $(RANLIB) $@
CLEANFILES += front/libxenpcifront.a front/xenpcifront.o
frontlibdir = $(libdir)
nodist_frontlib_DATA = front/libxenpcifront.a
frontincludedir = $(includedir)/xenpci
frontinclude_HEADERS = front/os/linux-user/pcifront-linux.h \
	front/pcifront-os.h front/pcifront.h

# The price: text and data of the core, -Os.
front_size_max = 24576
size: xenstore-schema/nodes.h
	@rm -rf front/size && $(MKDIR_P) front/size
	@for file in $(filter %.c,$(front_core_sources)); do \
		$(CC) $(CPP_FRONT) $(front_kernel_cflags) -Os -c \
			-o front/size/$$(basename $$file .c).o \
			$(srcdir)/$$file || exit 1; \
	done
	@size -t front/size/*.o | awk -v max=$(front_size_max) ' \
		{ print } \
		/TOTALS/ { sum = $$1 + $$2; \
			print "text+data: " sum " of at most " max " bytes"; \
			exit sum > max }'
	@rm -rf front/size
.PHONY: size
