# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/unit: Check suites, one a room. tests/rig: real Xen (see tests/rig/rig).
CPP_TESTS = $(CPP_HOST) $(CPP_SCHEMA) -I$(srcdir)/back -I$(srcdir)/back/config \
	-I$(srcdir)/toolstack -I$(srcdir)/tests/unit

# common/host and the store's directories
if HAVE_CHECK
check_PROGRAMS += tests/unit/check_hyp tests/unit/check_log \
	tests/unit/check_notify tests/unit/check_publish tests/unit/check_store tests/unit/check_sysfs
endif
tests_unit_check_hyp_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
# gnu11: as Xen's headers want it.
tests_unit_check_hyp_CFLAGS = $(AM_CFLAGS) -std=gnu11 $(CHECK_CFLAGS) \
	$(XENCTRL_CFLAGS)
tests_unit_check_hyp_LDADD = common/libhost.a common/libcommon.a $(CHECK_LIBS)
tests_unit_check_hyp_SOURCES = tests/unit/check_hyp.c
tests_unit_check_store_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_store_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(XENSTORE_CFLAGS)
tests_unit_check_store_LDADD = common/libhost.a $(CHECK_LIBS)
tests_unit_check_store_SOURCES = tests/unit/check_store.c
tests_unit_check_log_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_log_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_log_LDADD = common/libhost.a $(CHECK_LIBS)
tests_unit_check_log_SOURCES = tests/unit/check_log.c
tests_unit_check_notify_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_notify_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_notify_LDADD = common/libhost.a $(CHECK_LIBS)
tests_unit_check_notify_SOURCES = \
	tests/unit/check_notify.c \
	tests/unit/fake-manager.c \
	tests/unit/fake-manager.h
tests_unit_check_publish_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_publish_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_publish_LDADD = xenstore-schema/libpublish.a \
	common/libcommon.a $(CHECK_LIBS)
tests_unit_check_publish_SOURCES = \
	tests/unit/check_publish.c \
	tests/unit/fake-store.c \
	tests/unit/fake-store.h \
	tests/unit/fake-tree.c \
	tests/unit/fake-tree.h
tests_unit_check_sysfs_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_sysfs_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_sysfs_LDADD = common/libhost.a common/libcommon.a $(CHECK_LIBS)
tests_unit_check_sysfs_SOURCES = \
	tests/unit/check_sysfs.c \
	tests/unit/temp-tree.c \
	tests/unit/temp-tree.h

# back/config
if HAVE_CHECK
check_PROGRAMS += tests/unit/check_config tests/unit/check_golden
endif
tests_unit_check_config_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS) \
	-DTEST_DATA_DIR='"$(abs_srcdir)/tests/data"'
tests_unit_check_config_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_config_LDADD = back/libcfg.a common/libcommon.a $(CHECK_LIBS)
tests_unit_check_config_SOURCES = \
	tests/unit/cfg-device.c \
	tests/unit/cfg-device.h \
	tests/unit/cfg-oracle.c \
	tests/unit/cfg-suites.h \
	tests/unit/check_cfg_absent.c \
	tests/unit/check_cfg_bar.c \
	tests/unit/check_cfg_caps.c \
	tests/unit/check_cfg_fuzz.c \
	tests/unit/check_cfg_guard.c \
	tests/unit/check_cfg_knobs.c \
	tests/unit/check_cfg_ledger.c \
	tests/unit/check_cfg_map.c \
	tests/unit/check_cfg_rules.c \
	tests/unit/check_cfg_tables.c \
	tests/unit/check_config.c \
	tests/unit/fake-hw.c \
	tests/unit/fake-hw.h
tests_unit_check_golden_CPPFLAGS = $(tests_unit_check_config_CPPFLAGS)
tests_unit_check_golden_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_golden_LDADD = $(tests_unit_check_config_LDADD)
tests_unit_check_golden_SOURCES = \
	tests/unit/check_golden.c \
	tests/unit/fake-hw.c \
	tests/unit/fake-hw.h \
	tests/unit/recorded.c \
	tests/unit/recorded.h

