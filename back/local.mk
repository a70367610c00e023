
# SPDX-License-Identifier: LGPL-2.1-or-later
# back/: xenpcid. libback.a is everything but main(), so that tests link the
# objects users get.
CPP_BACK = $(CPP_HOST) $(CPP_SCHEMA) -I$(srcdir)/back -I$(srcdir)/back/config

noinst_LIBRARIES += back/libback.a
back_libback_a_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_BACK)
back_libback_a_CFLAGS = $(AM_CFLAGS) $(XENEVTCHN_CFLAGS) $(XENGNTTAB_CFLAGS) \
	$(UDEV_CFLAGS) $(JSON_CFLAGS) $(SECCOMP_CFLAGS) $(CAPNG_CFLAGS)
back_libback_a_SOURCES = \
	back/aer-enable.c \
	back/aer-enable.h \
	back/aer-slot.c \
	back/aer-slot.h \
	back/aer-source.c \
	back/aer-source.h \
	back/aer-trace.c \
	back/aer-trace.h \
	back/aer.c \
	back/aer.h \
	back/age.c \
	back/age.h \
	back/broker.c \
	back/broker.h \
	back/child.c \
	back/child.h \
	back/device-check.c \
	back/device-claim.c \
	back/device-irq.c \
	back/device-keep.c \
	back/device-mend.c \
	back/device-ops.c \
	back/device-ops.h \
	back/device-reset.c \
	back/device-share.c \
	back/device.c \
	back/device.h \
	back/events.c \
	back/events.h \
	back/grants.c \
	back/grants.h \
	back/hand.c \
	back/hand.h \
	back/irq.c \
	back/insist.h \
	back/irq.h \
	back/job.c \
	back/job.h \
	back/kernel-half.c \
	back/kernel-half.h \
	back/ledger-json.c \
	back/ledger-json.h \
	back/ledger.c \
	back/ledger.h \
	back/link-adopt.c \
	back/link-connect.c \
	back/link-devices.c \
	back/link-front.c \
	back/link-list.c \
	back/link-newer.c \
	back/link-policy.c \
	back/link-quota.c \
	back/link-requests.c \
	back/link-roots.c \
	back/link-scan.c \
	back/link-store.c \
	back/link-upgrade.c \
	back/link-worker.c \
	back/link.c \
	back/link.h \
	back/lock.c \
	back/lock.h \
	back/loop.c \
	back/loop.h \
	back/msg.c \
	back/msg.h \
	back/ops.c \
	back/ops.h \
	back/pace.c \
	back/pace.h \
	back/policy.h \
	back/page.c \
	back/page.h \
	back/policy-file.c \
	back/policy-private.h \
	back/policy-source.c \
	back/policy-source.h \
	back/policy-text.c \
	back/policy-text.h \
	back/policy-words.c \
	back/policy.c \
	back/quota.c \
	back/quota.h \
	back/reattach.c \
	back/reattach.h \
	back/recovery-news.c \
	back/recovery-outcome.c \
	back/recovery.c \
	back/recovery.h \
	back/regs.c \
	back/regs.h \
	back/reset-plan.c \
	back/reset.c \
	back/reset.h \
	back/restore.c \
	back/restore.h \
	back/sandbox-calls.c \
	back/sandbox-calls.h \
	back/sandbox-filter.c \
	back/sandbox.c \
	back/sandbox.h \
	back/snapshot.c \
	back/snapshot.h \
	back/state-json.c \
	back/state-json.h \
	back/state-knobs.c \
	back/state-knobs.h \
	back/state-worker.c \
	back/state.c \
	back/state.h \
	back/supervise.c \
	back/supervise.h \
	back/vbus.c \
	back/vbus.h \
	back/verify.c \
	back/verify.h \
	back/version.c \
	back/version.h \
	back/voice.c \
	back/voice.h \
	back/weight.c \
	back/weight.h \
	back/worker-adopt.c \
	back/worker-broker.c \
	back/worker-device.c \
	back/worker-private.h \
	back/worker-proc-private.h \
	back/worker-proc.c \
	back/worker-proc.h \
	back/worker-start.c \
	back/worker.c \
	back/worker.h

sbin_PROGRAMS += back/xenpcid
pkglibexec_PROGRAMS = back/xenpcid-worker
back_xenpcid_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_BACK) \
	-DRUN_DIR='"$(runstatedir)/xenpci"' \
	-DCONFIG_FILE='"$(sysconfdir)/xenpci/xenpcid.json"' \
	-DWORKER_PROGRAM='"$(pkglibexecdir)/xenpcid-worker"'
back_xenpcid_SOURCES = back/keeper.c back/keeper.h back/main.c
back_xenpcid_LDADD = back/libback.a back/libcfg.a \
	xenstore-schema/libpublish.a xenstore-schema/libschema.a \
	common/libhost.a common/libcommon.a $(HOST_LIBS) \
	$(XENEVTCHN_LIBS) $(XENGNTTAB_LIBS) $(UDEV_LIBS) $(JSON_LIBS) $(EV_LIBS)

