"""TensorFlow: one call of a concrete function whose weights are constants."""


def prepare():
    global tf, frozen, keras
    import keras
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2 as frozen)


class Runner:
    def __init__(self, path, threads, inputs):
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        model = keras.saving.load_model(path, compile=False)
        self.inputs = tf.constant(inputs)
        signature = tf.TensorSpec(inputs.shape, tf.float32)
        call = tf.function(lambda x: model(x, training=False), input_signature=[signature])
        self.call = frozen(call.get_concrete_function())

    def __call__(self):
        self.result = self.call(self.inputs)

    def outputs(self):
        return self.result[0].numpy()
