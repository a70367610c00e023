# SPDX-License-Identifier: LGPL-2.1-or-later
# make conformance, make advisories: each row of a table with the verdict on the
# tests that it names. What is out of date is run first: unit tests, then cases
# on the rig, unless RIG_VERDICTS=FILE has what "run-cases --verdicts" wrote.
# NO_RIG=yes does without the rig and counts its rows as skipped.
TESTS += tests/check-conformance.sh
EXTRA_DIST += tests/advisories.tsv tests/check-conformance.sh \
	tests/conformance.py tests/conformance.tsv
CLEANFILES += tests/*.tap tests/fuzz/*.tap tests/unit/*.tap tests/rig.verdicts

conformance_py = $(PYTHON) $(srcdir)/tests/conformance.py
conformance_run = \
	$(MAKE) -s $(AM_MAKEFLAGS) all $(check_PROGRAMS) && \
	$(MAKE) -s $(AM_MAKEFLAGS) $(TEST_LOGS) >/dev/null && \
	if test -n '$(NO_RIG)'; then \
		set -- --no-rig; \
	elif test -n '$(RIG_VERDICTS)'; then \
		set -- --rig '$(RIG_VERDICTS)'; \
	else \
		$(MAKE) -s $(AM_MAKEFLAGS) tests/rig.verdicts && \
		set -- --rig tests/rig.verdicts \
			--run-rig $(srcdir)/tests/rig/run-cases; \
	fi && \
	$(conformance_py) "$$@"

conformance:
	$(AM_V_at)$(conformance_run) $(srcdir)/tests/conformance.tsv .

advisories:
	$(AM_V_at)$(conformance_run) $(srcdir)/tests/advisories.tsv .

# Verdicts of the rig are kept until something that ran there has changed.
tests/rig.verdicts: $(bin_PROGRAMS) $(sbin_PROGRAMS) \
		$(wildcard $(srcdir)/tests/rig/*/*.sh) \
		$(wildcard $(srcdir)/tests/rig/guest/rogue-front/*.[ch])
	$(AM_V_at): >$@

.PHONY: conformance advisories
