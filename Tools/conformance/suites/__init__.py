"""The suites, in the order in which they run."""
import importlib

NAMES = [
    "tensorflow_predict", "tensorflow_errors", "tensorflow_models", "triton_infer",
    "triton_tensors", "triton_repository", "kserve_client", "metrics", "openapi", "flask_demo",
    "pictures", "messages", "texts", "mutations", "generated", "shapes", "bodies", "connections",
    "slow_clients", "lifecycle", "overload", "access", "settings",
]


def load(name):
    return importlib.import_module(f"suites.{name}")
