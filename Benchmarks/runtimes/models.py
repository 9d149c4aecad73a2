"""The models that are measured, in the forms that each side reads: safetensors and ONNX, with the same numbers.

Writes, below the scratch folder: an installation for `vitrine` (`home/`), `NAME.safetensors` and `NAME.onnx`, the
pictures as PNG at exactly the input's size, and `NAME.json` that says where everything is.
"""

import dataclasses
import json
import os
import pathlib
import random
import shutil
import subprocess
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "Weights/fashion-resnet34.safetensors"
MEAN = [0.485, 0.456, 0.406]
DEVIATION = [0.229, 0.224, 0.225]


@dataclasses.dataclass
class Model:
    """A network and its input, as the sides are told of it."""

    name: str
    title: str
    architecture: str
    width: int
    height: int
    outputs: int
    """Length of the last layer's output; 0 if the embedding is the pooled features."""
    safetensors: str
    onnx: str
    pictures: list
    multiply_adds: dict = dataclasses.field(default_factory=dict)
    """Millions of multiply-adds of one picture, by kind of layer."""

    def write(self, path):
        path.write_text(json.dumps(dataclasses.asdict(self), indent=1))

    @staticmethod
    def read(path):
        return Model(**json.loads(pathlib.Path(path).read_text()))


def network(model):
    """The torch module of a model, in evaluation mode, without its classifier unless that is the embedding."""
    import safetensors.torch
    import torch
    import torchvision

    module = getattr(torchvision.models, model.architecture)(num_classes=model.outputs or 1000)
    weights = safetensors.torch.load_file(model.safetensors)
    module.load_state_dict({name: tensor.float() for name, tensor in weights.items()}, strict=False)
    if not model.outputs:
        module.fc = torch.nn.Identity()
    return module.eval()


def prepare(scratch, vitrine):
    """Makes what is missing of both models; returns them."""
    home = scratch / "home"
    (home / "Weights").mkdir(parents=True, exist_ok=True)
    for name in ["Templates", "Languages", "Public"]:
        (home / name).mkdir(exist_ok=True)
    shutil.copyfile(SHIPPED, home / "Weights" / SHIPPED.name)
    plans = [
        Model("resnet50", "ResNet-50, 224x224, random weights", "resnet50", 224, 224, 0,
              str(scratch / "resnet50.safetensors"), str(scratch / "resnet50.onnx"), []),
        Model("fashion-resnet34", "fashion-resnet34 (shipped), 144x192", "resnet34", 144, 192, 256,
              str(SHIPPED), str(scratch / "fashion-resnet34.onnx"), []),
    ]
    return [_prepare(plan, scratch, vitrine) for plan in plans]


def _prepare(model, scratch, vitrine):
    description = scratch / f"{model.name}.json"
    weights = pathlib.Path(model.safetensors)
    # What was made of other weights is made anew.
    if description.exists() and weights.exists() and description.stat().st_mtime > weights.stat().st_mtime:
        return Model.read(description)
    for stale in scratch.glob(f"{model.name}*.onnx"):
        stale.unlink()
    print(f"preparing {model.title}", flush=True)
    model.pictures = _pictures(model, scratch / f"{model.name}-pictures")
    if not pathlib.Path(model.safetensors).exists():
        _make_random(model)
    module = network(model)
    model.multiply_adds = _multiply_adds(module, model)
    _export(module, model)
    if model.safetensors != str(SHIPPED):
        (scratch / "home/Weights" / f"{model.name}.safetensors").unlink(missing_ok=True)
        subprocess.run(
            [vitrine, "weights", "add", model.safetensors, "--architecture", model.architecture, "--name", model.name],
            env={**os.environ, "VITRINE_HOME": str(scratch / "home")}, check=True, stdout=subprocess.DEVNULL)
    model.write(description)
    return model


def _pictures(model, folder, count=16):
    """Photos of the demo catalog, at the input's size: no side has to resize."""
    from PIL import Image

    folder.mkdir(exist_ok=True)
    photos = sorted((ROOT / "catalog/images").glob("*.jpg"))
    paths = []
    for index, photo in enumerate(random.Random(1).sample(photos, count)):
        paths.append(str(folder / f"{index}.png"))
        Image.open(photo).convert("RGB").resize((model.width, model.height), Image.Resampling.BOX).save(paths[-1])
    return paths


def read_picture(path):
    """A picture as the network takes it: float32, 1 x 3 x height x width, normalised."""
    import numpy
    from PIL import Image

    pixels = numpy.asarray(Image.open(path), dtype=numpy.float32) / 255
    normalised = (pixels - numpy.float32(MEAN)) / numpy.float32(DEVIATION)
    return numpy.ascontiguousarray(normalised.transpose(2, 0, 1)[None])


def _make_random(model):
    """Torchvision's random initialisation from a fixed seed, batch norm set to the statistics of some photos.

    Without them, activations would double from block to block, and all embeddings point the same way.
    """
    import safetensors.torch
    import torch
    import torchvision

    torch.manual_seed(1)
    module = getattr(torchvision.models, model.architecture)().train()
    for layer in module.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = None  # The plain mean of all batches.
    with torch.inference_mode():
        module(torch.cat([torch.from_numpy(read_picture(path)) for path in model.pictures]))
    tensors = {name: tensor for name, tensor in module.state_dict().items() if not name.endswith("num_batches_tracked")}
    safetensors.torch.save_file(tensors, model.safetensors)


def _export(module, model):
    """ONNX with a free batch size. The exporter folds batch norm into the convolutions."""
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, torch.zeros(1, 3, model.height, model.width), model.onnx, dynamo=False, opset_version=17,
            input_names=["pixels"], output_names=["embedding"],
            dynamic_axes={"pixels": {0: "batch"}, "embedding": {0: "batch"}})


def _multiply_adds(module, model):
    """Millions of multiply-adds of one picture, by kind of layer; a direct convolution's, whatever is computed."""
    import torch

    counts = {}

    def count(layer, _, output):
        if isinstance(layer, torch.nn.Linear):
            kind, total = "linear", layer.weight.numel()
        else:
            side, stride = layer.kernel_size[0], layer.stride[0]
            kind = f"{side}x{side}" + (f" stride {stride}" if stride > 1 else "")
            total = layer.weight.numel() * output.shape[2] * output.shape[3]
        counts[kind] = counts.get(kind, 0) + total / 1e6

    layers = [layer for layer in module.modules() if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear))]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    with torch.inference_mode():
        module(torch.zeros(1, 3, model.height, model.width))
    for hook in hooks:
        hook.remove()
    return counts
