# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/faults: every call that the product makes fails once. `make faults`.
EXTRA_PROGRAMS += tests/faults/faults tests/faults/faults-command
EXTRA_DIST += tests/faults/calls.def tests/faults/check-calls.sh

# The product's objects as one, in which calls of others (calls.def) are calls
# of __wrap_ functions; so are three of its own, for link-world.c.
faults_product = back/libback.a back/libcfg.a xenstore-schema/libpublish.a \
	common/libhost.a common/libcommon.a
faults_command = $(TOOLSTACK_LIBS) common/libhost.a common/libcommon.a
faults_ours = loop_after link_write_state publish_find publish_state exit ev_child_start \
	ev_child_stop loop_run
# Variables, in sections that restart.c can find.
faults_sections = --rename-section .bss=product_bss \
	--rename-section .data=product_data \
	--rename-section .data.rel=product_data \
	--rename-section .data.rel.local=product_data
tests/faults/wraps: $(srcdir)/tests/faults/calls.def \
		$(srcdir)/tests/faults/local.mk
	$(AM_V_GEN)$(MKDIR_P) tests/faults && \
		sed -n 's/^\(CALL\|ALIAS\)(\([a-z_0-9]*\),.*/--wrap=\2/p' \
		$(srcdir)/tests/faults/calls.def >$@
tests/faults/product.o: tests/faults/wraps $(faults_product)
	$(AM_V_CCLD)$(CC) -nostdlib -r -o $@.tmp -Wl,@tests/faults/wraps \
		$(faults_ours:%=-Wl,--wrap=%) \
		-Wl,--whole-archive $(faults_product)
	$(AM_V_at)$(OBJCOPY) $(faults_sections) $@.tmp $@ && rm -f $@.tmp
tests/faults/command.o: tests/faults/wraps $(faults_command)
	$(AM_V_CCLD)$(CC) -nostdlib -r -o $@ -Wl,@tests/faults/wraps \
		-Wl,--whole-archive $(faults_command)
CLEANFILES += tests/faults/wraps tests/faults/product.o tests/faults/command.o \
	tests/faults/faults tests/faults/faults-command

faults_cppflags = $(tests_back_cppflags) -I$(srcdir)/tests/faults
# gnu11: as Xen's headers want it. Prototypes: Xen's and the C library's.
faults_cflags = $(AM_CFLAGS) -std=gnu11 $(CHECK_CFLAGS) $(XENCTRL_CFLAGS) \
	$(XENSTORE_CFLAGS) -Wno-missing-prototypes -Wno-missing-declarations
# The fakes, with other names: see beneath.h.
EXTRA_LIBRARIES = tests/faults/libbeneath.a
tests_faults_libbeneath_a_CPPFLAGS = $(faults_cppflags) -include beneath.h
tests_faults_libbeneath_a_CFLAGS = $(faults_cflags)
tests_faults_libbeneath_a_SOURCES = \
	tests/unit/fake-store.c \
	tests/unit/fake-store.h \
	tests/unit/fake-tree.c \
	tests/unit/fake-tree.h \
	tests/unit/fake-xen.c \
	tests/unit/fake-xen.h
tests_faults_faults_CPPFLAGS = $(faults_cppflags)
tests_faults_faults_CFLAGS = $(faults_cflags)
tests_faults_faults_LDFLAGS = $(tests_unit_check_link_LDFLAGS)
tests_faults_faults_LDADD = tests/faults/product.o tests/faults/libbeneath.a \
	$(JSON_LIBS) $(UDEV_LIBS) $(EV_LIBS) $(SECCOMP_LIBS) \
	$(CAPNG_LIBS)
tests_faults_faults_SOURCES = \
	tests/faults/beneath.h \
	tests/faults/fault.c \
	tests/faults/fault.h \
	tests/faults/house-broker.c \
	tests/faults/house.h \
	tests/faults/lib-front.c \
	tests/faults/lib-process.c \
	tests/faults/lib-system.c \
	tests/faults/lib-xenctrl.c \
	tests/faults/lib-xenstore.c \
	tests/faults/libs.h \
	tests/faults/point.c \
	tests/faults/point.h \
	tests/faults/processes.c \
	tests/faults/processes.h \
	tests/faults/restart.c \
	tests/faults/restart.h \
	tests/faults/scenarios.c \
	tests/faults/tell.c \
	tests/faults/tell.h \
	tests/faults/walk.c \
	tests/faults/walk.h \
	tests/faults/world.c \
	tests/faults/world.h \
	tests/unit/back-world.c \
	tests/unit/back-world.h \
	tests/unit/fake-hw.c \
	tests/unit/fake-hw.h \
	tests/unit/fake-worker-proc.h \
	tests/unit/link-world.c \
	tests/unit/link-world.h \
	tests/unit/run-until.c \
	tests/unit/run-until.h \
	tests/unit/temp-tree.c \
	tests/unit/temp-tree.h

# The xenpci command has a house of its own.
tests_faults_faults_command_CPPFLAGS = $(faults_cppflags)
tests_faults_faults_command_CFLAGS = $(faults_cflags)
tests_faults_faults_command_LDADD = tests/faults/command.o \
	tests/faults/libbeneath.a $(JSON_LIBS) $(PCI_LIBS) $(UDEV_LIBS) \
	$(EV_LIBS) $(SECCOMP_LIBS) $(CAPNG_LIBS)
tests_faults_faults_command_SOURCES = \
	tests/faults/fault.c \
	tests/faults/fault.h \
	tests/faults/house-command.c \
	tests/faults/house.h \
	tests/faults/kernel.c \
	tests/faults/kernel.h \
	tests/faults/lib-process.c \
	tests/faults/lib-system.c \
	tests/faults/lib-xenctrl.c \
	tests/faults/lib-xenstore.c \
	tests/faults/libs.h \
	tests/faults/no-worker.c \
	tests/faults/point.c \
	tests/faults/point.h \
	tests/faults/processes.c \
	tests/faults/processes.h \
	tests/faults/walk.c \
	tests/faults/walk.h \
	tests/unit/temp-tree.c \
	tests/unit/temp-tree.h

faults: tests/faults/faults tests/faults/faults-command
	$(AM_V_at)$(srcdir)/tests/faults/check-calls.sh \
		$(srcdir)/tests/faults/calls.def tests/faults/product.o
	$(AM_V_at)$(srcdir)/tests/faults/check-calls.sh \
		$(srcdir)/tests/faults/calls.def tests/faults/command.o
	$(AM_V_at)tests/faults/faults
	$(AM_V_at)tests/faults/faults-command
.PHONY: faults
