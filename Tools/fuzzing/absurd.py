"""Configurations that are well formed and ask for what nothing can hold: giant sizes, depths of
thousands, circles among the layers."""
import json
import zipfile

import h5py

SIZES = [1 << 20, 10 ** 9, (1 << 31) - 1, 1 << 31, 1 << 40, (1 << 62) + 1, (1 << 63) - 1]
WORDS = {"units", "filters", "output_dim", "input_dim", "kernel_size", "pool_size", "strides", "n",
         "dilation_rate", "size", "padding", "cropping", "target_shape", "batch_shape", "height",
         "batch_input_shape", "width", "num_heads", "key_dim", "value_dim", "depth_multiplier",
         "num_tokens", "num_bins", "max_tokens", "output_sequence_length", "groups", "power_iterations",
         "output_shape", "shape", "output_size", "fft_length", "num_mel_bins", "axis", "dims",
         "repeats", "ngrams", "num_oov_indices", "newshape", "axes", "num", "k", "sequence_length"}


def absurd(draw, path):
    """One or a few sizes that are giant, or a graph in circles, or a nest of thousands."""
    text = read(path)
    if text is None:
        return
    config = json.loads(text)
    way = draw.randrange(8)
    if way < 5:
        sizes(draw, config)
        text = json.dumps(config)
    elif way == 5:
        circle(draw, config)
        text = json.dumps(config)
    else:
        text = nested(draw, text)
    write(path, text)


def sizes(draw, config):
    found = [(holder, key) for holder, key in places(config) if key in WORDS]
    for holder, key in draw.sample(found, min(len(found), draw.choice([1, 1, 2, 5]))):
        holder[key] = giant(draw, holder[key])


def giant(draw, value):
    if isinstance(value, list):
        if not value:
            return [draw.choice(SIZES)]
        place = draw.randrange(len(value))
        return value[:place] + [giant(draw, value[place])] + value[place + 1:]
    if isinstance(value, int) and not isinstance(value, bool) or value is None:
        return draw.choice(SIZES) * draw.choice([1, 1, 1, -1])
    return value


def places(value):
    pending = [value]
    while pending:
        value = pending.pop()
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(key, str):
                yield value, key
            if isinstance(inner, (dict, list)):
                pending.append(inner)


def circle(draw, config):
    """A tensor that comes from another layer, often a later one or the layer itself."""
    tensors, layers = [], []
    for holder, key in places(config):
        if key == "keras_history":
            tensors.append(holder[key])
        if key == "name" and isinstance(holder[key], str):
            layers.append(holder[key])
        if key == "inbound_nodes" and isinstance(holder[key], list):
            tensors += [tensor for node in holder[key] if isinstance(node, list)
                        for tensor in node if isinstance(tensor, list) and len(tensor) > 2]
    for tensor in draw.sample(tensors, min(len(tensors), draw.choice([1, 2, 5]))):
        tensor[0] = draw.choice(layers)
        if draw.random() < 0.3:
            tensor[1] = draw.choice([0, 1, 2, -1, 1 << 40])


def nested(draw, text):
    """The whole model within models, or within wrappers, many times."""
    depth = draw.choice([10, 200, 3000])
    outer = draw.choice([
        '{"class_name": "Sequential", "config": {"name": "s", "layers": [%s]}}',
        '{"class_name": "TimeDistributed", "config": {"name": "t", "layer": %s}}',
        '{"class_name": "Bidirectional", "config": {"name": "b", "layer": %s}}',
        '{"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [%s]}, '
        '"registered_name": null}'])
    before, after = outer.split("%s")
    text = before * depth + text + after * depth
    return text if outer.startswith('{"class_name": "S') or outer.startswith('{"module"') else (
        '{"class_name": "Sequential", "config": {"name": "s", "layers": [' + text + "]}}")


def read(path):
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return archive.read("config.json").decode()
    with h5py.File(path) as file:
        text = file.attrs.get("model_config")
        return text.decode() if isinstance(text, bytes) else text


def write(path, text):
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        members["config.json"] = text.encode()
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        return
    with h5py.File(path, "r+") as file:
        del file.attrs["model_config"]
        if len(text) < 60_000:
            file.attrs["model_config"] = text
        else:
            file.attrs.create("model_config", text, dtype=h5py.string_dtype())


DAMAGES = {"absurd": ((".h5", ".keras"), absurd)}
