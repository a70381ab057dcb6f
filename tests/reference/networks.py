"""Teacher, bottleneck and decoder of reverse distillation, and what FiCo adds, with the parameter names of
the official checkpoints. Written from the papers and a description of the released programs; see README.md.
"""

from dataclasses import dataclass, replace

import torch
from torch import nn
from torch.nn import functional
from torchvision.models.resnet import BasicBlock, Bottleneck


@dataclass(frozen=True)
class Plan:
    """The dimensions of a teacher; everything else mirrors them."""

    block: type
    blocks: tuple  # per stage
    stem: int = 64
    planes: tuple = (64, 128, 256)  # output channels are planes * block.expansion
    base_width: int = 64

    def narrowed(self, divisor):
        """The same network with every number of channels divided."""
        return replace(
            self, stem=self.stem // divisor, planes=tuple(planes // divisor for planes in self.planes)
        )

    @property
    def channels(self):
        return [planes * self.block.expansion for planes in self.planes]


PLANS = {
    "resnet18": Plan(BasicBlock, (2, 2, 2)),
    "resnet50": Plan(Bottleneck, (3, 4, 6)),
    "wide_resnet50_2": Plan(Bottleneck, (3, 4, 6), base_width=128),
    "tiny": Plan(BasicBlock, (1, 1, 1), stem=8, planes=(8, 16, 32)),  # shiftbench's network for smoke tests
}


def halving(inputs, outputs):
    return nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, bias=False)


class Teacher(nn.Module):
    """torchvision's ResNet up to stride 16: maps at strides 4, 8 and 16."""

    def __init__(self, plan):
        super().__init__()
        self.conv1 = nn.Conv2d(3, plan.stem, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(plan.stem)
        inputs = plan.stem
        for number, (planes, blocks, stride) in enumerate(zip(plan.planes, plan.blocks, (1, 2, 2)), 1):
            stage = down(plan, inputs, planes, blocks, stride)
            setattr(self, f"layer{number}", stage)
            inputs = planes * plan.block.expansion

    def stem(self, pictures):
        return functional.max_pool2d(functional.relu(self.bn1(self.conv1(pictures))), 3, 2, 1)

    def forward(self, pictures):
        fine = self.layer1(self.stem(pictures))
        middle = self.layer2(fine)
        return [fine, middle, self.layer3(middle)]


def down(plan, inputs, planes, blocks, stride):
    """A stage of a residual network: torchvision's blocks."""
    outputs = planes * plan.block.expansion
    shortcut = None
    if stride != 1 or inputs != outputs:
        shortcut = nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs)
        )
    first = plan.block(inputs, planes, stride, shortcut, base_width=plan.base_width)
    rest = [plan.block(outputs, planes, base_width=plan.base_width) for _ in range(1, blocks)]
    return nn.Sequential(first, *rest)


class Embedding(nn.Module):
    """RD4AD's one-class bottleneck: the three maps at one size, joined and compressed to stride 32."""

    def __init__(self, plan):
        super().__init__()
        fine, middle, coarse = plan.channels
        self.conv1, self.bn1 = halving(fine, middle), nn.BatchNorm2d(middle)
        self.conv2, self.bn2 = halving(middle, coarse), nn.BatchNorm2d(coarse)
        self.conv3, self.bn3 = halving(middle, coarse), nn.BatchNorm2d(coarse)
        # In every official checkpoint, and used by nothing.
        self.conv4 = nn.Conv2d(4 * coarse, 2 * coarse, 1, bias=False)
        self.bn4 = nn.BatchNorm2d(2 * coarse)
        blocks = 2 if plan.block is BasicBlock else 3
        self.bn_layer = down(plan, 3 * coarse, 2 * plan.planes[2], blocks, 2)

    def forward(self, features):
        fine, middle, coarse = features
        fine = functional.relu(self.bn1(self.conv1(fine)))
        fine = functional.relu(self.bn2(self.conv2(fine)))
        middle = functional.relu(self.bn3(self.conv3(middle)))
        return self.bn_layer(torch.cat([fine, middle, coarse], 1))


class Doubling(nn.Module):
    """The first block of a decoder stage: its strided layers are transposed convolutions of side 2."""

    def __init__(self, plan, inputs, planes):
        super().__init__()
        outputs = planes * plan.block.expansion
        inner = int(planes * plan.base_width / 64)

        def doubling(inputs, outputs):
            return nn.ConvTranspose2d(inputs, outputs, 2, stride=2, bias=False)

        if plan.block is BasicBlock:
            layers = [doubling(inputs, planes), nn.Conv2d(planes, planes, 3, padding=1, bias=False)]
            widths = [planes, planes]
        else:
            layers = [
                nn.Conv2d(inputs, inner, 1, bias=False),
                doubling(inner, inner),
                nn.Conv2d(inner, outputs, 1, bias=False),
            ]
            widths = [inner, inner, outputs]
        self.depth = len(layers)
        for number, (layer, width) in enumerate(zip(layers, widths), 1):
            setattr(self, f"conv{number}", layer)
            setattr(self, f"bn{number}", nn.BatchNorm2d(width))
        self.upsample = nn.Sequential(doubling(inputs, outputs), nn.BatchNorm2d(outputs))

    def forward(self, features):
        output = features
        for number in range(1, self.depth + 1):
            output = getattr(self, f"bn{number}")(getattr(self, f"conv{number}")(output))
            if number < self.depth:
                output = functional.relu(output)
        return functional.relu(output + self.upsample(features))


