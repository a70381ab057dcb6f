"""A vision transformer in the layout of DINOv2's published files, in plain PyTorch operations.

Writes `tests/fixtures/vit`: a toy's weights with the names of its authors and with those of the transformers
library, and, for one picture larger than the positions were made for, what each block and the final
normalisation make of it. Written from the papers. Run without arguments, in a folder where `torch` imports.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

WIDTH, DEPTH, HEADS, PATCH, GRID, REGISTERS = 24, 4, 3, 14, 3, 1
OUT = Path(__file__).resolve().parents[1] / "fixtures" / "vit"


def parameters():
    generator = torch.Generator().manual_seed(0)

    def draw(*shape, scale=0.2):
        return torch.randn(*shape, generator=generator) * scale

    names = {
        "cls_token": draw(1, 1, WIDTH),
        "mask_token": draw(1, WIDTH),
        "register_tokens": draw(1, REGISTERS, WIDTH),
        "pos_embed": draw(1, 1 + GRID * GRID, WIDTH),
        "patch_embed.proj.weight": draw(WIDTH, 3, PATCH, PATCH, scale=0.05),
        "patch_embed.proj.bias": draw(WIDTH),
        "norm.weight": 1 + draw(WIDTH),
        "norm.bias": draw(WIDTH),
    }
    for index in range(DEPTH):
        block = f"blocks.{index}."
        for norm in ["norm1", "norm2"]:
            names[block + norm + ".weight"] = 1 + draw(WIDTH)
            names[block + norm + ".bias"] = draw(WIDTH)
        for layer, (out, inner) in {
            "attn.qkv": (3 * WIDTH, WIDTH),
            "attn.proj": (WIDTH, WIDTH),
            "mlp.fc1": (4 * WIDTH, WIDTH),
            "mlp.fc2": (WIDTH, 4 * WIDTH),
        }.items():
            names[block + layer + ".weight"] = draw(out, inner)
            names[block + layer + ".bias"] = draw(out)
        names[block + "ls1.gamma"] = 1 + draw(WIDTH)
        names[block + "ls2.gamma"] = 1 + draw(WIDTH)
    # What half precision holds, as it is stored.
    return {name: value.half().float() for name, value in names.items()}


def picture():
    y, x = torch.meshgrid(torch.arange(28.0), torch.arange(70.0), indexing="ij")
    return torch.stack([torch.sin(0.3 * x + 0.2 * y), torch.cos(0.5 * x - 0.1 * y), torch.sin(0.05 * x * y)])[None]


def forward(names, pixels):
    names = {name: value.double() for name, value in names.items()}
    pixels = pixels.double()

    def linear(name, x):
        return F.linear(x, names[name + ".weight"], names[name + ".bias"])

    def norm(name, x):
        return F.layer_norm(x, (WIDTH,), names[name + ".weight"], names[name + ".bias"], 1e-6)

    patches = F.conv2d(pixels, names["patch_embed.proj.weight"], names["patch_embed.proj.bias"], stride=PATCH)
    size = patches.shape[2:]
    positions = names["pos_embed"][:, 1:].reshape(1, GRID, GRID, WIDTH).permute(0, 3, 1, 2)
    scale = tuple((side + 0.1) / GRID for side in size)
    positions = F.interpolate(positions, scale_factor=scale, mode="bicubic")
    patches = (patches + positions).flatten(2).transpose(1, 2)
    first = names["cls_token"] + names["pos_embed"][:, :1]
    tokens = torch.cat([first, names["register_tokens"], patches], 1)
    outputs = []
    for index in range(DEPTH):
        block = f"blocks.{index}."
        x = linear(block + "attn.qkv", norm(block + "norm1", tokens))
        q, k, v = x.reshape(1, -1, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(q @ k.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5, -1)
        x = (weights @ v).transpose(1, 2).reshape(1, -1, WIDTH)
        tokens = tokens + names[block + "ls1.gamma"] * linear(block + "attn.proj", x)
        x = F.gelu(linear(block + "mlp.fc1", norm(block + "norm2", tokens)))
        tokens = tokens + names[block + "ls2.gamma"] * linear(block + "mlp.fc2", x)
        outputs.append(tokens)
    return outputs, norm("norm", tokens)[:, 1 + REGISTERS :]


def renamed(names):
    """The same parameters with the names of the transformers library."""
    out = {}
    for name, value in names.items():
        if ".attn.qkv." in name:
            for part, piece in zip(["query", "key", "value"], value.chunk(3)):
                out[name.replace("attn.qkv", "attention.attention." + part)] = piece.clone()
            continue
        out[name] = value
    for old, new in [
        ("cls_token", "embeddings.cls_token"),
        ("mask_token", "embeddings.mask_token"),
        ("register_tokens", "embeddings.register_tokens"),
        ("pos_embed", "embeddings.position_embeddings"),
        ("patch_embed.proj", "embeddings.patch_embeddings.projection"),
        ("blocks.", "encoder.layer."),
        ("attn.proj", "attention.output.dense"),
        ("ls1.gamma", "layer_scale1.lambda1"),
        ("ls2.gamma", "layer_scale2.lambda1"),
    ]:
        out = {name.replace(old, new): value for name, value in out.items()}
    return {("layernorm" + name[4:] if name.startswith("norm.") else name): value for name, value in out.items()}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    names = parameters()
    torch.save({name: value.half() for name, value in names.items()}, OUT / "authors.pth")
    torch.save({name: value.half() for name, value in renamed(names).items()}, OUT / "transformers.pth")
    outputs, patches = forward(names, picture())
    rounded = lambda tensor: [round(value, 6) for value in tensor.flatten().tolist()]
    # The second and the last block, and every tenth value: enough to notice any slip.
    thin = lambda tensor: rounded(tensor.flatten()[::10])
    json.dump(
        {"block_1": thin(outputs[1]), "block_3": thin(outputs[3]), "patches": thin(patches)},
        open(OUT / "tokens.json", "w"),
    )


if __name__ == "__main__":
    main()
