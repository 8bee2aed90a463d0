"""Random attention layers, whose calls take several tensors, masks and flags."""
from .options import activation, layer, some, units

NAMES = ["Attention", "AdditiveAttention", "MultiHeadAttention", "GroupQueryAttention"]
LENGTHS = [1, 2, 3, 5, 8, 12, 19, 33, 40]
SIZES = [1, 2, 3, 4, 7, 8, 16, 17, 32]


def attention_model(k, r, name):
    """One attention layer on inputs of its own, and words that say what it is."""
    make = {"Attention": plain, "AdditiveAttention": plain, "MultiHeadAttention": multi_head,
            "GroupQueryAttention": group_query}[name]
    inputs, result, words = make(k, r, name)
    outputs = list(result) if isinstance(result, (list, tuple)) else result
    return k.model(inputs, outputs), f"{name}, {words}"


def attend(k, r, value):
    """A layer and what it makes of one sequence, for graphs."""
    sizes = {"num_heads": r.randint(1, 4), "key_dim": r.choice([2, 3, 8, 16])}
    made = k.layers.MultiHeadAttention(**sizes, **some(r, use_bias=False))
    return made, made(value, value, **some(r, use_causal_mask=True))


def mask(k, inputs, name, *shape):
    """A further input of truth values."""
    inputs.append(k.input(*shape, name=name, dtype="bool"))
    return inputs[-1]


def flags(r):
    return {name: True for name in ("use_causal_mask", "return_attention_scores")
            if r.random() < 0.25}


def plain(k, r, name):
    queries, keys, size, width = (r.choice(LENGTHS), r.choice(LENGTHS), r.choice(SIZES),
                                  r.choice(SIZES))
    has_key = r.random() < 0.4
    inputs = [k.input(queries, size, name="q"), k.input(keys, width if has_key else size, name="v")]
    if has_key:
        inputs.append(k.input(keys, size, name="k"))
    tensors = list(inputs)
    if queries == keys and not has_key and r.random() < 0.5:
        inputs = inputs[:1]
        tensors = [inputs[0]] * r.randint(2, 3)
    call = flags(r)
    if r.random() < 0.4:
        given = [mask(k, inputs, "qm", queries) if r.random() < 0.6 else None,
                 mask(k, inputs, "vm", keys) if r.random() < 0.8 else None]
        if any(m is not None for m in given):
            call["mask"] = given
    options = some(r, dropout=0.3)
    if name == "Attention":
        options.update(some(r, use_scale=True, score_mode="concat"))
    else:
        if has_key and k.is_keras2 and width != size:
            options["use_scale"] = False
        options.update(some(r, use_scale=False))
    made = getattr(k.layers, name)(**options)
    words = f"{[tuple(t.shape)[1:] for t in tensors]}, {options}, {sorted(call)}"
    return inputs, made(tensors, **call), words


def headed_options(k, r):
    options = some(r, use_bias=False) | ({"dropout": 0.3} if r.random() < 0.2 else {})
    if not k.is_keras2:
        options |= {"use_gate": True} if r.random() < 0.3 else {}
        options |= {"sliding_window": r.randint(1, 6)} if r.random() < 0.25 else {}
    return options


def headed_masks(k, r, inputs, heads, queries, keys):
    call = {}
    if r.random() < 0.35:
        shape = r.choice([(queries, keys), (1, keys), (queries, 1), (heads, queries, keys),
                          (1, queries, keys)])
        call["attention_mask"] = mask(k, inputs, "am", *shape)
    if not k.is_keras2:
        # Keras takes the batch for the heads where it joins these with a mask that has heads.
        has_heads = "attention_mask" in call and len(call["attention_mask"].shape) == 4
        for name in ("value_mask", "key_mask"):
            if r.random() < 0.2 and not has_heads:
                call[name] = mask(k, inputs, name, keys)
    return call


def value_and_key(k, r, inputs, keys, value_size):
    """The value and perhaps the key of an attention, and how long they are; new inputs are added."""
    query = inputs[0]
    tensors = {"value": query}
    if r.random() < 0.6:
        inputs.append(k.input(keys, value_size(), name="v"))
        tensors = {"value": inputs[-1]}
    else:
        keys = query.shape[1]
    if r.random() < 0.3:
        inputs.append(k.input(keys, r.choice(SIZES), name="k"))
        tensors["key"] = inputs[-1]
    return tensors, keys


def multi_head(k, r, name):
    heads, queries, keys = r.randint(1, 5), r.choice(LENGTHS), r.choice(LENGTHS)
    options = {"num_heads": heads, "key_dim": r.choice(SIZES), **headed_options(k, r),
               **some(r, value_dim=r.choice(SIZES))}
    if r.random() < 0.3:
        options["output_shape"] = r.choice([units(r), (r.randint(1, 4), r.randint(1, 5))])
    if r.random() < 0.3:
        return several_axes(k, r, options)
    inputs = [k.input(queries, r.choice(SIZES), name="q")]
    query = inputs[0]
    tensors, keys = value_and_key(k, r, inputs, keys, lambda: r.choice(SIZES))
    call = flags(r) | headed_masks(k, r, inputs, heads, queries, keys)
    if not k.is_keras2 and r.random() < 0.15:
        call["query_mask"] = mask(k, inputs, "qm", queries)
    shapes = [tuple(t.shape)[1:] for t in inputs]
    result = k.layers.MultiHeadAttention(**options)(query, **tensors, **call)
    return inputs, result, f"{shapes}, {options}, {sorted(call)}"


