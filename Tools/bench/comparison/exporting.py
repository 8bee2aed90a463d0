"""Writes a Keras model in the formats of other runtimes, for a fixed batch."""
import glob
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile

OPSET = 17


def function(model, batch):
    """The model as a function of TensorFlow's, for a fixed batch."""
    import tensorflow as tf

    signature = tf.TensorSpec((batch, *model.input_shape[1:]), tf.float32, name="input")
    return tf.function(lambda x: model(x, training=False), input_signature=[signature])


def frozen(model, batch):
    """The same function, its weights made constants."""
    from tensorflow.python.framework import convert_to_constants

    return convert_to_constants.convert_variables_to_constants_v2(
        function(model, batch).get_concrete_function(), lower_control_flow=False)


def tflite(model, batch, target):
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen(model, batch)])
    with open(target, "wb") as file:
        file.write(converter.convert())


def graph(model, batch, target):
    """TensorFlow's graph in one file, as it is."""
    with open(target, "wb") as file:
        file.write(frozen(model, batch).graph.as_graph_def().SerializeToString())


def onnx(model, batch, target):
    import onnx as library
    import tf2onnx

    call = function(model, batch)
    proto, _ = tf2onnx.convert.from_function(
        call, input_signature=call.input_signature, opset=OPSET)
    # What a layer captures stays among the inputs, read by nobody: no runtime can fold it.
    read = {name for node in proto.graph.node for name in node.input}
    for value in [value for value in proto.graph.input if value.name not in read]:
        proto.graph.input.remove(value)
    library.save(proto, target)


def recurrent_onnx(model, batch, target):
    """A chain of recurrent and dense layers by ONNX's own operations for them."""
    import onnx as library

    from .recurrent import graph

    library.save(graph(model, batch, OPSET), target)


def mnn(source, target):
    tool = os.path.join(os.path.dirname(sys.executable), "mnnconvert")
    run([tool, "-f", "ONNX", "--modelFile", source, "--MNNModel", target, "--bizCode", "none",
         *(["--useOriginRNNImpl"] if "layers" in source else [])])
    if not os.path.exists(target):
        raise RuntimeError("mnnconvert wrote no model")


def ncnn(source, target):
    """A folder with ncnn's two files, weights in full precision."""
    places = importlib.util.find_spec("pnnx").submodule_search_locations
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(source, os.path.join(folder, "model.onnx"))
        run([os.path.join(places[0], "pnnx"), "model.onnx", "fp16=0"], cwd=folder)
        os.mkdir(target)
        for path in glob.glob(os.path.join(folder, "model.ncnn.*")):
            shutil.copy(path, target)
    if not os.path.exists(os.path.join(target, "model.ncnn.param")):
        raise RuntimeError("pnnx wrote no model")


def run(command, **options):
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        check=False, timeout=600, **options)
    if result.returncode != 0:
        lines = [line for line in result.stdout.splitlines() if line.strip()] or ["no message"]
        raise RuntimeError(
            f"{os.path.basename(command[0])} ended with {result.returncode}: {lines[-1]}")
