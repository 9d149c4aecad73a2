"""One side of the comparison: a process that stays, and measures what it is told to on standard input.

    python side.py --runtime onnxruntime|openvino|pytorch --model MODEL.json [--threads 2] [--mode MODE]
    python side.py --runtime sgemm [--threads 2]

Speaks as `vitrine bench` does: `load FILE`, `embed I`, `latency N`, `throughput N`, each answered by a line of JSON.
`modes` lists the ways in which a runtime can take many pictures; `throughput` uses the one given by `--mode`. The side
`sgemm` knows only `peak N`: GFLOP/s of each of `N` large matrix products.
"""

import argparse
import json
import queue
import sys
import threading
import time


class OnnxRuntime:
    """Sessions of onnxruntime: one with all threads, and for many pictures one thread for each of several callers."""

    modes = ["one by one", "batches of 4", "batches of 16", "a session a thread"]

    def __init__(self, model, threads):
        import onnxruntime

        self.library, self.model, self.threads = onnxruntime, model, threads
        self.version = onnxruntime.__version__
        self.session = self._session(threads)
        self.single = None

    def _session(self, threads):
        options = self.library.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        return self.library.InferenceSession(self.model.onnx, options, providers=["CPUExecutionProvider"])

    def embed(self, pixels):
        return self.session.run(None, {"pixels": pixels})[0]

    def many(self, pictures, mode):
        if mode != "a session a thread":
            run_in_batches(pictures, mode, self.embed)
            return
        self.single = self.single or [self._session(1) for _ in range(self.threads)]
        run_in_threads(pictures, [lambda x, s=session: s.run(None, {"pixels": x}) for session in self.single])


class OpenVINO:
    """Compiled models of OpenVINO: with its hint for latency, and with that for throughput behind a queue."""

    modes = ["one by one", "batches of 4", "batches of 16", "asynchronous queue"]

    def __init__(self, model, threads):
        import openvino

        self.library, self.threads = openvino, threads
        self.version = openvino.__version__.split("-")[0]
        self.core = openvino.Core()
        self.path, self.shape = model.onnx, [model.height, model.width]
        self.latency = self._compile(1, "LATENCY").create_infer_request()
        self.batched, self.queue = {}, None

    def _compile(self, batch, hint):
        network = self.core.read_model(self.path)
        network.reshape([batch, 3, *self.shape])
        # Else it may choose bfloat16 where the CPU has it.
        return self.core.compile_model(network, "CPU", {
            "PERFORMANCE_HINT": hint, "INFERENCE_NUM_THREADS": self.threads, "INFERENCE_PRECISION_HINT": "f32"})

    def embed(self, pixels):
        if len(pixels) == 1:
            return next(iter(self.latency.infer({0: pixels}, share_inputs=True).values()))
        if len(pixels) not in self.batched:
            self.batched[len(pixels)] = self._compile(len(pixels), "LATENCY").create_infer_request()
        return next(iter(self.batched[len(pixels)].infer({0: pixels}, share_inputs=True).values()))

    def many(self, pictures, mode):
        if mode != "asynchronous queue":
            run_in_batches(pictures, mode, self.embed)
            return
        self.queue = self.queue or self.library.AsyncInferQueue(self._compile(1, "THROUGHPUT"))
        for picture in pictures:
            self.queue.start_async({0: picture}, share_inputs=True)
        self.queue.wait_all()


class PyTorch:
    """A traced and frozen module (batch norm folded), channels last, in inference mode."""

    modes = ["one by one", "batches of 4", "batches of 16"]

    def __init__(self, model, threads):
        import models
        import torch

        torch.set_num_threads(threads)
        torch.set_num_interop_threads(1)
        self.torch, self.version = torch, torch.__version__
        module = models.network(model).to(memory_format=torch.channels_last)
        example = torch.zeros(1, 3, model.height, model.width).to(memory_format=torch.channels_last)
        with torch.inference_mode():
            self.module = torch.jit.freeze(torch.jit.trace(module, example))

    def embed(self, pixels):
        torch = self.torch
        with torch.inference_mode():
            return self.module(torch.from_numpy(pixels).to(memory_format=torch.channels_last)).numpy()

    def many(self, pictures, mode):
        run_in_batches(pictures, mode, self.embed)


