"""What Keras computes: suitable inputs for a model, its outputs, every layer's activation."""
from .files import write_reference
from .inputs import sample_inputs
from .recording import input_names, output_names, record

__all__ = ["input_names", "output_names", "record", "sample_inputs", "write_reference"]
