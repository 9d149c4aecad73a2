"""The networks: torchvision's ResNets with a last layer of up to 256 outputs, and how they begin and end as files."""

from pathlib import Path

import torch
import torchvision
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

ARCHITECTURES = ("resnet18", "resnet34", "resnet50")
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


class Embedder(nn.Module):
    """A ResNet whose `fc` makes the embedding; torchvision's names below `net`."""

    def __init__(self, architecture="resnet18", dimension=256):
        super().__init__()
        if architecture not in ARCHITECTURES:
            raise ValueError(f"unknown architecture {architecture!r}: one of {', '.join(ARCHITECTURES)}")
        self.architecture = architecture
        self.dimension = dimension
        self.net = getattr(torchvision.models, architecture)(weights=None, num_classes=dimension)

    def pooled(self, x):
        net = self.net
        x = net.maxpool(net.relu(net.bn1(net.conv1(x))))
        x = net.layer4(net.layer3(net.layer2(net.layer1(x))))
        return net.avgpool(x).flatten(1)

    def forward(self, x):
        """Normalised images n x 3 x height x width -> (pooled features, unit vectors), both float32."""
        pooled = self.pooled(x).float()
        with torch.autocast(x.device.type, enabled=False):
            return pooled, nn.functional.normalize(self.net.fc(pooled), dim=1)


def norm_of(conv_name):
    """The batch norm behind a convolution, by torchvision's names."""
    if conv_name.endswith("downsample.0"):
        return conv_name[:-1] + "1"
    head, _, last = conv_name.rpartition(".")
    return f"{head}.{last.replace('conv', 'bn')}".removeprefix(".")


def initialise(model, path):
    """Starts from a safetensors file: torchvision's tensors, all or some, with batch norm or folded into a bias.

    A bias that a convolution has in the file and not in the network goes to the batch norm behind it, which gets
    identity statistics; `settle` then gives it real ones. Tensors of another shape (a last layer for other classes)
    are left out. A block that the file lacks in a stage that it has (a deeper network from a shallower one's file)
    begins as the identity. Returns (the names taken over, the convolutions that were folded).
    """
    own = model.net.state_dict()
    taken, folded = [], []
    with safe_open(str(path), "pt") as file:
        names = set(file.keys())
        for name in sorted(names):
            tensor = file.get_tensor(name).float()
            if name in own and own[name].shape == tensor.shape:
                own[name].copy_(tensor)
                taken.append(name)
            elif name.endswith(".bias") and norm_of(name[:-5]) + ".bias" in own:
                norm, conv = norm_of(name[:-5]), model.net.get_submodule(name[:-5])
                if not isinstance(conv, nn.Conv2d) or own[norm + ".bias"].shape != tensor.shape:
                    continue
                own[norm + ".bias"].copy_(tensor)
                own[norm + ".weight"].fill_(1)
                own[norm + ".running_mean"].zero_()
                own[norm + ".running_var"].fill_(1 - model.net.get_submodule(norm).eps)
                taken.append(name)
                folded.append(name[:-5])
    for name in own:
        stage, block, *rest = (*name.split("."), "")
        last = "bn3" if model.architecture == "resnet50" else "bn2"
        if stage.startswith("layer") and rest[:2] == [last, "weight"]:
            begun = any(t.startswith(f"{stage}.") for t in taken)
            if begun and not any(t.startswith(f"{stage}.{block}.") for t in taken):
                own[name].zero_()
    model.net.load_state_dict(own)
    if not taken:
        raise ValueError(f"{path} has no tensor of a torchvision {model.architecture}.")
    return taken, folded


@torch.no_grad()
def settle(model, folded, images):
    """Gives folded batch norms the statistics of real images, with scale and shift that leave their output as it was.

    Without this, the first step of training would normalise what had been left as it was and lose what was learnt.
    """
    was_training = model.training
    model.eval()
    for name in sorted(folded, key=lambda n: [m for m, _ in model.net.named_modules()].index(n)):
        conv, norm = model.net.get_submodule(name), model.net.get_submodule(norm_of(name))
        found = {}
        hook = conv.register_forward_hook(lambda _m, _i, output: found.update(output=output.float()))
        model.pooled(images)
        hook.remove()
        output = found["output"]
        mean, var = output.mean((0, 2, 3)), output.var((0, 2, 3), unbiased=False)
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        shift = norm.bias - norm.running_mean * scale
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(var)
        norm.weight.copy_(scale * torch.sqrt(var + norm.eps))
        norm.bias.copy_(shift + scale * mean)
    model.train(was_training)


def export(
    model,
    path,
    *,
    width,
    height,
    fit,
    name,
    version="1",
    license="Apache-2.0",
    thresholds=None,
    home_thresholds=None,
    least_length=None,
    extra=None,
):
    """Writes the F16 safetensors that the server reads, with its metadata. Returns the size in bytes."""
    tensors = {
        key: value.detach().cpu().contiguous().half()
        for key, value in model.net.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    for key, value in tensors.items():
        if not torch.isfinite(value).all():
            raise ValueError(f"{key} does not fit into F16.")
    metadata = {
        "format": "pt",
        "architecture": model.architecture,
        "input_width": str(width),
        "input_height": str(height),
        "fit": fit,
        "mean": ",".join(map(str, MEAN)),
        "std": ",".join(map(str, STD)),
        "embedding": "fc",
        "dimension": str(model.dimension),
        "name": name,
        "version": version,
        "license": license,
        **(extra or {}),
    }
    for key, values in (("closeness_thresholds", thresholds), ("home_closeness_thresholds", home_thresholds)):
        if values:
            metadata[key] = ",".join(f"{t:.4f}" for t in values)
    if least_length is not None:
        metadata["least_length"] = f"{least_length:.4f}"
    path = Path(path)
    partial = path.with_suffix(".partial")
    save_file(tensors, str(partial), metadata)
    partial.rename(path)
    return path.stat().st_size


def load_exported(path):
    """A model file as the server sees it: (the network in float32, its metadata)."""
    with safe_open(str(path), "pt") as file:
        metadata = file.metadata()
        model = Embedder(metadata["architecture"], int(metadata["dimension"]))
        state = {name: file.get_tensor(name).float() for name in file.keys()}
    missing, unknown = model.net.load_state_dict(state, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unknown:
        raise ValueError(f"{path}: missing {missing}, unknown {unknown}")
    return model.eval(), metadata
