"""Writes the expected outputs that the network tests compare with.

    python Training/golden/make_golden.py

Needs torch, torchvision, safetensors and numpy. For each architecture: torchvision's own model, with weights and input
from `hashed.py`, in single precision on the CPU. Of VGG16 the linear layers are made narrow, or the weights alone would
take 400 MB. Last, the model that ships, with an input from `hashed.py`.
"""

import json
from pathlib import Path

import torch
import torchvision
from safetensors import safe_open
from safetensors.torch import load_file

import hashed

root = Path(__file__).resolve().parents[2]
fixtures = root / "Tests" / "NeuralNetTests" / "Fixtures"
width, height = 80, 64


def narrow_head(model: torch.nn.Module, name: str) -> None:
    """Replaces the linear layers by ones with few outputs."""
    if name == "vgg16":
        model.classifier[0] = torch.nn.Linear(512 * 7 * 7, 32)
        model.classifier[3] = torch.nn.Linear(32, 24)
        model.classifier[6] = torch.nn.Linear(24, 16)
    else:
        model.fc = torch.nn.Linear(model.fc.in_features, 32)


def outputs(model: torch.nn.Module, name: str, x: torch.Tensor) -> dict:
    """Both embeddings of one picture, unnormalised: the pooled last feature map, and the last linear layer."""
    model.eval()
    with torch.no_grad():
        if name == "vgg16":
            features = model.features(x)
        else:
            features = torch.nn.Sequential(*list(model.children())[:-2])(x)
        pool = features.mean(dim=(2, 3))[0]
        fc = model(x)[0]
    return {
        "architecture": name, "width": x.shape[3], "height": x.shape[2],
        "pool": [float(f"{v:.8e}") for v in pool.tolist()], "fc": [float(f"{v:.8e}") for v in fc.tolist()],
    }


def write(name: str, golden: dict) -> None:
    path = fixtures / f"{name}.json"
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print(path.relative_to(root), len(golden["pool"]), len(golden["fc"]), max(map(abs, golden["pool"])))


def main() -> None:
    x = torch.from_numpy(hashed.tensor("input", (1, 3, height, width)))
    for name in ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "vgg16"]:
        model = getattr(torchvision.models, name)(weights=None)
        narrow_head(model, name)
        state = {
            key: torch.from_numpy(hashed.tensor(key, tuple(value.shape)))
            for key, value in model.state_dict().items() if not key.endswith("num_batches_tracked")
        }
        model.load_state_dict(state, strict=False)
        write(name, outputs(model, name, x))

    for name in ["resnet18", "resnet34"]:
        path = root / "Weights" / f"fashion-{name}.safetensors"
        with safe_open(path, "pt") as file:
            about = file.metadata()
        model = getattr(torchvision.models, name)(weights=None)
        model.fc = torch.nn.Linear(512, int(about["dimension"]))
        missing, unexpected = model.load_state_dict({k: v.float() for k, v in load_file(path).items()}, strict=False)
        assert not unexpected and all(key.endswith("num_batches_tracked") for key in missing)
        x = torch.from_numpy(hashed.tensor("input", (1, 3, int(about["input_height"]), int(about["input_width"]))))
        write(f"fashion-{name}", outputs(model, name, x))


if __name__ == "__main__":
    torch.manual_seed(0)
    main()
