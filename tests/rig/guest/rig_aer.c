/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A driver that takes part in PCI error recovery and says so.
 *
 *	modprobe rig_aer [first=N]
 *
 * It takes a virtio network device, QEMU's one that reports errors. first is what
 * it answers to the news of an error: 2 can recover (the default), 3 needs a
 * reset, 4 disconnect.  Each call is a line of the kernel's log:
 * "rig_aer: detected 1", "rig_aer: mmio", "rig_aer: reset", "rig_aer: resume".
 */
#include <linux/module.h>
#include <linux/pci.h>

static unsigned int first = PCI_ERS_RESULT_CAN_RECOVER;
module_param(first, uint, 0444);
MODULE_PARM_DESC(first, "answer to the news of an error");

static pci_ers_result_t aer_detected(struct pci_dev *pdev,
				     pci_channel_state_t state)
{
	pci_notice(pdev, "rig_aer: detected %u\n", (unsigned int)state);
	return (pci_ers_result_t)first;
}

static pci_ers_result_t aer_mmio(struct pci_dev *pdev)
{
	pci_notice(pdev, "rig_aer: mmio\n");
	return PCI_ERS_RESULT_RECOVERED;
}

/*
 * Registers and MSI-X are the backend's to bring back. pci_restore_state() would
 * write the MSI-X table, which is read-only for a PV guest: Linux dies of that,
 * so drivers give their vectors back before a reset.
 */
static pci_ers_result_t aer_reset(struct pci_dev *pdev)
{
	u16 command;

	pci_set_master(pdev);
	pci_read_config_word(pdev, PCI_COMMAND, &command);
	pci_notice(pdev, "rig_aer: reset, master %d\n",
		   !!(command & PCI_COMMAND_MASTER));
	return PCI_ERS_RESULT_RECOVERED;
}

static void aer_resume(struct pci_dev *pdev)
{
	pci_notice(pdev, "rig_aer: resume\n");
}

static const struct pci_error_handlers aer_handlers = {
	.error_detected = aer_detected,
	.mmio_enabled = aer_mmio,
	.slot_reset = aer_reset,
	.resume = aer_resume,
};

static int aer_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int rc = pcim_enable_device(pdev);

	if (rc)
		return rc;
	rc = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSIX);
	if (rc < 0)
		return rc;
	pci_set_master(pdev);
	pci_notice(pdev, "rig_aer: ready\n");
	return 0;
}

static void aer_remove(struct pci_dev *pdev)
{
	pci_free_irq_vectors(pdev);
}

static const struct pci_device_id aer_ids[] = {
	{ PCI_DEVICE(0x1af4, 0x1041) },
	{ }
};

static struct pci_driver aer_driver = {
	.name = KBUILD_MODNAME,
	.id_table = aer_ids,
	.probe = aer_probe,
	.remove = aer_remove,
	.err_handler = &aer_handlers,
};
module_pci_driver(aer_driver);

MODULE_DESCRIPTION("Talks about PCI error recovery");
MODULE_LICENSE("GPL");
