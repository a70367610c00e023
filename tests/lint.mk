# SPDX-License-Identifier: LGPL-2.1-or-later
# make lint: everything a tool can say about the source. Each part is a target
# of its own. The tools are needed only here; a missing one is an error.
EXTRA_DIST += .clang-tidy tests/faults/.clang-tidy tests/fuzz/.clang-tidy \
	tests/soak/.clang-tidy tests/unit/.clang-tidy \
	tests/check-abi.sh \
	tests/check-amalgam.sh \
	tests/check-headers.sh \
	tests/check-layers.sh \
	tests/check-literals.sh \
	tests/check-tidy.sh \
	tests/check-units.sh \
	tests/coverage.sh \
	tests/rooms.sh

LINT_DEPS_CFLAGS = $(XENCTRL_CFLAGS) $(XENSTORE_CFLAGS) $(XENEVTCHN_CFLAGS) \
	$(XENGNTTAB_CFLAGS) $(JSON_CFLAGS) $(PCI_CFLAGS) $(UDEV_CFLAGS) \
	$(CHECK_CFLAGS) $(SECCOMP_CFLAGS) $(CAPNG_CFLAGS)
lint_files = . $(srcdir)/tests/rooms.sh && srcdir=$(srcdir) && room_files

lint: check-format check-layers check-literals check-headers check-shell \
	check-cppcheck check-tidy check-amalgam check-abi check-units size
	@echo "lint: clean"

check-format:
	$(AM_V_at)$(lint_files) '*.[ch]' | sed 's,^,$(srcdir)/,' | \
		xargs clang-format --dry-run -Werror

check-layers:
	$(AM_V_at)$(srcdir)/tests/check-layers.sh $(srcdir) .

check-literals: xenstore-schema/nodes.h
	$(AM_V_at)$(srcdir)/tests/check-literals.sh $(srcdir) .

check-headers: xenstore-schema/nodes.h
	$(AM_V_at)CC="$(CC)" \
		CFLAGS="$(AM_WARN) -Werror -D_GNU_SOURCE $(LINT_DEPS_CFLAGS)" \
		$(srcdir)/tests/check-headers.sh $(srcdir) .

check-shell:
	$(AM_V_at)cd $(srcdir) && shellcheck -x -S warning check demo .ci/run \
		tests/install-deps tests/*.sh tests/fuzz/*.sh tests/rig/rig tests/rig/run-cases \
		tests/rig/*.sh tests/rig/cases/*.sh tests/rig/dom0/rig-guest

check-cppcheck: xenstore-schema/nodes.h
	$(AM_V_at)cd $(srcdir) && cppcheck -q --std=c11 --error-exitcode=1 \
		--suppress=invalidFunctionArg:back/job.c \
		--enable=warning,portability --suppress=readdirCalled \
		--suppress=ctuuninitvar --library=posix \
		common common/host xenstore-schema back back/config toolstack \
		front

check-tidy: xenstore-schema/nodes.h
	$(AM_V_at)$(lint_files) '*.c' | LINT_CFLAGS="$(LINT_DEPS_CFLAGS)" \
		xargs -P "$$(nproc)" -n 1 \
		$(srcdir)/tests/check-tidy.sh $(srcdir) .

check-amalgam: amalgamation
	$(AM_V_at)$(srcdir)/tests/check-amalgam.sh .

# Of a plain build: sanitizers add names of their own.
check-abi: $(front_so) front/libxenpcifront.a
	$(AM_V_at)$(srcdir)/tests/check-abi.sh $(srcdir) .

# What systemd and AppArmor make of what is installed for them.
check-units: back/xenpcid.service back/apparmor/xenpcid
	$(AM_V_at)$(srcdir)/tests/check-units.sh .

record-abi: $(front_so) front/libxenpcifront.a
	$(AM_V_at)$(srcdir)/tests/check-abi.sh $(srcdir) . --record

# Line coverage of what decides and of what all share, by the unit tests alone,
# in a build of its own.
COVERAGE_LEAST = 95
coverage:
	$(AM_V_at)$(srcdir)/tests/coverage.sh $(srcdir) coverage \
		$(COVERAGE_LEAST) "$(CC)" $(check_PROGRAMS)
clean-local: clean-coverage soak-clean
clean-coverage:
	rm -rf coverage

.PHONY: coverage clean-coverage
.PHONY: lint check-format check-layers check-literals check-headers check-shell \
	check-cppcheck check-tidy check-amalgam check-abi check-units record-abi
