"""MNN: a session of its interpreter, in high precision."""
import numpy as np


def prepare():
    global MNN
    import MNN


class Runner:
    def __init__(self, path, threads, inputs):
        self.interpreter = MNN.Interpreter(path)
        self.session = self.interpreter.createSession(
            {"backend": "CPU", "precision": "high", "numThread": threads})
        tensor = self.interpreter.getSessionInput(self.session)
        host = MNN.Tensor(inputs.shape, MNN.Halide_Type_Float, inputs, self.layout(inputs))
        tensor.copyFrom(host)

    @staticmethod
    def layout(values):
        """Dimensions as they stand in the ONNX file, without a meaning."""
        return MNN.Tensor_DimensionType_Caffe

    def __call__(self):
        self.interpreter.runSession(self.session)

    def outputs(self):
        tensor = self.interpreter.getSessionOutput(self.session)
        shape = tensor.getShape()
        host = MNN.Tensor(
            shape, MNN.Halide_Type_Float, np.zeros(shape, np.float32), self.layout(shape))
        tensor.copyToHostTensor(host)
        return np.array(host.getNumpyData()).reshape(shape)
