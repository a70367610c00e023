# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/fuzz: targets for libFuzzer. `make check` runs each over a few thousand
# inputs of its own making; `make fuzz` searches with each for FUZZ_SECONDS.
fuzz_common = \
	tests/fuzz/fuzz.h \
	tests/fuzz/fuzz_input.c \
	tests/fuzz/fuzz_smoke.c
check_PROGRAMS += tests/fuzz/fuzz_front_smoke
tests_fuzz_fuzz_front_smoke_CPPFLAGS = $(tests_front_cppflags)
tests_fuzz_fuzz_front_smoke_LDADD = $(tests_front_ldadd)
tests_fuzz_fuzz_front_smoke_SOURCES = \
	tests/fuzz/fuzz_front.c \
	$(fuzz_common) \
	$(tests_front_world) \
	$(tests_front_fakes)

# Two recorded devices, a guest, a captured worker, and a model of hardware.
fuzz_recorded = tests/unit/fake-hw.c tests/unit/fake-hw.h \
	tests/unit/recorded.c tests/unit/recorded.h
check_PROGRAMS += tests/fuzz/fuzz_request_smoke
tests_fuzz_fuzz_request_smoke_CPPFLAGS = $(tests_back_cppflags)
tests_fuzz_fuzz_request_smoke_LDADD = $(tests_back_ldadd)
tests_fuzz_fuzz_request_smoke_SOURCES = \
	tests/fuzz/fuzz_request.c \
	tests/fuzz/model.c \
	tests/fuzz/model.h \
	tests/fuzz/side.c \
	tests/fuzz/side.h \
	$(fuzz_common) \
	$(fuzz_recorded)

# Hostile hardware before any guest.
check_PROGRAMS += tests/fuzz/fuzz_caps_smoke
tests_fuzz_fuzz_caps_smoke_CPPFLAGS = $(tests_back_cppflags)
tests_fuzz_fuzz_caps_smoke_LDADD = back/libcfg.a common/libcommon.a
tests_fuzz_fuzz_caps_smoke_SOURCES = \
	tests/fuzz/fuzz_caps.c \
	tests/fuzz/model.c \
	tests/fuzz/model.h \
	$(fuzz_common) \
	$(fuzz_recorded)

# A captured worker and the whole broker, over the unit tests' fakes.
fuzz_link_world = \
	tests/fuzz/check_stub.c \
	tests/fuzz/hand.c \
	tests/unit/fake-worker-proc.c \
	tests/unit/fake-worker-proc.h \
	tests/unit/link-world.c \
	tests/unit/link-world.h \
	$(tests_back_world)
check_PROGRAMS += tests/fuzz/fuzz_msg_smoke
tests_fuzz_fuzz_msg_smoke_CPPFLAGS = $(tests_back_cppflags)
tests_fuzz_fuzz_msg_smoke_LDFLAGS = $(tests_unit_check_link_LDFLAGS)
tests_fuzz_fuzz_msg_smoke_LDADD = back/libback.a back/libcfg.a \
	xenstore-schema/libpublish.a common/libhost.a common/libcommon.a \
	$(JSON_LIBS) $(UDEV_LIBS) $(EV_LIBS)
tests_fuzz_fuzz_msg_smoke_SOURCES = \
	tests/fuzz/fuzz_msg.c \
	tests/fuzz/model.c \
	tests/fuzz/model.h \
	$(fuzz_common) \
	$(fuzz_link_world)

# A store in which others have written.
check_PROGRAMS += tests/fuzz/fuzz_store_smoke
tests_fuzz_fuzz_store_smoke_CPPFLAGS = $(tests_back_cppflags)
tests_fuzz_fuzz_store_smoke_LDADD = xenstore-schema/libpublish.a \
	xenstore-schema/libschema.a common/libcommon.a
tests_fuzz_fuzz_store_smoke_SOURCES = \
	tests/fuzz/fuzz_store.c \
	tests/fuzz/words.c \
	tests/fuzz/words.h \
	tests/unit/fake-store.c \
	tests/unit/fake-store.h \
	tests/unit/fake-tree.c \
	tests/unit/fake-tree.h \
	$(fuzz_common)

