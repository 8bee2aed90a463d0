"""Random layers over one and three spatial axes, and those that few models hold."""
from .options import (
    activation, convolution, data_format, groups_and_filters, layer, sizes, some,
    strides_or_dilation, units)


@layer("Conv3D", 4)
def conv3d(k, r, shape):
    options = {**convolution(k, r), **strides_or_dilation(r, 3)}
    filters, groups = groups_and_filters(r, options, shape)
    return k.layers.Conv3D(filters, sizes(r, 3, 1, 3), **options, **groups)


def transposed(name, axes):
    @layer(name, axes + 1)
    def make(k, r, shape):
        options = {**convolution(k, r), "strides": sizes(r, axes, 1, 3)}
        strides = options["strides"]
        strides = [strides] * axes if isinstance(strides, int) else strides
        if r.random() < 0.3:
            options["output_padding"] = tuple(r.randint(0, stride - 1) for stride in strides)
        return getattr(k.layers, name)(units(r), sizes(r, axes, 1, 4), **options)


@layer("DepthwiseConv1D", 2)
def depthwise_conv1d(k, r, shape):
    options = {**convolution(k, r), **strides_or_dilation(r, 1), **data_format(r)}
    return k.layers.DepthwiseConv1D(
        r.randint(1, 4), **options, **some(r, depth_multiplier=r.randint(1, 3)))


@layer("SeparableConv1D", 2)
def separable_conv1d(k, r, shape):
    options = {**convolution(k, r), **strides_or_dilation(r, 1), **data_format(r)}
    if r.random() < 0.25:
        options["padding"] = "causal"
    return k.layers.SeparableConv1D(
        units(r), r.randint(1, 4), **options, **some(r, depth_multiplier=r.randint(1, 3)))


def adaptive(name, axes):
    @layer(name, axes + 1)
    def make(k, r, shape):
        return getattr(k.layers, name)(sizes(r, axes, 1, 5))


def locally_connected(name, axes):
    @layer(name, axes + 1)
    def make(k, r, shape):
        implementation = r.randint(1, 3)
        padding = "valid" if implementation == 1 else r.choice(["valid", "same"])
        return getattr(k.layers, name)(
            r.randint(1, 5), sizes(r, axes, 1, 3), strides=sizes(r, axes, 1, 3), padding=padding,
            implementation=implementation, activation=activation(k, r),
            **some(r, use_bias=False), **data_format(r))


for name, axes in (("Conv1DTranspose", 1), ("Conv3DTranspose", 3)):
    transposed(name, axes)
for kind in ("Max", "Average"):
    for axes in (1, 2, 3):
        adaptive(f"Adaptive{kind}Pooling{axes}D", axes)
for axes in (1, 2):
    locally_connected(f"LocallyConnected{axes}D", axes)
