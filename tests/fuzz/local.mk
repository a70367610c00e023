# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/fuzz: targets for libFuzzer. `make check` runs each over a few thousand
# inputs of its own making; `make fuzz` searches for FUZZ_SECONDS.
check_PROGRAMS += tests/fuzz/fuzz_front_smoke
tests_fuzz_fuzz_front_smoke_CPPFLAGS = $(tests_front_cppflags)
tests_fuzz_fuzz_front_smoke_LDADD = $(tests_front_ldadd)
tests_fuzz_fuzz_front_smoke_SOURCES = \
	tests/fuzz/fuzz_front.c \
	tests/fuzz/fuzz_front.h \
	tests/fuzz/fuzz_smoke.c \
	$(tests_front_world) \
	$(tests_front_fakes)

FUZZ_CC = clang
FUZZ_SECONDS = 60
FUZZ_FLAGS = -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	-std=c11 -O1 -g
# The library is compiled again, so that the fuzzer sees its branches.
fuzz_sources = $(filter %.c,$(front_core_sources) $(tests_front_world) \
	$(tests_front_fakes)) tests/fuzz/fuzz_front.c
fuzz: xenstore-schema/nodes.h
	$(AM_V_at)$(MKDIR_P) tests/fuzz/corpus-front
	$(AM_V_CCLD)$(FUZZ_CC) $(FUZZ_FLAGS) $(AM_CPPFLAGS) -I. \
		$(tests_front_cppflags) -o tests/fuzz/fuzz_front \
		$(addprefix $(srcdir)/,$(fuzz_sources))
	tests/fuzz/fuzz_front -max_total_time=$(FUZZ_SECONDS) -max_len=1024 \
		-len_control=0 -timeout=10 -artifact_prefix=tests/fuzz/ -print_final_stats=1 \
		tests/fuzz/corpus-front
clean-local: clean-fuzz
clean-fuzz:
	rm -rf tests/fuzz/corpus-front tests/fuzz/fuzz_front

.PHONY: fuzz clean-fuzz