class Decoder(nn.Module):
    """The teacher backwards: maps at strides 4, 8 and 16, finest first."""

    def __init__(self, plan):
        super().__init__()
        inputs = 2 * plan.channels[2]
        for number, (planes, blocks) in enumerate(zip(reversed(plan.planes), plan.blocks), 1):
            outputs = planes * plan.block.expansion
            rest = [plan.block(outputs, planes, base_width=plan.base_width) for _ in range(1, blocks)]
            setattr(self, f"layer{number}", nn.Sequential(Doubling(plan, inputs, planes), *rest))
            inputs = outputs

    def forward(self, embedding):
        coarse = self.layer1(embedding)
        middle = self.layer2(coarse)
        return [self.layer3(middle), middle, coarse]


class KernelChoice(nn.Module):
    """The share of each kernel of a dynamic convolution, per picture."""

    def __init__(self, inputs, kernels, temperature):
        super().__init__()
        hidden = int(inputs * 0.25) + 1
        self.fc1 = nn.Conv2d(inputs, hidden, 1, bias=False)
        self.fc2 = nn.Conv2d(hidden, kernels, 1)
        self.temperature = temperature

    def forward(self, features):
        pooled = functional.adaptive_avg_pool2d(features, 1)
        logits = self.fc2(functional.relu(self.fc1(pooled))).flatten(1)
        return functional.softmax(logits / self.temperature, 1)


class DynamicConvolution(nn.Module):
    """A 3x3 convolution whose kernel and bias are a mixture chosen per picture (Chen et al., CVPR 2020)."""

    def __init__(self, inputs, outputs, kernels=4, temperature=34):
        super().__init__()
        self.attention = KernelChoice(inputs, kernels, temperature)
        self.weight = nn.Parameter(torch.empty(kernels, outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(kernels, outputs))

    def forward(self, features):
        shares = self.attention(features)
        pictures = [
            functional.conv2d(
                picture.unsqueeze(0),
                torch.einsum("k,koihw->oihw", share, self.weight),
                share @ self.bias,
                padding=1,
            )
            for picture, share in zip(features, shares)
        ]
        return torch.cat(pictures)


class Branch(nn.Module):
    """What FiCo adds to one scale: four dynamic convolutions, c -> c/2 -> c/4 -> c/2 -> c."""

    def __init__(self, channels):
        super().__init__()
        widths = [channels, channels // 2, channels // 4, channels // 2, channels]
        layers = []
        for inputs, outputs in zip(widths, widths[1:]):
            layers += [DynamicConvolution(inputs, outputs), nn.InstanceNorm2d(outputs), nn.LeakyReLU()]
        self.proj = nn.Sequential(*layers)

    def forward(self, features):
        return self.proj(features)


class Branches(nn.Module):
    """One branch per scale; `proj_a` is the coarsest."""

    def __init__(self, channels):
        super().__init__()
        fine, middle, coarse = channels
        self.proj_a, self.proj_b, self.proj_c = Branch(coarse), Branch(middle), Branch(fine)

    def forward(self, features):
        fine, middle, coarse = features
        return [self.proj_c(fine), self.proj_b(middle), self.proj_a(coarse)]


class Transform(nn.Module):
    """From the finest compensation to targets for the middle and the coarse one."""

    def __init__(self, channels):
        super().__init__()
        fine, middle, coarse = channels
        self.conv1, self.bn1 = halving(fine, middle), nn.BatchNorm2d(middle)
        self.conv2, self.bn2 = halving(middle, coarse), nn.BatchNorm2d(coarse)
        # In every official checkpoint, and used by nothing.
        self.conv3, self.bn3 = halving(middle, coarse), nn.BatchNorm2d(coarse)

    def middle(self, fine):
        return functional.relu(self.bn1(self.conv1(fine)))

    def forward(self, fine):
        # The released program evaluates the first layer once per target, which moves its averages twice.
        return [self.middle(fine), functional.relu(self.bn2(self.conv2(self.middle(fine))))]


class FicoDecoder(Decoder):
    """A decoder with compensation branches and the invariant transform."""

    def __init__(self, plan):
        super().__init__(plan)
        self.attention = Branches(plan.channels)
        self.transform = Transform(plan.channels)

    def answer(self, embedding):
        """Plain maps, what is added to them, and the targets of the two coarser additions."""
        plain = super().forward(embedding)
        added = self.attention(plain)
        return plain, added, self.transform(added[0])

    def forward(self, embedding):
        plain, added, _ = self.answer(embedding)
        return [plain + added for plain, added in zip(plain, added)]


def initialise(network):
    """RD4AD's rule: Kaiming normal by fan-out; transposed convolutions keep PyTorch's default. Kernels of
    dynamic convolutions are Kaiming uniform, each for itself."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, DynamicConvolution):
            for kernel in module.weight:
                nn.init.kaiming_uniform_(kernel)
    return network


def save_checkpoint(path, bottleneck, decoder):
    """Writes a checkpoint in the layout of the official programs."""
    torch.save({"bn": bottleneck.state_dict(), "decoder": decoder.state_dict()}, path)