# Write the golden files anew; look at every difference before committing.
record-golden: tests/unit/check_golden
	XENPCI_RECORD=yes CK_FORK=no tests/unit/check_golden
# Record the devices, or what a stock front asks for, anew, on real Xen.
record-devices:
	$(srcdir)/tests/rig/zoo.sh $(srcdir)/tests/data/devices
record-traffic:
	$(srcdir)/tests/rig/traffic.sh $(srcdir)/tests/data/traffic/linux-6.1.ops
.PHONY: record-golden record-devices record-traffic

# common and the schema
if HAVE_CHECK
check_PROGRAMS += tests/unit/check_quirk tests/unit/check_ring \
	tests/unit/check_sbdf \
	tests/unit/check_schema tests/unit/check_validate \
	tests/unit/check_xbstate
endif
tests_unit_check_quirk_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_quirk_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_quirk_LDADD = common/libcommon.a $(CHECK_LIBS)
tests_unit_check_quirk_SOURCES = tests/unit/check_quirk.c
tests_unit_check_ring_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_ring_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_ring_LDADD = common/libcommon.a $(CHECK_LIBS)
tests_unit_check_ring_SOURCES = tests/unit/check_ring.c
tests_unit_check_sbdf_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_sbdf_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_sbdf_LDADD = common/libcommon.a $(CHECK_LIBS)
tests_unit_check_sbdf_SOURCES = tests/unit/check_sbdf.c
tests_unit_check_schema_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_schema_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_schema_LDADD = xenstore-schema/libschema.a \
	common/libcommon.a $(CHECK_LIBS)
tests_unit_check_schema_SOURCES = tests/unit/check_schema.c
tests_unit_check_validate_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS) \
	-DTEST_DATA_DIR='"$(abs_srcdir)/tests/data"'
tests_unit_check_validate_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_validate_LDADD = xenstore-schema/libschema.a \
	common/libcommon.a $(CHECK_LIBS)
tests_unit_check_validate_SOURCES = tests/unit/check_validate.c
tests_unit_check_xbstate_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_xbstate_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_xbstate_LDADD = common/libcommon.a $(CHECK_LIBS)
tests_unit_check_xbstate_SOURCES = tests/unit/check_xbstate.c
EXTRA_DIST += \
	tests/data/dead-frontend.xs \
	tests/data/healthy.xs \
	tests/data/node-removed.xs \
	tests/data/stale-backend.xs

# toolstack/: the xenpci command over a fake machine
if HAVE_CHECK
check_PROGRAMS += tests/unit/check_args tests/unit/check_assignable \
	tests/unit/check_attach tests/unit/check_denied tests/unit/check_inuse
endif
tests_cli_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS) $(JSON_CFLAGS)
# Fakes before the archives: what they define, the archives need not give.
tests_cli_world = \
	tests/unit/cli-world.c \
	tests/unit/cli-world.h \
	tests/unit/fake-driver.c \
	tests/unit/fake-driver.h \
	tests/unit/fake-hyp.c \
	tests/unit/fake-hyp.h \
	tests/unit/fake-store.c \
	tests/unit/fake-store.h \
	tests/unit/fake-tree.c \
	tests/unit/fake-tree.h \
	tests/unit/temp-tree.c \
	tests/unit/temp-tree.h
tests_cli_ldadd = $(TOOLSTACK_LIBS) common/libhost.a common/libcommon.a \
	$(CHECK_LIBS) $(JSON_LIBS) $(PCI_LIBS)
