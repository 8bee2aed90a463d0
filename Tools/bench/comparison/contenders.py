"""One runtime in one cell: its worker started, its results checked, its times collected."""
import math
import os
import statistics
import time

import numpy as np

from . import formats
from .preparing import failure
from .process import Worker, WorkerFailure, peer_command

# The largest difference from Keras's results, relative to the largest of them.
TOLERANCE = 1e-3
TRIAL_SECONDS = 0.3
MOST_TRIAL_RUNS = 1000
# Processes of keraskit that load and answer once; the best of them counts.
LOADS = 3


class Contender:
    """A runtime that takes part in a cell, or the reason why it does not."""

    def __init__(self, runtime, model, folder, batch, threads, keraskit):
        self.runtime, self.folder = runtime, folder
        self.batch, self.threads, self.keraskit = batch, threads, keraskit
        self.worker, self.failure, self.error, self.format = None, None, None, None
        self.seconds, self.process_ms, self.peak_bytes = [], math.inf, 0
        for kind in formats.formats(runtime, model):
            self.offer(kind)
        if self.worker:
            self.failure = None

    def offer(self, kind):
        """Takes a format if it works, and better than the one taken before."""
        if reason := failure(self.folder, self.batch, kind):
            self.failure = self.failure or reason
            return
        outputs = os.path.join(self.folder, f"{self.runtime}.npy")
        worker = None
        try:
            worker = self.start(self.command(kind, outputs))
            error = self.difference(outputs)
            trial = self.trial_seconds(worker)
        except (WorkerFailure, RuntimeError, ValueError) as problem:
            self.failure = self.failure or str(problem)
            if worker:
                worker.end()
            return
        if self.worker is None or (error > TOLERANCE, trial) < (self.is_wrong, self.trial):
            if self.worker:
                self.worker.end()
            self.worker, self.error, self.trial, self.format = worker, error, trial, kind
        else:
            worker.end()

    def start(self, command):
        return Worker(
            command, self.environment(), os.path.join(self.folder, f"{self.runtime}.log"))

    def start_anew(self):
        """Goes on in another process."""
        if not self.worker:
            return
        self.peak_bytes = max(self.peak_bytes, self.worker.peak_memory())
        self.worker.end()
        outputs = os.path.join(self.folder, f"{self.runtime}.npy")
        self.worker = None
        try:
            self.worker = self.start(self.command(self.format, outputs))
            self.trial_seconds(self.worker)
        except WorkerFailure as problem:
            self.failure = str(problem)

    @staticmethod
    def trial_seconds(worker):
        """The shortest of some predictions: what chooses between formats."""
        seconds = worker.times(1)[0]
        more = min(int(TRIAL_SECONDS / seconds), MOST_TRIAL_RUNS)
        return min(seconds, *worker.times(more)) if more > 0 else seconds

    def command(self, kind, outputs):
        path = formats.path(self.folder, self.batch, kind)
        if self.runtime != "keraskit":
            return peer_command(self.runtime, path, self.threads, self.reference, outputs)
        inputs = os.path.join(self.folder, "inputs.npy")
        np.save(inputs, np.load(self.reference)["inputs"])
        for _ in range(LOADS):
            start = time.monotonic()
            self.keraskit.run("predict", path, "--input", inputs, "--output", outputs,
                              "--threads", str(self.threads))
            self.process_ms = min(self.process_ms, (time.monotonic() - start) * 1000)
        return [self.keraskit.program, "bench", path, "--requests", "--batch", str(self.batch),
                "--threads", str(self.threads)]

    def environment(self):
        return self.keraskit.environment if self.runtime == "keraskit" else {}

    @property
    def reference(self):
        return formats.path(self.folder, self.batch, "npz")

    def difference(self, outputs):
        expected = np.load(self.reference)["outputs"].astype(np.float64)
        found = np.load(outputs).astype(np.float64)
        if found.size != expected.size:
            raise WorkerFailure(f"gives {found.shape}, not {expected.shape}")
        worst = np.abs(found.reshape(expected.shape) - expected).max() / np.abs(expected).max()
        return float(worst) if np.isfinite(worst) else float("inf")

    @property
    def is_wrong(self):
        return self.error is not None and self.error > TOLERANCE

    @property
    def median(self):
        return statistics.median(self.seconds) if self.seconds else None

    def take_turn(self, seconds):
        """Predicts for about so long; the first predictions of a turn warm caches up again."""
        each = self.median or self.trial
        count = min(max(1, round(seconds / each)), 100_000)
        unmeasured = max(1, count // 10) if each < 0.5 else 0
        try:
            self.seconds += self.worker.times(count + unmeasured)[unmeasured:]
        except WorkerFailure as problem:
            self.failure = str(problem)
            self.worker.end()
            self.worker = None

    def finish(self, quantile):
        """The figures as they stand, with the worker ended."""
        figures = {"format": self.format, "failure": self.failure}
        if self.worker and self.seconds:
            ready = self.worker.ready
            figures |= {
                "milliseconds": float(np.quantile(self.seconds, quantile)) * 1000,
                "runs": len(self.seconds),
                "error": self.error, "is_wrong": self.is_wrong,
                "peak_bytes": max(self.peak_bytes, self.worker.peak_memory()),
                "imported_bytes": ready["imported_bytes"],
                "load_ms": ready["first_answer_ms"],
                "process_ms": ready.get("process_ms") or self.process_ms,
                "kernels": ready.get("kernels")}
        if self.worker:
            self.worker.end()
        return figures
