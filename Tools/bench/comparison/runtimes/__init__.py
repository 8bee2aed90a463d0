"""The other runtimes: each file has a `prepare()`, which imports it, and a class `Runner`.

`Runner(path, threads, inputs)` loads a model for one batch of inputs; calling it predicts once;
`outputs()` gives what the last call made of them.
"""
