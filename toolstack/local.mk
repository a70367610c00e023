# SPDX-License-Identifier: LGPL-2.1-or-later
# toolstack/: the xenpci command. Everything but main.c is in a library, so
# that the tests link the same objects.
bin_PROGRAMS += toolstack/xenpci
noinst_LIBRARIES += toolstack/libxenpci.a

toolstack_cppflags = $(AM_CPPFLAGS) $(CPP_HOST) $(CPP_SCHEMA) \
	-I$(srcdir)/toolstack
toolstack_cflags = $(AM_CFLAGS) $(JSON_CFLAGS) $(PCI_CFLAGS)
TOOLSTACK_LIBS = toolstack/libxenpci.a xenstore-schema/libpublish.a \
	xenstore-schema/libschema.a

toolstack_xenpci_CPPFLAGS = $(toolstack_cppflags)
toolstack_xenpci_CFLAGS = $(toolstack_cflags)
toolstack_xenpci_LDADD = $(TOOLSTACK_LIBS) common/libhost.a \
	common/libcommon.a $(HOST_LIBS) $(JSON_LIBS) $(PCI_LIBS)
toolstack_xenpci_SOURCES = toolstack/main.c

toolstack_libxenpci_a_CPPFLAGS = $(toolstack_cppflags) \
	-DRUN_DIR='"$(runstatedir)/xenpci"'
toolstack_libxenpci_a_CFLAGS = $(toolstack_cflags)
toolstack_libxenpci_a_SOURCES = \
	toolstack/args.c \
	toolstack/args.h \
	toolstack/assignable.c \
	toolstack/assignable.h \
	toolstack/attach-check.c \
	toolstack/attach.h \
	toolstack/cmd-assignable-add.c \
	toolstack/cmd-assignable-list.c \
	toolstack/cmd-assignable-remove.c \
	toolstack/cmd-attach.c \
	toolstack/cmd-check.c \
	toolstack/cmd-denied.c \
	toolstack/cmd-detach.c \
	toolstack/cmd-list.c \
	toolstack/cmd-tree.c \
	toolstack/cmd.h \
	toolstack/denied.h \
	toolstack/condition.c \
	toolstack/condition.h \
	toolstack/describe.c \
	toolstack/describe.h \
	toolstack/driver.c \
	toolstack/driver.h \
	toolstack/host.c \
	toolstack/host.h \
	toolstack/inuse-private.h \
	toolstack/inuse.c \
	toolstack/inuse.h \
	toolstack/mounts.c \
	toolstack/options.c \
	toolstack/options.h \
	toolstack/outcome.c \
	toolstack/pair.c \
	toolstack/pair.h \
	toolstack/snapshot.c \
	toolstack/snapshot.h \
	toolstack/tree-node.c \
	toolstack/tree-node.h \
	toolstack/wait.c \
	toolstack/wait.h

# The manual, and completion of subcommands, addresses and guests.
EXTRA_DIST += toolstack/xenpci.8.scd
if HAVE_SCDOC
CLEANFILES += toolstack/xenpci.8
man8_MANS += toolstack/xenpci.8
endif

toolstack/xenpci.8: $(srcdir)/toolstack/xenpci.8.scd
	$(AM_V_GEN)$(MKDIR_P) toolstack && \
	$(SCDOC) <$(srcdir)/toolstack/xenpci.8.scd >$@.tmp && mv $@.tmp $@

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = toolstack/completion/xenpci
