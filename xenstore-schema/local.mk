# SPDX-License-Identifier: LGPL-2.1-or-later
# xenstore-schema/: the nodes, stated once; C names and the reference page are
# generated into the build tree.
schema_gen = $(srcdir)/xenstore-schema/gen.py
schema_src = $(srcdir)/xenstore-schema/pci.schema
schema_out = xenstore-schema/nodes.h xenstore-schema/nodes.c \
	xenstore-schema/nodes.md

EXTRA_DIST += xenstore-schema/GRAMMAR xenstore-schema/gen.py \
	xenstore-schema/pci.schema
BUILT_SOURCES += xenstore-schema/nodes.h
CLEANFILES += $(schema_out)
doc_DATA = xenstore-schema/nodes.md

$(schema_out): $(schema_gen) $(schema_src)
	$(AM_V_GEN)$(MKDIR_P) xenstore-schema && \
	kind=$@ && $(PYTHON) $(schema_gen) $${kind##*.} $(schema_src) >$@.tmp && \
	mv $@.tmp $@

noinst_LIBRARIES += xenstore-schema/libschema.a
xenstore_schema_libschema_a_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_SCHEMA)
xenstore_schema_libschema_a_SOURCES = \
	xenstore-schema/faults.c \
	xenstore-schema/faults.h \
	xenstore-schema/listing.c \
	xenstore-schema/listing.h \
	xenstore-schema/rules-device.c \
	xenstore-schema/rules.c \
	xenstore-schema/schema.c \
	xenstore-schema/schema.h \
	xenstore-schema/validate-private.h \
	xenstore-schema/validate.c \
	xenstore-schema/validate.h
nodist_xenstore_schema_libschema_a_SOURCES = \
	xenstore-schema/nodes.c \
	xenstore-schema/nodes.h

# The pair's directories and the claims, as toolstacks write them.
noinst_LIBRARIES += xenstore-schema/libpublish.a
xenstore_schema_libpublish_a_CPPFLAGS = $(AM_CPPFLAGS) $(CPP_HOST) $(CPP_SCHEMA)
xenstore_schema_libpublish_a_SOURCES = \
	xenstore-schema/claim.c \
	xenstore-schema/claim.h \
	xenstore-schema/publish-add.c \
	xenstore-schema/publish-private.h \
	xenstore-schema/publish-remove.c \
	xenstore-schema/publish.c \
	xenstore-schema/publish.h \
	xenstore-schema/transact.c \
	xenstore-schema/transact.h
