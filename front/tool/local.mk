# SPDX-License-Identifier: MIT
# front/tool/: xenpci-front, for Linux guests. Everything but main.c is in a
# library, so that the tests link the same objects.
sbin_PROGRAMS += front/tool/xenpci-front
noinst_LIBRARIES += front/tool/libfronttool.a

front_tool_cppflags = $(front_linux_cppflags) $(CPP_SCHEMA) \
	-I$(srcdir)/front/tool
FRONT_TOOL_LIBS = front/tool/libfronttool.a \
	front/os/linux-user/libfrontlinux.a front/libfrontcore.a \
	common/libcommon.a $(FRONT_LINUX_LIBS) $(JSON_LIBS)

front_tool_xenpci_front_CPPFLAGS = $(front_tool_cppflags)
front_tool_xenpci_front_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
front_tool_xenpci_front_LDADD = $(FRONT_TOOL_LIBS)
front_tool_xenpci_front_SOURCES = front/tool/main.c

front_tool_libfronttool_a_CPPFLAGS = $(front_tool_cppflags)
front_tool_libfronttool_a_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
front_tool_libfronttool_a_SOURCES = \
	front/tool/arguments.c \
	front/tool/arguments.h \
	front/tool/caps.c \
	front/tool/classes.c \
	front/tool/classes.h \
	front/tool/cmd-bench.c \
	front/tool/cmd-dump.c \
	front/tool/cmd-list.c \
	front/tool/cmd-map.c \
	front/tool/cmd-read.c \
	front/tool/cmd-watch.c \
	front/tool/cmd-write.c \
	front/tool/detail.c \
	front/tool/detail.h \
	front/tool/device.c \
	front/tool/device.h \
	front/tool/event.c \
	front/tool/event.h \
	front/tool/pair-nodes.c \
	front/tool/pair-nodes.h \
	front/tool/place.c \
	front/tool/place.h \
	front/tool/register.c \
	front/tool/register.h \
	front/tool/report.c \
	front/tool/session.c \
	front/tool/session.h \
	front/tool/space.c \
	front/tool/space.h \
	front/tool/timing.c \
	front/tool/timing.h \
	front/tool/tool.h

# The manual, and completion of commands and options.
EXTRA_DIST += front/tool/xenpci-front.8.scd
if HAVE_SCDOC
CLEANFILES += front/tool/xenpci-front.8
man8_MANS += front/tool/xenpci-front.8
endif

front/tool/xenpci-front.8: $(srcdir)/front/tool/xenpci-front.8.scd
	$(AM_V_GEN)$(MKDIR_P) front/tool && \
	$(SCDOC) <$(srcdir)/front/tool/xenpci-front.8.scd >$@.tmp && \
	mv $@.tmp $@

dist_bashcompletion_DATA += front/tool/completion/xenpci-front
