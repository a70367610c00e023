/* SPDX-License-Identifier: MIT */
/*
 * Numbers of the PCI specifications that this project uses, named as they are
 * there. PCI 3.0 is the Local Bus specification, PCIe 6.0 the Express base
 * specification, PM 1.2 the power management interface specification.
 */
#ifndef COMMON_PCIREGS_H
#define COMMON_PCIREGS_H

/* Configuration space sizes: PCI 3.0 6.1, PCIe 6.0 7.2.2. */
#define PCI_CONFIG_SIZE     256u
#define PCI_CONFIG_SIZE_EXT 4096u
#define PCI_CONFIG_HEADER   0x40u

/* Type 0 header: PCI 3.0 6.1, PCIe 6.0 7.5.1.1 and 7.5.1.2. */
#define PCI_VENDOR_ID           0x00u
#define PCI_DEVICE_ID           0x02u
#define PCI_COMMAND             0x04u
#define PCI_STATUS              0x06u
#define PCI_REVISION_ID         0x08u
#define PCI_CLASS_PROG          0x09u
#define PCI_CLASS_DEVICE        0x0au
#define PCI_CACHE_LINE_SIZE     0x0cu
#define PCI_LATENCY_TIMER       0x0du
#define PCI_HEADER_TYPE         0x0eu
#define PCI_BIST                0x0fu
#define PCI_BAR0                0x10u
#define PCI_CARDBUS_CIS         0x28u
#define PCI_SUBSYSTEM_VENDOR_ID 0x2cu
#define PCI_SUBSYSTEM_ID        0x2eu
#define PCI_ROM_ADDRESS         0x30u
#define PCI_CAPABILITY_LIST     0x34u
#define PCI_INTERRUPT_LINE      0x3cu
#define PCI_INTERRUPT_PIN       0x3du
#define PCI_MIN_GNT             0x3eu
#define PCI_MAX_LAT             0x3fu

/* Command register: PCI 3.0 6.2.2, PCIe 6.0 7.5.1.1.3. */
#define PCI_COMMAND_IO           0x0001u
#define PCI_COMMAND_MEMORY       0x0002u
#define PCI_COMMAND_MASTER       0x0004u
#define PCI_COMMAND_SPECIAL      0x0008u
#define PCI_COMMAND_INVALIDATE   0x0010u
#define PCI_COMMAND_VGA_PALETTE  0x0020u
#define PCI_COMMAND_PARITY       0x0040u
#define PCI_COMMAND_WAIT         0x0080u
#define PCI_COMMAND_SERR         0x0100u
#define PCI_COMMAND_FAST_BACK    0x0200u
#define PCI_COMMAND_INTX_DISABLE 0x0400u

/* Status register: PCI 3.0 6.2.3, PCIe 6.0 7.5.1.1.4. */
#define PCI_STATUS_INTERRUPT        0x0008u
#define PCI_STATUS_CAP_LIST         0x0010u
#define PCI_STATUS_66MHZ            0x0020u
#define PCI_STATUS_FAST_BACK        0x0080u
#define PCI_STATUS_PARITY           0x0100u /* RW1C, this and below */
#define PCI_STATUS_SIG_TARGET_ABORT 0x0800u
#define PCI_STATUS_REC_TARGET_ABORT 0x1000u
#define PCI_STATUS_REC_MASTER_ABORT 0x2000u
#define PCI_STATUS_SIG_SYSTEM_ERROR 0x4000u
#define PCI_STATUS_DETECTED_PARITY  0x8000u
#define PCI_STATUS_ERRORS           0xf900u /* all six */

/* Header type: PCI 3.0 6.2.1, PCIe 6.0 7.5.1.1.9. */
#define PCI_HEADER_TYPE_MASK    0x7fu
#define PCI_HEADER_TYPE_NORMAL  0x00u
#define PCI_HEADER_TYPE_BRIDGE  0x01u
#define PCI_HEADER_TYPE_CARDBUS 0x02u
#define PCI_HEADER_TYPE_MULTI   0x80u

/* BIST: PCI 3.0 6.2.4, PCIe 6.0 7.5.1.1.10. */
#define PCI_BIST_CAPABLE 0x80u
#define PCI_BIST_START   0x40u
#define PCI_BIST_CODE    0x0fu

/* Base address registers and ROM: PCI 3.0 6.2.5.1 and 6.2.5.2. */
#define PCI_BAR_IO           0x00000001u
#define PCI_BAR_MEM_TYPE     0x00000006u
#define PCI_BAR_MEM_TYPE_64  0x00000004u
#define PCI_BAR_MEM_PREFETCH 0x00000008u
#define PCI_BAR_MEM_MASK     0xfffffff0u
#define PCI_BAR_IO_MASK      0xfffffffcu
#define PCI_ROM_ENABLE       0x00000001u
#define PCI_ROM_MASK         0xfffff800u

/* Class codes: PCI 3.0 appendix D. */
#define PCI_BASE_CLASS_BRIDGE 0x06u

