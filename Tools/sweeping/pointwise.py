"""Random Dense, activation, normalisation, reshaping and identity layers."""
import numpy as np

from .options import activation, activations, data_format, layer, some, units

ANY = (1, 2, 3, 4)


@layer("Dense", *ANY)
def dense(k, r, shape):
    return k.layers.Dense(units(r), **some(r, use_bias=False), activation=activation(k, r))


@layer("Activation", *ANY)
def activation_layer(k, r, shape):
    return k.layers.Activation(r.choice(activations(k)))


@layer("ReLU", *ANY)
def relu(k, r, shape):
    return k.layers.ReLU(**some(
        r, max_value=r.choice([1.0, 6.0]), negative_slope=r.choice([0.0, 0.1, 0.5])))


@layer("LeakyReLU", *ANY)
def leaky_relu(k, r, shape):
    slope = r.choice([0.01, 0.2, 0.3])
    return k.layers.LeakyReLU(**({"alpha": slope} if k.is_keras2 else {"negative_slope": slope}))


@layer("PReLU", *ANY)
def prelu(k, r, shape):
    axes = [axis for axis in range(1, len(shape) + 1) if r.random() < 0.4]
    return k.layers.PReLU(**({"shared_axes": axes} if axes else {}))


@layer("ELU", *ANY)
def elu(k, r, shape):
    return k.layers.ELU(alpha=r.choice([0.3, 1.0, 1.7]))


@layer("Softmax", *ANY)
def softmax(k, r, shape):
    axes = list(range(1, len(shape) + 1))
    axis = r.choice([-1, r.choice(axes), r.sample(axes, r.randint(1, len(axes)))])
    return k.layers.Softmax(axis=axis)


@layer("BatchNormalization", *ANY)
def batch_normalization(k, r, shape):
    return k.layers.BatchNormalization(**some(
        r, axis=r.randint(1, len(shape)), center=False, scale=False, epsilon=0.01))


@layer("LayerNormalization", *ANY)
def layer_normalization(k, r, shape):
    axes = sorted(r.sample(range(1, len(shape) + 1), r.randint(1, len(shape))))
    rms = {} if k.is_keras2 or r.random() < 0.7 else {"rms_scaling": True}
    return k.layers.LayerNormalization(**rms, **some(
        r, axis=r.choice([axes, axes[0]]), center=False, scale=False, epsilon=0.01))


@layer("Normalization", *ANY)
def normalization(k, r, shape):
    random = np.random.default_rng(r.randrange(1 << 30))
    options = some(r, invert=True)
    if r.random() < 0.5:
        mean, variance = random.normal(0, 1, shape[-1]), random.uniform(0.3, 2, shape[-1])
        if r.random() < 0.3:
            return k.layers.Normalization(axis=None, mean=0.3, variance=1.7, **options)
        return k.layers.Normalization(
            mean=mean.tolist(), variance=variance.tolist(), **options)
    axis = r.choice([-1, None, r.randint(1, len(shape))])
    made = k.layers.Normalization(axis=axis, **options)
    made.adapt(random.normal(0.5, 2, (6, *shape)).astype("float32"))
    return made


@layer("Rescaling", *ANY)
def rescaling(k, r, shape):
    if r.random() < 0.3:
        return k.layers.Rescaling([0.1 * i + 0.5 for i in range(shape[-1])], offset=0.5)
    return k.layers.Rescaling(r.choice([2, 0.1]), **some(r, offset=r.choice([-1, 0.5])))


@layer("Flatten", *ANY)
def flatten(k, r, shape):
    return k.layers.Flatten(**data_format(r, 0.3))


@layer("Reshape", *ANY)
def reshape(k, r, shape):
    count = int(np.prod(shape))
    target, rest = [], count
    for _ in range(r.randint(0, 2)):
        divisor = r.choice([d for d in range(1, rest + 1) if rest % d == 0])
        target.append(divisor)
        rest //= divisor
    target.append(rest)
    r.shuffle(target)
    if r.random() < 0.4:
        target[r.randrange(len(target))] = -1
    return k.layers.Reshape(target)


@layer("Permute", 2, 3, 4)
def permute(k, r, shape):
    return k.layers.Permute(tuple(r.sample(range(1, len(shape) + 1), len(shape))))


@layer("RepeatVector", 1)
def repeat_vector(k, r, shape):
    return k.layers.RepeatVector(r.randint(1, 4))


def identity(name, *ranks, arguments=(0.4,)):
    @layer(name, *ranks)
    def make(k, r, shape):
        return getattr(k.layers, name)(*arguments)


for name in ("Dropout", "GaussianDropout", "GaussianNoise", "AlphaDropout"):
    identity(name, *ANY)
for rank in (1, 2, 3):
    identity(f"SpatialDropout{rank}D", rank + 1)
identity("ActivityRegularization", *ANY, arguments=(0.1,))
