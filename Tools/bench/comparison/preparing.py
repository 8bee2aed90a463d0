"""Exports models: what a cache holds already is left alone."""
import os
import subprocess
import sys

from . import formats


def prepare(model, folder, batch, runtimes, keraskit):
    """Writes a model in every format that the runtimes take, or the reason why it has none."""
    wanted = ["h5", "npz"]
    for runtime in runtimes:
        if runtime != "keraskit":
            wanted += [kind for kind in formats.formats(runtime, model) if kind not in wanted]
    os.makedirs(folder, exist_ok=True)
    log = os.path.join(folder, "building.log")
    while missing := [kind for kind in wanted if not is_done(folder, batch, kind)]:
        command = [sys.executable, "-m", "comparison.building", model, folder, str(batch), *missing]
        with open(log, "wb") as output:
            status = subprocess.run(command, stdout=output, stderr=output, check=False).returncode
        left = [kind for kind in missing if not is_done(folder, batch, kind)]
        if left:
            # A converter took the whole process down, at the first format that is not there.
            note(folder, batch, left[0], f"the converter ended with status {status}")
    if reason := failure(folder, batch, "h5") or failure(folder, batch, "npz"):
        sys.exit(f"{model}: Keras cannot build it: {reason}")
    if "keraskit" in runtimes:
        convert(folder, batch, keraskit)


def convert(folder, batch, keraskit):
    """Writes keraskit's bundle, anew each time: the program may have changed."""
    bundle = formats.path(folder, batch, "safetensors")
    problem = formats.failure_path(folder, batch, "safetensors")
    for path in (bundle, problem):
        if os.path.exists(path):
            os.remove(path)
    try:
        keraskit.run("convert", formats.path(folder, batch, "h5"), "-o", bundle)
    except RuntimeError as error:
        note(folder, batch, "safetensors", str(error))


def is_done(folder, batch, kind):
    return any(os.path.exists(path(folder, batch, kind))
               for path in (formats.path, formats.failure_path))


def note(folder, batch, kind, reason):
    with open(formats.failure_path(folder, batch, kind), "w", encoding="utf-8") as file:
        file.write(reason)


def failure(folder, batch, kind):
    """Why there is no file in a format, or None."""
    path = formats.failure_path(folder, batch, kind)
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return file.read()