def run_in_batches(pictures, mode, embed):
    """Runs `embed` over the pictures in batches of the size that the mode's name ends with."""
    import numpy

    size = 1 if mode == "one by one" else int(mode.split()[-1])
    for first in range(0, len(pictures), size):
        batch = pictures[first:first + size]
        embed(batch[0] if size == 1 else numpy.concatenate(batch))


def run_in_threads(pictures, functions):
    """Each function on a thread of its own, which takes the next picture when it has done one."""
    waiting = queue.SimpleQueue()
    for picture in pictures:
        waiting.put(picture)

    def work(function):
        while True:
            try:
                function(waiting.get_nowait())
            except queue.Empty:
                return

    threads = [threading.Thread(target=work, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def timed(work):
    """Seconds that a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class Session:
    """The commands on a runtime and the pictures it was given."""

    def __init__(self, runtime, mode):
        self.runtime, self.mode, self.pictures = runtime, mode, []

    def load(self, path):
        import models

        self.pictures.append(models.read_picture(path))
        return {"pictures": len(self.pictures)}

    def embed(self, index):
        vector = self.runtime.embed(self.pictures[int(index)])[0].astype("float64")
        return {"embedding": (vector / (vector @ vector) ** 0.5).tolist()}

    def latency(self, count):
        turns = [self.pictures[turn % len(self.pictures)] for turn in range(int(count))]
        return {"milliseconds": [timed(lambda p=p: self.runtime.embed(p)) * 1000 for p in turns]}

    def throughput(self, count):
        turns = [self.pictures[turn % len(self.pictures)] for turn in range(int(count))]
        return {"seconds": timed(lambda: self.runtime.many(turns, self.mode or self.runtime.modes[0]))}

    def mode_is(self, mode):
        self.mode = mode
        return {"mode": mode}


class Products:
    """The machine's own peak: large single precision matrix products, by torch's library and by numpy's."""

    def __init__(self, threads):
        import numpy
        import torch

        torch.set_num_threads(threads)
        generator = numpy.random.default_rng(1)
        self.cases = []
        for size in [768, 1536]:
            a, b = (generator.random((size, size), dtype=numpy.float32) for _ in range(2))
            x, y = torch.from_numpy(a), torch.from_numpy(b)
            self.cases += [(size, lambda a=a, b=b: a @ b), (size, lambda x=x, y=y: x @ y)]

    def peak(self, count):
        cases = self.cases * int(count)
        return {"gflops": [2 * size**3 / timed(product) / 1e9 for size, product in cases]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runtime", choices=["onnxruntime", "openvino", "pytorch", "sgemm"], required=True)
    parser.add_argument("--model")
    parser.add_argument("--mode")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    answers = sys.stdout
    sys.stdout = sys.stderr  # What a library prints is no answer.

    def answer(value):
        print(json.dumps(value), file=answers, flush=True)

    if arguments.runtime == "sgemm":
        products = Products(arguments.threads)
        commands, ready = {"peak": products.peak}, {}
    else:
        import models

        kinds = {"onnxruntime": OnnxRuntime, "openvino": OpenVINO, "pytorch": PyTorch}
        runtime = kinds[arguments.runtime](models.Model.read(arguments.model), arguments.threads)
        session = Session(runtime, arguments.mode)
        commands = {"load": session.load, "embed": session.embed, "latency": session.latency,
                    "throughput": session.throughput, "mode": session.mode_is}
        ready = {"version": runtime.version, "modes": runtime.modes}
    answer(ready)
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        try:
            answer(commands[word](rest))
        except Exception as error:  # The driver decides what an error means.
            answer({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
