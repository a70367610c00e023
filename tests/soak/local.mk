# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/soak: random operations over the unit tests' fakes; tests/rig/soak.sh
# does the same on real Xen. `make check` runs a few.

# Objects of the broker whose variables are in sections of their own, so that
# the broker can die and be born again within one process.
tests/soak/libbroker.a: back/libback.a
	$(AM_V_GEN)$(MKDIR_P) tests/soak && $(OBJCOPY) \
		--rename-section .data=broker_data \
		--rename-section .data.rel=broker_data \
		--rename-section .data.rel.local=broker_data \
		--rename-section .bss=broker_bss back/libback.a $@
CLEANFILES += tests/soak/libbroker.a

if HAVE_CHECK
check_PROGRAMS += tests/soak/soak
endif
tests_soak_soak_CPPFLAGS = $(tests_front_cppflags) -I$(srcdir)/tests/fuzz
tests_soak_soak_CFLAGS = $(tests_back_cflags)
tests_soak_soak_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=loop_after \
	-Wl,--wrap=loop_cancel -Wl,--wrap=loop_on_exit -Wl,--wrap=loop_run \
	-Wl,--wrap=state_drop -Wl,--wrap=state_save -Wl,--wrap=store_commit \
	-Wl,--wrap=store_remove -Wl,--wrap=store_write
tests_soak_soak_LDADD = tests/soak/libbroker.a front/libfrontcore.a \
	back/libcfg.a xenstore-schema/libpublish.a xenstore-schema/libschema.a \
	common/libhost.a common/libcommon.a $(JSON_LIBS) $(UDEV_LIBS) $(EV_LIBS)
tests_soak_soak_SOURCES = \
	tests/fuzz/check_stub.c \
	tests/fuzz/fuzz.h \
	tests/soak/soak-broker.c \
	tests/soak/soak-choice.c \
	tests/soak/soak-domains.c \
	tests/soak/soak-guest.c \
	tests/soak/soak-machine.c \
	tests/soak/soak-main.c \
	tests/soak/soak-ops.c \
	tests/soak/soak-ops.h \
	tests/soak/soak-plug.c \
	tests/soak/soak-rules.c \
	tests/soak/soak-traffic.c \
	tests/soak/soak.h \
	tests/unit/fake-kernel-crash.c \
	tests/unit/pair-worker.c \
	tests/unit/pair-worker.h \
	$(tests_front_world) \
	$(tests_back_world)

# A tenth of the time over the fakes, the rest on real Xen; one line of each.
MINUTES = 10
soak: all
	$(MAKE) $(AM_MAKEFLAGS) tests/soak/soak
	seed=$${SEED:-$$(date +%s)}; \
	tests/soak/soak --seed $$seed --seconds $$(($(MINUTES) * 6)) \
		2>soak.log || { echo 'the log is in soak.log' >&2; exit 1; }; \
	$(srcdir)/tests/rig/soak $$seed $$(($(MINUTES) * 54)) soak-rig || { \
		echo 'logs and the store are in soak-rig/' >&2; exit 1; }
soak-clean:
	rm -rf soak.log soak-rig
.PHONY: soak soak-clean
