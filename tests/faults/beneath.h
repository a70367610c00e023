/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Included before everything else where the unit tests' fakes are compiled for
 * the walk: they stand beneath the real store.c and hyp.c there, behind Xen's
 * libraries, and so need names of their own.
 */
#ifndef TESTS_FAULTS_BENEATH_H
#define TESTS_FAULTS_BENEATH_H

#define hyp_assign        beneath_hyp_assign
#define hyp_assign_test   beneath_hyp_assign_test
#define hyp_close         beneath_hyp_close
#define hyp_crash         beneath_hyp_crash
#define hyp_deassign      beneath_hyp_deassign
#define hyp_domain        beneath_hyp_domain
#define hyp_iomem         beneath_hyp_iomem
#define hyp_ioport        beneath_hyp_ioport
#define hyp_irq           beneath_hyp_irq
#define hyp_map_gsi       beneath_hyp_map_gsi
#define hyp_map_msi       beneath_hyp_map_msi
#define hyp_map_multi_msi beneath_hyp_map_multi_msi
#define hyp_open          beneath_hyp_open
#define hyp_pause         beneath_hyp_pause
#define hyp_restore_msi   beneath_hyp_restore_msi
#define hyp_unmap_pirq    beneath_hyp_unmap_pirq

#define store_abort     beneath_store_abort
#define store_begin     beneath_store_begin
#define store_close     beneath_store_close
#define store_commit    beneath_store_commit
#define store_event     beneath_store_event
#define store_exists    beneath_store_exists
#define store_fd        beneath_store_fd
#define store_list      beneath_store_list
#define store_mkdir     beneath_store_mkdir
#define store_open      beneath_store_open
#define store_probe     beneath_store_probe
#define store_read      beneath_store_read
#define store_read_buf  beneath_store_read_buf
#define store_read_uint beneath_store_read_uint
#define store_remove    beneath_store_remove
#define store_unwatch   beneath_store_unwatch
#define store_watch     beneath_store_watch
#define store_write     beneath_store_write
#define store_writef    beneath_store_writef

#endif