tests_unit_check_args_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_args_CFLAGS = $(tests_cli_cflags)
tests_unit_check_args_LDADD = $(tests_cli_ldadd)
tests_unit_check_args_SOURCES = tests/unit/check_args.c
tests_unit_check_assignable_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_assignable_CFLAGS = $(tests_cli_cflags)
tests_unit_check_assignable_LDADD = $(tests_cli_ldadd)
tests_unit_check_assignable_SOURCES = tests/unit/check_assignable.c \
	$(tests_cli_world)
tests_unit_check_attach_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_attach_CFLAGS = $(tests_cli_cflags)
tests_unit_check_attach_LDADD = $(tests_cli_ldadd)
tests_unit_check_attach_SOURCES = tests/unit/check_attach.c $(tests_cli_world)
tests_unit_check_denied_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_denied_CFLAGS = $(tests_cli_cflags)
tests_unit_check_denied_LDADD = $(tests_cli_ldadd)
tests_unit_check_denied_SOURCES = tests/unit/check_denied.c $(tests_cli_world)
tests_unit_check_inuse_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_inuse_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_inuse_LDADD = $(tests_cli_ldadd)
tests_unit_check_inuse_SOURCES = tests/unit/check_inuse.c \
	tests/unit/temp-tree.c tests/unit/temp-tree.h

# xenpci tree and check
if HAVE_CHECK
check_PROGRAMS += tests/unit/check_tree
endif
tests_unit_check_tree_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS) \
	-DTEST_DATA_DIR='"$(abs_srcdir)/tests/data"'
tests_unit_check_tree_CFLAGS = $(tests_cli_cflags)
tests_unit_check_tree_LDADD = $(tests_cli_ldadd)
tests_unit_check_tree_SOURCES = tests/unit/check_tree.c $(tests_cli_world)

# back/: the daemon over a fake Xen, a fake store and a fake /sys
if HAVE_CHECK
check_PROGRAMS += tests/unit/check_aer tests/unit/check_device tests/unit/check_grants \
	tests/unit/check_irq tests/unit/check_keeper tests/unit/check_link \
	tests/unit/check_msg tests/unit/check_ops tests/unit/check_pace tests/unit/check_policy \
	tests/unit/check_quota \
	tests/unit/check_sandbox tests/unit/check_slow \
	tests/unit/check_state tests/unit/check_vbus \
	tests/unit/check_weight
endif
tests_back_cppflags = $(AM_CPPFLAGS) $(CPP_TESTS) \
	-DTEST_DATA_DIR='"$(abs_srcdir)/tests/data"'
tests_back_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_back_ldadd = back/libback.a back/libcfg.a xenstore-schema/libpublish.a \
	common/libhost.a common/libcommon.a $(CHECK_LIBS) $(JSON_LIBS) \
	$(UDEV_LIBS) $(EV_LIBS)
tests_back_world = \
	tests/unit/back-world.c \
	tests/unit/back-world.h \
	tests/unit/fake-hw.c \
	tests/unit/fake-hw.h \
	tests/unit/fake-store.c \
	tests/unit/fake-store.h \
	tests/unit/fake-tree.c \
	tests/unit/fake-tree.h \
	tests/unit/fake-xen.c \
	tests/unit/fake-xen.h \
	tests/unit/run-until.c \
	tests/unit/run-until.h \
	tests/unit/temp-tree.c \
	tests/unit/temp-tree.h
tests_unit_check_aer_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_aer_CFLAGS = $(tests_back_cflags)
tests_unit_check_aer_LDADD = $(tests_back_ldadd)
tests_unit_check_aer_SOURCES = tests/unit/check_aer.c $(tests_back_world)
tests_unit_check_device_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_device_CFLAGS = $(tests_back_cflags)
tests_unit_check_device_LDADD = $(tests_back_ldadd)
tests_unit_check_device_SOURCES = \
	tests/unit/check_device.c \
	tests/unit/check_device_claim.c \
	tests/unit/check_device_dirty.c \
	tests/unit/check_device_held.c \
	tests/unit/check_device_kinds.c \
	tests/unit/check_device_settle.c \
	tests/unit/check_device_reset.c \
	tests/unit/check_device_share.c \
	tests/unit/check_device_ledger.c \
	tests/unit/device-case.c \
	tests/unit/device-case.h \
	$(tests_back_world)
