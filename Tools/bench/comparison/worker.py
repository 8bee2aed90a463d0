"""One runtime in a process of its own, which predicts when it is told to.

    python -m comparison.worker RUNTIME MODEL THREADS REFERENCE.npz OUTPUTS.npy

The first line of output is an object that tells that the model is ready; then every line of input
that holds a number N is answered with one line: the seconds of N predictions. `keraskit bench
--requests` does the same.
"""
import importlib
import json
import os
import sys
import time

import numpy as np

WARM_UP_SECONDS = 0.3


def main():
    runtime, path, threads, reference, outputs = sys.argv[1:]
    # Runtimes print what they like: that goes where the errors go.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    inputs = np.load(reference)["inputs"]
    module = importlib.import_module(f"comparison.runtimes.{runtime}")
    module.prepare()
    imported_memory = memory("VmRSS")
    start = time.monotonic()
    runner = module.Runner(path, int(threads), inputs)
    runner()
    end = time.monotonic()
    np.save(outputs, runner.outputs())
    warm_up(runner)
    print(json.dumps({
        "first_answer_ms": (end - start) * 1000,
        "process_ms": (end - float(os.environ["COMPARISON_STARTED"])) * 1000,
        "imported_bytes": imported_memory}), file=answers, flush=True)
    for line in sys.stdin:
        print(*(f"{seconds:.9f}" for seconds in times(runner, int(line))), file=answers,
              flush=True)


def warm_up(runner):
    end = time.monotonic() + WARM_UP_SECONDS
    while time.monotonic() < end:
        runner()


def times(runner, count):
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        runner()
        seconds.append(time.perf_counter() - start)
    return seconds


def memory(field):
    """The bytes that Linux tells of this process under a name."""
    with open("/proc/self/status", encoding="utf-8") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(field))


if __name__ == "__main__":
    main()