def several_axes(k, r, options):
    """Attention over some of two or three axes, the others being batch axes."""
    rank = r.choice([2, 2, 3])
    shape = [r.randint(1, 6) for _ in range(rank)]
    axes = r.sample(range(1, rank + 1), r.randint(1, rank))
    if r.random() < 0.3:
        axes = [axis - rank - 2 for axis in axes] if k.is_keras2 else axes
    else:
        options["attention_axes"] = axes if len(axes) > 1 or r.random() < 0.5 else axes[0]
    options.pop("sliding_window", None)
    query = k.input(*shape, r.choice(SIZES), name="q")
    inputs, value = [query], query
    if r.random() < 0.4:
        attended = options.get("attention_axes", range(1, rank + 1))
        attended = [attended] if isinstance(attended, int) else attended
        other = [r.randint(1, 6) if axis + 1 in attended else size
                 for axis, size in enumerate(shape)]
        inputs.append(k.input(*other, r.choice(SIZES), name="v"))
        value = inputs[-1]
    call = {"return_attention_scores": True} if r.random() < 0.25 else {}
    result = k.layers.MultiHeadAttention(**options)(query, value, **call)
    return inputs, result, f"{[tuple(t.shape)[1:] for t in inputs]}, {options}, {sorted(call)}"


def group_query(k, r, name):
    groups, queries, keys, size = (r.randint(1, 4), r.choice(LENGTHS), r.choice(LENGTHS),
                                   r.choice(SIZES))
    heads = groups * r.randint(1, 4)
    options = {"head_dim": r.choice(SIZES), "num_query_heads": heads,
               "num_key_value_heads": groups, **headed_options(k, r)}
    inputs = [k.input(queries, size, name="q")]
    query = inputs[0]
    tensors, keys = value_and_key(k, r, inputs, keys, lambda: size)
    call = flags(r) | headed_masks(k, r, inputs, heads, queries, keys)
    if r.random() < 0.2 and len(getattr(call.get("attention_mask"), "shape", ())) < 4:
        call["query_mask"] = mask(k, inputs, "qm", queries)
    shapes = [tuple(t.shape)[1:] for t in inputs]
    result = k.layers.GroupQueryAttention(**options)(query, **tensors, **call)
    return inputs, result, f"{shapes}, {options}, {sorted(call)}"


EQUATIONS = {
    1: [("ab,bc->ac", "c"), ("ab,b->a", ""), ("ab,b->ab", "b"), ("ab,cb->ac", "c"),
        ("...x,xy->...y", "y"), ("ab,bcd->adc", "cd"), ("ab,c->ac", "c"), ("ab,cbd->adc", "d")],
    2: [("abc,cd->abd", "bd"), ("abc,bcd->abd", "bd"), ("abc,cde->abde", "de"),
        ("abc,bc->a", ""), ("...x,xy->...y", "y"), ("abc,db->adc", "dc"), ("abc,bd->acd", "d"),
        ("ab...,bc->ac...", "c"), ("abc,c->ab", "b"), ("abc,bd->ad", "d"),
        ("abc,cde->aebd", "ebd"), ("...bc,bcd->...bd", "bd")],
    3: [("abcd,cde->abe", "e"), ("abcd,de->abce", "ce"), ("abcd,bcde->aecb", "ec"),
        ("...x,xy->...y", "y"), ("abcd,ce->abed", "ed"), ("ab...,bc->ac...", "c"),
        ("abcd,bd->abc", "bc"), ("abcd,bed->aceb", "eb"), ("...cd,cde->...e", "e")],
}


@layer("EinsumDense", 1, 2, 3)
def einsum_dense(k, r, shape):
    equation, axes = r.choice(EQUATIONS[len(shape)])
    given, rest = equation.split(",")
    weights, output = rest.split("->")
    letters = given.replace("...", "")
    elided = len(shape) + 1 - len(letters) if "..." in given else 0
    first = 1 if not given.startswith("...") else 0
    known = dict(zip(letters[first:], shape[first - 1 + elided if not first else 0:]))
    if given.startswith("..."):
        known = dict(zip(letters, shape[len(shape) - len(letters):]))
    own = output.replace("...", "")
    sizes = [known.get(letter) or units(r) for letter in own[first:]]
    chosen = "".join(axis for axis in axes if r.random() < 0.7)
    return k.layers.EinsumDense(
        equation, tuple(sizes), activation=activation(k, r),
        **({"bias_axes": chosen} if chosen else {}))
