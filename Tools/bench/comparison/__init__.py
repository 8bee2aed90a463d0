"""Compares keraskit with other runtimes; what it does is said in Tools/bench/compare."""
