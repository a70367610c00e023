/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A driver for QEMU's edu device that counts its interrupts.
 *
 * Debian's kernels have no VFIO without an IOMMU, so MSI of a device without
 * a driver is out of userspace's reach; hence a module.
 *
 *	modprobe rig_edu [intx=1]
 *
 * The device then has two attributes in sysfs: writing N to rig_raise raises
 * N interrupts, each of which must arrive before the next; rig_count reads
 * "MODE COUNT".  In /proc/interrupts the line ends with rig_edu.
 */
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

#define EDU_ID		0x00
#define EDU_ID_VALUE	0x010000edu
#define EDU_LIVENESS	0x04
#define EDU_IRQ_STATUS	0x24
#define EDU_IRQ_RAISE	0x60
#define EDU_IRQ_ACK	0x64

static bool intx;
module_param(intx, bool, 0444);
MODULE_PARM_DESC(intx, "use the line interrupt instead of MSI");

struct edu {
	void __iomem *regs;
	struct completion arrived;
	unsigned long count;
};

static irqreturn_t edu_interrupt(int irq, void *data)
{
	struct edu *edu = data;
	u32 status = readl(edu->regs + EDU_IRQ_STATUS);

	if (status == 0)
		return IRQ_NONE;
	writel(status, edu->regs + EDU_IRQ_ACK);
	edu->count++;
	complete(&edu->arrived);
	return IRQ_HANDLED;
}

static ssize_t rig_raise_store(struct device *dev, struct device_attribute *attr,
			       const char *buf, size_t size)
{
	struct edu *edu = dev_get_drvdata(dev);
	unsigned int n, i;
	int rc = kstrtouint(buf, 0, &n);

	if (rc)
		return rc;
	for (i = 0; i < n; i++) {
		reinit_completion(&edu->arrived);
		writel(1, edu->regs + EDU_IRQ_RAISE);
		if (!wait_for_completion_timeout(&edu->arrived, 5 * HZ)) {
			dev_err(dev, "interrupt %u of %u did not arrive\n", i + 1, n);
			return -ETIMEDOUT;
		}
	}
	return size;
}
static DEVICE_ATTR_WO(rig_raise);

static ssize_t rig_count_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	struct edu *edu = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s %lu\n",
			  to_pci_dev(dev)->msi_enabled ? "msi" : "intx", edu->count);
}
static DEVICE_ATTR_RO(rig_count);

static struct attribute *edu_attrs[] = {
	&dev_attr_rig_raise.attr,
	&dev_attr_rig_count.attr,
	NULL,
};
ATTRIBUTE_GROUPS(edu);

static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct edu *edu;
	u32 value;
	int rc;

	edu = devm_kzalloc(&pdev->dev, sizeof(*edu), GFP_KERNEL);
	if (!edu)
		return -ENOMEM;
	init_completion(&edu->arrived);
	pci_set_drvdata(pdev, edu);
	rc = pcim_enable_device(pdev);
	if (rc)
		return dev_err_probe(&pdev->dev, rc, "cannot be enabled\n");
	rc = pcim_iomap_regions(pdev, BIT(0), KBUILD_MODNAME);
	if (rc)
		return dev_err_probe(&pdev->dev, rc, "BAR 0 cannot be mapped\n");
	edu->regs = pcim_iomap_table(pdev)[0];

	value = readl(edu->regs + EDU_ID);
	if (value != EDU_ID_VALUE)
		return dev_err_probe(&pdev->dev, -ENODEV, "id 0x%08x\n", value);
	writel(0x12345678, edu->regs + EDU_LIVENESS);
	value = readl(edu->regs + EDU_LIVENESS);
	if (value != ~0x12345678u)
		return dev_err_probe(&pdev->dev, -EIO, "liveness 0x%08x\n", value);

	pci_set_master(pdev);
	rc = pci_alloc_irq_vectors(pdev, 1, 1, intx ? PCI_IRQ_LEGACY : PCI_IRQ_MSI);
	if (rc < 0)
		return dev_err_probe(&pdev->dev, rc, "no interrupt\n");
	rc = request_irq(pci_irq_vector(pdev, 0), edu_interrupt,
			 intx ? IRQF_SHARED : 0, KBUILD_MODNAME, edu);
	if (rc) {
		pci_free_irq_vectors(pdev);
		return dev_err_probe(&pdev->dev, rc, "interrupt not to be had\n");
	}
	return 0;
}

static void edu_remove(struct pci_dev *pdev)
{
	free_irq(pci_irq_vector(pdev, 0), pci_get_drvdata(pdev));
	pci_free_irq_vectors(pdev);
	pci_clear_master(pdev);
}

static const struct pci_device_id edu_ids[] = {
	{ PCI_DEVICE(0x1234, 0x11e8) },
	{ }
};
MODULE_DEVICE_TABLE(pci, edu_ids);

static struct pci_driver edu_driver = {
	.name = KBUILD_MODNAME,
	.id_table = edu_ids,
	.probe = edu_probe,
	.remove = edu_remove,
	.dev_groups = edu_groups,
};
module_pci_driver(edu_driver);

MODULE_DESCRIPTION("Interrupt counter for QEMU's edu device");
MODULE_LICENSE("GPL");
