"""The command line of Tools/bench/compare."""
import argparse
import os

from .formats import FORMATS, TITLES

MODELS = ["mlp", "cnn", "conv1d", "lstm", "gru", "tfm", "unet", "mbv2", "effb0", "rn50"]
CELLS = "1:1,1:2,32:2"


def options():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__)))))
    parser = argparse.ArgumentParser(
        prog="Tools/bench/compare",
        description="Compares keraskit with other runtimes on ten Keras models.")
    parser.add_argument("--models", type=names(MODELS), default=MODELS, metavar="NAMES",
                        help=f"comma-separated: {', '.join(MODELS)}")
    parser.add_argument("--runtimes", type=names(list(FORMATS)), default=list(FORMATS),
                        metavar="NAMES", help=", ".join(f"{k} ({v})" for k, v in TITLES.items()))
    parser.add_argument("--cells", type=cells, default=CELLS, metavar="BATCH:THREADS,…",
                        help=f"what to measure each model with ({CELLS})")
    parser.add_argument("--seconds", type=float, default=20,
                        help="to measure a cell's runtimes, all together (20)")
    parser.add_argument("--quantile", type=float, default=0.5, metavar="Q",
                        help="which of a cell's times counts (0.5, the median); a low one where "
                        "the machine has other work to do")
    parser.add_argument("--cpu", metavar="NAME",
                        help="make keraskit use these kernels: avx512, avx2, neon, portable")
    parser.add_argument("--markdown", metavar="FILE", help="write the tables there too")
    parser.add_argument("--json", metavar="FILE", help="write all figures there")
    parser.add_argument("--cache", metavar="DIR", help="keep exported models there for another run")
    parser.add_argument("--keraskit", default=os.path.join(root, ".build/release/keraskit"),
                        metavar="PATH", help="the program (.build/release/keraskit)")
    given = parser.parse_args()
    if not os.access(given.keraskit, os.X_OK):
        parser.error(f"\"{given.keraskit}\": no such program; build it with "
                     "\"swift build -c release --product keraskit\"")
    if not 0 <= given.quantile <= 1:
        parser.error(f"--quantile: expected a number from 0 to 1, found {given.quantile}")
    return given


def names(known):
    def parse(text):
        chosen = text.split(",")
        for name in chosen:
            if name not in known:
                raise argparse.ArgumentTypeError(
                    f"expected some of {', '.join(known)}, found \"{name}\"")
        return [name for name in known if name in chosen]
    return parse


def cells(text):
    try:
        pairs = [tuple(int(number) for number in cell.split(":")) for cell in text.split(",")]
        if all(len(pair) == 2 and min(pair) > 0 for pair in pairs):
            return pairs
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"expected BATCH:THREADS,…, found \"{text}\"")