tests_unit_check_grants_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_grants_CFLAGS = $(tests_back_cflags)
tests_unit_check_grants_LDADD = $(tests_back_ldadd)
tests_unit_check_grants_SOURCES = tests/unit/check_grants.c \
	tests/unit/fake-xen.c tests/unit/fake-xen.h
tests_unit_check_irq_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_irq_CFLAGS = $(tests_back_cflags)
tests_unit_check_irq_LDADD = $(tests_back_ldadd)
tests_unit_check_irq_SOURCES = \
	tests/unit/check_irq.c \
	tests/unit/check_irq_messages.c \
	tests/unit/check_irq_order.c \
	tests/unit/fake-xen.c tests/unit/fake-xen.h \
	tests/unit/irq-case.c tests/unit/irq-case.h
tests_unit_check_link_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_link_CFLAGS = $(tests_back_cflags)
tests_unit_check_link_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=loop_after \
	-Wl,--wrap=link_write_state -Wl,--wrap=publish_find -Wl,--wrap=publish_state
tests_unit_check_link_LDADD = $(tests_back_ldadd)
tests_unit_check_link_SOURCES = \
	tests/unit/check_link.c \
	tests/unit/check_link_adopt.c \
	tests/unit/check_link_aer.c \
	tests/unit/check_link_connect.c \
	tests/unit/check_link_end.c \
	tests/unit/check_link_flood.c \
	tests/unit/check_link_peers.c \
	tests/unit/check_link_list.c \
	tests/unit/check_link_plug.c \
	tests/unit/check_link_policy.c \
	tests/unit/check_link_worker.c \
	tests/unit/fake-worker-proc.c \
	tests/unit/fake-worker-proc.h \
	tests/unit/link-suites.h \
	tests/unit/link-world.c \
	tests/unit/link-world.h \
	$(tests_back_world)
# A device that sleeps, and children that no signal reaches.
tests_unit_check_slow_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_slow_CFLAGS = $(tests_back_cflags)
tests_unit_check_slow_LDFLAGS = $(tests_unit_check_link_LDFLAGS) \
	-Wl,--wrap=sysfs_config_read -Wl,--wrap=sysfs_config_write \
	-Wl,--wrap=kill -Wl,--wrap=child_fork
tests_unit_check_slow_LDADD = $(tests_back_ldadd)
tests_unit_check_slow_SOURCES = \
	tests/unit/check_slow.c \
	tests/unit/check_slow_end.c \
	tests/unit/fake-worker-proc.c \
	tests/unit/fake-worker-proc.h \
	tests/unit/link-world.c \
	tests/unit/link-world.h \
	tests/unit/slow-case.c \
	tests/unit/slow-case.h \
	$(tests_back_world)
tests_unit_check_msg_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_msg_CFLAGS = $(tests_back_cflags)
tests_unit_check_msg_LDADD = $(tests_back_ldadd)
tests_unit_check_msg_SOURCES = tests/unit/check_msg.c
tests_unit_check_ops_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_ops_CFLAGS = $(tests_back_cflags)
tests_unit_check_ops_LDADD = $(tests_back_ldadd)
tests_unit_check_ops_SOURCES = \
	tests/unit/check_ops.c \
	tests/unit/check_ops_config.c \
	tests/unit/check_ops_irq.c \
	tests/unit/fake-hw.c \
	tests/unit/fake-hw.h \
	tests/unit/ops-case.c \
	tests/unit/ops-case.h
