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

FUZZ_CC = clang
FUZZ_SECONDS = 60
FUZZ_FLAGS = -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	-std=c11 -O1 -g
# The libraries are compiled again, so that the fuzzer sees their branches.
fuzz_front_sources = $(front_core_sources) \
	$(tests_fuzz_fuzz_front_smoke_SOURCES)
FUZZ_TARGETS = front

# One after the other: together, each would have less than its time.
fuzz: $(FUZZ_TARGETS:%=tests/fuzz/fuzz_%)
	$(AM_V_at)for name in $(FUZZ_TARGETS); do \
		$(srcdir)/tests/fuzz/run.sh tests/fuzz/fuzz_$$name \
			$(FUZZ_SECONDS) $(srcdir)/tests/fuzz/corpus-$$name || exit; \
	done
$(FUZZ_TARGETS:%=tests/fuzz/fuzz_%): tests/fuzz/fuzz_%: xenstore-schema/nodes.h \
		fuzz-always
	$(AM_V_CCLD)$(FUZZ_CC) $(FUZZ_FLAGS) $(AM_CPPFLAGS) -I. \
		$(tests_front_cppflags) $(fuzz_$*_flags) -o $@ \
		$(addprefix $(srcdir)/,$(filter-out %/fuzz_smoke.c,$(sort \
			$(filter %.c,$(fuzz_$*_sources))))) $(fuzz_$*_libs)
fuzz-always:
EXTRA_DIST += tests/fuzz/run.sh

clean-local: clean-fuzz
clean-fuzz:
	rm -rf $(FUZZ_TARGETS:%=tests/fuzz/fuzz_%) tests/fuzz/work

.PHONY: fuzz fuzz-always clean-fuzz
