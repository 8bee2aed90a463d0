"""Runs keraskit on a model file and compares its outputs with Keras's."""
import os
import subprocess

import numpy as np

TOLERANCE = 1e-5
SECONDS = 60


def run_keraskit(keraskit, model, inputs, outputs):
    """None, or what keraskit said when it failed; `model` are the words that name the model."""
    if os.path.exists(outputs):
        os.remove(outputs)
    command = [keraskit, "predict", *model, "--input", inputs, "--output", outputs,
               "--output-names", "index"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return f"keraskit took more than {SECONDS} s"
    if done.returncode != 0:
        said = done.stderr.strip() or done.stdout.strip()
        return f"keraskit exited with {done.returncode}: {said}"
    return None if os.path.exists(outputs) else "keraskit wrote no outputs"


def differences(path, expected, allowed=TOLERANCE):
    """What is wrong with the outputs in a file, and the worst error relative to its scale."""
    with np.load(path) as file:
        found = {name: file[name] for name in file.files}
    names = [f"out{index}" for index in range(len(expected))]
    if sorted(found) != sorted(names):
        return [f"outputs {sorted(found)}, expected {sorted(names)}"], np.inf
    problems, worst = [], 0.0
    for name, value in zip(names, expected):
        error = relative_error(found[name], value)
        worst = max(worst, error)
        if found[name].shape != value.shape:
            problems.append(f"{name}: shape {found[name].shape}, expected {value.shape}")
        elif not error <= allowed:
            problems.append(f"{name}: {error:.2e} of its largest magnitude, shape {value.shape}")
    return problems, worst


def relative_error(found, expected):
    """The largest difference, as a share of the largest magnitude that was expected."""
    if found.shape != expected.shape:
        return np.inf
    if expected.size == 0:
        return 0.0
    if expected.dtype.kind == "U":
        return 0.0 if np.array_equal(found, expected) else np.inf
    expected = expected.astype("f8")
    scale = max(np.abs(expected).max(), 1e-30)
    return float(np.abs(found.astype("f8") - expected).max() / scale)
