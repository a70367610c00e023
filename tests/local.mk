# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/unit: Check suites, one a room. tests/rig: real Xen (see tests/rig/rig).
CPP_TESTS = $(CPP_HOST) $(CPP_SCHEMA) -I$(srcdir)/back -I$(srcdir)/back/config \
	-I$(srcdir)/toolstack -I$(srcdir)/tests/unit

# common/host and the store's directories
if HAVE_CHECK
check_PROGRAMS += tests/unit/check_log tests/unit/check_publish \
	tests/unit/check_sysfs
endif
tests_unit_check_log_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS)
tests_unit_check_log_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_log_LDADD = common/libhost.a $(CHECK_LIBS)
tests_unit_check_log_SOURCES = tests/unit/check_log.c
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
check_PROGRAMS += tests/unit/check_config
endif
tests_unit_check_config_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_TESTS) \
	-DTEST_DATA_DIR='"$(abs_srcdir)/tests/data"'
tests_unit_check_config_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_check_config_LDADD = back/libcfg.a common/libcommon.a $(CHECK_LIBS)
tests_unit_check_config_SOURCES = \
	tests/unit/cfg-device.c \
	tests/unit/cfg-device.h \
	tests/unit/cfg-suites.h \
	tests/unit/check_cfg_bar.c \
	tests/unit/check_cfg_fuzz.c \
	tests/unit/check_cfg_guard.c \
	tests/unit/check_cfg_map.c \
	tests/unit/check_cfg_rules.c \
	tests/unit/check_cfg_tables.c \
	tests/unit/check_config.c \
	tests/unit/fake-hw.c \
	tests/unit/fake-hw.h
EXTRA_DIST += \
	tests/data/e1000.dump \
	tests/data/e1000e.dump \
	tests/data/edu.dump \
	tests/data/nvme.dump \
	tests/data/virtio-net.dump

# common and the schema
if HAVE_CHECK
check_PROGRAMS += tests/unit/check_ring tests/unit/check_sbdf \
	tests/unit/check_schema tests/unit/check_validate \
	tests/unit/check_xbstate
endif
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
