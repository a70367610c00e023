# SPDX-License-Identifier: MIT
# The library as others take it: a shared one for Linux, one source file for
# kernels that keep a copy, an example kernel, and what tells their build where
# all of it is.
EXTRA_DIST += front/abi/libxenpcifront.xml front/amalgamate.py \
	front/libxenpcifront.map

# Shared: the core and the glue for Linux programs. No libtool for one library.
noinst_LIBRARIES += front/libpcifront-pic.a
front_libpcifront_pic_a_CPPFLAGS = $(front_linux_cppflags) $(CPP_SCHEMA)
front_libpcifront_pic_a_CFLAGS = $(AM_CFLAGS) -std=gnu11 -fPIC \
	$(XENSTORE_CFLAGS) $(XENEVTCHN_CFLAGS) $(XENGNTTAB_CFLAGS)
front_libpcifront_pic_a_SOURCES = $(front_core_sources) $(front_linux_sources)

front_so = front/libxenpcifront.so.1
all-local: $(front_so)
$(front_so): front/libpcifront-pic.a front/libxenpcifront.map
	$(AM_V_CCLD)$(CC) $(AM_SAN) $(CFLAGS) $(LDFLAGS) -shared \
		-Wl,-z,relro,-z,now,-z,noexecstack -Wl,-soname,libxenpcifront.so.1 \
		-Wl,--version-script,$(srcdir)/front/libxenpcifront.map \
		-Wl,--whole-archive front/libpcifront-pic.a \
		-Wl,--no-whole-archive -o $@ $(FRONT_LINUX_LIBS)
CLEANFILES += $(front_so)
install-exec-hook: install-front-so
install-front-so:
	$(MKDIR_P) $(DESTDIR)$(libdir)
	$(INSTALL_PROGRAM) $(front_so) $(DESTDIR)$(libdir)/
	ln -sf libxenpcifront.so.1 $(DESTDIR)$(libdir)/libxenpcifront.so
uninstall-hook:
	rm -f $(DESTDIR)$(libdir)/libxenpcifront.so.1 \
		$(DESTDIR)$(libdir)/libxenpcifront.so

# One file.
front_amalgam = front/xenpcifront.c front/xenpcifront.h
amalgamation: front/xenpcifront.c
front/xenpcifront.c: $(front_core_sources) front/amalgamate.py \
		LICENSES/MIT.txt xenstore-schema/nodes.h
	$(AM_V_GEN)$(MKDIR_P) front && $(PYTHON) $(srcdir)/front/amalgamate.py \
		--out front --version $(PACKAGE_VERSION) \
		--licence $(srcdir)/LICENSES/MIT.txt \
		-I $(srcdir)/front -I $(srcdir)/common -I xenstore-schema \
		$(addprefix $(srcdir)/,$(filter %.c,$(front_core_sources)))
front/xenpcifront.h: front/xenpcifront.c
	@:
CLEANFILES += $(front_amalgam)
xenpcidatadir = $(datadir)/xenpci
nodist_xenpcidata_DATA = $(front_amalgam)
dist_xenpcidata_DATA = front/os/template.c

# The kernel that README's page begins with.
if DOMU
examplekerneldir = $(xenpcidatadir)/kernel
nodist_examplekernel_DATA = front/domu/flags
dist_examplekernel_DATA = common/compiler.h front/domu/README \
	front/domu/domu.lds $(front_domu_libdomu_a_SOURCES)
endif

pkgconfigdir = $(libdir)/pkgconfig
nodist_pkgconfig_DATA = front/xenpcifront.pc

.PHONY: amalgamation install-front-so
