"""ncnn: weights and arithmetic in single precision; it knows no batch, so items run one by one."""
import os

import numpy as np


def prepare():
    global ncnn
    import ncnn


class Runner:
    def __init__(self, path, threads, inputs):
        self.net = ncnn.Net()
        options = self.net.opt
        options.num_threads = threads
        for name in dir(options):
            if name.startswith(("use_fp16", "use_bf16", "use_int8")):
                setattr(options, name, False)
        self.net.load_param(os.path.join(path, "model.ncnn.param"))
        self.net.load_model(os.path.join(path, "model.ncnn.bin"))
        self.items = [ncnn.Mat(item).clone() for item in inputs]

    def __call__(self):
        self.results = []
        for item in self.items:
            extractor = self.net.create_extractor()
            extractor.input("in0", item)
            status, result = extractor.extract("out0")
            if status != 0:
                raise RuntimeError(f"ncnn failed with {status}")
            self.results.append(result)

    def outputs(self):
        return np.stack([np.array(result) for result in self.results])