# One text of somebody else, in the store or in the configuration file.
check_PROGRAMS += tests/fuzz/fuzz_text_smoke
tests_fuzz_fuzz_text_smoke_CPPFLAGS = $(tests_back_cppflags)
tests_fuzz_fuzz_text_smoke_LDADD = back/libback.a \
	xenstore-schema/libschema.a common/libhost.a common/libcommon.a \
	$(JSON_LIBS)
tests_fuzz_fuzz_text_smoke_SOURCES = \
	tests/fuzz/fuzz_text.c \
	tests/fuzz/words.c \
	tests/fuzz/words.h \
	$(fuzz_common)

FUZZ_CC = clang
FUZZ_SECONDS = 60
FUZZ_FLAGS = -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	-std=c11 -O1 -g
# The libraries are compiled again, so that the fuzzer sees their branches.
fuzz_front_sources = $(front_core_sources) \
	$(tests_fuzz_fuzz_front_smoke_SOURCES)
fuzz_request_sources = $(back_libcfg_a_SOURCES) back/ops.c back/msg.c \
	$(common_libcommon_a_SOURCES) $(tests_fuzz_fuzz_request_smoke_SOURCES)
fuzz_caps_sources = $(back_libcfg_a_SOURCES) \
	$(common_libcommon_a_SOURCES) $(tests_fuzz_fuzz_caps_smoke_SOURCES)
# Without what the fakes stand for, and what needs Xen's libraries.
fuzz_broker_sources = $(filter-out back/broker.c back/hand.c back/page.c \
	back/sandbox%.c back/worker%.c \
	common/host/hyp%.c common/host/store.c,$(back_libback_a_SOURCES) \
	$(back_libcfg_a_SOURCES) $(xenstore_schema_libpublish_a_SOURCES) \
	$(common_libhost_a_SOURCES) $(common_libcommon_a_SOURCES))
fuzz_msg_sources = $(fuzz_broker_sources) $(tests_fuzz_fuzz_msg_smoke_SOURCES)
fuzz_msg_libs = $(tests_unit_check_link_LDFLAGS) $(JSON_LIBS) $(UDEV_LIBS) \
	$(EV_LIBS)
fuzz_store_sources = $(xenstore_schema_libpublish_a_SOURCES) \
	$(xenstore_schema_libschema_a_SOURCES) \
	$(common_libcommon_a_SOURCES) $(tests_fuzz_fuzz_store_smoke_SOURCES)
fuzz_store_libs = xenstore-schema/nodes.c
fuzz_text_sources = back/policy.c back/policy-file.c back/policy-text.c \
	back/policy-words.c common/host/log.c \
	$(xenstore_schema_libschema_a_SOURCES) \
	$(common_libcommon_a_SOURCES) $(tests_fuzz_fuzz_text_smoke_SOURCES)
fuzz_text_libs = xenstore-schema/nodes.c $(JSON_LIBS)
FUZZ_TARGETS = front request caps msg store text

# One after the other: together, each would have less than its time.
fuzz: $(FUZZ_TARGETS:%=tests/fuzz/fuzz_%)
	$(AM_V_at)$(PYTHON) $(srcdir)/tests/fuzz/seeds.py \
		$(srcdir)/tests/data tests/fuzz/work/seeds-request
	$(AM_V_at)for name in $(FUZZ_TARGETS); do \
		$(srcdir)/tests/fuzz/run.sh tests/fuzz/fuzz_$$name \
			$(FUZZ_SECONDS) tests/fuzz/work/seeds-$$name || exit; \
	done
$(FUZZ_TARGETS:%=tests/fuzz/fuzz_%): tests/fuzz/fuzz_%: xenstore-schema/nodes.h \
		xenstore-schema/nodes.c fuzz-always
	$(AM_V_CCLD)$(FUZZ_CC) $(FUZZ_FLAGS) $(AM_CPPFLAGS) -I. \
		$(tests_front_cppflags) $(fuzz_$*_flags) -o $@ \
		$(addprefix $(srcdir)/,$(filter-out %/fuzz_smoke.c,$(sort \
			$(filter %.c,$(fuzz_$*_sources))))) $(fuzz_$*_libs)
fuzz-always:
EXTRA_DIST += tests/fuzz/run.sh tests/fuzz/seeds.py

clean-local: clean-fuzz
clean-fuzz:
	rm -rf $(FUZZ_TARGETS:%=tests/fuzz/fuzz_%) tests/fuzz/work

.PHONY: fuzz fuzz-always clean-fuzz
