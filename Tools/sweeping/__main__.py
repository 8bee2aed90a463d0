"""The sweep's command line; what it does is said in Tools/sweep."""
import argparse
import glob
import importlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from absl import logging

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                                "fixtures"))

from layer_cases.kit import Kit, randomise
from reference import cpu_twins, record, sample_inputs, write_reference

from . import carriers, policies
from .comparing import TOLERANCE, differences, relative_error, run_keraskit
from .graphs import random_model
from .input_types import typed_inputs, typed_values

ATTEMPTS = 40


def main():
    options = arguments()
    warnings.filterwarnings("ignore")
    logging.set_verbosity(logging.ERROR)
    keras = importlib.import_module("tf_keras" if options.keras2 else "keras")
    cpu_twins.install(keras)
    kit = Kit(keras)
    if options.keep:
        os.makedirs(options.keep, exist_ok=True)
    seeds = [options.only] if options.only is not None else range(
        options.seed, options.seed + options.count)
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    with tempfile.TemporaryDirectory() as directory:
        for seed in seeds:
            counts[check(kit, options, seed, directory)] += 1
            if options.count >= 50 and (seed - options.seed + 1) % 50 == 0:
                print(f"... {counts['passed']} passed, {counts['failed']} failed", flush=True)
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed{skipped}")
    sys.exit(1 if counts["failed"] else 0)


def arguments():
    tools = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    built = os.path.join(os.path.dirname(tools), ".build", "release", "keraskit")
    parser = argparse.ArgumentParser(
        prog="Tools/sweep", description="Random models, by Keras and by keraskit.")
    parser.add_argument("--count", type=int, default=100, help="how many models (100)")
    parser.add_argument("--seed", type=int, default=0, help="of the first model (0)")
    parser.add_argument(
        "--only", type=int, metavar="SEED", help="one model, explained layer by layer")
    parser.add_argument(
        "--layer", metavar="NAME",
        help="models of this one layer, or of a kind: open (sizes), mask-graphs, masks, operations, "
        "quantized, signals, structures, texts, wrappers")
    parser.add_argument(
        "--carrier",
        choices=[*carriers.CARRIERS, *carriers.ONLY_KERAS2, *carriers.ONLY_KERAS3],
        help="the form in which models are saved (drawn)")
    parser.add_argument(
        "--policy", choices=[*policies.POLICIES, "each", "drawn"],
        help="the precision policy of all layers, or drawn (seldom another than float32)")
    parser.add_argument(
        "--inputs", choices=["float32", "drawn"], default="float32",
        help="the element type of inputs that a model leaves open, or drawn for each (float32)")
    parser.add_argument("--keras2", action="store_true", help="models by tf_keras")
    parser.add_argument("--errors", action="store_true", help="print every model's error")
    parser.add_argument("--keep", metavar="DIR", help="keep the files of models that fail")
    parser.add_argument("--keraskit", default=built, help="the binary (.build/release/keraskit)")
    return parser.parse_args()


def check(kit, options, seed, directory):
    """Makes the model of one seed and says whether keraskit agrees: passed, failed or skipped."""
    model, words, inputs, expected = make(kit, options, seed)
    stem = os.path.join(options.keep or directory, f"model{seed}")
    inputs_path, outputs_path = stem + ".in.npz", stem + ".out.npz"
    saved = carriers.save(kit, model, stem, options.carrier, seed)
    np.savez(inputs_path, **inputs)
    failure = run_keraskit(options.keraskit, saved, inputs_path, outputs_path)
    allowed = policies.tolerance(policies.drawn(options.policy, seed, kit), TOLERANCE)
    problems, error = ([failure], np.inf) if failure else differences(
        outputs_path, expected, allowed)
    if options.errors:
        print(f"ERROR {seed} {error:.2e} {words}", flush=True)
    if problems and failure is None and error < 50 * instability(kit, model, inputs, expected):
        return "skipped"
    if problems:
        report(options, seed, words, problems)
    if options.only is not None:
        explain(kit, options, stem, saved, model, words, inputs)
    elif not problems or not options.keep:
        for path in glob.glob(glob.escape(stem) + ".*"):
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    return "failed" if problems else "passed"


def make(kit, options, seed):
    """A model whose outputs are finite: options that Keras or the CPU refuse are drawn again."""
    for attempt in range(ATTEMPTS):
        kit.keras.backend.clear_session()
        r = random.Random(seed * ATTEMPTS + attempt)
        numbers = np.random.default_rng(seed * ATTEMPTS + attempt)
        try:
            kit.keras.utils.set_random_seed(seed + 1)
            with (policies.policy(kit, policies.drawn(options.policy, seed, kit), seed),
                  typed_inputs(kit, options.inputs, seed * ATTEMPTS + attempt)):
                model, words, *given = random_model(kit, r, options.layer)
            if not getattr(model, "has_weights", False):
                randomise(model, numbers)
            inputs = given[0] if given else sample_inputs(
                model, r.randint(1, 4), seed, kit.keras)
            if options.inputs == "drawn":
                inputs = typed_values(model, inputs)
            outputs = run_keras(kit, model, inputs)
        except Exception as error:
            if options.only is not None:
                print(f"attempt {attempt}: {type(error).__name__}: {str(error).splitlines()[0]}")
            continue
        if all(value.size and (value.dtype.kind == "U" or np.isfinite(value).all())
               for value in outputs):
            return model, words, inputs, outputs
    sys.exit(f"seed {seed}: no model in {ATTEMPTS} attempts")


def run_keras(kit, model, inputs):
    outputs, _ = record(model, inputs, kit.keras)
    return list(outputs.values())


def instability(kit, model, inputs, expected):
    """How far the outputs move when the inputs are off by one rounding: an error of that order is
    the model's own."""
    random = np.random.default_rng(0)
    moved = {
        name: (value * (1 + 1.2e-7 * random.choice([-1, 1], value.shape))).astype(value.dtype)
        if value.dtype.kind == "f" else value for name, value in inputs.items()}
    pairs = zip(run_keras(kit, model, moved), expected)
    return max((relative_error(found, value) for found, value in pairs), default=0)


def report(options, seed, words, problems):
    again = f"--only {seed}" + (" --keras2" if options.keras2 else "")
    again += f" --layer {options.layer}" if options.layer else ""
    again += f" --carrier {options.carrier}" if options.carrier else ""
    again += f" --policy {options.policy}" if options.policy else ""
    again += f" --inputs {options.inputs}" if options.inputs != "float32" else ""
    print(f"FAILED {again}: {words}")
    for problem in problems[:6]:
        print("   ", problem)
    sys.stdout.flush()


def explain(kit, options, stem, saved, model, words, inputs):
    """Lets keraskit find the first layer that differs."""
    print(f"model: {words}\nfiles: {' '.join(saved)}, {stem}.in.npz, {stem}.out.npz, "
          f"{stem}.reference.npz")
    reference = stem + ".reference.npz"
    write_reference(reference, model, inputs, kit.keras)
    sys.stdout.flush()
    subprocess.run([options.keraskit, "verify", *saved, "--reference", reference,
                    "--rtol", str(TOLERANCE)], check=False)


if __name__ == "__main__":
    main()
