"""ONNX Runtime: all graph optimisations, inputs and outputs bound once."""


def prepare():
    global ort
    import onnxruntime as ort


class Runner:
    def __init__(self, path, threads, inputs):
        options = ort.SessionOptions()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.binding = self.session.io_binding()
        self.inputs = inputs
        self.binding.bind_cpu_input(self.session.get_inputs()[0].name, inputs)
        self.binding.bind_output(self.session.get_outputs()[0].name)

    def __call__(self):
        self.session.run_with_iobinding(self.binding)

    def outputs(self):
        return self.binding.copy_outputs_to_cpu()[0]
