/* SPDX-License-Identifier: MIT */
/* Pages other domains may map: one frame of version 1 grant entries. */
#ifndef DOMU_GRANT_H
#define DOMU_GRANT_H

#include <stdint.h>

#include "abi.h"

void grant_init(void);

/* Let domain domid read and write a page of ours; 0 or -XEN_ENOSPC. */
int grant_give(domid_t domid, const void *page, uint32_t *gref);

/* -XEN_EBUSY: it is still mapped; the entry and the page must stay as they are. */
int grant_end(uint32_t gref);

#endif