tests_unit_check_pace_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_pace_CFLAGS = $(tests_back_cflags)
tests_unit_check_pace_LDADD = $(tests_back_ldadd)
tests_unit_check_pace_SOURCES = tests/unit/check_pace.c
tests_unit_check_policy_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_policy_CFLAGS = $(tests_back_cflags)
tests_unit_check_policy_LDADD = $(tests_back_ldadd)
tests_unit_check_policy_SOURCES = tests/unit/check_policy.c \
	tests/unit/temp-tree.c tests/unit/temp-tree.h
tests_unit_check_quota_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_quota_CFLAGS = $(tests_back_cflags)
tests_unit_check_quota_LDADD = $(tests_back_ldadd)
tests_unit_check_quota_SOURCES = tests/unit/check_quota.c
tests_unit_check_sandbox_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_sandbox_CFLAGS = $(tests_back_cflags)
tests_unit_check_sandbox_LDADD = $(tests_back_ldadd) $(SECCOMP_LIBS) \
	$(CAPNG_LIBS)
tests_unit_check_sandbox_SOURCES = tests/unit/check_sandbox.c
tests_unit_check_state_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_state_CFLAGS = $(tests_back_cflags)
tests_unit_check_state_LDADD = $(tests_back_ldadd)
tests_unit_check_state_SOURCES = tests/unit/check_state.c \
	tests/unit/temp-tree.c tests/unit/temp-tree.h
if HAVE_CHECK
check_PROGRAMS += tests/unit/check_supervise
endif
tests_unit_check_supervise_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_supervise_CFLAGS = $(tests_back_cflags)
tests_unit_check_supervise_LDADD = $(tests_back_ldadd)
tests_unit_check_supervise_LDFLAGS = $(tests_unit_check_link_LDFLAGS)
tests_unit_check_supervise_SOURCES = \
	tests/unit/check_supervise.c \
	tests/unit/fake-manager.c \
	tests/unit/fake-manager.h \
	tests/unit/fake-worker-proc.c \
	tests/unit/fake-worker-proc.h \
	tests/unit/link-world.c \
	tests/unit/link-world.h \
	$(tests_back_world)
tests_unit_check_vbus_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_vbus_CFLAGS = $(tests_back_cflags)
tests_unit_check_vbus_LDADD = $(tests_back_ldadd)
tests_unit_check_vbus_SOURCES = tests/unit/check_vbus.c
tests_unit_check_keeper_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_keeper_CFLAGS = $(tests_back_cflags)
tests_unit_check_keeper_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=clock_gettime -Wl,--wrap=sigtimedwait
tests_unit_check_keeper_LDADD = common/libhost.a common/libcommon.a \
	$(CHECK_LIBS)
tests_unit_check_keeper_SOURCES = tests/unit/check_keeper.c \
	back/keeper.c back/keeper.h
tests_unit_check_weight_CPPFLAGS = $(tests_back_cppflags)
tests_unit_check_weight_CFLAGS = $(tests_back_cflags)
tests_unit_check_weight_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=clock_getcpuclockid
tests_unit_check_weight_LDADD = $(tests_back_ldadd)
tests_unit_check_weight_SOURCES = \
	tests/unit/check_weight.c \
	tests/unit/run-until.c tests/unit/run-until.h

# The daemon of another version, for the rig.
EXTRA_PROGRAMS += tests/rig/next/xenpcid tests/rig/next/xenpcid-worker
CLEANFILES += tests/rig/next/xenpcid$(EXEEXT) \
	tests/rig/next/xenpcid-worker$(EXEEXT)
tests_rig_next_xenpcid_CPPFLAGS = $(back_xenpcid_CPPFLAGS) \
	-DXENPCI_VERSION='"$(PACKAGE_VERSION)-next"'
tests_rig_next_xenpcid_SOURCES = back/keeper.c back/keeper.h back/main.c \
	back/version.c
