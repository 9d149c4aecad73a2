"""The processes that are compared, and talking to them."""

import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


class SideError(Exception):
    """A side ended, or answered that it could not."""


class Side:
    """A process that answers each line with a line of JSON, until it is closed."""

    def __init__(self, name, command, environment=None):
        self.name = name
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **(environment or {})})
        self.facts = self._answer("starting")

    def ask(self, command):
        """Sends a command; returns its answer."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self._answer(command)

    def _answer(self, command):
        line = self.process.stdout.readline()
        if not line:
            raise SideError(f"{self.name} ended at '{command}': {self.process.stderr.read().strip()[-2000:]}")
        answer = json.loads(line)
        if answer.get("error"):
            raise SideError(f"{self.name}, '{command}': {answer['error']}")
        return answer

    def peak_megabytes(self):
        """The most resident memory the process has had."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) * 1024 / 1e6

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        for pipe in (self.process.stdout, self.process.stderr):
            pipe.close()


def vitrine(executable, scratch, model, threads, *options, name="Vitrine", precision="float32"):
    """This engine."""
    return Side(
        name, [executable, "bench", "--model", model.name, "--threads", str(threads), "--precision", precision, *options],
        {"VITRINE_HOME": str(scratch / "home")})


TITLES = {"onnxruntime": "onnxruntime", "openvino": "OpenVINO", "pytorch": "PyTorch"}


def runtime(kind, scratch, model, threads, mode=None):
    """One of the others."""
    command = [sys.executable, "-W", "ignore", str(HERE / "side.py"), "--runtime", kind, "--threads", str(threads)]
    command += ["--model", str(scratch / f"{model.name}.json")]
    return Side(TITLES[kind], command + (["--mode", mode] if mode else []))


def products(threads):
    """Large matrix products, which tell the machine's peak."""
    # Debian's or numpy's OpenBLAS and MKL read these when they are loaded.
    limits = {name: str(threads) for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]}
    return Side(
        f"sgemm, {threads} threads",
        [sys.executable, str(HERE / "side.py"), "--runtime", "sgemm", "--threads", str(threads)], limits)
