"""Exports, measures and prints; what it does is said in Tools/bench/compare."""
import contextlib
import json
import os
import sys
import tempfile

from . import formats, machine, tables
from .measuring import measure
from .options import options
from .preparing import prepare


def main():
    given = options()
    keraskit = machine.Keraskit(given.keraskit, given.cpu)
    results = {"machine": machine.describe(), "cpu": given.cpu, "runtimes": given.runtimes,
               "quantile": given.quantile, "peaks": {}, "cells": []}
    with contextlib.ExitStack() as stack:
        cache = given.cache or stack.enter_context(tempfile.TemporaryDirectory())
        for model in given.models:
            folder = os.path.join(os.path.abspath(cache), model)
            for batch, threads in given.cells:
                tell(f"{model}: batch {batch}, {threads} threads")
                prepare(model, folder, batch, given.runtimes, keraskit)
                figures = measure(model, folder, batch, threads, keraskit, given)
                results["cells"].append({
                    "model": model, "batch": batch, "threads": threads, "figures": figures,
                    "multiply_adds": limits(results, keraskit, folder, threads)})
                write(given.json, json.dumps(results, indent=1) + "\n")
    text = tables.markdown(results)
    write(given.markdown, text)
    print(text, end="")


def limits(results, keraskit, folder, threads):
    """A model's multiply-adds; the peak of as many threads is measured once more, and the best of
    all cells counts."""
    bundle = formats.path(folder, 1, "safetensors")
    if not os.path.exists(bundle):
        return None
    key = str(threads)
    results["peaks"][key] = max(results["peaks"].get(key, 0), keraskit.peak(bundle, threads))
    return keraskit.multiply_adds(bundle)


def tell(text):
    if sys.stderr.isatty():
        print(text, file=sys.stderr, flush=True)


def write(path, text):
    if path:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