tests_rig_next_xenpcid_LDADD = $(back_xenpcid_LDADD)
tests_rig_next_xenpcid_worker_CPPFLAGS = $(tests_rig_next_xenpcid_CPPFLAGS)
tests_rig_next_xenpcid_worker_SOURCES = back/worker-main.c back/version.c
tests_rig_next_xenpcid_worker_LDADD = $(back_xenpcid_worker_LDADD)
rig-next: tests/rig/next/xenpcid$(EXEEXT) tests/rig/next/xenpcid-worker$(EXEEXT)
.PHONY: rig-next

# Workers as processes of their own, on a page that is no grant.
if HAVE_CHECK
check_PROGRAMS += tests/unit/check_worker
endif
EXTRA_PROGRAMS += tests/unit/test-worker
CLEANFILES += tests/unit/test-worker$(EXEEXT)
EXTRA_tests_unit_check_worker_DEPENDENCIES = tests/unit/test-worker$(EXEEXT)
tests_unit_test_worker_CPPFLAGS = $(tests_back_cppflags)
tests_unit_test_worker_LDADD = back/libback.a back/libcfg.a \
	common/libhost.a common/libcommon.a $(SECCOMP_LIBS) $(CAPNG_LIBS)
tests_unit_test_worker_SOURCES = back/worker-main.c tests/unit/fake-page.c
tests_unit_check_worker_CPPFLAGS = $(tests_back_cppflags) \
	-DTEST_WORKER='"$(abs_builddir)/tests/unit/test-worker"'
tests_unit_check_worker_CFLAGS = $(tests_back_cflags)
tests_unit_check_worker_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=kill
tests_unit_check_worker_LDADD = $(tests_back_ldadd)
tests_unit_check_worker_SOURCES = \
	tests/unit/check_worker.c \
	tests/unit/check_worker_adopt.c \
	tests/unit/check_worker_captured.c \
	tests/unit/run-until.c \
	tests/unit/run-until.h \
	tests/unit/temp-tree.c \
	tests/unit/temp-tree.h \
	tests/unit/worker-guest.c \
	tests/unit/worker-world.c \
	tests/unit/worker-world.h

# front/domu: our own kernel, as far as it goes without Xen
if DOMU
if HAVE_CHECK
check_PROGRAMS += tests/unit/check_domu
endif
endif
tests_unit_check_domu_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_COMMON) \
	-I$(srcdir)/front/domu -I$(srcdir)/tests/unit
tests_unit_check_domu_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_domu_LDADD = $(CHECK_LIBS)
tests_unit_check_domu_SOURCES = \
	front/domu/heap.c \
	front/domu/print.c \
	front/domu/store-client.c \
	front/domu/store-ring.c \
	tests/unit/check_domu.c \
	tests/unit/check_domu_store.c \
	tests/unit/domu-suites.h \
	tests/unit/domu-world.c \
	tests/unit/domu-world.h

# front/: the library between a fake kernel and a fake backend, then between
# a fake kernel and our own backend
if HAVE_CHECK
check_PROGRAMS += tests/unit/check_front tests/unit/check_pair
endif
tests_front_cppflags = $(tests_back_cppflags) -I$(srcdir)/front
tests_front_world = \
	tests/unit/fake-backend-page.c \
	tests/unit/fake-backend.c \
	tests/unit/fake-backend.h \
	tests/unit/fake-function.c \
	tests/unit/fake-kernel-events.c \
	tests/unit/fake-kernel-memory.c \
	tests/unit/fake-kernel-store.c \
	tests/unit/fake-kernel.c \
	tests/unit/fake-kernel.h \
	tests/unit/front-world.c \
	tests/unit/front-world.h
tests_front_fakes = \
	tests/unit/fake-hw.c \
	tests/unit/fake-hw.h \
	tests/unit/fake-store.c \
	tests/unit/fake-store.h \
	tests/unit/fake-tree.c \
	tests/unit/fake-tree.h
