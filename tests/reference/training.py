"""The losses of RD, GNL and FiCo as their released programs sum them, and Adam steps on fixed views."""

import torch
from torch.nn import functional

ADAM = {"lr": 0.005, "betas": (0.5, 0.999)}  # eps is PyTorch's 1e-8
METHODS = ("rd", "gnl", "fico")


def distance(one, other):
    """1 - cos of whole maps, averaged over the batch."""
    return (1 - functional.cosine_similarity(one.flatten(1), other.flatten(1))).mean()


def distillation(teacher, student):
    return sum(distance(one, other) for one, other in zip(teacher, student))


def terms(method, teacher, bottleneck, decoder, views, recorded=False):
    """Every term by shiftbench's name, as (weight, value). Views are clean, AugMix, grey; the student sees
    them one after the other, because each moves the running averages of its normalisations."""
    seen, embeddings, plain, output, compensation = [], [], [], [], []
    for view in views:
        with torch.set_grad_enabled(recorded):
            features = teacher(view)
        embedding = bottleneck(features)
        if method == "fico":
            decoded, added, targets = decoder.answer(embedding)
            output.append([one + other for one, other in zip(decoded, added)])
            compensation.append((added, targets))
        else:
            decoded = decoder(embedding)
            output.append(decoded)
        seen.append(features)
        embeddings.append(embedding)
        plain.append(decoded)

    def consistency(tensors):
        return sum(distance(tensors[0], tensor) for tensor in tensors[1:])

    clean = distillation(seen[0], output[0])
    if method == "rd":
        return {"distill": (1.0, clean)}
    found = {
        "distill": (0.9, clean),
        "embedding": (0.05, consistency(embeddings)),
        "low_features": (0.05, consistency([maps[0] for maps in plain])),
    }
    if method == "fico":
        altered = sum(distillation(*pair) for pair in list(zip(seen, output))[1:])
        disagreement = sum(
            functional.mse_loss(added[1], targets[0]) + functional.mse_loss(added[2], targets[1])
            for added, targets in compensation
        )
        found["distill_augmented"] = (0.9 * 0.05, altered)
        found["normality"] = (0.05, consistency([maps[0] for maps in output]))
        found["invariance"] = (0.05 * 0.02, disagreement)
    return found


def total(found):
    return sum(weight * value for weight, value in found.values())


def parameters(bottleneck, decoder):
    """Parameters by their names in official checkpoints, decoder first."""
    named = [(f"dec.{name}", tensor) for name, tensor in decoder.named_parameters()]
    return dict(named + [(f"bn.{name}", tensor) for name, tensor in bottleneck.named_parameters()])


def state(bottleneck, decoder):
    """Parameters and running averages."""
    named = [(f"dec.{name}", tensor) for name, tensor in decoder.state_dict().items()]
    named += [(f"bn.{name}", tensor) for name, tensor in bottleneck.state_dict().items()]
    return {name: tensor.detach().clone() for name, tensor in named if tensor.is_floating_point()}


def train(method, teacher, bottleneck, decoder, views, steps=4):
    """Losses and terms of each step, the gradients of the first, and the state before and after each."""
    teacher.eval()
    bottleneck.train()
    decoder.train()
    views = views[:1] if method == "rd" else views
    trained = parameters(bottleneck, decoder)
    optimiser = torch.optim.Adam(trained.values(), **ADAM)
    losses, values, states, gradients = [], [], [state(bottleneck, decoder)], {}
    for step in range(steps):
        found = terms(method, teacher, bottleneck, decoder, views)
        loss = total(found)
        optimiser.zero_grad()
        loss.backward()
        if step == 0:
            gradients = {n: p.grad.clone() for n, p in trained.items() if p.grad is not None}
        optimiser.step()
        losses.append(loss.item())
        values.append({name: value.item() for name, (_, value) in found.items()})
        states.append(state(bottleneck, decoder))
    return {"losses": losses, "terms": values, "gradients": gradients, "states": states}