/* Capability list: PCI 3.0 6.7, ids appendix H; PCIe 6.0 7.5.3. */
#define PCI_CAP_ID          0x00u
#define PCI_CAP_NEXT        0x01u
#define PCI_CAP_ID_NULL     0x00u
#define PCI_CAP_ID_PM       0x01u
#define PCI_CAP_ID_AGP      0x02u
#define PCI_CAP_ID_VPD      0x03u
#define PCI_CAP_ID_SLOT     0x04u
#define PCI_CAP_ID_MSI      0x05u
#define PCI_CAP_ID_HOT_SWAP 0x06u
#define PCI_CAP_ID_PCIX     0x07u
#define PCI_CAP_ID_HT       0x08u
#define PCI_CAP_ID_VENDOR   0x09u
#define PCI_CAP_ID_DEBUG    0x0au
#define PCI_CAP_ID_CPCI     0x0bu
#define PCI_CAP_ID_SHPC     0x0cu
#define PCI_CAP_ID_BRIDGE   0x0du
#define PCI_CAP_ID_AGP8     0x0eu
#define PCI_CAP_ID_SECURE   0x0fu
#define PCI_CAP_ID_EXP      0x10u
#define PCI_CAP_ID_MSIX     0x11u
#define PCI_CAP_ID_SATA     0x12u
#define PCI_CAP_ID_AF       0x13u
#define PCI_CAP_ID_EA       0x14u
#define PCI_CAP_ID_FPB      0x15u

/* Extended capability header: PCIe 6.0 7.6.3. */
#define PCI_EXT_CAP_START           0x100u
#define PCI_EXT_CAP_ID(header)      ((header)&0xffffu)
#define PCI_EXT_CAP_VERSION(header) ((header) >> 16 & 0xfu)
#define PCI_EXT_CAP_NEXT(header)    ((header) >> 20 & 0xffcu)

/* Extended capability ids: PCIe 6.0 7.7 to 7.9, appendix of the ids ECN. */
#define PCI_EXT_CAP_ID_NULL      0x00u
#define PCI_EXT_CAP_ID_AER       0x01u
#define PCI_EXT_CAP_ID_VC        0x02u
#define PCI_EXT_CAP_ID_DSN       0x03u
#define PCI_EXT_CAP_ID_POWER     0x04u
#define PCI_EXT_CAP_ID_VC9       0x09u
#define PCI_EXT_CAP_ID_VSEC      0x0bu
#define PCI_EXT_CAP_ID_LTR       0x18u
#define PCI_EXT_CAP_ID_SECONDARY 0x19u
#define PCI_EXT_CAP_ID_L1SS      0x1eu
#define PCI_EXT_CAP_ID_RTR       0x22u
#define PCI_EXT_CAP_ID_DVSEC     0x23u
#define PCI_EXT_CAP_ID_DLF       0x25u
#define PCI_EXT_CAP_ID_PL16      0x26u
#define PCI_EXT_CAP_ID_PL32      0x2au
#define PCI_EXT_CAP_ID_PL64      0x31u

/* Advanced error reporting: PCIe 6.0 7.8.4. */
#define PCI_AER_UNCOR_STATUS       0x04u
#define PCI_AER_UNCOR_MASK         0x08u
#define PCI_AER_UNCOR_SEVERITY     0x0cu
#define PCI_AER_UNCOR_ERRORS       0x07fff030u
#define PCI_AER_COR_STATUS         0x10u
#define PCI_AER_COR_MASK           0x14u
#define PCI_AER_COR_ERRORS         0x0000f1c1u
#define PCI_AER_CONTROL            0x18u
#define PCI_AER_CONTROL_PREFIX_LOG 0x00000800u
#define PCI_AER_HEADER_LOG         0x1cu
#define PCI_AER_PREFIX_LOG         0x38u
#define PCI_AER_SIZE               0x2cu
#define PCI_AER_SIZE_PREFIX        0x48u

/* Latency tolerance reporting: PCIe 6.0 7.8.2. */
#define PCI_LTR_LATENCY 0x1fffu

/* Power management: PM 1.2 3.2, PCIe 6.0 7.5.2. */
#define PCI_PM_PMC             0x02u
#define PCI_PM_PMC_VERSION     0x0007u
#define PCI_PM_PMC_PME_CLOCK   0x0008u
#define PCI_PM_PMC_DSI         0x0020u
#define PCI_PM_PMC_AUX         0x01c0u
#define PCI_PM_PMC_D1          0x0200u
#define PCI_PM_PMC_D2          0x0400u
#define PCI_PM_PMC_PME         0xf800u
#define PCI_PM_CTRL            0x04u
#define PCI_PM_CTRL_STATE      0x0003u
#define PCI_PM_CTRL_D1         0x0001u
#define PCI_PM_CTRL_D2         0x0002u
#define PCI_PM_CTRL_NO_RESET   0x0008u
#define PCI_PM_CTRL_PME_ENABLE 0x0100u
#define PCI_PM_CTRL_DATA_SEL   0x1e00u
#define PCI_PM_CTRL_PME_STATUS 0x8000u
#define PCI_PM_BRIDGE          0x06u
#define PCI_PM_DATA            0x07u
#define PCI_PM_SIZE            0x08u