tests_front_ldadd = front/libfrontcore.a common/libcommon.a
tests_unit_check_front_CPPFLAGS = $(tests_front_cppflags)
tests_unit_check_front_CFLAGS = $(tests_back_cflags)
tests_unit_check_front_LDADD = $(tests_front_ldadd) $(CHECK_LIBS)
tests_unit_check_front_SOURCES = \
	tests/unit/check_front.c \
	tests/unit/check_front_aer.c \
	tests/unit/check_front_anew.c \
	tests/unit/check_front_bars.c \
	tests/unit/check_front_caps.c \
	tests/unit/check_front_config.c \
	tests/unit/check_front_devices.c \
	tests/unit/check_front_directory.c \
	tests/unit/check_front_end.c \
	tests/unit/check_front_fault.c \
	tests/unit/check_front_gone.c \
	tests/unit/check_front_hostile.c \
	tests/unit/check_front_life.c \
	tests/unit/check_front_map.c \
	tests/unit/check_front_msi.c \
	tests/unit/check_front_msix.c \
	tests/unit/check_front_plug.c \
	tests/unit/check_front_power.c \
	tests/unit/check_front_roots.c \
	tests/unit/check_front_slot.c \
	tests/unit/check_front_threads.c \
	tests/unit/check_front_walk.c \
	tests/unit/front-case.h \
	$(tests_front_world) \
	$(tests_front_fakes)
tests_unit_check_pair_CPPFLAGS = $(tests_front_cppflags)
tests_unit_check_pair_CFLAGS = $(tests_back_cflags)
tests_unit_check_pair_LDFLAGS = $(tests_unit_check_link_LDFLAGS)
tests_unit_check_pair_LDADD = front/libfrontcore.a $(tests_back_ldadd)
tests_unit_check_pair_SOURCES = \
	tests/unit/check_pair.c \
	tests/unit/check_pair_aer.c \
	tests/unit/check_pair_device.c \
	tests/unit/check_pair_plug.c \
	tests/unit/fake-worker-proc.h \
	tests/unit/link-world.c \
	tests/unit/link-world.h \
	tests/unit/pair-suites.h \
	tests/unit/pair-worker.c \
	tests/unit/pair-worker.h \
	tests/unit/pair-world.c \
	tests/unit/pair-world.h \
	$(tests_front_world) \
	$(tests_back_world)

# front/tool and front/os/linux-user: what needs no backend
if HAVE_CHECK
check_PROGRAMS += tests/unit/check_front_linux tests/unit/check_front_tool
endif
tests_unit_check_front_linux_CPPFLAGS = $(front_tool_cppflags) \
	-I$(srcdir)/tests/unit
tests_unit_check_front_linux_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_front_linux_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=access
tests_unit_check_front_linux_LDADD = front/tool/libfronttool.a \
	front/os/linux-user/libfrontlinux.a common/libcommon.a $(CHECK_LIBS) \
	-lpthread
tests_unit_check_front_linux_SOURCES = \
	tests/unit/check_front_linux.c \
	tests/unit/check_front_linux_pair.c \
	tests/unit/fake-xenlibs.c \
	tests/unit/fake-xenlibs.h \
	tests/unit/front-tool-suites.h
tests_unit_check_front_tool_CPPFLAGS = $(front_tool_cppflags) $(CPP_TESTS) \
	-DTEST_DATA_DIR='"$(abs_srcdir)/tests/data"'
tests_unit_check_front_tool_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_front_tool_LDADD = $(FRONT_TOOL_LIBS) $(CHECK_LIBS)
tests_unit_check_front_tool_SOURCES = \
	tests/unit/check_front_tool.c \
	tests/unit/check_front_tool_place.c \
	tests/unit/check_front_tool_space.c \
	tests/unit/fake-hw.c \
	tests/unit/fake-hw.h \
	tests/unit/front-tool-suites.h \
	tests/unit/temp-tree.c \
	tests/unit/temp-tree.h
TESTS += tests/check-front-cli.sh
EXTRA_DIST += tests/check-front-cli.sh
