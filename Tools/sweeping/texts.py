"""Random layers that look strings up, cut texts into tokens, and hash."""
import numpy as np

NAMES = ["StringLookup", "TextVectorization", "Hashing", "HashedCrossing"]
LETTERS = "aAbBcé日 .,!-_'\t?x1"


def text_model(k, r, only=None):
    """A layer of strings or whole numbers, words that say what it is, and its inputs."""
    name = only if only in NAMES else r.choice(NAMES)
    return {"StringLookup": lookup, "TextVectorization": vectorization, "Hashing": hashing,
            "HashedCrossing": crossing}[name](k, r)


def word(r, longest=6):
    return "".join(r.choice(LETTERS) for _ in range(r.randint(0, longest)))


def words(r, count, longest=6):
    return sorted({word(r, longest) for _ in range(count)} - {""})


def texts(r, shape, vocabulary, pieces=1):
    """Strings of known and unknown words."""
    def text():
        return " ".join(r.choice(vocabulary) if vocabulary and r.random() < 0.7 else word(r)
                        for _ in range(r.randint(0 if pieces > 1 else 1, pieces)))

    return np.array([text() for _ in range(int(np.prod(shape)))], "U").reshape(shape)


def mode_options(r, count, modes):
    options = {"output_mode": r.choice(modes)}
    if options["output_mode"] == "tf_idf":
        options["idf_weights"] = [round(r.uniform(0, 3), 3) for _ in range(count)]
    elif options["output_mode"] != "int" and r.random() < 0.3:
        options.update(max_tokens=count + r.randint(8, 12), pad_to_max_tokens=True)
    return options


def lookup(k, r):
    vocabulary = words(r, r.randint(2, 40))
    options = {"num_oov_indices": r.choice([1, 1, 0, 2, 7])}
    if r.random() < 0.4:
        options["mask_token"] = r.choice(["", "?mask"])
    if r.random() < 0.2:
        options["invert"] = True
    else:
        options.update(mode_options(
            r, len(vocabulary), ["int", "int", "multi_hot", "count", "one_hot", "tf_idf"]))
    if k.is_keras3 and r.random() < 0.3:
        options["salt"] = r.choice([9, [1, -2]])
    shape = (r.randint(1, 4), r.randint(1, 5))
    if options.get("invert"):
        x = k.input(shape[1], dtype="int64")
        given = np.array([r.randint(-2, len(vocabulary) + 4) for _ in range(shape[0] * shape[1])])
        given = given.reshape(shape)
    else:
        x = k.input(shape[1], dtype="string")
        given = texts(r, shape, vocabulary)
        if options["num_oov_indices"] == 0:
            given = np.array([r.choice(vocabulary) for _ in given.flat], "U").reshape(shape)
    layer = k.layers.StringLookup(vocabulary=vocabulary, **options)
    return k.model(x, layer(x)), f"StringLookup, {options}", {"x": given}


def vectorization(k, r):
    vocabulary = words(r, r.randint(2, 40), 4)
    options = mode_options(r, len(vocabulary), ["int", "int", "multi_hot", "count", "tf_idf"])
    options["split"] = r.choice(["whitespace", "whitespace", "character", None])
    options["standardize"] = r.choice(
        ["lower_and_strip_punctuation", "lower", "strip_punctuation", None])
    if r.random() < 0.4:
        options["ngrams"] = r.choice([1, 2, 3, (2,), (3, 1)])
    if options["output_mode"] == "int" and r.random() < 0.6:
        options["output_sequence_length"] = r.randint(1, 12)
    shape = (r.randint(1, 9), r.randint(1, 5) if options["split"] is None else 1)
    x = k.input(shape[1], dtype="string")
    layer = k.layers.TextVectorization(vocabulary=vocabulary, **options)
    return (k.model(x, layer(x)), f"TextVectorization, {options}",
            {"x": texts(r, shape, vocabulary, 8)})


def hashing(k, r):
    options = {"num_bins": r.choice([1, 2, 5, 100, 1 << 30]),
               "output_mode": r.choice(["int", "int", "one_hot", "multi_hot", "count"])}
    if options["output_mode"] != "int":
        options["num_bins"] = min(options["num_bins"], 50)
    if r.random() < 0.4:
        options["salt"] = r.choice([3, 133, [5, 7], [-1, 1 << 50]])
    shape = (r.randint(1, 4), r.randint(1, 5))
    is_text = r.random() < 0.6
    if r.random() < 0.3:
        options["mask_value"] = "" if is_text else 3
    x = k.input(shape[1], dtype="string" if is_text else r.choice(["int64", "int32"]))
    given = texts(r, shape, words(r, 9, 200)) if is_text else np.array(
        [r.choice([3, r.randint(-9, 9), r.randint(-1 << 31, (1 << 31) - 1)])
         for _ in range(shape[0] * shape[1])], x.dtype if k.is_keras3 else x.dtype.name
    ).reshape(shape)
    return (k.model(x, k.layers.Hashing(**options)(x)), f"Hashing, {options}", {"x": given})


def crossing(k, r):
    bins = r.choice([1, 7, 40])
    layer = k.layers.HashedCrossing(
        bins if r.random() < 0.5 else 1 << 30) if r.random() < 0.5 else k.layers.HashedCrossing(
        bins, output_mode="one_hot")
    rows = r.randint(1, 5)
    inputs, given = [], {}
    for name in ["a", "b"]:
        is_text = r.random() < 0.5
        inputs.append(k.input(1, name=name, dtype="string" if is_text else "int64"))
        given[name] = texts(r, (rows, 1), ["x"]) if is_text else np.array(
            [[r.randint(-1 << 60, 1 << 60)] for _ in range(rows)])
    return k.model(inputs, layer(inputs)), "HashedCrossing", given
