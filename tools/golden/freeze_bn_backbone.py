"""Ten steps of SGD with momentum in which Lightning's BackboneFinetuning unfreezes the lower layer after two of them.

Its rate begins at a tenth of the head's and doubles each epoch, until it is that of the head.
"""

import logging
import warnings

import numpy
import pytorch_lightning
import torch
from golden import write_golden
from pytorch_lightning.callbacks import BackboneFinetuning

generator = numpy.random.default_rng(22)
EPOCHS, STEPS, RATE, MOMENTUM = 5, 2, 0.05, 0.9

logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
warnings.filterwarnings("ignore")


def draw(*shape):
    return numpy.round(generator.normal(scale=0.7, size=shape), 3)


class Net(pytorch_lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.backbone = torch.nn.Linear(3, 4)
        self.head = torch.nn.Linear(4, 2)
        self.losses = []

    def training_step(self, batch, _):
        inputs, targets = batch
        loss = ((self.head(torch.tanh(self.backbone(inputs))) - targets) ** 2).mean()
        self.losses.append(loss.item())
        return loss

    def configure_optimizers(self):
        trained = [parameter for parameter in self.parameters() if parameter.requires_grad]
        return torch.optim.SGD(trained, RATE, momentum=MOMENTUM)

    def read(self):
        layers = {"stem": self.backbone, "head": self.head}
        return {
            name: {"kernel": layer.weight.detach().numpy().T.copy(), "bias": layer.bias.detach().numpy().copy()}
            for name, layer in layers.items()
        }


def fine_tuning():
    net = Net().double()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.tensor(draw(*parameter.shape)))
    before = net.read()
    inputs, targets = draw(STEPS, 4, 3), draw(STEPS, 4, 2)
    data = torch.utils.data.TensorDataset(*(torch.tensor(part).flatten(0, 1) for part in (inputs, targets)))
    unfreezing = BackboneFinetuning(
        unfreeze_backbone_at_epoch=1, lambda_func=lambda epoch: 2, backbone_initial_ratio_lr=0.1
    )
    trainer = pytorch_lightning.Trainer(
        accelerator="cpu",
        max_epochs=EPOCHS,
        callbacks=[unfreezing],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(net, torch.utils.data.DataLoader(data, batch_size=4))
    return {
        "inputs": numpy.tile(inputs, (EPOCHS, 1, 1)),
        "targets": numpy.tile(targets, (EPOCHS, 1, 1)),
        "before": before,
        "losses": numpy.array(net.losses),
        "after": net.read(),
    }


write_golden(
    "packages/freeze-bn/test/golden/backbone.json",
    source=f"BackboneFinetuning(unfreeze_backbone_at_epoch=1, lambda_func=lambda epoch: 2, backbone_initial_ratio_lr=0.1) of pytorch-lightning, torch.optim.SGD(lr={RATE}, momentum={MOMENTUM}), {EPOCHS} epochs of {STEPS} steps, float64",
    packages=["pytorch-lightning", "torch", "numpy"],
    tolerance={"relative": 2e-5, "absolute": 2e-5},
    cases={"the lower layer from epoch 1 on": fine_tuning()},
)
