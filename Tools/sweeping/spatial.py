"""Random convolution, pooling, padding, cropping and upsampling layers."""
from .options import (
    activation, convolution, data_format, groups_and_filters, layer, sizes, some, strides_or_dilation, units)


@layer("Conv1D", 2)
def conv1d(k, r, shape):
    options = {**convolution(k, r), **strides_or_dilation(r, 1), **data_format(r)}
    if r.random() < 0.25:
        options["padding"] = "causal"
    filters, groups = groups_and_filters(r, options, shape)
    return k.layers.Conv1D(filters, r.randint(1, 5), **options, **groups)


@layer("Conv2D", 3)
def conv2d(k, r, shape):
    options = {**convolution(k, r), **strides_or_dilation(r, 2), **data_format(r)}
    filters, groups = groups_and_filters(r, options, shape)
    return k.layers.Conv2D(filters, sizes(r, 2, 1, 4), **options, **groups)


@layer("DepthwiseConv2D", 3)
def depthwise_conv2d(k, r, shape):
    options = {**convolution(k, r), **data_format(r), **some(r, depth_multiplier=r.randint(1, 3))}
    kind = r.random()
    if kind < 0.3:
        options["strides"] = sizes(r, 2, 1, 3)
    elif kind < 0.5:
        options["dilation_rate"] = r.randint(1, 3)
    return k.layers.DepthwiseConv2D(sizes(r, 2, 1, 4), **options)


@layer("SeparableConv2D", 3)
def separable_conv2d(k, r, shape):
    options = {**convolution(k, r), **data_format(r), **some(r, depth_multiplier=r.randint(1, 3))}
    kind = r.random()
    if kind < 0.3:
        options["strides"] = r.randint(1, 3)
    elif kind < 0.5:
        options["dilation_rate"] = r.randint(1, 3)
    return k.layers.SeparableConv2D(units(r), sizes(r, 2, 1, 4), **options)


@layer("Conv2DTranspose", 3)
def conv2d_transpose(k, r, shape):
    options = {**convolution(k, r), **data_format(r)}
    if r.random() < 0.7:
        stride = r.randint(1, 3)
        options["strides"] = stride
        if stride > 1 and r.random() < 0.3:
            options["output_padding"] = r.randint(0, stride - 1)
    elif not k.is_keras2:
        options["dilation_rate"] = r.randint(1, 2)
    return k.layers.Conv2DTranspose(units(r), sizes(r, 2, 1, 4), **options)


def pooling(name, axes):
    @layer(name, axes + 1)
    def make(k, r, shape):
        options = some(r, strides=sizes(r, axes, 1, r.choice([3, 3, 6])), padding="same")
        return getattr(k.layers, name)(
            sizes(r, axes, 1, 3), **options, **(data_format(r) if axes < 3 else {}))


def global_pooling(name, axes):
    @layer(name, axes + 1)
    def make(k, r, shape):
        return getattr(k.layers, name)(**some(r, keepdims=True), **data_format(r))


for axes in (1, 2, 3):
    for kind in ("Max", "Average"):
        pooling(f"{kind}Pooling{axes}D", axes)
        global_pooling(f"Global{kind}Pooling{axes}D", axes)


def amounts(r, axes):
    """One number, one per axis, or a pair per axis."""
    form = r.randrange(3)
    if form == 0:
        return r.randint(0, 2)
    if form == 1:
        return tuple(r.randint(0, 2) for _ in range(2))
    pairs = tuple((r.randint(0, 2), r.randint(0, 2)) for _ in range(axes))
    return pairs if axes > 1 else pairs[0]


@layer("ZeroPadding1D", 2)
def zero_padding1d(k, r, shape):
    return k.layers.ZeroPadding1D(amounts(r, 1), **({} if k.is_keras2 else data_format(r)))


@layer("ZeroPadding2D", 3)
def zero_padding2d(k, r, shape):
    return k.layers.ZeroPadding2D(amounts(r, 2), **data_format(r))


@layer("Cropping1D", 2)
def cropping1d(k, r, shape):
    return k.layers.Cropping1D(amounts(r, 1))


@layer("Cropping2D", 3)
def cropping2d(k, r, shape):
    return k.layers.Cropping2D(amounts(r, 2), **data_format(r))


@layer("UpSampling1D", 2)
def up_sampling1d(k, r, shape):
    return k.layers.UpSampling1D(r.randint(1, 3))


@layer("UpSampling2D", 3)
def up_sampling2d(k, r, shape):
    method = r.choice(["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"])
    return k.layers.UpSampling2D(sizes(r, 2, 1, 3), interpolation=method, **data_format(r))


@layer("Resizing", 3)
def resizing(k, r, shape):
    kinds = ["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"]
    if k.is_keras2:
        kinds += ["area", "gaussian", "mitchellcubic"]
    options = {"interpolation": r.choice(kinds)}
    if r.random() < 0.2:
        options["crop_to_aspect_ratio"] = True
    elif k.is_keras3 and r.random() < 0.2:
        options.update(pad_to_aspect_ratio=True, fill_value=r.choice([0.0, 0.5]))
    if k.is_keras3:
        options.update(some(r, antialias=True))
        options.update(data_format(r))
    return k.layers.Resizing(r.randint(1, 12), r.randint(1, 12), **options)


@layer("CenterCrop", 3)
def center_crop(k, r, shape):
    options = data_format(r) if k.is_keras3 else {}
    return k.layers.CenterCrop(r.randint(1, 12), r.randint(1, 12), **options)


@layer("LocallyConnected", 2, 3)
def locally_connected(k, r, shape):
    if k.is_keras3:
        return k.layers.Identity()
    axes = len(shape) - 1
    implementation = r.choice([1, 2, 3])
    kernel = [r.randint(1, min(3, size)) for size in shape[:-1]]
    options = some(r, use_bias=False, activation=activation(k, r))
    padding = "valid" if implementation == 1 else r.choice(["valid", "same"])
    return getattr(k.layers, f"LocallyConnected{axes}D")(
        r.choice([1, 3, 9]), kernel, strides=[r.randint(1, 2) for _ in kernel], padding=padding,
        implementation=implementation, **options)
