"""The same models in int8, in the forms that each side reads.

This engine takes its own calibration in the safetensors file; onnxruntime and OpenVINO take an ONNX model with quantise
and dequantise steps (QDQ), made by onnxruntime: activations in unsigned bytes, weights in signed bytes with a scale for
each output channel. Both are calibrated with photos of the demo catalog.
"""

import dataclasses
import json
import os
import pathlib
import random
import subprocess

import models

PHOTOS = 128
"""How many photos each side is calibrated with."""


def prepare(model, scratch, vitrine):
    """Makes what is missing; returns the model as onnxruntime and OpenVINO are told of it."""
    _calibrate(model, scratch, vitrine)
    name = f"{model.name}-int8"
    quantised = dataclasses.replace(
        model, name=name, title=f"{model.title}, int8", onnx=str(scratch / f"{name}.onnx"))
    if not pathlib.Path(quantised.onnx).exists():
        print(f"quantising {model.title}", flush=True)
        _quantise(model, quantised.onnx, scratch)
    quantised.write(scratch / f"{name}.json")
    return quantised


def _calibrate(model, scratch, vitrine):
    environment = {**os.environ, "VITRINE_HOME": str(scratch / "home")}
    listed = subprocess.run([vitrine, "weights", "list", "--json"], env=environment, check=True, capture_output=True)
    found = next(entry for entry in json.loads(listed.stdout)["models"] if entry["name"] == model.name)
    if "int8" not in found["precisions"]:
        print(f"calibrating {model.title}", flush=True)
        subprocess.run(
            [vitrine, "weights", "calibrate", model.name, "--catalog", str(models.ROOT / "catalog"),
             "--count", str(PHOTOS)], env=environment, check=True)


def _quantise(model, path, scratch):
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process
    from PIL import Image

    class Photos(CalibrationDataReader):
        """Photos of the demo catalog, one by one, at the input's size."""

        def __init__(self):
            paths = sorted((models.ROOT / "catalog/images").glob("*.jpg"))
            self.paths = iter(random.Random(2).sample(paths, PHOTOS))

        def get_next(self):
            path = next(self.paths, None)
            if path is None:
                return None
            photo = Image.open(path).convert("RGB")
            resized = scratch / "calibration.png"
            photo.resize((model.width, model.height), Image.Resampling.BOX).save(resized)
            return {"pixels": models.read_picture(resized)}

    prepared = f"{path}.prepared"
    quant_pre_process(model.onnx, prepared)
    quantize_static(
        prepared, path, Photos(), quant_format=QuantFormat.QDQ, per_channel=True, activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8)
    pathlib.Path(prepared).unlink()
