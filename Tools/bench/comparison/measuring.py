"""Measures all runtimes of a cell by turns: many short rounds, in an order drawn anew each time."""
import random
import time

from .contenders import Contender

ROUNDS = 15
FEWEST_ROUNDS = 3


def measure(model, folder, batch, threads, keraskit, given):
    """The figures of every runtime for one model, batch and number of threads."""
    contenders = []
    try:
        for runtime in given.runtimes:
            contenders.append(Contender(runtime, model, folder, batch, threads, keraskit))
        take_turns(contenders, given.seconds)
        return {contender.runtime: contender.finish(given.quantile)
                for contender in contenders}
    finally:
        for contender in contenders:
            if contender.worker:
                contender.worker.end()


def take_turns(contenders, seconds):
    start = time.monotonic()
    order = random.Random(0)
    for done in range(ROUNDS):
        racing = [contender for contender in contenders if contender.worker]
        if not racing or (done >= FEWEST_ROUNDS and time.monotonic() - start > seconds):
            return
        order.shuffle(racing)
        for contender in racing:
            contender.take_turn(seconds / ROUNDS / len(racing))
