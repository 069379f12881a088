"""Precise batch normalisation: the statistics of a network's inputs over batches of different sizes, by fvcore.

fvcore.nn.precise_bn.update_bn_stats, which detectron2's PreciseBN hook calls. Images are written channels last.
"""

import numpy as np
import torch
from fvcore.nn.precise_bn import update_bn_stats

from golden import write_golden

generator = np.random.default_rng(9)
draw = lambda *shape: np.round(generator.normal(size=shape), 3)

net = torch.nn.Sequential(
    torch.nn.Conv2d(2, 3, 2),
    torch.nn.BatchNorm2d(3, eps=1e-3),
    torch.nn.ReLU(),
    torch.nn.Conv2d(3, 2, 2),
    torch.nn.BatchNorm2d(2, eps=1e-3),
).double()
with torch.no_grad():
    for parameter in net.parameters():
        parameter.copy_(torch.tensor(draw(*parameter.shape)))
batches = [draw(size, 2, 4, 4) * (1 + size / 3) + size for size in (4, 1, 6)]
# Those of the parameters before they are moved; batch 2 has one image, but more than one value in each channel.
net.train()
update_bn_stats(net, [torch.tensor(batch) for batch in batches], num_iters=len(batches))
net.eval()

kernel = lambda tensor: np.transpose(tensor.detach().numpy(), (2, 3, 1, 0))
image = lambda array: np.transpose(array, (0, 2, 3, 1))
norms = [net[1], net[4]]
write_golden(
    "packages/freeze-bn/test/golden/population.json",
    source="fvcore.nn.precise_bn.update_bn_stats of batches of 4, 1 and 6 images, float64",
    packages=["fvcore", "torch", "numpy"],
    tolerance={"relative": 1e-5, "absolute": 1e-5},
    cases={
        "two layers": {
            "kernels": [kernel(net[0].weight), kernel(net[3].weight)],
            "biases": [net[0].bias, net[3].bias],
            "gammas": [norm.weight for norm in norms],
            "betas": [norm.bias for norm in norms],
            "batches": [image(batch) for batch in batches],
            "means": [norm.running_mean for norm in norms],
            "variances": [norm.running_var for norm in norms],
            "outputs": image(net(torch.tensor(batches[0])).detach().numpy()),
        }
    },
)
