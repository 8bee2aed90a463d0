"""TensorFlow: one call of a concrete function.

Weights frozen into it make it many times slower, and a second thread between operations does too
on small models.
"""


def prepare():
    global tf, keras
    import keras
    import tensorflow as tf


class Runner:
    def __init__(self, path, threads, inputs):
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        model = keras.saving.load_model(path, compile=False)
        self.inputs = tf.constant(inputs)
        signature = tf.TensorSpec(inputs.shape, tf.float32)
        call = tf.function(lambda x: model(x, training=False), input_signature=[signature])
        self.call = call.get_concrete_function()

    def __call__(self):
        self.result = self.call(self.inputs)

    def outputs(self):
        return self.result.numpy()
