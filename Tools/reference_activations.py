#!/usr/bin/env python3
"""Writes a reference file: what a Keras model computes for given or made-up inputs.

    reference_activations.py MODEL OUT [--inputs FILE.npz | --samples N --seed S]
                             [--keras keras|tf_keras]

MODEL is what Keras loads (.h5, .keras). OUT is an .npz or an .h5 that holds `inputs/<input name>`,
`outputs/<output name>` and `activations/<layer name>`, the first axis of each the batch:
`keraskit verify MODEL --reference OUT` compares against it. How layers of nested models, shared
layers and further outputs are named is written in Tools/reference/recording.py.

A file of Keras 2 is loaded by tf_keras, any other by keras.
"""
import argparse
import importlib
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("out")
    parser.add_argument("--inputs", help="an .npz with one array per model input, by its name")
    parser.add_argument("--samples", type=int, default=8, help="how many inputs to make up (8)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--keras", choices=["keras", "tf_keras"], help="instead of what wrote the file")
    return parser.parse_args()


def lost_axes(path, model):
    """Layers whose list of axes Keras 3 drops on loading a legacy file: name and axes."""
    if not path.endswith((".h5", ".hdf5")) or hasattr(model, "_nested_inputs"):
        return
    import h5py

    with h5py.File(path) as file:
        config = json.loads(file.attrs["model_config"])
    pending = [config]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            axes = part.get("axis")
            if isinstance(axes, list) and len(axes) != 1:
                yield part.get("name"), axes
            pending += part.values()
        elif isinstance(part, list):
            pending += part


def main():
    options = arguments()
    from reference import input_names, sample_inputs, write_reference
    from reference.files import generation, read_inputs

    keras = importlib.import_module(options.keras or generation(options.model))

    model = keras.models.load_model(options.model, compile=False)
    for name, axes in lost_axes(options.model, model):
        print(f"warning: layer '{name}': Keras 3 forgets axis {axes} when it loads an .h5; "
              "what follows it is not what the file says", file=sys.stderr)
    if options.inputs:
        inputs = read_inputs(options.inputs)
        missing = sorted(set(input_names(model)) - set(inputs))
        if missing:
            raise SystemExit(f"{options.inputs}: no array for {', '.join(missing)}")
    else:
        inputs = sample_inputs(model, options.samples, options.seed, keras)
    outputs, activations = write_reference(options.out, model, inputs, keras)
    print(f"{options.out}: {len(inputs)} inputs, {len(outputs)} outputs, "
          f"{len(activations)} activations")


if __name__ == "__main__":
    main()