/* Vital product data: PCI 3.0 appendix I, PCIe 6.0 7.9.18. */
#define PCI_VPD_ADDR      0x02u
#define PCI_VPD_ADDR_MASK 0x7fffu
#define PCI_VPD_ADDR_FLAG 0x8000u /* 0 starts a read, 1 a write */
#define PCI_VPD_DATA      0x04u
#define PCI_VPD_SIZE      0x08u

/* MSI: PCI 3.0 6.8.1, PCIe 6.0 7.7.1. */
#define PCI_MSI_FLAGS         0x02u
#define PCI_MSI_FLAGS_ENABLE  0x0001u
#define PCI_MSI_FLAGS_QMASK   0x000eu
#define PCI_MSI_FLAGS_QSIZE   0x0070u
#define PCI_MSI_FLAGS_64BIT   0x0080u
#define PCI_MSI_FLAGS_MASKBIT 0x0100u
#define PCI_MSI_ADDRESS_LO    0x04u
#define PCI_MSI_ADDRESS_HI    0x08u
#define PCI_MSI_SIZE_32       0x0au
#define PCI_MSI_SIZE_64       0x0eu
#define PCI_MSI_SIZE_32_MASK  0x14u
#define PCI_MSI_SIZE_64_MASK  0x18u

/* MSI-X: PCI 3.0 6.8.2, PCIe 6.0 7.7.2. */
#define PCI_MSIX_FLAGS         0x02u
#define PCI_MSIX_FLAGS_QSIZE   0x07ffu /* entries - 1 */
#define PCI_MSIX_FLAGS_MASKALL 0x4000u
#define PCI_MSIX_FLAGS_ENABLE  0x8000u
#define PCI_MSIX_TABLE         0x04u
#define PCI_MSIX_PBA           0x08u
#define PCI_MSIX_BIR           0x00000007u
#define PCI_MSIX_OFFSET        0xfffffff8u
#define PCI_MSIX_SIZE          0x0cu
#define PCI_MSIX_ENTRY_SIZE    16u

/* PCI Express capability: PCIe 6.0 7.5.3. */
#define PCI_EXP_FLAGS          0x02u
#define PCI_EXP_FLAGS_VERSION  0x000fu
#define PCI_EXP_FLAGS_TYPE     0x00f0u
#define PCI_EXP_FLAGS_SLOT     0x0100u
#define PCI_EXP_DEVCAP         0x04u
#define PCI_EXP_DEVCAP_FLR     0x10000000u
#define PCI_EXP_DEVCTL         0x08u
#define PCI_EXP_DEVCTL_FLR     0x8000u
#define PCI_EXP_DEVCTL_ERRORS  0x000fu /* report: corrected to unsupported */
#define PCI_EXP_DEVSTA         0x0au
#define PCI_EXP_DEVSTA_ERRORS  0x000fu /* RW1C */
#define PCI_EXP_DEVSTA_PENDING 0x0020u
#define PCI_EXP_LNKCAP         0x0cu
#define PCI_EXP_LNKCTL         0x10u
#define PCI_EXP_LNKSTA         0x12u
#define PCI_EXP_DEVCAP2        0x24u
#define PCI_EXP_DEVCTL2        0x28u
#define PCI_EXP_DEVSTA2        0x2au
#define PCI_EXP_LNKCAP2        0x2cu
#define PCI_EXP_LNKCTL2        0x30u
#define PCI_EXP_LNKSTA2        0x32u
#define PCI_EXP_SIZE_V1        0x14u /* an endpoint without root or slot */
#define PCI_EXP_SIZE_V2        0x3cu

/* Advanced features: PCI Advanced Capabilities for Conventional PCI ECN. */
#define PCI_AF_LENGTH    0x02u
#define PCI_AF_CAP       0x03u
#define PCI_AF_CAP_TP    0x01u
#define PCI_AF_CAP_FLR   0x02u
#define PCI_AF_CTRL      0x04u
#define PCI_AF_CTRL_FLR  0x01u
#define PCI_AF_STATUS    0x05u
#define PCI_AF_STATUS_TP 0x01u
#define PCI_AF_SIZE      0x06u

/* PCI-X, type 0: PCI-X 2.0 7.2. */
#define PCI_X_COMMAND         0x02u
#define PCI_X_COMMAND_LIMITS  0x007fu
#define PCI_X_COMMAND_VERSION 0x3000u
#define PCI_X_STATUS          0x04u
#define PCI_X_STATUS_ERRORS   0x200c0000u
#define PCI_X_SIZE            0x08u
#define PCI_X_SIZE_ECC        0x18u

/* Vendor-specific, USB debug port, SATA: PCIe 6.0 7.9.4, EHCI, AHCI 1.3. */
#define PCI_VENDOR_LENGTH 0x02u
#define PCI_DEBUG_PORT    0x02u
#define PCI_SATA_CR0      0x02u
#define PCI_SATA_CR1      0x04u
#define PCI_SATA_SIZE     0x08u

#endif
