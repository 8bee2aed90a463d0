"""Random models by their graph alone: inputs and outputs in lists and dictionaries, inputs that are
outputs, layers and nested models that are called again, and tensors that the file holds."""
import numpy as np

UNITS = 4


def structure_model(k, r):
    """A model, and words that say what it is."""
    names = r.sample(["zeta", "alpha", "mid", "x1", "x10", "x2"], r.randint(1, 3))
    inputs = [k.input(UNITS, name=name) for name in names]
    values, words = list(inputs), []
    tools = shared_tools(k, r)
    for _ in range(r.randint(2, 7)):
        word, made = step(k, r, tools, values)
        values += made
        words.append(word)
    given = arranged(r, dict(zip(names, inputs)), False)
    outputs = r.sample(values, min(len(values), r.randint(1, 4)))
    if r.random() < 0.3:
        outputs.append(r.choice(outputs))
    named = {f"out_{letter}": value for letter, value in zip("zaymb", outputs)}
    return k.keras.Model(given, arranged(r, named, k.is_keras3)), "graph: " + ", ".join(words)


def shared_tools(k, r):
    """Layers and models that may be called several times, by words."""
    L = k.layers
    dense = L.Dense(UNITS, activation="tanh", name="shared")
    a = k.input(UNITS, name="inner_a")
    inner = k.model(a, L.Add()([a, L.BatchNormalization()(L.Dense(UNITS)(a))]), name="inner")
    inner.trainable = r.random() < 0.7
    chain = k.keras.Sequential(
        ([L.Input((UNITS,))] if r.random() < 0.5 else [])
        + [L.Dense(3, activation="relu"), L.Dense(UNITS)], name="chain")
    p, q = k.input(UNITS, name="p"), k.input(UNITS, name="q")
    ends = [L.Subtract(name="difference")([p, q]), r.choice([p, L.Multiply()([p, q])])]
    pair = k.model([p, q], ends, name="pair")
    c = k.input(UNITS, name="c")
    outer = k.model(c, L.Dense(UNITS)(inner(c)), name="outer")
    return {"dense": dense, "inner": inner, "chain": chain, "pair": pair, "outer": outer}


def step(k, r, tools, values):
    """A word and what one more call gives."""
    L = k.layers
    kind = r.choice(["own", "merge", "constant", *tools, *tools])
    value = r.choice(values)
    if kind == "pair":
        return kind, list(tools["pair"]([value, r.choice(values)]))
    if kind in tools:
        return kind, [tools[kind](value)]
    if kind == "merge":
        name = r.choice(["Add", "Multiply", "Average", "Maximum"])
        return name, [getattr(L, name)()([value, r.choice(values)])]
    if kind == "constant":
        row = np.random.default_rng(r.randrange(1000)).normal(size=UNITS).astype("float32")
        return kind, [r.choice([lambda: value * row, lambda: row - value, lambda: value + 0.5])()]
    return "Dense", [L.Dense(UNITS)(value)]


def arranged(r, named, nests):
    """The values as one, in a list, a tuple, a dictionary, or where that is allowed in several."""
    values = list(named.values())
    if len(values) == 1 and r.random() < 0.5:
        return values[0]
    kind = r.random()
    if kind < 0.4:
        return values
    if kind < 0.75 or not nests or len(values) < 2:
        return dict(named)
    return [values[0], {"rest": values[1:]}] if kind < 0.9 else {"one": values[:1], "all": values[1:]}
