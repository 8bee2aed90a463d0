"""TensorFlow Lite (LiteRT): the interpreter with XNNPACK, which it uses by itself."""


def prepare():
    global Interpreter
    from ai_edge_litert.interpreter import Interpreter


class Runner:
    def __init__(self, path, threads, inputs):
        self.interpreter = Interpreter(model_path=path, num_threads=threads)
        self.interpreter.allocate_tensors()
        self.interpreter.set_tensor(self.interpreter.get_input_details()[0]["index"], inputs)

    def __call__(self):
        self.interpreter.invoke()

    def outputs(self):
        return self.interpreter.get_tensor(self.interpreter.get_output_details()[0]["index"])