# One a guest, without privileges: it links nothing that talks to the hypervisor
# but grants and event channels, nor anything that parses text.
back_xenpcid_worker_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_BACK)
back_xenpcid_worker_SOURCES = back/worker-main.c
back_xenpcid_worker_LDADD = back/libback.a back/libcfg.a \
	common/libhost.a common/libcommon.a $(XENEVTCHN_LIBS) $(XENGNTTAB_LIBS) \
	$(SECCOMP_LIBS) $(CAPNG_LIBS)

# What a confined worker may still do.
EXTRA_PROGRAMS += back/sandbox-report
CLEANFILES += back/sandbox-report$(EXEEXT)
back_sandbox_report_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_BACK)
back_sandbox_report_SOURCES = back/sandbox-report.c
back_sandbox_report_LDADD = back/libback.a $(SECCOMP_LIBS)
sandbox-report: back/sandbox-report$(EXEEXT)
	$(AM_V_at)back/sandbox-report$(EXEEXT)
.PHONY: sandbox-report

# back/config: what a guest may see of and do to config space. Pure.
noinst_LIBRARIES += back/libcfg.a
back_libcfg_a_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_COMMON) -I$(srcdir)/back/config
back_libcfg_a_SOURCES = \
	back/config/access.c \
	back/config/bar.c \
	back/config/blocks.c \
	back/config/cap-hidden.c \
	back/config/cap-msi.c \
	back/config/cap-msix.c \
	back/config/cap-other.c \
	back/config/cap-pcie.c \
	back/config/cap-plain.c \
	back/config/cap-pm.c \
	back/config/cap-vpd.c \
	back/config/cfgspace.h \
	back/config/chain.c \
	back/config/check.c \
	back/config/explain.c \
	back/config/ext-aer.c \
	back/config/ext-hidden.c \
	back/config/ext-link.c \
	back/config/ext-vendor.c \
	back/config/find.c \
	back/config/header.c \
	back/config/knobs.c \
	back/config/ledger.c \
	back/config/map.c \
	back/config/space.c \
	back/config/table.h \
	back/config/write.c

EXTRA_DIST += back/xenpcid.8.scd \
	back/xenpcid.apparmor.in \
	back/xenpcid.service.in
CLEANFILES += back/apparmor/xenpcid back/xenpcid.service
systemdsystemunit_DATA = back/xenpcid.service
apparmor_DATA = back/apparmor/xenpcid
dist_udevrules_DATA = back/90-xenpci.rules
if HAVE_SCDOC
man8_MANS += back/xenpcid.8
CLEANFILES += back/xenpcid.8
endif
back/xenpcid.8: $(srcdir)/back/xenpcid.8.scd
	$(AM_V_GEN)$(MKDIR_P) back && \
	$(SCDOC) <$(srcdir)/back/xenpcid.8.scd >$@.tmp && mv $@.tmp $@

# What the daemon may do beyond being root, for the unit and for AppArmor:
#   sys_admin   read configuration space behind byte 64, and let workers do so
#   sys_chroot setgid setpcap setuid   workers shut themselves in
#   kill        end workers, which have ids of their own
#   net_admin   room in a worker's socket for the devices of a whole bus
back_capabilities = kill net_admin setgid setpcap setuid sys_admin sys_chroot \
	sys_nice
# /var/run and /run are one, and AppArmor knows the latter.
back_places = sed -e 's,@sbindir\@,$(sbindir),' \
	-e 's,@pkglibexecdir\@,$(pkglibexecdir),' \
	-e 's,@sysconfdir\@,$(sysconfdir),' \
	-e "s,@runstatedir\@,$$(echo $(runstatedir) | sed s:^/var/run:/run:),"
back/xenpcid.service: $(srcdir)/back/xenpcid.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) back && $(back_places) -e "s,@capabilities\@,$$(echo \
		'$(back_capabilities:%=CAP_%)' | tr a-z A-Z)," \
		$(srcdir)/back/xenpcid.service.in >$@
back/apparmor/xenpcid: $(srcdir)/back/xenpcid.apparmor.in Makefile
	$(AM_V_GEN)$(MKDIR_P) back/apparmor && $(back_places) -e "s:@capabilities\@:$$(echo \
		'$(back_capabilities:%=capability %,\n )' | sed 's/^/  /; s/.n $$//'):" \
		$(srcdir)/back/xenpcid.apparmor.in >$@

# What the tables say, for people; checked in, and compared by "make check".
EXTRA_PROGRAMS += back/registers
CLEANFILES += back/registers$(EXEEXT)
back_registers_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_COMMON) -I$(srcdir)/back/config
back_registers_SOURCES = back/registers-main.c
back_registers_LDADD = back/libcfg.a
dist_doc_DATA += back/config/REGISTERS.md
record-registers: back/registers$(EXEEXT)
	back/registers$(EXEEXT) >$(srcdir)/back/config/REGISTERS.md
check-registers: back/registers$(EXEEXT)
	$(AM_V_at)back/registers$(EXEEXT) | \
		diff -u $(srcdir)/back/config/REGISTERS.md - || \
		{ echo "back/config/REGISTERS.md is stale: make record-registers" >&2; exit 1; }
check-local: check-registers
.PHONY: record-registers check-registers
